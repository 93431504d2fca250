//! The post: what is queued is handed over, and every answer written down before the next message.
//!
//! A delivery is *sending* only while a connection has it in hand, so a crash leaves at most one per
//! connection in doubt. Deliberate limit: deliveries of an edition whose digest has left feeds.toml
//! stay queued and are reported.

use std::{collections::HashMap, fs::File, sync::Arc, time::Duration};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use tokio::{sync::Mutex, task::JoinSet};

use super::{edition_of, letter_for, owned_letter};
use crate::{
    deliver::{Mailer, Message, Outcome, Pace, Recipient, Session, Template},
    model::{Delivery, DeliveryState, Edition, EditionId, Format, Paths, Settings},
    pipeline::{Works, hash},
    render::Why,
    store::Settled,
};

/// When a delivery that was put off is tried again; the last one repeats.
const AGAIN: [TimeDelta; 6] = [
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::minutes(30),
    TimeDelta::hours(1),
    TimeDelta::hours(3),
    TimeDelta::hours(6),
];
/// After so many tries a delivery is given up: about four days by the table above.
const TRIES: u32 = 20;
/// How many letters are kept encoded.
const LETTERS: usize = 64;
/// For how long a connection may hold a delivery before it counts as lost.
const LEASE: Duration = Duration::from_mins(15);

/// What delivering came to; serialises to the `deliveries` of `run --json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeliveryReport {
    /// Still to be sent
    pub queued: u64,
    /// Taken by the server in this call
    pub accepted: u64,
    /// Refused for good in this call
    pub refused: u64,
    /// In doubt
    pub unsure: u64,
    /// What a person must look at, a sentence each
    #[serde(skip)]
    pub problems: Vec<String>,
}

/// Sends what is queued and due.
///
/// # Errors
/// When the database fails; a server that fails is named in the report.
pub async fn deliver(works: &Works) -> anyhow::Result<DeliveryReport> {
    let now = works.clock.now();
    // Alone at the post, whatever is in hand was in the hand of somebody who died.
    let alone = alone(&works.settings.paths);
    let lost = match alone {
        Some(_) => works.store.unsure_all().await?.len(),
        None => works.store.unsure_stuck(now).await?.len(),
    };
    let owner = format!("post-{}", std::process::id());
    let post = Arc::new(Post {
        works: works.clone(),
        owner,
        mailer: Mailer::new(&works.settings.mail, &works.settings.paths.outbox),
        pace: Pace::new(works.settings.mail.rate),
        letters: Mutex::default(),
        report: Mutex::new(DeliveryReport::default()),
    });
    let queued = works.store.count_deliveries(None).await?.queued;
    let most = usize::try_from(queued).unwrap_or(usize::MAX).max(1);
    let connections = works.settings.mail.connections.clamp(1, most);
    let mut workers = JoinSet::new();
    for number in 0..connections {
        let post = Arc::clone(&post);
        workers.spawn(async move { post.work(number).await });
    }
    while let Some(worker) = workers.join_next().await {
        worker.context("a connection's task ended early")??;
    }
    let counts = works.store.count_deliveries(None).await?;
    let mut report = post.report.lock().await.clone();
    report.queued = counts.queued;
    report.unsure = counts.unsure;
    if lost > 0 {
        report.problems.push(format!(
            "{lost} deliveries were in hand when an earlier run ended and may or may not have arrived; see `circular deliveries list --state unsure`"
        ));
    }
    Ok(report)
}

/// A lock that the system takes back when its holder dies, however that happens. `None` where another
/// process is delivering, or where the database is a server's, which other machines may use as well.
fn alone(paths: &Paths) -> Option<File> {
    if !paths.database.starts_with("sqlite:") {
        return None;
    }
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(paths.data.join("post.lock"))
        .ok()?;
    file.try_lock().ok().map(|()| file)
}

struct Post {
    works: Works,
    owner: String,
    mailer: Mailer,
    pace: Pace,
    letters: Mutex<HashMap<EditionId, Option<Arc<Template>>>>,
    report: Mutex<DeliveryReport>,
}

impl Post {
    async fn work(&self, number: usize) -> anyhow::Result<()> {
        let owner = format!("{}-{number}", self.owner);
        let mut session: Option<Session> = None;
        loop {
            if !self.report.lock().await.problems.is_empty() {
                break;
            }
            // The connection comes first: a server that is away costs no delivery a try.
            if session.as_ref().is_none_or(|session| !session.is_open()) {
                let now = self.works.clock.now();
                if self
                    .works
                    .store
                    .next_delivery()
                    .await?
                    .is_none_or(|next| next > now)
                {
                    break;
                }
                match self.mailer.open().await {
                    Ok(opened) => session = Some(opened),
                    Err(e) => {
                        self.stop(format!("no mail was sent: {e}")).await;
                        break;
                    }
                }
            }
            self.pace.turn().await;
            let now = self.works.clock.now();
            let Some(delivery) = self
                .works
                .store
                .lease_deliveries(now, &owner, 1, LEASE)
                .await?
                .pop()
            else {
                break;
            };
            let outcome = match self.message(&delivery).await? {
                Ok(message) => match &mut session {
                    Some(session) => session.send(&message).await,
                    None => Outcome::Later("there is no connection".to_owned()),
                },
                Err(outcome) => outcome,
            };
            self.settle(&delivery, outcome).await?;
        }
        if let Some(session) = session {
            session.close().await;
        }
        Ok(())
    }

