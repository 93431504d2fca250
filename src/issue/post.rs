//! The post: what is queued is handed over, and every answer written down.
//!
//! A delivery is in doubt only while a connection hands it over, so a crash leaves at most one per
//! connection of which nobody knows whether it arrived. Deliberate limit: deliveries of an edition
//! whose digest has left feeds.toml are sent as the edition says, and given up after five days.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::{
    runtime::Handle,
    sync::Mutex,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    again::settled,
    ask::{self, Mark},
    hand::Hand,
    kept::{Kept, Letters},
    letter::Ways,
    report::DeliveryReport,
    threads,
    tray::{Next, Tray},
    turns::Turns,
};
use crate::{
    deliver::{Journal, Mailer, Message, Outcome, Recipient, Session, Verp},
    model::{DeliveryState, EditionId, InDoubt, SubscriberState},
    pipeline::{STOPPED, Works},
    store::{Leased, Settled},
};

/// After so many connections that came to nothing, one after the other, the server counts as ill.
const STRIKES: u32 = 3;

/// Sends what is queued and due.
///
/// # Errors
/// When the database fails; a server that fails is named in the report.
pub async fn deliver(works: &Works) -> anyhow::Result<DeliveryReport> {
    deliver_until(works, &CancellationToken::new()).await
}

/// The same until it is told to stop: messages that are under way are brought to an end, and what was
/// not begun stays queued.
///
/// # Errors
/// When the database fails; a server that fails is named in the report.
pub async fn deliver_until(
    works: &Works,
    stop: &CancellationToken,
) -> anyhow::Result<DeliveryReport> {
    let mut report = DeliveryReport::default();
    let open = works.store.count_open().await?;
    if open.queued + open.sending + open.unsure == 0 {
        return Ok(report);
    }
    if !ask::is_paused(works, &mut report).await?
        && let Some(hand) = Hand::take(works, &mut report).await?
    {
        report = send(works, &hand, report, stop).await?;
        // Who asks how it fares is told as well, until mails go out again.
        let why = report.stopped.as_deref().unwrap_or_default();
        let known = works.store.note(STOPPED).await?.unwrap_or_default();
        if known != why && (report.stopped.is_some() || report.accepted > 0) {
            works.store.set_note(STOPPED, why).await?;
        }
    }
    let open = works.store.count_open().await?;
    report.queued = open.queued;
    // Those that were found in doubt and sent once more are told as well.
    report.unsure = report.unsure.max(open.unsure);
    Ok(report)
}

async fn send(
    works: &Works,
    hand: &Hand,
    mut report: DeliveryReport,
    stop: &CancellationToken,
) -> anyhow::Result<DeliveryReport> {
    let now = works.clock.now();
    let mut mark = Mark::read(works).await?;
    if works.settings.mail.in_doubt == InDoubt::Repeat && !mark.went_back() {
        works.store.repeat_unsure(now).await?;
    }
    ask::hold_back(works, &mark, &mut report).await?;
    // What was asked once is not asked again.
    mark.end(works).await?;
    let next = works.store.next_delivery().await?;
    if next.is_none_or(|next| next > now) {
        return Ok(report);
    }
    let post = Post::new(works, hand, mark, report, stop).await?;
    Post::run(Arc::new(post)).await
}

struct Post {
    works: Works,
    shared: bool,
    connections: usize,
    mailer: Mailer,
    /// Where the database's connections live.
    home: Handle,
    turns: Turns,
    verp: Verp,
    journal: Option<Journal>,
    tray: Arc<Mutex<Tray>>,
    letters: Arc<Letters>,
    report: Mutex<DeliveryReport>,
    /// Why nothing more is sent in this call.
    halt: CancellationToken,
    strikes: AtomicU32,
}

/// A delivery with its message, ready to be sent.
struct Prepared {
    leased: Leased,
    message: Message,
    /// Until when it is news.
    until: DateTime<Utc>,
}

impl Post {
    async fn new(
        works: &Works,
        hand: &Hand,
        mark: Mark,
        report: DeliveryReport,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let mail = &works.settings.mail;
        let queued = works.store.count_open().await?.queued;
        let most = usize::try_from(queued).unwrap_or(usize::MAX).max(1);
        let connections = mail.connections.clamp(1, most);
        Ok(Self {
            shared: hand.shared,
            connections,
            mailer: Mailer::new(mail, &works.settings.paths.outbox),
            home: Handle::current(),
            turns: Turns::new(works, hand.shared),
            verp: Verp::new(&works.store.secret("bounces").await?),
            journal: hand.begin_journal()?,
            tray: Arc::new(Mutex::new(Tray::new(works, hand, connections, mark))),
            letters: Arc::new(Letters::new(works)),
            report: Mutex::new(report),
            halt: stop.child_token(),
            strikes: AtomicU32::new(0),
            works: works.clone(),
        })
    }

