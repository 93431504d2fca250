//! `/unsubscribe/TOKEN`: the way out of everything, for a person by a button and for a mail program by
//! RFC 8058.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{Token, Wish, failed, page, reader, sheet, subscribe_link, titles};
use crate::{
    model::{Subscriber, SubscriberState},
    pipeline::Works,
    render::web,
};

const PATH: &str = "unsubscribe/";

/// GET: asks.
pub(super) async fn ask(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    let reader = match reader(&works, &token, &wish, PATH).await {
        Ok(reader) if reader.state == SubscriberState::Unsubscribed => {
            return gone(&works, &wish, &reader, PATH);
        }
        Ok(reader) => reader,
        Err(response) => return response,
    };
    let sheet = sheet(&works, wish.of(&works, &reader), PATH);
    let words = sheet.words();
    let digest = titles(&works, &sheet, &reader.digests);
    let question = words.fill("form.unsubscribe_question", &[("digest", &digest)]);
    let title = words.get("form.unsubscribe_title");
    let button = words.get("form.unsubscribe_button");
    let choices = format!("../preferences/{token}?lang={}", sheet.language);
    let more = Some((choices.as_str(), words.get("form.unsubscribe_other")));
    page(
        StatusCode::OK,
        web::ask(&sheet, title, &question, button, more),
    )
}

/// POST: acts, at once and for good; once more changes nothing. What the body says does not matter.
pub(super) async fn act(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    let reader = match reader(&works, &token, &wish, PATH).await {
        Ok(reader) => reader,
        Err(response) => return response,
    };
    if reader.state == SubscriberState::Unsubscribed {
        return gone(&works, &wish, &reader, PATH);
    }
    let left = works
        .store
        .set_subscriber_state(&reader.id, SubscriberState::Unsubscribed, works.clock.now())
        .await;
    if let Err(e) = left {
        return failed(&e);
    }
    tracing::info!(subscriber = %reader.id, "a reader left");
    left_now(&works, &wish, &reader, PATH)
}

/// What a reader sees who has just left, as they were before.
pub(super) fn left_now(works: &Works, wish: &Wish, reader: &Subscriber, path: &str) -> Response {
    let sheet = sheet(works, wish.of(works, reader), path);
    let digest = titles(works, &sheet, &reader.digests);
    let sentence = sheet
        .words()
        .fill("form.unsubscribed", &[("digest", &digest)]);
    farewell(works, wish, reader, path, &sentence)
}

/// What somebody sees who gets nothing any more.
pub(super) fn gone(works: &Works, wish: &Wish, reader: &Subscriber, path: &str) -> Response {
    let sheet = sheet(works, wish.of(works, reader), path);
    let sentence = sheet.words().get("form.unsubscribed_already");
    farewell(works, wish, reader, path, sentence)
}

fn farewell(
    works: &Works,
    wish: &Wish,
    reader: &Subscriber,
    path: &str,
    sentence: &str,
) -> Response {
    let sheet = sheet(works, wish.of(works, reader), path);
    let words = sheet.words();
    let subscribe = subscribe_link(&sheet);
    let more = Some((subscribe.as_str(), words.get("form.again_button")));
    let title = words.get("form.unsubscribe_title");
    page(StatusCode::OK, web::message(&sheet, title, sentence, more))
}
