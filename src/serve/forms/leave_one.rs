//! `/unsubscribe/TOKEN/DIGEST`: the way out of the one digest that a letter was of, which is what its
//! List-Unsubscribe names. Whoever gets no other leaves altogether.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{Wish, failed, leave, page, reader, sheet, titles};
use crate::{
    model::{DigestId, Subscriber, SubscriberState},
    pipeline::Works,
    render::web::{self, Leaving},
};

/// As deep as the page lies; the token and the digest are left out.
const PATH: &str = "unsubscribe/token/";

/// The token and the digest of a page's address.
type OneOf = Path<(String, String)>;

/// GET: asks.
pub(super) async fn ask(State(works): State<Works>, Path(way): OneOf, wish: Wish) -> Response {
    let (token, digest) = (&way.0, DigestId::new(&way.1));
    let reader = match present(&works, token, &wish).await {
        Ok(reader) => reader,
        Err(response) => return response,
    };
    let kept = others(&works, &reader, &digest);
    one_left(
        &works,
        &wish,
        &reader,
        &digest,
        &kept,
        !reader.digests.contains(&digest),
    )
}

/// POST: acts, at once; once more changes nothing. What the body says does not matter.
pub(super) async fn act(State(works): State<Works>, Path(way): OneOf, wish: Wish) -> Response {
    let (token, digest) = (&way.0, DigestId::new(&way.1));
    let reader = match present(&works, token, &wish).await {
        Ok(reader) => reader,
        Err(response) => return response,
    };
    let offered: Vec<DigestId> = works
        .settings
        .digests
        .iter()
        .map(|one| one.id.clone())
        .collect();
    let now = works.clock.now();
    match works
        .store
        .leave_digest(&reader.id, &digest, &offered, now)
        .await
    {
        Ok(kept) if kept.is_empty() => {
            tracing::info!(subscriber = %reader.id, "a reader left");
            leave::left_now(&works, &wish, &reader, PATH)
        }
        Ok(kept) => {
            tracing::info!(subscriber = %reader.id, %digest, "a reader left a digest");
            one_left(&works, &wish, &reader, &digest, &kept, true)
        }
        Err(e) => failed(&e),
    }
}

/// The reader of a token, or what somebody sees who has none or has left.
async fn present(works: &Works, token: &str, wish: &Wish) -> Result<Subscriber, Response> {
    let reader = reader(works, token, wish, PATH).await?;
    if reader.state == SubscriberState::Unsubscribed {
        return Err(leave::gone(works, wish, &reader, PATH));
    }
    Ok(reader)
}

/// What a reader gets besides a digest.
fn others(works: &Works, reader: &Subscriber, digest: &DigestId) -> Vec<DigestId> {
    let offered = |id: &&DigestId| works.settings.digests.iter().any(|one| one.id == **id);
    let ids = reader.digests.iter().filter(|id| *id != digest);
    ids.filter(offered).cloned().collect()
}

/// The page of one digest; `kept` is what the reader gets besides.
fn one_left(
    works: &Works,
    wish: &Wish,
    reader: &Subscriber,
    digest: &DigestId,
    kept: &[DigestId],
    done: bool,
) -> Response {
    let sheet = sheet(works, wish.of(works, reader), PATH);
    let words = sheet.words();
    let token = &reader.token;
    let choices = format!("../../preferences/{token}?lang={}", sheet.language);
    let title = titles(works, &sheet, std::slice::from_ref(digest));
    if kept.is_empty() {
        let question = words.fill("form.unsubscribe_question", &[("digest", &title)]);
        let more = Some((choices.as_str(), words.get("form.unsubscribe_other")));
        let (title, button) = (
            words.get("form.unsubscribe_title"),
            words.get("form.unsubscribe_button"),
        );
        return page(
            StatusCode::OK,
            web::ask(&sheet, title, &question, button, more),
        );
    }
    let known = works.settings.digests.iter().any(|one| one.id == *digest);
    let (sentence, others) = match (done, known) {
        (true, true) => ("form.unsubscribed", "form.unsubscribe_still"),
        // A digest that feeds.toml has no more has no name either.
        (true, false) => ("", "form.unsubscribe_still"),
        (false, _) => ("form.unsubscribe_question", "form.unsubscribe_also"),
    };
    let sentence = match sentence {
        "" => String::new(),
        key => words.fill(key, &[("digest", &title)]),
    };
    let others = words.fill(others, &[("digest", &titles(works, &sheet, kept))]);
    let leaving = Leaving {
        done,
        sentence: &sentence,
        others: &others,
        all: &format!("../{token}?lang={}", sheet.language),
        choices: &choices,
    };
    page(StatusCode::OK, web::leave(&sheet, &leaving))
}
