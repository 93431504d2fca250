//! The table: what was measured, beside what, and whether it holds.

use std::{fmt::Write as _, fs, process::Command};

/// The last part of the page, which a person writes.
const WHY: &str = "## What is missed, and why";

/// Which way a figure is good.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }

    fn words(self, unit: &str) -> String {
        match self {
            Self::AtMost(most) => format!("at most {}", shown(most, unit)),
            Self::AtLeast(least) => format!("at least {}", shown(least, unit)),
        }
    }
}

/// A number with its unit, in as many digits as say something.
pub(crate) fn shown(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        0.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<String>,
    growth: Vec<String>,
    missed: usize,
    all: usize,
}

impl Table {
    /// Adds what was measured (with its unit), what it was held against, and the goal.
    pub(crate) fn line(&mut self, what: &str, reference: &str, value: f64, unit: &str, goal: Goal) {
        let holds = goal.holds(value);
        self.all += 1;
        self.missed += usize::from(!holds);
        let mark = if holds { "holds" } else { "**missed**" };
        let (value, goal) = (shown(value, unit), goal.words(unit));
        println!("{what}: {value} ({goal}: {mark}; {reference})");
        self.rows.push(format!(
            "| {what} | {reference} | {value} | {goal} | {mark} |"
        ));
    }

    /// Adds how a cost grows: points of size and cost, and the exponent through them.
    pub(crate) fn grows(&mut self, what: &str, unit: &str, points: &[(f64, f64)]) {
        let costs: Vec<String> = points
            .iter()
            .map(|(size, cost)| format!("{} at {size}", shown(*cost, unit)))
            .collect();
        let exponent = exponent(points);
        println!("{what}: {}; exponent {exponent:.2}", costs.join(", "));
        self.growth
            .push(format!("| {what} | {} | {exponent:.2} |", costs.join(", ")));
    }

    /// Writes the page; what a person wrote of misses stays.
    pub(crate) fn write(&self, path: &str) -> std::io::Result<()> {
        let before = fs::read_to_string(path).unwrap_or_default();
        let why = before.find(WHY).map_or(WHY, |at| &before[at..]);
        let mut text = String::from(
            "# Performance\n\n\
             Made by `just bench`, which measures all of it on the machine it runs on, each figure beside a\n\
             reference in the same run, and writes this page but for its last part. Times are medians of paired\n\
             runs. `PERFORMANCE=rounds,post just bench` measures some parts and writes nothing; the parts are\n\
             `reading`, `rounds`, `afar`, `many`, `kernels`, `stored` and `post`, in the order of the table.\n\n",
        );
        let _ = writeln!(text, "{}\n", machine());
        text += "| what | beside | came out | goal | |\n| --- | --- | --- | --- | --- |\n";
        let _ = writeln!(text, "{}\n", self.rows.join("\n"));
        let _ = writeln!(text, "{} of {} hold.\n", self.all - self.missed, self.all);
        text += "## How it grows\n\nThe exponent is that of a power fitted through the points: 0 does not grow, 1 grows\n\
                 in proportion.\n\n| what | measured | exponent |\n| --- | --- | --- |\n";
        let _ = writeln!(text, "{}\n", self.growth.join("\n"));
        let _ = writeln!(text, "{}", why.trim_end());
        fs::write(path, text)
    }
}

/// The exponent of the power that fits the points best (least squares of the logarithms).
fn exponent(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points
        .iter()
        .map(|(x, y)| (x.ln(), y.max(1e-9).ln()))
        .collect();
    let count = logs.iter().fold(0.0, |n, _| n + 1.0);
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let over: f64 = logs.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let under: f64 = logs.iter().map(|p| (p.0 - x).powi(2)).sum();
    over / under
}

/// What machine this is, in a sentence.
fn machine() -> String {
    let first = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_once(':'))
            .map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let said = |program: &str, word: &str| {
        let output = Command::new(program).arg(word).output().ok();
        output.map_or_else(String::new, |output| {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        })
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "Machine: {cores} cores of {}, {} of memory, Linux {}, {}, circular {}.",
        first("/proc/cpuinfo", "model name"),
        first("/proc/meminfo", "MemTotal"),
        said("uname", "-r"),
        said("rustc", "--version"),
        env!("CARGO_PKG_VERSION"),
    )
}

/// The middle of some numbers.
pub(crate) fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
