//! Forms: the way out of a digest, and back.
//!
//! A GET shows a button and changes nothing, as scanners open every link of a mail; a POST acts. The
//! one-click POST of RFC 8058 is answered with 200, no redirect and no cookie.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use crate::{
    model::{Language, Subscriber, SubscriberState},
    pipeline::Works,
    render::{Words, web},
};

/// Whom a token belongs to, and what the reader is called to decide.
async fn reader(works: &Works, token: &str) -> Option<(Subscriber, Language, String)> {
    let subscriber = works.store.subscriber_by_token(token).await.ok()??;
    let settings = &works.settings;
    let digests: Vec<_> = settings
        .digests
        .iter()
        .filter(|digest| subscriber.digests.contains(&digest.id))
        .collect();
    let language = subscriber
        .language
        .or_else(|| digests.first().map(|digest| digest.language))
        .unwrap_or(settings.publication.language);
    let titles: Vec<&str> = digests.iter().map(|digest| digest.title.as_str()).collect();
    let title = if titles.is_empty() {
        settings.publication.title.clone()
    } else {
        titles.join(", ")
    };
    Some((subscriber, language, title))
}

fn unknown(works: &Works) -> Response {
    let settings = &works.settings;
    let language = settings.publication.language;
    let words = Words::new(&settings.look, language);
    let sentence = words.fill(
        "form.link_unknown",
        &[("contact", &settings.publication.contact)],
    );
    let page = web::message(
        &settings.publication,
        &settings.look,
        language,
        words.get("form.unsubscribe_title"),
        &sentence,
    );
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}

/// GET: asks.
pub(super) async fn ask_to_leave(
    State(works): State<Works>,
    Path(token): Path<String>,
) -> Response {
    let Some((_, language, title)) = reader(&works, &token).await else {
        return unknown(&works);
    };
    let settings = &works.settings;
    let words = Words::new(&settings.look, language);
    let question = words.fill("form.unsubscribe_question", &[("digest", &title)]);
    let heading = words.get("form.unsubscribe_title");
    Html(web::ask(
        &settings.publication,
        &settings.look,
        language,
        heading,
        &question,
        words.get("form.unsubscribe_button"),
    ))
    .into_response()
}

/// POST: acts, at once and for good.
pub(super) async fn leave(State(works): State<Works>, Path(token): Path<String>) -> Response {
    change(
        &works,
        &token,
        SubscriberState::Unsubscribed,
        "form.unsubscribed",
    )
    .await
}

/// POST: back again.
pub(super) async fn come_back(State(works): State<Works>, Path(token): Path<String>) -> Response {
    change(
        &works,
        &token,
        SubscriberState::Active,
        "form.subscribed_again",
    )
    .await
}

async fn change(works: &Works, token: &str, state: SubscriberState, said: &str) -> Response {
    let Some((subscriber, language, title)) = reader(works, token).await else {
        return unknown(works);
    };
    if let Err(e) = works
        .store
        .set_subscriber_state(&subscriber.id, state, works.clock.now())
        .await
    {
        tracing::error!(subscriber = %subscriber.id, "a reader's choice could not be stored: {e}");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let settings = &works.settings;
    let words = Words::new(&settings.look, language);
    let sentence = words.fill(said, &[("digest", &title)]);
    Html(web::message(
        &settings.publication,
        &settings.look,
        language,
        words.get("form.unsubscribe_title"),
        &sentence,
    ))
    .into_response()
}
