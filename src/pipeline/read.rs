//! Reading one source: fetch, parse, normalise.
//!
//! [`read`] never fails: what went wrong is part of [`Pulled`].

use std::{sync::Arc, time::Duration};

use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use super::{Normaliser, Shape, Works, hash};
use crate::{
    fetch::{Accept, Answer, FailureKind, FetchError, Fetched, Request},
    model::{Item, Rhythm, Source, SourceHealth, Validators},
    parse,
};

/// One source, pulled.
#[derive(Debug)]
pub struct Pulled {
    /// The source.
    pub source: Arc<Source>,
    /// What was known of it before.
    pub before: SourceHealth,
    /// What came.
    pub reading: Result<Reading, Failure>,
    /// How long it took.
    pub took: Duration,
    /// How many bytes came, decoded.
    pub bytes: u64,
    /// The place in memory that its document has until the desk takes it.
    pub(super) room: Option<OwnedSemaphorePermit>,
}

/// What a source that answered brought.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one of them a source")]
pub enum Reading {
    /// Nothing new
    Unchanged {
        /// What to ask with next time
        validators: Validators,
        /// How long the server says it stays so
        fresh_for: Option<Duration>,
        /// Where a lasting redirect led
        permanent: Option<Url>,
        /// The HTTP status
        status: u16,
    },
    /// A document
    Document(Box<Document>),
}

/// A document, read.
#[derive(Debug)]
pub struct Document {
    /// Its items, in order, not judged yet.
    pub items: Vec<Item>,
    /// What they have in common.
    pub shape: Shape,
    /// How many entries had no words.
    pub rejected: usize,
    /// What was lost, or what a person should change, a sentence each.
    pub problems: Vec<String>,
    /// What was mended and costs nobody anything, a sentence each.
    pub mended: Vec<String>,
    /// Its own title; may be empty.
    pub title: String,
    /// What the feed says of its rhythm.
    pub rhythm: Rhythm,
    /// Whether it came to its end.
    pub whole: bool,
    /// What to ask with next time; the ones before where the body came short.
    pub validators: Validators,
    /// How long the server says it stays so.
    pub fresh_for: Option<Duration>,
    /// Where a lasting redirect led.
    pub permanent: Option<Url>,
    /// The HTTP status.
    pub status: u16,
    /// A hash of the body.
    pub body_hash: String,
}

/// Why a source brought nothing.
#[derive(Clone, Debug)]
pub struct Failure {
    /// One sentence.
    pub sentence: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
    /// The server said that it is gone for good.
    pub gone: bool,
    /// A bot wall or a refusal.
    pub blocked: bool,
    /// It was not asked at all: its host rests.
    pub resting: bool,
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self {
            gone: error.status == Some(410),
            blocked: matches!(error.status, Some(401 | 403 | 451))
                || error.kind == FailureKind::Blocked,
            resting: error.kind == FailureKind::Resting,
            sentence: error.sentence,
            status: error.status,
            retry_after: error.retry_after,
        }
    }
}

/// Pulls one source and makes its entries into items.
pub async fn read(works: &Works, source: Arc<Source>, before: SourceHealth) -> Pulled {
    let started = works.clock.stopwatch();
    let mut bytes = 0;
    let mut room = None;
    let reading = attempt(works, &source, &before, &mut bytes, &mut room).await;
    Pulled {
        room,
        took: started.elapsed(),
        source,
        before,
        reading,
        bytes,
    }
}

async fn attempt(
    works: &Works,
    source: &Arc<Source>,
    before: &SourceHealth,
    bytes: &mut u64,
    room: &mut Option<OwnedSemaphorePermit>,
) -> Result<Reading, Failure> {
    let url = before.moved_to.as_ref().unwrap_or(&source.url);
    let accept = if source.page.is_some() {
        Accept::Page
    } else {
        Accept::Feed
    };
    let answer = works
        .client
        .get(&Request {
            url,
            validators: &before.validators,
            accept,
        })
        .await?;
    let fetched = match answer {
        Answer::NotModified {
            validators,
            fresh_for,
            permanent,
            ..
        } => {
            return Ok(Reading::Unchanged {
                validators,
                fresh_for,
                permanent,
                status: 304,
            });
        }
        Answer::Fetched(fetched) => fetched,
    };
    // A list of several pages waits for the network between them, and must hold nobody up meanwhile.
    if source.page.as_ref().is_none_or(|rules| rules.pages <= 1) {
        *room = Arc::clone(&works.documents).acquire_owned().await.ok();
    }
    let (status, fresh_for) = (fetched.status, fetched.fresh_for);
    let (mut permanent, mut validators) = (fetched.permanent.clone(), fetched.validators.clone());
    let known = before.body_hash.clone().filter(|_| before.failures == 0);
    let opened = open_aside(works, source, fetched, known).await?;
    *bytes = opened.bytes;
    let body_hash = opened.hash;
    let (parsed, notes) = match opened.parsed {
        None => {
            *room = None;
            return Ok(Reading::Unchanged {
                validators,
                fresh_for,
                permanent,
                status,
            });
        }
        Some(Ok(parsed)) => (parsed, Vec::new()),
        Some(Err(error)) => {
            // A redirect that leads to a page is not where the feed has moved to, and what the page
            // gave to ask again with says nothing of the feed.
            permanent = None;
            validators = Validators::default();
            announced(works, source, error)
                .await
                .map_err(|failure| Failure {
                    status: Some(status),
                    ..failure
                })?
        }
    };
    let (parsed, more) = further_pages(works, source, parsed).await;
    let whole = parsed.whole;
    // Where a page only announced the feed, the page's bytes say nothing of what is new.
    let elsewhere = !notes.is_empty();
    let mut problems = notes;
    // A feed that was mended and read whole is no news to anybody; a rule that finds nothing is.
    let mended = if whole && source.page.is_none() {
        parsed.problems
    } else {
        problems.extend(parsed.problems);
        Vec::new()
    };
    problems.extend(more);
    let title = parsed.title;
    let (items, rejected) = normalise_aside(works, source, parsed.language, parsed.entries).await?;
    Ok(Reading::Document(Box::new(Document {
        shape: Shape::of(&items),
        items,
        rejected,
        problems,
        mended,
        title,
        rhythm: parsed.rhythm,
        whole,
        // What came short was not read to its end: the next request must not say that it was.
        validators: if whole {
            validators
        } else {
            before.validators.clone()
        },
        fresh_for,
        permanent,
        status,
        body_hash: if whole && !elsewhere {
            body_hash
        } else {
            String::new()
        },
    })))
}