    async fn run(post: Arc<Self>) -> anyhow::Result<DeliveryReport> {
        let worker = Arc::clone(&post);
        let work = move || {
            let post = Arc::clone(&worker);
            async move { post.work().await }
        };
        let worked = threads::run(post.connections, post.halt.clone(), work).await;
        post.tray.lock().await.clear().await?;
        let report = post.report.lock().await.clone();
        worked?;
        if let Some(journal) = Arc::into_inner(post).and_then(|post| post.journal) {
            journal.close().context("the journal cannot be closed")?;
        }
        Ok(report)
    }

    /// Has the runtime of the database's connections do what asks the database: they would end with
    /// a thread's own.
    async fn at_home<T: Send + 'static>(
        &self,
        work: impl Future<Output = anyhow::Result<T>> + Send + 'static,
    ) -> anyhow::Result<T> {
        let done = self.home.spawn(work).await;
        done.context("the database was given up early")?
    }

    /// One connection: message after message until there is none.
    async fn work(&self) -> anyhow::Result<()> {
        let mut session = None;
        let mut ready = VecDeque::new();
        let worked = self.hand_out(&mut session, &mut ready).await;
        let mut tray = self.tray.lock().await;
        for prepared in ready.into_iter().rev() {
            tray.give_back(prepared.leased);
        }
        drop(tray);
        if let Some(session) = session {
            session.close().await;
        }
        worked
    }

    /// While the server deals with one message the next ones are made; what is left in `ready` was not
    /// begun.
    async fn hand_out(
        &self,
        session: &mut Option<Session>,
        ready: &mut VecDeque<Prepared>,
    ) -> anyhow::Result<()> {
        // One is asked for with the end of the one before, and another is made meanwhile; but none is
        // asked for whose turn has not come.
        let ahead = if self.turns.free() { 2 } else { 1 };
        ready.extend(self.prepare().await?);
        while let Some(first) = ready.front() {
            if self.halt.is_cancelled() {
                break;
            }
            if session.as_ref().is_none_or(|session| !session.is_open()) {
                match self.mailer.open().await {
                    Ok(opened) => *session = Some(opened),
                    Err(e) => {
                        // A server that is away costs no delivery a try.
                        self.stop(format!("no mail was sent: {e}")).await;
                        break;
                    }
                }
            }
            let Some(open) = session else { break };
            if !self.turns.wait(&first.leased.delivery, &self.halt).await? {
                break;
            }
            let next = ready.get(1).map(|next| &next.message);
            let more = self.prepare_some(ahead + 1 - ready.len());
            let (sent, made) = tokio::join!(self.send(open, first, next), more);
            ready.pop_front();
            let (made, failed) = made;
            ready.extend(made);
            sent?;
            failed?;
        }
        Ok(())
    }

    /// The next few deliveries with their messages, as many as there are, and what went wrong then.
    async fn prepare_some(&self, count: usize) -> (Vec<Prepared>, anyhow::Result<()>) {
        let mut made = Vec::with_capacity(count);
        while made.len() < count {
            match self.prepare().await {
                Ok(Some(prepared)) => made.push(prepared),
                Ok(None) => break,
                Err(e) => return (made, Err(e)),
            }
        }
        (made, Ok(()))
    }

    /// The next delivery with its message; `None` when there is none, or sending is to end.
    async fn prepare(&self) -> anyhow::Result<Option<Prepared>> {
        while !self.halt.is_cancelled() {
            let leased = match self.next().await? {
                Next::Nothing => break,
                Next::At(turn) => {
                    self.wait(turn).await;
                    continue;
                }
                Next::Now(leased) => *leased,
            };
            if leased.reader != Some(SubscriberState::Active) {
                self.skip(&leased).await?;
                continue;
            }
            let delivery = &leased.delivery;
            let Some(kept) = self.letter(&delivery.edition).await? else {
                let why = format!("the edition `{}` is not in the database", delivery.edition);
                let now = self.works.clock.now();
                self.settle(&leased, Outcome::OurFault(why), now).await?;
                break;
            };
            match self.message(&kept, &leased) {
                Ok(message) => {
                    return Ok(Some(Prepared {
                        leased,
                        message,
                        until: kept.until,
                    }));
                }
                Err(why) => {
                    let refused = Outcome::Refused(why);
                    self.settle(&leased, refused, kept.until).await?;
                }
            }
        }
        Ok(None)
    }

    /// The next delivery; a message is not made before the tray is free for others.
    async fn next(&self) -> anyhow::Result<Next> {
        let mut tray = Arc::clone(&self.tray).lock_owned().await;
        match tray.pick() {
            Some(leased) => Ok(Next::Now(Box::new(leased))),
            None => self.at_home(async move { tray.next().await }).await,
        }
    }

    async fn wait(&self, until: Instant) {
        tokio::select! {
            () = sleep_until(until) => {}
            () = self.halt.cancelled() => {}
        }
    }

    /// Sends one delivery, and writes down what came of it; `next` will be sent after it.
    async fn send(
        &self,
        session: &mut Session,
        prepared: &Prepared,
        next: Option<&Message>,
    ) -> anyhow::Result<()> {
        let Prepared {
            leased,
            message,
            until,
        } = prepared;
        let outcome = match session.offer(message).await {
            Err(outcome) => outcome,
            Ok(()) => {
                if let Some(journal) = &self.journal {
                    let begun = journal.begun(leased.delivery.id.as_str());
                    begun.context("the journal cannot be written")?;
                }
                session.hand_over(message, next).await
            }
        };
        self.settle(leased, outcome, *until).await
    }

    fn message(&self, kept: &Kept, leased: &Leased) -> Result<Message, String> {
        let delivery = &leased.delivery;
        let ways = Ways::of(&self.works.settings, &self.verp, &kept.digests, delivery);
        let recipient = Recipient {
            address: &delivery.address,
            name: leased.name.as_deref(),
            token: &delivery.token,
            message_id: &delivery.message_id,
            envelope_from: &ways.envelope_from,
            unsubscribe_mail: Some(&ways.unsubscribe),
        };
        kept.template.message(&recipient).map_err(|e| e.to_string())
    }

    async fn letter(&self, id: &EditionId) -> anyhow::Result<Option<Arc<Kept>>> {
        if let Some(kept) = self.letters.known(id).await {
            return Ok(kept);
        }
        let (letters, id) = (Arc::clone(&self.letters), id.clone());
        self.at_home(async move { letters.of(&id).await }).await
    }

    async fn settle(
        &self,
        leased: &Leased,
        outcome: Outcome,
        until: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        match &outcome {
            Outcome::Accepted(_) => self.strikes.store(0, Ordering::Relaxed),
            Outcome::OurFault(reply) => {
                self.stop(format!("the mail server refuses us: {reply}"))
                    .await;
            }
            Outcome::Lost(reply) if self.strikes.fetch_add(1, Ordering::Relaxed) + 1 >= STRIKES => {
                let sentence = "the mail server ends one connection after the other";
                self.stop(format!("{sentence}: {reply}")).await;
            }
            _ => {}
        }
        let settled = settled(leased, outcome, until, self.works.clock.now());
        self.note(settled).await
    }

    /// Whoever left since the edition was frozen gets nothing more.
    async fn skip(&self, leased: &Leased) -> anyhow::Result<()> {
        let state = leased.reader.map_or("gone", SubscriberState::as_str);
        self.note(Settled {
            id: leased.delivery.id.clone(),
            state: DeliveryState::Refused,
            reply: Some(format!("not sent: the reader is {state} by now")),
            next_attempt: None,
            bounce: None,
        })
        .await
    }

    /// Writes down what came of a delivery.
    async fn note(&self, settled: Settled) -> anyhow::Result<()> {
        {
            let mut report = self.report.lock().await;
            match settled.state {
                DeliveryState::Accepted => report.accepted += 1,
                DeliveryState::Refused => report.refused += 1,
                _ => {}
            }
        }
        if let Some(journal) = &self.journal {
            let answer = serde_json::to_string(&settled)?;
            let written = journal.ended(settled.id.as_str(), &answer);
            written.context("the journal cannot be written")?;
        }
        let mut tray = Arc::clone(&self.tray).lock_owned().await;
        if tray.settle(settled) || self.shared || self.journal.is_none() {
            self.at_home(async move { tray.write_down().await }).await?;
        }
        Ok(())
    }

    /// Ends this call's sending, with a sentence for a person.
    async fn stop(&self, sentence: String) {
        self.halt.cancel();
        let mut report = self.report.lock().await;
        report.stopped.get_or_insert_with(|| sentence.clone());
        if !report.problems.contains(&sentence) {
            report.problems.push(sentence);
        }
    }
}
