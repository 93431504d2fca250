//! All that is promised of speed, each beside a reference in the same run: `just bench`.
//!
//! Prints each line as it is measured, and writes docs/performance.md when all were.
//! `PERFORMANCE=reading,rounds` measures some parts and writes nothing; the parts are `reading`,
//! `rounds`, `afar`, `many`, `kernels`, `stored` and `post`. A quiet machine is wanted: references and
//! ours take turns, but a third program disturbs both.

mod bare;
mod child;
mod feeds;
mod instructions;
mod kernels;
mod post;
mod rounds;
mod stored;
mod table;

use std::{path::Path, time::Duration};

use child::Cost;
use table::{Goal, Table, median, shown};

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let role = words.first().map(String::as_str);
    if role == Some("child") {
        return child::between(&words[1..]);
    }
    if role == Some("send") {
        return post::send(Path::new(&words[1]));
    }
    if role == Some("kernel") {
        return instructions::run(&words[1..]);
    }
    circular::fetch::install_crypto();
    let runtime = tokio::runtime::Runtime::new()?;
    match role {
        Some("feeds") => {
            let latency = Duration::from_millis(words[2].parse()?);
            runtime.block_on(feeds::serve(words[1].parse()?, latency))
        }
        Some("bare") => runtime.block_on(bare::run(&words[1..])),
        _ => measure(&runtime),
    }
}

