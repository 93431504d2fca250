//! What came of it: editions, stories, mails, waits, memory and logs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use crate::{
    Run, Seen,
    plan::{CONNECTIONS, Plan},
    post::Post,
};

/// Prints what came of it, and tells whether it is as it should be.
pub(crate) fn is_good(run: &Run, seen: &Seen) -> bool {
    let (made, mut well) = editions(run);
    well &= mails(run, seen, made);
    println!(
        "the longest wait of a source between two pulls: {} minutes ({} s)",
        seen.late.num_minutes(),
        seen.late.num_seconds()
    );
    well &= seen.late <= run.stage.plan.patience && seen.fallen == 0;
    well &= memory(run, seen);
    well &= logs(run);
    println!("{}", if well { "all well" } else { "NOT WELL" });
    well
}

/// How many editions there are, and whether these are the ones of the schedules and tell each story once.
fn editions(run: &Run) -> (usize, bool) {
    let plan = &run.stage.plan;
    let (mut well, mut made) = (true, 0);
    for (digest, schedule) in &plan.digests {
        // One at the first start, one for all that was missed between the stretches, one a time.
        let stretches = plan.stretches.iter();
        let wanted: usize = stretches
            .map(|(begin, end)| 1 + Plan::times(schedule, *begin, *end))
            .sum();
        let listed = run.ask(&["editions", "list", digest, "--limit", "1000"]);
        let ids: BTreeSet<String> = listed
            .iter()
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect();
        let mut told = BTreeSet::new();
        let mut stories = 0;
        for id in &ids {
            for section in run.ask(&["editions", "show", id])[0]["sections"]
                .as_array()
                .unwrap()
            {
                for story in section["stories"].as_array().unwrap() {
                    stories += 1;
                    told.insert(story["story"].as_str().unwrap().to_owned());
                }
            }
        }
        println!(
            "{digest}: {} editions of {wanted}, {stories} stories, {} different",
            ids.len(),
            told.len()
        );
        well &= ids.len() == wanted && listed.len() == wanted && told.len() == stories;
        made += ids.len();
    }
    (made, well)
}

fn mails(run: &Run, seen: &Seen, editions: usize) -> bool {
    let wanted = editions * run.stage.plan.readers;
    let mails = run.ask(&["deliveries", "list", "--limit", "1000000"]);
    let state = |state: &str| mails.iter().filter(|mail| mail["state"] == state).count();
    let (accepted, unsure) = (state("accepted"), state("unsure"));
    println!(
        "mails: {} of {wanted}, {accepted} accepted, {unsure} in doubt",
        mails.len()
    );
    let arrived = run.post.as_ref().is_none_or(|post| {
        let text = |mail: &serde_json::Value, key: &str| mail[key].as_str().unwrap().to_owned();
        let known: BTreeSet<(String, String)> = mails
            .iter()
            .map(|mail| (text(mail, "message_id"), text(mail, "address")))
            .collect();
        arrivals(post, &known, seen.kills)
    });
    mails.len() == wanted && accepted + unsure == wanted && arrived
}

/// Compares what the mail server got with what was to be sent.
fn arrivals(post: &Post, known: &BTreeSet<(String, String)>, kills: usize) -> bool {
    let bare = |id: &str| id.trim_matches(['<', '>']).to_owned();
    let known: BTreeSet<(String, String)> = known
        .iter()
        .map(|(id, to)| (bare(id), to.clone()))
        .collect();
    let mut taken: BTreeMap<(String, String), usize> = BTreeMap::new();
    for ((id, to), times) in &*post.taken.lock().unwrap() {
        *taken.entry((bare(id), to.clone())).or_default() += times;
    }
    let missing = known.iter().filter(|key| !taken.contains_key(*key)).count();
    let foreign = taken.keys().filter(|key| !known.contains(*key)).count();
    let twice = taken.values().filter(|times| **times == 2).count();
    let often = taken.values().filter(|times| **times > 2).count();
    println!(
        "arrived: {} of {}, {missing} missing, {foreign} unknown, {twice} twice under one Message-ID and {often} more often, after {kills} kills",
        taken.len(),
        known.len()
    );
    missing == 0 && foreign == 0 && twice + 2 * often <= CONNECTIONS * kills
}

/// The mean of the grown processes, times their number, by quarter of the run.
fn memory(run: &Run, seen: &Seen) -> bool {
    let all = &seen.memory;
    let quarter = |n: usize| {
        let part = &all[all.len() * n / 4..all.len() * (n + 1) / 4];
        run.folders.len() as u64 * part.iter().sum::<u64>() / part.len().max(1) as u64
    };
    let quarters: Vec<u64> = (0..4).map(quarter).collect();
    let flat = quarters[3] * 10 <= quarters[1] * 11;
    println!(
        "memory by quarter: {quarters:?} KB, which is {}",
        if flat { "flat" } else { "not flat" }
    );
    // The goal is a tenth; what grows by half would not run for years.
    quarters[3] * 2 <= quarters[1] * 3
}

/// Whether the logs hold no error but those that a kill has to leave.
fn logs(run: &Run) -> bool {
    let mut errors: BTreeMap<String, usize> = BTreeMap::new();
    for folder in &run.folders {
        let log = fs::read_to_string(folder.join("log")).unwrap();
        for line in log.lines() {
            let Some((_, said)) = line.split_once("ERROR") else {
                continue;
            };
            let said = said.replace(|sign: char| sign.is_ascii_digit(), "#");
            *errors.entry(said).or_default() += 1;
        }
    }
    for (said, times) in errors.iter().take(20) {
        println!("logged {times} times:{said}");
    }
    // A mail in doubt is told of, as nobody but a person can know whether it arrived.
    run.post.is_none() || errors.keys().all(|said| said.contains("in doubt"))
}
