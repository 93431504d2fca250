//! Pace: so many messages a second, whoever sends them.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// A shared limit; clones share it. `None` lets everything through.
#[derive(Clone, Debug)]
pub struct Pace {
    next: Option<(Duration, Arc<Mutex<Instant>>)>,
}

impl Pace {
    /// At most so many a second.
    pub fn new(rate: Option<f64>) -> Self {
        let gap = rate
            .filter(|rate| *rate > 0.0)
            .map(|rate| Duration::from_secs_f64(1.0 / rate));
        Self {
            next: gap.map(|gap| (gap, Arc::new(Mutex::new(Instant::now())))),
        }
    }

    /// Waits for the next turn.
    pub async fn turn(&self) {
        if let Some((gap, next)) = &self.next {
            let mine = {
                let mut next = next.lock().await;
                let mine = (*next).max(Instant::now());
                *next = mine + *gap;
                mine
            };
            sleep_until(mine).await;
        }
    }
}
