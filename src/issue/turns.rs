//! Turns: when a message may go by the rates, on one machine or on several that share a database.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::{
    runtime::Handle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::tray::domain;
use crate::{deliver::Pace, model::Delivery, pipeline::Works};

/// The longest that a delivery waits for its turn in hand.
const LONGEST: Duration = Duration::from_mins(5);

pub(super) struct Turns {
    works: Works,
    /// Where the database's connections live.
    home: Handle,
    /// Several machines take their turns from the database.
    shared: bool,
    pace: Pace,
    /// When turns were first asked for, by the call's clock, which may stand still, and by one that runs.
    begun: (DateTime<Utc>, Instant),
}

impl Turns {
    pub(super) fn new(works: &Works, shared: bool) -> Self {
        Self {
            works: works.clone(),
            home: Handle::current(),
            shared,
            pace: Pace::new(works.settings.mail.rate.filter(|_| !shared)),
            begun: (works.clock.now(), Instant::now()),
        }
    }

    /// Whether it is everybody's turn at any time.
    pub(super) fn free(&self) -> bool {
        let mail = &self.works.settings.mail;
        mail.rate.is_none() && mail.domain_rate.is_none()
    }

    /// Waits for a delivery's turn; `false` where sending is to end before it.
    pub(super) async fn wait(
        &self,
        delivery: &Delivery,
        halt: &CancellationToken,
    ) -> anyhow::Result<bool> {
        if self.shared {
            let mail = &self.works.settings.mail;
            let name = domain(delivery).to_lowercase();
            for (name, rate) in [("", mail.rate), (name.as_str(), mail.domain_rate)] {
                let Some(rate) = rate else { continue };
                let ahead = self.take(name, rate).await?;
                if ahead > LONGEST {
                    // Its lease would end before its turn: it waits in the database.
                    halt.cancel();
                }
                tokio::select! {
                    () = sleep(ahead) => {}
                    () = halt.cancelled() => {}
                }
            }
        } else {
            tokio::select! {
                () = self.pace.turn() => {}
                () = halt.cancelled() => {}
            }
        }
        Ok(!halt.is_cancelled())
    }

    /// Takes the next turn of a name from the database; how far ahead it is.
    async fn take(&self, name: &str, rate: f64) -> anyhow::Result<Duration> {
        let apart = Duration::from_secs_f64(1.0 / rate).as_micros();
        let apart = u64::try_from(apart).unwrap_or(u64::MAX);
        let now = self.begun.0 + self.begun.1.elapsed();
        let (store, name) = (self.works.store.clone(), name.to_owned());
        let taken = self
            .home
            .spawn(async move { store.take_turn(&name, apart, now).await });
        let turn = taken.await??;
        Ok((turn - now).to_std().unwrap_or_default())
    }
}
