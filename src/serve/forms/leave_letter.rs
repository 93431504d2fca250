//! `/unsubscribe/TOKEN/DIGEST~DIGEST`: the way out of the digests that a letter was of, mostly one,
//! which is what its List-Unsubscribe names. Whoever gets no other leaves altogether.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{Wish, failed, leave, page, reader, sheet, titles};
use crate::{
    issue::AND,
    model::{DigestId, Subscriber, SubscriberState},
    pipeline::Works,
    render::web::{self, Leaving},
};

/// As deep as the page lies; the token and the digests are left out.
const PATH: &str = "unsubscribe/token/";

/// The token and the digests of a page's address.
type SomeOf = Path<(String, String)>;

/// GET: asks.
pub(super) async fn ask(State(works): State<Works>, Path(way): SomeOf, wish: Wish) -> Response {
    let (token, mut digests) = (&way.0, named(&way.1));
    let reader = match present(&works, token, &wish).await {
        Ok(reader) => reader,
        Err(response) => return response,
    };
    let kept = others(&works, &reader, &digests);
    let done = !digests.iter().any(|one| reader.digests.contains(one));
    // What was left before is not asked for again.
    digests.retain(|one| done || reader.digests.contains(one));
    some_left(&works, &wish, &reader, &digests, &kept, done)
}

/// POST: acts, at once; once more changes nothing. What the body says does not matter.
pub(super) async fn act(State(works): State<Works>, Path(way): SomeOf, wish: Wish) -> Response {
    let (token, digests) = (&way.0, named(&way.1));
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
        .leave_digests(&reader.id, &digests, &offered, now)
        .await
    {
        Ok(kept) if kept.is_empty() => {
            tracing::info!(subscriber = %reader.id, "a reader left");
            leave::left_now(&works, &wish, &reader, PATH)
        }
        Ok(kept) => {
            tracing::info!(subscriber = %reader.id, digests = way.1, "a reader left a letter's digests");
            some_left(&works, &wish, &reader, &digests, &kept, true)
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

/// The digests that an address names.
fn named(list: &str) -> Vec<DigestId> {
    list.split(AND).map(DigestId::new).collect()
}

/// What a reader gets besides digests.
fn others(works: &Works, reader: &Subscriber, digests: &[DigestId]) -> Vec<DigestId> {
    let offered = |id: &&DigestId| works.settings.digests.iter().any(|one| one.id == **id);
    let ids = reader.digests.iter().filter(|id| !digests.contains(id));
    ids.filter(offered).cloned().collect()
}

/// The page of digests; `kept` is what the reader gets besides.
fn some_left(
    works: &Works,
    wish: &Wish,
    reader: &Subscriber,
    digests: &[DigestId],
    kept: &[DigestId],
    done: bool,
) -> Response {
    let sheet = sheet(works, wish.of(works, reader), PATH);
    let words = sheet.words();
    let token = &reader.token;
    let choices = format!("../../preferences/{token}?lang={}", sheet.language);
    let title = titles(works, &sheet, digests);
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
    let offered = &works.settings.digests;
    let known = offered.iter().any(|one| digests.contains(&one.id));
    let (sentence, others) = match (done, known) {
        (true, true) => ("form.unsubscribed", "form.unsubscribe_still"),
        // Digests that feeds.toml has no more have no name either.
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