fn measure(runtime: &tokio::runtime::Runtime) -> anyhow::Result<()> {
    let parts = std::env::var("PERFORMANCE").ok();
    let wanted = |part: &str| {
        parts
            .as_ref()
            .is_none_or(|parts| parts.split(',').any(|p| p == part))
    };
    let mut table = Table::default();
    if wanted("reading") {
        table.line(
            "reading feeds as WordPress writes them, CPU",
            "feed-rs alone",
            kernels::reading(),
            "times",
            Goal::AtMost(1.10),
        );
    }
    if wanted("rounds") {
        runtime.block_on(rounds(&mut table))?;
    }
    if wanted("afar") {
        let (ours, theirs) = rounds::afar(1_000, Duration::from_millis(250))?;
        table.line(
            "1,000 feeds cold, each answer after 250 ms",
            &format!("reqwest alone, {}", shown(theirs.seconds, "s")),
            ours.seconds / theirs.seconds,
            "times",
            Goal::AtMost(1.15),
        );
    }
    if wanted("many") {
        runtime.block_on(many(&mut table))?;
    }
    if wanted("kernels") {
        kernel_lines(&mut table);
    }
    if wanted("stored") {
        stored_lines(
            &mut table,
            &runtime.block_on(stored::at_sizes(&[10_000, 100_000, 1_000_000]))?,
        );
    }
    if wanted("post") {
        post_lines(&mut table)?;
    }
    if parts.is_none() {
        table.write(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md"))?;
    }
    Ok(())
}

/// Rounds of 1,000 feeds, in passes of ours and theirs by turns.
async fn rounds(table: &mut Table) -> anyhow::Result<()> {
    const PASSES: usize = 5;
    let mut passes = Vec::new();
    for _ in 0..PASSES {
        passes.push(rounds::pass(1_000).await?);
    }
    let of = |figure: &dyn Fn(&rounds::Pass) -> f64| median(passes.iter().map(figure).collect());
    let wall = |pair: &(Cost, Cost)| pair.0.seconds / pair.1.seconds;
    let cpu = |pair: &(Cost, Cost)| pair.0.cpu / pair.1.cpu;
    let bare = |of_loop: f64, of_cpu: f64, what: &str| {
        format!(
            "{what}: {}, {} of CPU",
            shown(of_loop, "s"),
            shown(of_cpu, "s")
        )
    };
    let loop_of = |pick: &dyn Fn(&rounds::Pass) -> &(Cost, Cost), what: &str| {
        bare(of(&|p| pick(p).1.seconds), of(&|p| pick(p).1.cpu), what)
    };
    let alone = loop_of(&|p| &p.unchanged, "reqwest alone");
    table.line(
        "1,000 feeds, all 304, time",
        &alone,
        of(&|p| wall(&p.unchanged)),
        "times",
        Goal::AtMost(1.3),
    );
    table.line(
        "the same, CPU",
        &alone,
        of(&|p| cpu(&p.unchanged)),
        "times",
        Goal::AtMost(1.3),
    );
    let stores = loop_of(&|p| &p.cold, "reqwest, feed-rs and SQLite");
    table.line(
        "1,000 feeds cold, everything on, time",
        &stores,
        of(&|p| wall(&p.cold)),
        "times",
        Goal::AtMost(2.0),
    );
    table.line(
        "the same, CPU",
        &stores,
        of(&|p| cpu(&p.cold)),
        "times",
        Goal::AtMost(3.0),
    );
    let tenth = loop_of(&|p| &p.tenth, "reqwest, feed-rs and SQLite");
    table.line(
        "1,000 feeds, a tenth changed, time",
        &tenth,
        of(&|p| wall(&p.tenth)),
        "times",
        Goal::AtMost(1.5),
    );
    table.line(
        "memory of 1,000 feeds cold",
        &format!("the loop, {}", shown(of(&|p| p.cold.1.memory), "MB")),
        of(&|p| p.cold.0.memory),
        "MB",
        Goal::AtMost(60.0),
    );
    table.line(
        "new items, everything on, for a second of CPU",
        &format!(
            "the loop, {}",
            shown(of(&|p| p.items() / p.cold.1.cpu), "items")
        ),
        of(&|p| p.items() / p.cold.0.cpu),
        "items",
        Goal::AtLeast(5_000.0),
    );
    table.line(
        "from the start to the first request, 1,000 feeds known",
        "",
        of(&|p| p.first),
        "ms",
        Goal::AtMost(50.0),
    );
    Ok(())
}

/// The same at 100, 6,000 and 10,000 feeds.
async fn many(table: &mut Table) -> anyhow::Result<()> {
    let (mut quiet, mut memory, mut each) = (Vec::new(), Vec::new(), Vec::new());
    for size in [100_u32, 1_000, 6_000, 10_000] {
        let pass = rounds::pass(size as usize).await?;
        let feeds = f64::from(size);
        quiet.push((feeds, pass.unchanged.0.cpu * 1e3));
        memory.push((feeds, pass.cold.0.memory));
        each.push((feeds, pass.cold.0.cpu * 1e3 / feeds));
        if size == 6_000 {
            table.line(
                "memory of 6,000 feeds cold",
                &format!("the loop, {}", shown(pass.cold.1.memory, "MB")),
                pass.cold.0.memory,
                "MB",
                Goal::AtMost(80.0),
            );
            table.line(
                "CPU for a feed of 6,000 cold",
                "for one of 1,000",
                each[2].1 / each[1].1,
                "times",
                Goal::AtMost(1.2),
            );
        }
    }
    table.grows(
        "CPU of a round in which nothing is new, by feeds",
        "ms",
        &quiet,
    );
    table.grows("CPU for each feed of a cold round, by feeds", "ms", &each);
    table.grows("memory of a cold round, by feeds", "MB", &memory);
    Ok(())
}

fn kernel_lines(table: &mut Table) {
    let (ours, theirs, terms) = kernels::tagging();
    table.line(
        "tagging on one core, folding and stems included",
        &format!(
            "aho-corasick alone over the same {terms} terms, {}",
            shown(theirs, "MB/s")
        ),
        ours,
        "MB/s",
        Goal::AtLeast(75.0),
    );
    let (ours, theirs) = kernels::signing();
    table.line(
        "signing an item of 1 KB",
        &format!(
            "MinHash with 128 permutations alone, {}",
            shown(theirs, "us")
        ),
        ours,
        "us",
        Goal::AtMost(15.0),
    );
}

fn stored_lines(table: &mut Table, sizes: &[stored::Stored]) {
    let Some(million) = sizes.last() else { return };
    table.line(
        "placing an item beside 1,000,000 of two years, signing included",
        &format!(
            "twenty look-ups in SQLite alone, {}",
            shown(million.look_up, "us")
        ),
        million.place,
        "us",
        Goal::AtMost(100.0),
    );
    table.line(
        &format!(
            "an edition out of {} waiting stories of 1,000,000 items, to HTML and text",
            stored::WEEK
        ),
        &format!("reading the rows alone, {}", shown(million.rows, "ms")),
        million.edition,
        "ms",
        Goal::AtMost(150.0),
    );
    #[expect(clippy::cast_precision_loss, reason = "a million")]
    let points = |of: fn(&stored::Stored) -> f64| -> Vec<(f64, f64)> {
        sizes
            .iter()
            .map(|size| (size.items as f64, of(size)))
            .collect()
    };
    table.grows(
        "placing an item, by stored items",
        "us",
        &points(|size| size.place),
    );
    table.grows(
        "an edition of the same size, by stored items",
        "ms",
        &points(|size| size.edition),
    );
}

fn post_lines(table: &mut Table) -> anyhow::Result<()> {
    let (plain, signed) = post::making()?;
    let lettre = post::built_by_lettre()?;
    table.line(
        "one personalised message of 60 KB, signature apart",
        &format!("lettre's builder, {}", shown(lettre, "us")),
        plain,
        "us",
        Goal::AtMost(10.0),
    );
    table.line(
        "the same signed by Ed25519",
        &format!("lettre's builder unsigned, {}", shown(lettre, "us")),
        signed,
        "us",
        Goal::AtMost(100.0),
    );
    if !post::has_postfix() {
        println!("without smtp-sink and smtp-source of Postfix nothing is sent");
        return Ok(());
    }
    for connections in [1, 4, 16] {
        let sending = post::sending(10_000, connections)?;
        let plural = if connections == 1 { "" } else { "s" };
        table.line(
            &format!("sending 10,000 messages of 60 KB over {connections} connection{plural}"),
            &format!(
                "smtp-source of Postfix, {}",
                shown(sending.theirs, "a second")
            ),
            sending.ours / sending.theirs,
            "times",
            Goal::AtLeast(0.8),
        );
        table.line(
            "CPU for each of them",
            "",
            sending.cpu,
            "us",
            Goal::AtMost(100.0),
        );
        if connections == 4 {
            #[expect(clippy::cast_precision_loss, reason = "megabytes")]
            let memory = sending.memory as f64;
            table.line(
                "memory while sending",
                "",
                memory,
                "MB",
                Goal::AtMost(100.0),
            );
        }
    }
    let (theirs, ours) = post::over_a_distance()?;
    table.line(
        "messages over 20 ms of round trip, one connection",
        &format!("lettre's pool, {}", shown(theirs, "a second")),
        ours / theirs,
        "times",
        Goal::AtLeast(2.0),
    );
    let (mut cpu, mut memory) = (Vec::new(), Vec::new());
    for readers in [100_u32, 10_000, 100_000] {
        let (each, most) = post::queue_of(readers as usize)?;
        cpu.push((f64::from(readers), each));
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        memory.push((f64::from(readers), most as f64));
    }
    table.grows("CPU for a message, by readers", "us", &cpu);
    table.grows("memory while sending, by readers", "MB", &memory);
    Ok(())
}
