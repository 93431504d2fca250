//! Metrics: what a monitor draws, in the text format of Prometheus. No addresses, no titles.

use std::fmt::{Display, Write as _};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::{current::Current, state::vitals_of};
use crate::pipeline::{BOUNDS, Tally, Vitals};

/// `/metrics`
pub(super) async fn metrics(State(current): State<Current>) -> Response {
    let works = current.works();
    let vitals = match vitals_of(&works).await {
        Ok(vitals) => vitals,
        Err(response) => return response,
    };
    let tally = works
        .tally
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone();
    let mut page = Page::default();
    program(&mut page, &current);
    done(&mut page, &tally);
    stands(&mut page, &vitals, works.clock.now());
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], page.text).into_response()
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// One family: its name, its type, what it is, and its samples as labels and value.
    fn family<V: Display>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        samples: impl IntoIterator<Item = (String, V)>,
    ) {
        let _ = writeln!(self.text, "# HELP circular_{name} {help}");
        let _ = writeln!(self.text, "# TYPE circular_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.text, "circular_{name}{labels} {value}");
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help, [(String::new(), value)]);
    }

    fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "counter", help, [(String::new(), value)]);
    }
}

/// `{name="value"}`; our values are ids and words of our own, which need no escapes.
fn label(name: &str, value: impl Display) -> String {
    format!("{{{name}=\"{value}\"}}")
}

fn program(page: &mut Page, current: &Current) {
    let version = label("version", env!("CARGO_PKG_VERSION"));
    page.family("build_info", "gauge", "The program", [(version, 1)]);
    let started = current.started().timestamp();
    page.gauge("start_time_seconds", "When the program began", started);
    let broken = u8::from(current.broken().is_some());
    page.gauge(
        "configuration_broken",
        "1 while the files on the disk are broken and an earlier configuration is in force",
        broken,
    );
    if let Some(bytes) = resident() {
        page.gauge("resident_memory_bytes", "Memory in use", bytes);
    }
}

/// Memory in use, where the system tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn done(page: &mut Page, tally: &Tally) {
    let outcomes = ["ok", "unchanged", "refused", "gone", "failed"];
    page.family(
        "pulls_total",
        "counter",
        "Pulls of sources by outcome",
        outcomes.map(|outcome| {
            let count = tally.pulls.get(outcome).copied().unwrap_or_default();
            (label("outcome", outcome), count)
        }),
    );
    let pulls: u64 = tally.pulls.values().sum();
    let name = "pull_duration_seconds";
    page.family::<u64>(name, "histogram", "How long a pull of a source takes", []);
    let mut sum = 0;
    for (bound, count) in BOUNDS.iter().zip(tally.took) {
        sum += count;
        let _ = writeln!(
            page.text,
            "circular_{name}_bucket{} {sum}",
            label("le", bound)
        );
    }
    let _ = writeln!(
        page.text,
        "circular_{name}_bucket{} {pulls}",
        label("le", "+Inf")
    );
    let _ = writeln!(page.text, "circular_{name}_sum {}", tally.took_seconds);
    let _ = writeln!(page.text, "circular_{name}_count {pulls}");
    page.counter(
        "pulled_bytes_total",
        "Decoded bytes of sources",
        tally.bytes,
    );
    let items = &tally.items;
    page.family(
        "entries_total",
        "counter",
        "Entries of sources: new, known, or without words",
        [
            ("new", items.new),
            ("known", items.known),
            ("rejected", items.rejected),
        ]
        .map(|(result, count)| (label("result", result), count)),
    );
    page.counter(
        "stories_opened_total",
        "Stories that no other item had told",
        tally.stories,
    );
    page.counter(
        "editions_made_total",
        "Editions made by this process",
        tally.editions,
    );
    page.family(
        "deliveries_settled_total",
        "counter",
        "Mails that this process handed over, and that were refused for good",
        [
            ("accepted", tally.delivered.0),
            ("refused", tally.delivered.1),
        ]
        .map(|(result, count)| (label("result", result), count)),
    );
    page.counter(
        "items_forgotten_total",
        "Items forgotten as old",
        tally.forgotten,
    );
    page.family(
        "rounds_total",
        "counter",
        "Rounds that came to their end, and that failed",
        [("ok", tally.rounds.0), ("failed", tally.rounds.1)]
            .map(|(result, count)| (label("result", result), count)),
    );
    page.family(
        "configuration_loads_total",
        "counter",
        "Configurations taken over while running, and refused as broken",
        [("ok", tally.reloads.0), ("broken", tally.reloads.1)]
            .map(|(result, count)| (label("result", result), count)),
    );
}

fn stands(page: &mut Page, vitals: &Vitals, now: DateTime<Utc>) {
    page.gauge("items", "Items stored", vitals.items);
    let states = vitals.states.iter();
    page.family(
        "sources",
        "gauge",
        "Sources by state",
        states.map(|(state, count)| (label("state", state), *count)),
    );
    page.gauge(
        "source_overdue_seconds",
        "How late the source is that waits longest for its pull",
        vitals.late,
    );
    page.family(
        "deliveries",
        "gauge",
        "Deliveries by state",
        [
            ("queued", vitals.queued),
            ("sending", vitals.sending),
            ("accepted", vitals.accepted),
            ("refused", vitals.refused),
            ("unsure", vitals.unsure),
        ]
        .map(|(state, count)| (label("state", state), count)),
    );
    let age = |time: Option<DateTime<Utc>>| time.map(|time| (now - time).num_seconds().max(0));
    page.gauge(
        "queue_age_seconds",
        "The age of the oldest edition of which a mail is queued; 0 when none is",
        age(vitals.oldest_queued).unwrap_or_default(),
    );
    let digests = || vitals.digests.iter();
    page.family(
        "stories_waiting",
        "gauge",
        "Stories that wait for the next edition",
        digests().map(|digest| (label("digest", &digest.id), digest.waiting)),
    );
    page.family(
        "editions",
        "gauge",
        "Editions that appeared",
        digests().map(|digest| (label("digest", &digest.id), digest.editions)),
    );
    page.family(
        "edition_age_seconds",
        "gauge",
        "Time since the last edition",
        digests().filter_map(|digest| Some((label("digest", &digest.id), age(digest.last)?))),
    );
    let attention = vitals.attention.len();
    page.gauge(
        "attention",
        "Things that need a person; `circular health` names them",
        attention,
    );
    if let Some(bytes) = vitals.disk_free {
        page.gauge("disk_free_bytes", "Room on the fuller of our disks", bytes);
    }
}
