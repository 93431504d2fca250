//! A command in a process of its own, and what it cost: time, CPU and memory.
//!
//! A process in between starts it and asks the system what its one child took (getrusage(2)), so that
//! nothing of the bench itself is counted.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// What a command took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    /// Seconds of CPU, in the program and in the kernel for it.
    pub(crate) cpu: f64,
    /// The most memory it ever had, in MB (of a million bytes).
    pub(crate) memory: f64,
    /// When it was started, in microseconds since 1970.
    pub(crate) begun: u64,
    /// What it printed.
    pub(crate) output: String,
}

/// Runs a command in a folder, and measures it.
pub(crate) fn cost(folder: &Path, program: &str, words: &[String]) -> anyhow::Result<Cost> {
    let output = Command::new(std::env::current_exe()?)
        .current_dir(folder)
        .env_remove("CIRCULAR_CONFIG")
        .args(["child", program])
        .args(words)
        .stderr(Stdio::inherit())
        .output()?;
    anyhow::ensure!(output.status.success(), "`{program} {words:?}` failed");
    serde_json::from_slice(&output.stdout).context("the words of the process in between")
}

/// The process in between: starts the command and prints what it took.
pub(crate) fn between(words: &[String]) -> anyhow::Result<()> {
    let (program, words) = words.split_first().context("a program is wanted")?;
    let begun = super::feeds::microseconds();
    let clock = Instant::now();
    let output = Command::new(program)
        .args(words)
        // Ours and the references alike, as in docs/deploy/circular.service.
        .env("MALLOC_ARENA_MAX", "3")
        .env("MALLOC_TRIM_THRESHOLD_", "131072")
        .env("MALLOC_MMAP_THRESHOLD_", "131072")
        .stderr(Stdio::inherit())
        .output()?;
    let seconds = clock.elapsed().as_secs_f64();
    anyhow::ensure!(output.status.success(), "{}", output.status);
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = |value: nix::sys::time::TimeVal| {
        Duration::new(
            u64::try_from(value.tv_sec()).unwrap_or_default(),
            u32::try_from(value.tv_usec() * 1000).unwrap_or_default(),
        )
        .as_secs_f64()
    };
    #[expect(clippy::cast_precision_loss, reason = "kilobytes are far below 2^52")]
    let memory = usage.max_rss() as f64 * 1024.0 / 1e6;
    let cost = Cost {
        seconds,
        cpu: time(usage.user_time()) + time(usage.system_time()),
        memory,
        begun,
        output: String::from_utf8(output.stdout)?,
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}
