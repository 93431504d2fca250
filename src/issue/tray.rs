//! The tray: deliveries that were taken from the database and wait for a connection, and what came of
//! them until it is written down.
//!
//! A receiving domain gets no more than `domain_rate`; while it waits, others go first.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    model::Delivery,
    pipeline::Works,
    store::{Leased, Settled},
};

use super::{ask::Mark, hand::Hand};

/// For how long a connection may hold a delivery before it counts as lost; longer where the steps of
/// a conversation may take longer.
const LEASE: Duration = Duration::from_mins(15);
/// More steps than a message has, the last one counted ten times.
const STEPS: u32 = 15;
/// What came of so many deliveries is written down at once.
const SETTLED: usize = 64;
/// How many deliveries to one domain may wait here before others are asked for.
const CROWD: usize = 8;
/// How many times over the tray may be full of deliveries whose domains wait.
const FULL: usize = 16;
/// The most domains that are left out of a question.
const LEFT_OUT: usize = 50;

/// Whose turn it is.
pub(super) enum Next {
    /// This delivery's
    Now(Box<Leased>),
    /// Nobody's before that
    At(Instant),
    /// Nothing is left to be sent
    Nothing,
}

pub(super) struct Tray {
    works: Works,
    owner: String,
    room: usize,
    /// Between two messages to one domain.
    apart: Option<Duration>,
    ready: VecDeque<Leased>,
    /// From when on each domain may be sent to again.
    turns: HashMap<String, Instant>,
    done: Vec<Settled>,
    mark: Mark,
}

impl Tray {
    pub(super) fn new(works: &Works, hand: &Hand, connections: usize, mark: Mark) -> Self {
        let apart = works.settings.mail.domain_rate;
        Self {
            works: works.clone(),
            owner: hand.owner.clone(),
            room: hand.taken(connections),
            apart: apart.map(|rate| Duration::from_secs_f64(1.0 / rate)),
            ready: VecDeque::new(),
            turns: HashMap::new(),
            done: Vec::new(),
            mark,
        }
    }

    /// The next delivery whose domain may be sent to, taken from the database if need be.
    pub(super) async fn next(&mut self) -> anyhow::Result<Next> {
        if let Some(leased) = self.pick() {
            return Ok(Next::Now(Box::new(leased)));
        }
        self.fill().await?;
        if let Some(leased) = self.pick() {
            return Ok(Next::Now(Box::new(leased)));
        }
        let turns = self
            .ready
            .iter()
            .filter_map(|leased| self.turns.get(domain(&leased.delivery)));
        Ok(turns.min().map_or(Next::Nothing, |turn| Next::At(*turn)))
    }

    /// The next delivery whose domain may be sent to, of those that are here.
    pub(super) fn pick(&mut self) -> Option<Leased> {
        let Some(apart) = self.apart else {
            return self.ready.pop_front();
        };
        let now = Instant::now();
        let at = self.ready.iter().position(|leased| {
            let turn = self.turns.get(domain(&leased.delivery));
            turn.is_none_or(|turn| *turn <= now)
        })?;
        let leased = self.ready.remove(at)?;
        self.turns
            .insert(domain(&leased.delivery).to_owned(), now + apart);
        Some(leased)
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        if self.ready.len() > FULL * self.room {
            return self.write_down().await;
        }
        let mut waiting: HashMap<&str, usize> = HashMap::new();
        for leased in &self.ready {
            *waiting.entry(domain(&leased.delivery)).or_default() += 1;
        }
        let crowd = CROWD.min(self.room);
        let crowded: Vec<String> = waiting
            .into_iter()
            .filter(|(_, count)| *count >= crowd)
            .map(|(domain, _)| domain.to_lowercase())
            .take(LEFT_OUT)
            .collect();
        let but: Vec<&str> = crowded.iter().map(String::as_str).collect();
        let Works { store, clock, .. } = &self.works;
        let hold = LEASE.max(self.works.settings.mail.timeout * STEPS);
        let (now, owner) = (clock.now(), &self.owner);
        let leased = store
            .settle_and_lease(&self.done, now, owner, self.room, hold, &but)
            .await?;
        self.done.clear();
        if !leased.is_empty() {
            self.mark.raise(&self.works).await?;
        }
        self.ready.extend(leased);
        Ok(())
    }

    /// Puts a delivery back that was not begun.
    pub(super) fn give_back(&mut self, leased: Leased) {
        self.ready.push_front(leased);
    }

    /// Takes note of what came of a delivery, of which the database learns together with others;
    /// whether there are enough.
    pub(super) fn settle(&mut self, settled: Settled) -> bool {
        self.done.push(settled);
        self.done.len() >= SETTLED
    }

    /// Has the database learn what came of deliveries.
    pub(super) async fn write_down(&mut self) -> anyhow::Result<()> {
        if !self.done.is_empty() {
            let now = self.works.clock.now();
            self.works.store.settle(&self.done, now).await?;
            self.done.clear();
        }
        Ok(())
    }

    /// Writes down what came of everything, and puts back what was not begun.
    pub(super) async fn clear(&mut self) -> anyhow::Result<()> {
        self.write_down().await?;
        let ids: Vec<_> = self
            .ready
            .drain(..)
            .map(|leased| leased.delivery.id)
            .collect();
        if !ids.is_empty() {
            let now = self.works.clock.now();
            self.works.store.put_back(&ids, now).await?;
        }
        self.mark.end(&self.works).await
    }
}

pub(super) fn domain(delivery: &Delivery) -> &str {
    delivery
        .address
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain)
}
