//! `/data/TOKEN`: what is held about a reader, to be looked at, taken along, or erased.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Token, Wish, failed, leave, offer, page, reader, sheet, subscribe_link};
use crate::{
    model::{DeliveryState, Subscriber, SubscriberState},
    pipeline::Works,
    render::web::{self, Held},
};

const PATH: &str = "data/";

/// GET: all of it on a page.
pub(super) async fn show(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    let reader = match known(&works, &token, &wish).await {
        Ok(reader) => reader,
        Err(response) => return response,
    };
    let person = match works.store.person(&reader).await {
        Ok(person) => person,
        Err(e) => return failed(&e),
    };
    let zone = works.settings.publication.timezone;
    let day = |time: chrono::DateTime<chrono::Utc>| time.with_timezone(&zone).date_naive();
    let consent = person.consent.as_ref();
    let sent = |state| state == DeliveryState::Accepted;
    let held = Held {
        since: day(person.since),
        consent: consent.map(|consent| (day(consent.at), consent.wording.as_deref())),
        letters: person
            .letters
            .iter()
            .filter(|letter| sent(letter.state))
            .count(),
    };
    let sheet = sheet(&works, wish.of(&works, &reader), PATH);
    page(
        StatusCode::OK,
        web::data(&sheet, &offer(&works), &reader, &held, &token),
    )
}

/// GET: all of it as a file.
pub(super) async fn export(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    let reader = match known(&works, &token, &wish).await {
        Ok(reader) => reader,
        Err(response) => return response,
    };
    match works.store.person(&reader).await {
        Ok(person) => (
            [
                (header::CONTENT_TYPE, "application/json"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"my-data.json\"",
                ),
                (header::CACHE_CONTROL, "no-store"),
            ],
            serde_json::to_string_pretty(&person).unwrap_or_default(),
        )
            .into_response(),
        Err(e) => failed(&e),
    }
}

/// POST: erases it; the link leads nowhere afterwards.
pub(super) async fn erase(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    let reader = match known(&works, &token, &wish).await {
        Ok(reader) => reader,
        Err(response) => return response,
    };
    if let Err(e) = works.store.erase(&reader.address, works.clock.now()).await {
        return failed(&e);
    }
    tracing::info!(subscriber = %reader.id, "a reader's data were erased");
    let sheet = sheet(&works, wish.of(&works, &reader), "data/token/");
    let words = sheet.words();
    let subscribe = subscribe_link(&sheet);
    let more = Some((subscribe.as_str(), words.get("form.again_button")));
    let title = words.get("form.erase_title");
    page(
        StatusCode::OK,
        web::message(&sheet, title, words.get("form.erased"), more),
    )
}

/// A reader about whom something is held.
async fn known(works: &Works, token: &str, wish: &Wish) -> Result<Subscriber, Response> {
    let reader = reader(works, token, wish, PATH).await?;
    if reader.state == SubscriberState::Unsubscribed {
        return Err(leave::gone(works, wish, &reader, PATH));
    }
    Ok(reader)
}
