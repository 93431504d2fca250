//! `/confirm/TOKEN`: the button behind the link of the mail that asks.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{Token, Wish, failed, page, sheet, subscribe_link, titles, unknown};
use crate::{pipeline::Works, render::web, store::Link};

const PATH: &str = "confirm/";

/// GET: asks.
pub(super) async fn ask(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    let wanted = match works.store.link(&token, works.clock.now()).await {
        Ok(Link::Open(wanted)) => wanted,
        Ok(Link::Over) => return over(&works, &wish),
        Ok(Link::Unknown) => return unknown(&works, &wish, PATH),
        Err(e) => return failed(&e),
    };
    let sheet = sheet(&works, wish.of_anybody(&works), PATH);
    let words = sheet.words();
    let digest = titles(&works, &sheet, &wanted.digests);
    let question = words.fill("form.confirm_question", &[("digest", &digest)]);
    let button = words.get("form.confirm_button");
    page(
        StatusCode::OK,
        web::ask(
            &sheet,
            words.get("form.confirm_title"),
            &question,
            button,
            None,
        ),
    )
}

/// POST: acts, once.
pub(super) async fn act(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    let now = works.clock.now();
    let reader = match works.store.confirm(&token, now).await {
        Ok(Some(id)) => match works.store.subscriber(&id).await {
            Ok(Some(reader)) => reader,
            Ok(None) => return unknown(&works, &wish, PATH),
            Err(e) => return failed(&e),
        },
        Ok(None) => {
            return match works.store.link(&token, now).await {
                Ok(Link::Over) => over(&works, &wish),
                Ok(_) => unknown(&works, &wish, PATH),
                Err(e) => failed(&e),
            };
        }
        Err(e) => return failed(&e),
    };
    tracing::info!(subscriber = %reader.id, "a sign-up was confirmed");
    let sheet = sheet(&works, wish.of(&works, &reader), PATH);
    let words = sheet.words();
    let digest = titles(&works, &sheet, &reader.digests);
    let sentence = words.fill("form.confirmed", &[("digest", &digest)]);
    let choices = format!("../preferences/{}?lang={}", reader.token, sheet.language);
    let more = Some((choices.as_str(), words.get("form.preferences_title")));
    page(
        StatusCode::OK,
        web::message(&sheet, words.get("form.confirm_title"), &sentence, more),
    )
}

/// A link that was used, or came too late.
fn over(works: &Works, wish: &Wish) -> Response {
    let sheet = sheet(works, wish.of_anybody(works), PATH);
    let words = sheet.words();
    let contact = &works.settings.publication.contact;
    let sentence = words.fill("form.link_over", &[("contact", contact)]);
    let subscribe = subscribe_link(&sheet);
    let more = Some((subscribe.as_str(), words.get("form.subscribe_title")));
    let title = words.get("form.confirm_title");
    page(
        StatusCode::GONE,
        web::message(&sheet, title, &sentence, more),
    )
}