    /// The message of a delivery, or why there is none.
    async fn message(&self, delivery: &Delivery) -> anyhow::Result<Result<Message, Outcome>> {
        let Some(template) = self.letter(&delivery.edition).await? else {
            let reason = format!("the edition `{}` is not in the database", delivery.edition);
            return Ok(Err(Outcome::OurFault(reason)));
        };
        let from = envelope_from(&self.works.settings, &delivery.token);
        let recipient = Recipient {
            address: &delivery.address,
            name: None,
            token: &delivery.token,
            message_id: &delivery.message_id,
            envelope_from: &from,
        };
        Ok(template
            .message(&recipient)
            .map_err(|e| Outcome::Refused(e.to_string())))
    }

    /// The letter of an edition, rendered and encoded once.
    async fn letter(&self, id: &EditionId) -> anyhow::Result<Option<Arc<Template>>> {
        let mut letters = self.letters.lock().await;
        if let Some(letter) = letters.get(id) {
            return Ok(letter.clone());
        }
        let letter = match edition_of(&self.works, id).await? {
            Some((edition, format)) => {
                let settings = &self.works.settings;
                let mut letter = owned_letter(settings, &edition, Why::Subscribed);
                if format == Format::Text {
                    letter.html.clear();
                }
                Some(Arc::new(letter_for(settings, &edition, &letter)?))
            }
            None => None,
        };
        // Deliveries of one letter are leased together, so a few letters are enough to keep.
        if letters.len() >= LETTERS {
            letters.clear();
        }
        letters.insert(id.clone(), letter.clone());
        Ok(letter)
    }

    async fn settle(&self, delivery: &Delivery, outcome: Outcome) -> anyhow::Result<()> {
        let now = self.works.clock.now();
        let mut stop = None;
        let (state, reply, next) = match outcome {
            Outcome::Accepted(reply) => (DeliveryState::Accepted, reply, None),
            Outcome::Refused(reply) => (DeliveryState::Refused, reply, None),
            Outcome::Unsure(reply) => (DeliveryState::Unsure, reply, None),
            Outcome::Later(reply) if delivery.attempts >= TRIES => {
                (DeliveryState::Refused, reply, None)
            }
            Outcome::Later(reply) => (DeliveryState::Queued, reply, Some(again(delivery, now))),
            Outcome::OurFault(reply) => {
                stop = Some(format!("the mail server refuses us: {reply}"));
                (DeliveryState::Queued, reply, Some(now + AGAIN[1]))
            }
        };
        let settled = Settled {
            id: delivery.id.clone(),
            state,
            reply: Some(reply),
            next_attempt: next,
        };
        self.works.store.settle(&[settled], now).await?;
        let mut report = self.report.lock().await;
        match state {
            DeliveryState::Accepted => report.accepted += 1,
            DeliveryState::Refused => report.refused += 1,
            _ => {}
        }
        report.problems.extend(stop);
        Ok(())
    }

    async fn stop(&self, sentence: String) {
        let mut report = self.report.lock().await;
        if !report.problems.contains(&sentence) {
            report.problems.push(sentence);
        }
    }
}

fn again(delivery: &Delivery, now: DateTime<Utc>) -> DateTime<Utc> {
    let tries = usize::try_from(delivery.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    now + AGAIN[tries.min(AGAIN.len() - 1)]
}

/// The envelope sender: with the reader's token where bounces have an address of their own (VERP).
fn envelope_from(settings: &Settings, token: &str) -> String {
    match settings
        .mail
        .bounces
        .as_deref()
        .and_then(|bounces| bounces.split_once('@'))
    {
        Some((local, domain)) => format!("{local}+{token}@{domain}"),
        None => settings.mail.from_address.clone(),
    }
}

/// Sends a test copy of an edition to one address; nothing is written down.
///
/// # Errors
/// One sentence that says what the server or the network said.
pub async fn send_test(works: &Works, edition: &Edition, address: &str) -> anyhow::Result<String> {
    let settings = &works.settings;
    let letter = owned_letter(settings, edition, Why::Test);
    let token = &hash(&["test", edition.id.as_str(), address])[..32];
    let now = works.clock.now().timestamp_micros();
    let id = hash(&["test", address, &now.to_string()]);
    let domain = settings
        .mail
        .from_address
        .rsplit_once('@')
        .map_or("localhost", |(_, domain)| domain);
    let message = letter_for(settings, edition, &letter)?.message(&Recipient {
        address,
        name: None,
        token,
        message_id: &format!("test.{}.{}@{domain}", edition.id, &id[..16]),
        envelope_from: &settings.mail.from_address,
    })?;
    let mut session = Mailer::new(&settings.mail, &settings.paths.outbox)
        .open()
        .await?;
    let outcome = session.send(&message).await;
    session.close().await;
    match outcome {
        Outcome::Accepted(reply) => Ok(reply),
        Outcome::Later(reply)
        | Outcome::Refused(reply)
        | Outcome::OurFault(reply)
        | Outcome::Unsure(reply) => {
            anyhow::bail!("the test copy to `{address}` was not taken: {reply}")
        }
    }
}
