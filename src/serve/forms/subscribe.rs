//! `/subscribe`: choosing and giving an address. Nothing comes of it before the mail is confirmed.

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::Response,
};

use super::{Gate, Wish, client::Client, failed, fields::Fields, offer, page, sheet};
use crate::{
    model::{Choices, DigestId, Language},
    pipeline::Works,
    render::web::{self, Problem, Ticked, Typed},
    store::{SignUp, Wanted},
    text,
};

/// GET: the form.
pub(super) async fn show(State(works): State<Works>, wish: Wish) -> Response {
    let language = wish.of_anybody(&works);
    // Where there is one digest, who comes here wants it.
    let only: Vec<DigestId> = match works.settings.digests.as_slice() {
        [digest] => vec![digest.id.clone()],
        _ => Vec::new(),
    };
    let ticked = Ticked {
        digests: &only,
        choices: &Choices::default(),
        language: Some(language),
    };
    let sheet = sheet(&works, language, "subscribe");
    page(
        StatusCode::OK,
        web::subscribe(&sheet, &offer(&works), Typed::default(), &ticked, &[]),
    )
}

/// POST: takes a sign-up. The answer is the same for every address, and takes as long.
pub(super) async fn take(
    State(works): State<Works>,
    Extension(gate): Extension<Arc<Gate>>,
    Client(network): Client,
    wish: Wish,
    body: Bytes,
) -> Response {
    let fields = Fields::read(&body);
    let language = wish.of_anybody(&works);
    if !fields.raw("website").is_empty() {
        return look_into_your_mailbox(&works, language);
    }
    let typed = fields.raw("address");
    let address = text::mail_address(typed);
    let digests = fields.digests(&works.settings.digests);
    let choices = fields.choices(&works);
    let name = fields.line("name");
    let letters = fields.language();
    let sheet = sheet(&works, language, "subscribe");
    let mut problems = Vec::new();
    if address.is_none() {
        problems.push(Problem::Address);
    }
    if digests.is_empty() {
        problems.push(Problem::Digests);
    }
    let Some(address) = address.filter(|_| problems.is_empty()) else {
        let ticked = Ticked {
            digests: &digests,
            choices: &choices,
            language: letters,
        };
        let typed = Typed {
            address: &text::line(typed),
            name: &name,
        };
        let html = web::subscribe(&sheet, &offer(&works), typed, &ticked, &problems);
        return page(StatusCode::UNPROCESSABLE_ENTITY, html);
    };
    if !gate.limits.admit(network, works.clock.stopwatch()) {
        return too_many(&works, language);
    }
    let publisher = &works.settings.publication.publisher;
    let sign_up = SignUp {
        address,
        wanted: Wanted {
            name: Some(name.chars().take(200).collect()).filter(|name: &String| !name.is_empty()),
            language: letters,
            digests,
            choices,
        },
        wording: sheet
            .words()
            .fill("form.consent", &[("publisher", publisher)]),
        language,
    };
    match works.store.sign_up(&sign_up, works.clock.now()).await {
        Ok(taken) => {
            if taken {
                gate.bell.notify_one();
            }
            look_into_your_mailbox(&works, language)
        }
        Err(e) => failed(&e),
    }
}

fn look_into_your_mailbox(works: &Works, language: Language) -> Response {
    let sheet = sheet(works, language, "subscribe");
    let words = sheet.words();
    let contact = &works.settings.publication.contact;
    let sentence = words.fill("form.check_mail", &[("contact", contact)]);
    let title = words.get("form.check_mail_title");
    page(StatusCode::OK, web::message(&sheet, title, &sentence, None))
}

fn too_many(works: &Works, language: Language) -> Response {
    let sheet = sheet(works, language, "subscribe");
    let words = sheet.words();
    let contact = &works.settings.publication.contact;
    let sentence = words.fill("form.too_many", &[("contact", contact)]);
    let title = words.get("form.too_many_title");
    let html = web::message(&sheet, title, &sentence, None);
    let mut response = page(StatusCode::TOO_MANY_REQUESTS, html);
    let hour = header::HeaderValue::from_static("3600");
    response.headers_mut().insert(header::RETRY_AFTER, hour);
    response
}
