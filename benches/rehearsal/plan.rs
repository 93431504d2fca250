//! What is played: which stretches of time, how fast, with which digests, sources and kills.

use std::{env, str::FromStr};

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;
use circular::{schedule::Schedule, time::Clock};

/// The zone of the schedules.
pub(crate) const ZONE: Tz = chrono_tz::Europe::Amsterdam;
/// The most connections to the mail server of a run in real time.
pub(crate) const CONNECTIONS: usize = 2;

const STRETCHES: [&str; 2] = ["2026-03-28T11:30:00Z", "2026-10-24T10:30:00Z"];
/// How many kills there are in a stretch that is played fast.
const KILLS: u32 = 10;
/// How long a run in real time is left alone at its end: what a dead worker had in hand is taken over
/// after two minutes.
const CALM: TimeDelta = TimeDelta::minutes(4);

pub(crate) struct Plan {
    /// How many times as fast as the system's the clock runs; `None` is the system's own.
    pub(crate) speed: Option<u32>,
    /// Beginning and end of each stretch.
    pub(crate) stretches: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Each digest's name and schedule.
    pub(crate) digests: [(&'static str, String); 3],
    pub(crate) readers: usize,
    pub(crate) sources: usize,
    /// How often a source is pulled.
    pub(crate) every: &'static str,
    /// A source publishes every 8 to 17 of so many seconds.
    pub(crate) beat: i64,
    /// The longest that a source may wait for its pull.
    pub(crate) patience: TimeDelta,
    pub(crate) workers: usize,
    kills: bool,
}

fn number<T: FromStr>(name: &str) -> Option<T> {
    env::var(name).ok()?.parse().ok()
}

impl Plan {
    pub(crate) fn read() -> Self {
        match number::<f64>("REHEARSAL_HOURS") {
            Some(hours) => Self::real(hours),
            None => Self::fast(),
        }
    }

    /// A day and a half around each change of the clock in Amsterdam, from a little after the last
    /// time of a schedule, so that the first round has ended before the next.
    fn fast() -> Self {
        let stretches = STRETCHES.iter().map(|begin| {
            let begin: DateTime<Utc> = begin.parse().unwrap();
            (begin, begin + TimeDelta::hours(36))
        });
        Self {
            speed: Some(number("REHEARSAL_SPEED").unwrap_or(600)),
            stretches: stretches
                .take(number("REHEARSAL_STRETCHES").unwrap_or(STRETCHES.len()))
                .collect(),
            digests: [
                ("nightly", "30 2 * * *"),
                ("twice", "0 7,19 * * *"),
                ("often", "15 */4 * * *"),
            ]
            .map(|(digest, schedule)| (digest, schedule.to_owned())),
            readers: 2,
            sources: 300,
            every: "1h",
            beat: 3600,
            patience: TimeDelta::hours(2),
            workers: 1,
            kills: number("REHEARSAL_KILLS") != Some(0),
        }
    }

    /// From now on, on the system's clock. A source is never asked more often than every five minutes,
    /// so each digest has ten at the least, and its first time is after the second pull: an edition
    /// without anything new would not appear. It ends well after the last time of a schedule.
    fn real(hours: f64) -> Self {
        let begin = Clock::system().now();
        let minute = begin.minute();
        let schedule =
            |after: u32, every: u32| format!("{}-59/{every} * * * *", (minute + after) % every);
        let mut plan = Self {
            speed: None,
            stretches: Vec::new(),
            digests: [
                ("ten", schedule(8, 10)),
                ("fifteen", schedule(9, 15)),
                ("twenty", schedule(11, 20)),
            ],
            readers: number("REHEARSAL_READERS").unwrap_or(400),
            sources: 100,
            every: "5m",
            beat: 40,
            patience: TimeDelta::minutes(10),
            workers: number("REHEARSAL_WORKERS").unwrap_or(1),
            kills: number("REHEARSAL_KILLS") != Some(0),
        };
        #[expect(clippy::cast_possible_truncation, reason = "a few hours")]
        let mut end = begin + TimeDelta::seconds((hours * 3600.0) as i64);
        while plan.fires(end - TimeDelta::seconds(100), TimeDelta::seconds(100)) {
            end += TimeDelta::seconds(5);
        }
        plan.stretches.push((begin, end));
        plan
    }

    /// How many times a schedule fires from a time on until another.
    pub(crate) fn times(schedule: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> usize {
        let schedule = Schedule::parse(schedule).unwrap();
        let times = schedule.upcoming(from, ZONE);
        times.take_while(|time| *time < until).count()
    }

    fn fires(&self, from: DateTime<Utc>, within: TimeDelta) -> bool {
        let mut schedules = self.digests.iter();
        schedules.any(|(_, schedule)| Self::times(schedule, from, from + within) > 0)
    }

    /// When the next kill is, if there is one, after a kill at `last` or the beginning of the stretch.
    pub(crate) fn next_kill(
        &self,
        (begin, end): (DateTime<Utc>, DateTime<Utc>),
        last: Option<DateTime<Utc>>,
        chance: u64,
    ) -> Option<DateTime<Utc>> {
        let chance = i32::try_from(chance % 1000).unwrap();
        let next = if self.speed.is_none() {
            last.unwrap_or(begin) + TimeDelta::milliseconds((20_000 + 40 * chance).into())
        } else {
            let share = (end - begin) / i32::try_from(KILLS).unwrap();
            last.map_or(begin + share / 2, |last| {
                last + share * (800 + chance * 35 / 100) / 1000
            })
        };
        let calm = self.speed.map_or(CALM, |_| TimeDelta::zero());
        (self.kills && next < end - calm).then_some(next)
    }

    /// Whether it is left alone by now.
    pub(crate) fn is_calm(&self, now: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        self.speed.is_none() && now > end - CALM
    }

    /// Whether a kill may come before its time, because mails are on their way.
    pub(crate) fn aims(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        self.speed.is_none() && last.is_some_and(|last| now - last > TimeDelta::seconds(20))
    }
}
