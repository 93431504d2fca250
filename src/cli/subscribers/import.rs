//! `subscribers import`: readers from a CSV file.
//!
//! The good lines go in, a few thousand in a transaction, so that a running daemon is never kept
//! waiting for long; every bad line is named. Memory does not grow with the file.

use std::{fs::File, path::Path};

use anyhow::Context;

use crate::{
    cli::{Call, Exit, args::ImportSubscribers, out::count, preview::named},
    model::{AreaId, Consent, DigestId, SubscriberState},
    parse::{Known, Roster, RosterLine},
    store::{NewSubscriber, Store},
};

/// How many lines are stored at once.
const PIECE: usize = 4096;

/// What became of the lines.
#[derive(Default)]
struct Counts {
    new: u64,
    known: u64,
    gone: u64,
    bad: usize,
}

pub(super) async fn import(call: &Call, args: &ImportSubscribers) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let digests: Vec<DigestId> = settings.digests.iter().map(|d| d.id.clone()).collect();
    let areas: Vec<AreaId> = settings.areas.iter().map(|area| area.id.clone()).collect();
    let usual = args
        .digests
        .iter()
        .map(|id| named(&settings, id).map(|digest| digest.id.clone()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let shown = args.file.display();
    let file = File::open(&args.file).with_context(|| format!("`{shown}` cannot be read"))?;
    let known = Known {
        digests: &digests,
        areas: &areas,
    };
    let mut roster = Roster::new(file, known).map_err(|e| anyhow::anyhow!("{shown}: {e}"))?;
    anyhow::ensure!(
        roster.names_digests() || !usual.is_empty(),
        "`{shown}` has no column `digests`; name what its readers get with --digest"
    );
    let store = if args.dry_run {
        Store::open_scratch(&settings.paths.database).await?
    } else {
        Store::open(&settings.paths.database).await?
    };
    let mut counts = Counts::default();
    let mut piece: Vec<(u64, NewSubscriber)> = Vec::with_capacity(PIECE);
    loop {
        let line = roster.next();
        let ended = line.is_none();
        let told = line.map(|line| {
            line.map_err(|problem| (problem.line, problem.sentence))
                .and_then(|line| person(line, &usual, call, args))
        });
        match told {
            Some(Ok(person)) => piece.push(person),
            Some(Err((line, sentence))) => counts.complain(call, &args.file, line, &sentence),
            None => {}
        }
        if piece.len() == PIECE || ended && !piece.is_empty() {
            store_piece(call, args, &store, &mut piece, &mut counts).await?;
        }
        if ended {
            break;
        }
    }
    store.close().await;
    counts.report(call, args.dry_run)?;
    Ok(if counts.bad == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}

async fn store_piece(
    call: &Call,
    args: &ImportSubscribers,
    store: &Store,
    piece: &mut Vec<(u64, NewSubscriber)>,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let (lines, people): (Vec<u64>, Vec<NewSubscriber>) = piece.drain(..).unzip();
    let done = store
        .enlist(&people, args.readmit, call.clock.now())
        .await?;
    counts.new += done.new;
    counts.known += done.known;
    counts.gone += done.gone;
    for place in done.refused {
        let sentence = format!(
            "`{}` left or was erased; --readmit with --consent brings back those who agreed anew",
            people[place].address
        );
        counts.complain(call, &args.file, lines[place], &sentence);
    }
    Ok(())
}

/// The reader of a line.
fn person(
    line: RosterLine,
    usual: &[DigestId],
    call: &Call,
    args: &ImportSubscribers,
) -> Result<(u64, NewSubscriber), (u64, String)> {
    let digests = if line.digests.is_empty() {
        usual.to_vec()
    } else {
        line.digests
    };
    if digests.is_empty() && line.state != SubscriberState::Unsubscribed {
        return Err((line.line, "it names no digest".to_owned()));
    }
    let file = args.file.file_name().map(|name| name.to_string_lossy());
    let how = args
        .consent
        .clone()
        .or(line.consent_how)
        .unwrap_or_else(|| format!("import of {}", file.unwrap_or_default()));
    let consent = Consent {
        at: line.consent_at.unwrap_or_else(|| call.clock.now()),
        how,
        wording: None,
    };
    let person = NewSubscriber {
        address: line.address,
        name: line.name,
        language: line.language,
        digests,
        state: line.state,
        choices: Some(line.choices),
        consent: Some(consent),
    };
    Ok((line.line, person))
}

impl Counts {
    fn complain(&mut self, call: &Call, file: &Path, line: u64, sentence: &str) {
        self.bad += 1;
        call.out
            .warn(&format!("{}:{line}: {sentence}", file.display()));
    }

    fn report(&self, call: &Call, dry: bool) -> anyhow::Result<()> {
        if call.out.json {
            return call.out.object(&serde_json::json!({
                "new": self.new, "known": self.known, "gone": self.gone, "bad": self.bad,
                "dry_run": dry,
            }));
        }
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        call.out.line(&format!(
            "{}{} new, {} known already, {} noted as gone, {} not taken",
            if dry { "would be: " } else { "" },
            count(number(self.new), "reader", "readers"),
            self.known,
            self.gone,
            count(self.bad, "line", "lines"),
        ))
    }
}