/// The feed that a web page announces, tried once where the page stands in a feed's place.
async fn announced(
    works: &Works,
    source: &Arc<Source>,
    error: parse::ParseError,
) -> Result<(parse::Parsed, Vec<String>), Failure> {
    let failure = Failure {
        blocked: error.kind == parse::ErrorKind::BotWall,
        sentence: error.sentence,
        status: None,
        retry_after: None,
        gone: false,
        resting: false,
    };
    let Some(link) = error
        .announced
        .into_iter()
        .next()
        .filter(|_| source.page.is_none())
    else {
        return Err(failure);
    };
    let request = Request {
        url: &link.url,
        validators: &Validators::default(),
        accept: Accept::Feed,
    };
    let Ok(Answer::Fetched(fetched)) = works.client.get(&request).await else {
        return Err(failure);
    };
    let opened = open_aside(works, source, fetched, None).await?;
    let Some(Ok(parsed)) = opened.parsed else {
        return Err(failure);
    };
    let note = format!(
        "it is a web page; the feed that it announces was read instead: set `url` to `{}`",
        link.url
    );
    Ok((parsed, vec![note]))
}

/// The further pages of a listing, up to the limit of the source's rules.
async fn further_pages(
    works: &Works,
    source: &Arc<Source>,
    mut parsed: parse::Parsed,
) -> (parse::Parsed, Vec<String>) {
    let mut problems = Vec::new();
    let pages = source.page.as_ref().map_or(1, |rules| rules.pages.max(1));
    for _ in 1..pages {
        let Some(next) = parsed.next.take() else {
            break;
        };
        let request = Request {
            url: &next,
            validators: &Validators::default(),
            accept: Accept::Page,
        };
        let read = match works.client.get(&request).await {
            Ok(Answer::Fetched(fetched)) => open_aside(works, source, fetched, None).await,
            Ok(Answer::NotModified { .. }) => break,
            Err(error) => Err(error.into()),
        };
        match read.map(|opened| opened.parsed) {
            Ok(Some(Ok(page))) => {
                parsed.entries.extend(page.entries);
                parsed.next = page.next;
            }
            Ok(None) => break,
            Ok(Some(Err(parse::ParseError { sentence, .. }))) | Err(Failure { sentence, .. }) => {
                problems.push(format!("the page `{next}` of the list: {sentence}"));
                break;
            }
        }
    }
    (parsed, problems)
}

/// A body, unpacked.
struct Opened {
    /// How long it is.
    bytes: u64,
    hash: String,
    /// What it says; `None` where it is the body that is known.
    parsed: Option<Result<parse::Parsed, parse::ParseError>>,
}

/// Unpacks a body and reads it, unless it is the one whose hash is known.
async fn open_aside(
    works: &Works,
    source: &Arc<Source>,
    fetched: Fetched,
    known: Option<String>,
) -> Result<Opened, Failure> {
    let (source, now) = (Arc::clone(source), works.clock.now());
    aside(works, move || {
        let body = fetched.body.unpack()?;
        let hash = body_hash(&body);
        let document = parse::Document {
            bytes: &body,
            content_type: fetched.content_type.as_deref(),
            url: &fetched.url,
            now,
        };
        let parsed = (known.as_ref() != Some(&hash)).then(|| match &source.page {
            Some(rules) => parse::page(&document, rules),
            None => parse::feed(&document),
        });
        Ok(Opened {
            bytes: body.len() as u64,
            hash,
            parsed,
        })
    })
    .await?
}

async fn normalise_aside(
    works: &Works,
    source: &Arc<Source>,
    language: Option<crate::model::LanguageCode>,
    entries: Vec<crate::model::Entry>,
) -> Result<(Vec<Item>, usize), Failure> {
    let (matcher, now, source) = (
        Arc::clone(&works.matcher),
        works.clock.now(),
        Arc::clone(source),
    );
    aside(works, move || {
        let normaliser = Normaliser {
            source: &source,
            language: language.as_ref(),
            matcher: &matcher,
            now,
        };
        normaliser.items(entries)
    })
    .await
}

/// Carries out what fills a core on a thread for that; what panics costs its source alone.
pub(super) async fn aside<T: Send + 'static>(
    works: &Works,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    works.hands.carry_out(work).await.ok_or_else(|| {
        tracing::error!("reading a document ended early");
        Failure {
            sentence: "the document broke the reader; please report its address".to_owned(),
            status: None,
            retry_after: None,
            gone: false,
            blocked: false,
            resting: false,
        }
    })
}

fn body_hash(body: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(body);
    hash(&[&format!("{digest:x?}")])
}
