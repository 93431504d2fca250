//! Pages of the daemon's own: how everything fares, for readers, and that there is no such page.

use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::{current::Current, state::vitals_of};
use crate::{
    pipeline::Works,
    render::{
        Words,
        web::{self, DigestLine, Status},
    },
};

/// `/status`: what appears when, and how the sources fare.
pub(super) async fn status(State(current): State<Current>) -> Response {
    let works = current.works();
    let vitals = match vitals_of(&works).await {
        Ok(vitals) => vitals,
        Err(response) => return response,
    };
    let settings = &works.settings;
    let zone = settings.publication.timezone;
    let day = |time: Option<chrono::DateTime<chrono::Utc>>| {
        time.map(|time| time.with_timezone(&zone).date_naive())
    };
    let digests: Vec<DigestLine<'_>> = settings
        .digests
        .iter()
        .filter_map(|digest| {
            let line = vitals.digests.iter().find(|line| line.id == digest.id)?;
            Some(DigestLine {
                digest,
                last: day(line.last),
                next: day(line.next),
            })
        })
        .collect();
    let page = web::status(&Status {
        publication: &settings.publication,
        look: &settings.look,
        digests: &digests,
        sources: &vitals.states,
    });
    Html(page).into_response()
}

/// That there is no such page, with 404.
pub(super) fn not_found(works: &Works) -> Response {
    let settings = &works.settings;
    let language = settings.publication.language;
    let words = Words::new(&settings.look, language);
    let sentence = words.get("form.not_found");
    let sheet = web::Sheet {
        publication: &settings.publication,
        look: &settings.look,
        language,
        path: "",
    };
    let page = web::message(&sheet, sentence, sentence, None);
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}
