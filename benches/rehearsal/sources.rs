//! The sources: feeds that publish as the clock of the rehearsal goes, and what the daemon is told of them.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use axum::{
    extract::{Path as UrlPath, State},
    http::header,
    response::IntoResponse,
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::plan::{CONNECTIONS, Plan};

/// The clock of the rehearsal, and when each source was asked.
pub(crate) struct Stage {
    pub(crate) plan: Plan,
    from: Mutex<(DateTime<Utc>, Instant)>,
    pub(crate) asked: Mutex<BTreeMap<usize, Vec<DateTime<Utc>>>>,
}

impl Stage {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            from: Mutex::new((plan.stretches[0].0, Instant::now())),
            asked: Mutex::default(),
            plan,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let (from, since) = *self.from.lock().unwrap();
        from + TimeDelta::from_std(since.elapsed() * self.plan.speed.unwrap_or(1)).unwrap()
    }

    pub(crate) fn set(&self, time: DateTime<Utc>) {
        *self.from.lock().unwrap() = (time, Instant::now());
    }
}

/// A feed whose newest entry is as old as its rhythm has it.
pub(crate) async fn feed(
    State(stage): State<Arc<Stage>>,
    UrlPath(number): UrlPath<usize>,
) -> impl IntoResponse {
    let now = stage.now();
    stage
        .asked
        .lock()
        .unwrap()
        .entry(number)
        .or_default()
        .push(now);
    let index = i64::try_from(number).unwrap();
    let rhythm = stage.plan.beat * (8 + index % 10);
    // In real time each publishes at a moment of its own, and takes a moment to answer.
    let real = stage.plan.speed.is_none();
    let shift = if real { index * 37 } else { 0 };
    if real {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let last = (now.timestamp() - shift) / rhythm;
    let mut text = String::from("<rss version=\"2.0\"><channel><title>F</title>");
    for entry in (last - 2..=last).rev() {
        let day = DateTime::from_timestamp(entry * rhythm + shift, 0)
            .unwrap()
            .to_rfc2822();
        let word = format!(
            "{:x}",
            entry
                .cast_unsigned()
                .wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ (number as u64) << 7)
        );
        text.push_str(&format!(
            "<item><guid>g-{number}-{entry}</guid><link>http://127.0.0.1/{number}/{entry}</link>\
             <title>Council {number} adopts measure {word}</title><pubDate>{day}</pubDate>\
             <description>The {word} of body {number}: measure {entry} was adopted.</description></item>"
        ));
    }
    text.push_str("</channel></rss>");
    ([(header::CONTENT_TYPE, "application/rss+xml")], text)
}

/// Writes `feeds.toml`; without a mail server, mails are written into a folder.
pub(crate) fn configure(plan: &Plan, folder: &Path, port: u16, mail: Option<u16>) {
    let mut text = String::from(
        "[publication]\ntitle = \"Rehearsal\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
         base_url = \"https://example.org\"\ntimezone = \"Europe/Amsterdam\"\n\
         [fetch]\nallow_private = [\"127.0.0.1/32\"]\nper_host = 32\n",
    );
    if let Some(port) = mail {
        text += &format!(
            "[mail]\nserver = \"smtp+plaintext://127.0.0.1:{port}\"\nconnections = {CONNECTIONS}\n"
        );
    }
    // Each digest has readers of its own: one of several digests gets a story once.
    for (id, schedule) in &plan.digests {
        let readers: Vec<String> = (0..plan.readers)
            .map(|n| format!("\"{n}-{id}@example.org\""))
            .collect();
        text += &format!(
            "[[digest]]\nid = \"{id}\"\ntitle = \"{id}\"\nschedule = \"{schedule}\"\nmax_items = 500\nmax_per_source = 500\n\
             recipients = [{}]\n",
            readers.join(", ")
        );
    }
    for number in 0..plan.sources {
        text += &format!(
            "[[source]]\nname = \"F {number}\"\nsection = \"S\"\nevery = \"{}\"\nurl = \"http://127.0.0.1:{port}/{number}\"\n",
            plan.every
        );
    }
    fs::write(folder.join("feeds.toml"), text).unwrap();
}
