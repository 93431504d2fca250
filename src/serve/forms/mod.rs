//! Forms: signing up, confirming, choosing, leaving, and one's own data, a file a page.
//!
//! A GET shows a button and changes nothing, as scanners open every link of a mail; a POST acts. The
//! one-click POST of RFC 8058 is answered with 200, no redirect and no cookie. Deliberate limits: no
//! session, so a link is all that a reader needs; who signs up gets the same answer whether or not the
//! address is known; the limits of sign-ups are counted by this process and forgotten when it ends.

mod asking;
mod client;
mod confirm;
mod data;
mod fields;
mod language;
mod leave;
mod leave_letter;
mod limits;
mod preferences;
mod subscribe;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{FromRef, FromRequestParts, Path, Query},
    http::{StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use tokio::sync::Notify;

use crate::{
    model::{Digest, DigestId, Language, Subscriber, TOKEN_PLACEHOLDER},
    pipeline::Works,
    render::web::{self, Offer, Sheet},
};

pub(super) use asking::write_asked;
use limits::Limits;

/// What the forms share: how many may sign up, and a bell for whoever writes to them.
#[derive(Debug, Default)]
pub(super) struct Gate {
    limits: Limits,
    bell: Notify,
}

/// The pages of the forms.
pub(super) fn routes<S>(gate: Arc<Gate>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Works: FromRef<S>,
{
    Router::new()
        .route("/subscribe", get(subscribe::show).post(subscribe::take))
        .route("/confirm/{token}", get(confirm::ask).post(confirm::act))
        .route(
            "/preferences/{token}",
            get(preferences::show).post(preferences::save),
        )
        .route("/unsubscribe/{token}", get(leave::ask).post(leave::act))
        .route(
            "/unsubscribe/{token}/{digests}",
            get(leave_letter::ask).post(leave_letter::act),
        )
        .route("/data/{token}", get(data::show))
        .route("/data/{token}/export", get(data::export))
        .route("/data/{token}/erase", post(data::erase))
        .layer(Extension(gate))
}

/// What the language of a page is chosen by.
struct Wish {
    /// `?lang=fr`.
    asked: Option<Language>,
    /// What the browser's user reads, best first, as far as it is one of the seven.
    reads: Option<Language>,
}

#[derive(Deserialize)]
struct LangQuery {
    lang: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Wish {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = Query::<LangQuery>::try_from_uri(&parts.uri).ok();
        Ok(Self {
            asked: query.and_then(|query| Language::from_tag(query.lang.as_deref()?)),
            reads: language::accepted(&parts.headers),
        })
    }
}

impl Wish {
    /// The language of a page for anybody.
    fn of_anybody(&self, works: &Works) -> Language {
        self.asked
            .or(self.reads)
            .unwrap_or(works.settings.publication.language)
    }

    /// The language of a page for one reader.
    fn of(&self, works: &Works, reader: &Subscriber) -> Language {
        let digest = || {
            works
                .settings
                .digests
                .iter()
                .find(|d| reader.digests.contains(&d.id))
        };
        self.asked
            .or(reader.language)
            .or(self.reads)
            .or_else(|| digest().map(|digest| digest.language))
            .unwrap_or(works.settings.publication.language)
    }
}

fn sheet<'a>(works: &'a Works, language: Language, path: &'a str) -> Sheet<'a> {
    Sheet {
        publication: &works.settings.publication,
        look: &works.settings.look,
        language,
        path,
    }
}

fn offer(works: &Works) -> Offer<'_> {
    Offer {
        digests: &works.settings.digests,
        areas: &works.settings.areas,
    }
}

/// The titles of digests, as a sentence names them; the publication's where there are none.
fn titles(works: &Works, sheet: &Sheet<'_>, ids: &[DigestId]) -> String {
    let named = |digest: &&Digest| ids.contains(&digest.id);
    let digests = works.settings.digests.iter().filter(named);
    let titles: Vec<&str> = digests.map(|digest| digest.title.as_str()).collect();
    if titles.is_empty() {
        works.settings.publication.title.clone()
    } else {
        titles.join(sheet.words().get("edition.separator"))
    }
}

/// A page that no cache keeps and no search engine lists.
fn page(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CACHE_CONTROL.as_str(), "no-store"),
        ("x-robots-tag", "noindex"),
    ];
    (status, headers, Html(html)).into_response()
}

/// The reader of a link. A link that is forged, cut, guessed or erased leads to one plain page.
async fn reader(
    works: &Works,
    token: &str,
    wish: &Wish,
    path: &str,
) -> Result<Subscriber, Response> {
    let formed =
        token.len() == TOKEN_PLACEHOLDER.len() && token.bytes().all(|b| b.is_ascii_alphanumeric());
    if !formed {
        return Err(unknown(works, wish, path));
    }
    match works.store.subscriber_by_token(token).await {
        Ok(Some(reader)) => Ok(reader),
        Ok(None) => Err(unknown(works, wish, path)),
        Err(e) => Err(failed(&e)),
    }
}

fn unknown(works: &Works, wish: &Wish, path: &str) -> Response {
    let sheet = sheet(works, wish.of_anybody(works), path);
    let words = sheet.words();
    let contact = &works.settings.publication.contact;
    let sentence = words.fill("form.link_unknown", &[("contact", contact)]);
    let subscribe = subscribe_link(&sheet);
    let more = Some((subscribe.as_str(), words.get("form.subscribe_title")));
    let title = words.get("form.not_found");
    page(
        StatusCode::NOT_FOUND,
        web::message(&sheet, title, &sentence, more),
    )
}

/// The way from a page to that of signing up.
fn subscribe_link(sheet: &Sheet<'_>) -> String {
    let up = "../".repeat(sheet.path.matches('/').count());
    format!("{up}subscribe?lang={}", sheet.language)
}

/// The database did not answer: nothing has changed, and the same may be tried again.
fn failed(error: &crate::store::StoreError) -> Response {
    tracing::error!("a form could not be answered: {error}");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, "60")],
    )
        .into_response()
}

/// The token of a page's address.
type Token = Path<String>;
