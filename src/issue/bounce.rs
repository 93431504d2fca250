//! What comes back: a report of failure, a complaint, or a reader's word that they want out.
//!
//! Deliberate limit: nothing is ever answered, so that two programs never write to each other.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{
    deliver::{Fault, Incoming, Report, Verp, read_report},
    model::{Delivery, DigestId, EditionId, SubscriberId, SubscriberState},
    store::{BounceKind, Bounced, Store},
};

/// What a letter that came back came to; each has a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// A reader's state is another one now
    Changed(SubscriberId, SubscriberState),
    /// A reader gets the digests of a letter no more
    Left(SubscriberId, Vec<DigestId>),
    /// It was counted, and nothing else changed
    Counted(SubscriberId, String),
    /// There was nothing to do, and why
    Nothing(String),
}

impl Came {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Changed(reader, state) => {
                format!("reader {reader} is {} from now on", state.as_str())
            }
            Self::Left(reader, digests) => {
                let ids: Vec<&str> = digests.iter().map(DigestId::as_str).collect();
                let ids = ids.join("` and no `");
                format!("reader {reader} gets no `{ids}` from now on")
            }
            Self::Counted(reader, said) => {
                format!("counted for reader {reader}: {said}")
            }
            Self::Nothing(why) => why.clone(),
        }
    }
}

/// Reads one letter and does what it asks for; `recipient` is the address that it came to, where the
/// mail server says so, and `offered` the digests of feeds.toml. The same letter twice is one.
///
/// # Errors
/// When the database fails; a letter that is not understood comes to nothing, with a sentence.
pub async fn bounce(
    store: &Store,
    bytes: &[u8],
    recipient: Option<&str>,
    offered: &[DigestId],
    now: DateTime<Utc>,
) -> anyhow::Result<Came> {
    let verp = Verp::new(&store.secret("bounces").await?);
    let Incoming { delivery, report } = match read_report(bytes, recipient, &verp) {
        Ok(incoming) => incoming,
        Err(e) => return Ok(Came::Nothing(e.to_string())),
    };
    let nothing = |why: &str| Ok(Came::Nothing(why.to_owned()));
    let (kind, said) = match report {
        Report::Notice => return nothing("a notice that asks for nothing"),
        Report::Automatic => return nothing("an automatic answer, which is not answered"),
        Report::Letter => {
            return nothing("neither a report nor a word to unsubscribe: a person may read it");
        }
        Report::Complaint => (BounceKind::Complaint, "a complaint".to_owned()),
        Report::Unsubscribe => {
            let Some(delivery) = delivery else {
                return nothing("it asks to unsubscribe, but carries no token of ours");
            };
            let Some(delivery) = store.delivery(&delivery).await? else {
                return nothing("the delivery that it is about is not known here");
            };
            return leave(store, &delivery, offered, now).await;
        }
        Report::Failed { fault, said } => match fault {
            Fault::Dead => (BounceKind::Hard, said),
            Fault::Passing | Fault::Full | Fault::TooLarge | Fault::Unwelcome => {
                (BounceKind::Soft, said)
            }
            Fault::Ours => {
                return Ok(Came::Nothing(format!(
                    "the refusal is about us and not about the address: {said}"
                )));
            }
        },
    };
    let Some(delivery) = delivery else {
        return nothing("it carries no token of ours, so it is about nobody");
    };
    Ok(match store.bounce(&delivery, kind, &said, now).await? {
        None => Came::Nothing("the delivery that it is about is not known here".to_owned()),
        Some(Bounced {
            subscriber,
            now: Some(state),
        }) => Came::Changed(subscriber, state),
        Some(Bounced {
            subscriber,
            now: None,
        }) => Came::Counted(subscriber, said),
    })
}

/// A reader wants out of what the letter brought: as by the link in it.
async fn leave(
    store: &Store,
    delivery: &Delivery,
    offered: &[DigestId],
    now: DateTime<Utc>,
) -> anyhow::Result<Came> {
    let id = &delivery.subscriber;
    let Some(reader) = store.subscriber(id).await? else {
        return Ok(Came::Nothing("the reader is not known any more".to_owned()));
    };
    if matches!(
        reader.state,
        SubscriberState::Unsubscribed | SubscriberState::Complained
    ) {
        return Ok(Came::Nothing(format!("reader {id} has left already")));
    }
    let state = SubscriberState::Unsubscribed;
    if let Some(digests) = lists_of(store, &delivery.edition).await? {
        let kept = store.leave_digests(id, &digests, offered, now).await?;
        if !kept.is_empty() {
            return Ok(Came::Left(id.clone(), digests));
        }
    } else {
        store.set_subscriber_state(id, state, now).await?;
    }
    Ok(Came::Changed(id.clone(), state))
}

/// The digests that a letter was of; `None` where nobody knows any more.
async fn lists_of(store: &Store, letter: &EditionId) -> anyhow::Result<Option<Vec<DigestId>>> {
    let parts = match store.reading(letter).await? {
        Some(reading) => reading.parts.into_iter().map(|part| part.edition).collect(),
        None => vec![letter.clone()],
    };
    let mut lists = BTreeSet::new();
    for part in parts {
        let Some(edition) = store.edition(&part).await? else {
            return Ok(None);
        };
        lists.insert(edition.digest);
    }
    Ok(Some(lists.into_iter().collect()))
}
