//! `/preferences/TOKEN`: what a reader chose, to be changed.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{Token, Wish, failed, fields::Fields, leave, offer, page, reader, sheet};
use crate::{
    model::{Subscriber, SubscriberState},
    pipeline::Works,
    render::web::{self, Ticked, Told},
    store::Preferences,
};

const PATH: &str = "preferences/";

/// Whether somebody gets letters, or could.
fn reads(reader: &Subscriber) -> bool {
    matches!(
        reader.state,
        SubscriberState::Active | SubscriberState::Paused
    )
}

/// GET: the choices as they are.
pub(super) async fn show(State(works): State<Works>, Path(token): Token, wish: Wish) -> Response {
    match reader(&works, &token, &wish, PATH).await {
        Ok(reader) if reads(&reader) => choices(&works, &wish, &reader, None),
        Ok(reader) => leave::gone(&works, &wish, &reader, PATH),
        Err(response) => response,
    }
}

/// POST: the choices as they are from now on.
pub(super) async fn save(
    State(works): State<Works>,
    Path(token): Token,
    wish: Wish,
    body: Bytes,
) -> Response {
    let mut reader = match reader(&works, &token, &wish, PATH).await {
        Ok(reader) if reads(&reader) => reader,
        Ok(reader) => return leave::gone(&works, &wish, &reader, PATH),
        Err(response) => return response,
    };
    let fields = Fields::read(&body);
    let wanted = Preferences {
        language: fields.language(),
        digests: fields.digests(&works.settings.digests),
        choices: fields.choices(&works),
        paused: !fields.raw("pause").is_empty(),
    };
    if wanted.digests.is_empty() {
        return choices(&works, &wish, &reader, Some(Told::NoDigest));
    }
    let saved = works
        .store
        .set_preferences(&reader.id, &wanted, works.clock.now())
        .await;
    if let Err(e) = saved {
        return failed(&e);
    }
    reader.language = wanted.language;
    reader.digests = wanted.digests;
    reader.choices = wanted.choices;
    reader.state = if wanted.paused {
        SubscriberState::Paused
    } else {
        SubscriberState::Active
    };
    choices(&works, &wish, &reader, Some(Told::Saved))
}

fn choices(works: &Works, wish: &Wish, reader: &Subscriber, told: Option<Told>) -> Response {
    let sheet = sheet(works, wish.of(works, reader), PATH);
    let ticked = Ticked {
        digests: &reader.digests,
        choices: &reader.choices,
        language: reader.language,
    };
    let paused = reader.state == SubscriberState::Paused;
    let status = if told == Some(Told::NoDigest) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page(
        status,
        web::preferences(&sheet, &offer(works), &ticked, paused, &reader.token, told),
    )
}
