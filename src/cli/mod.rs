//! The command line: arguments in, one file a command, an exit code out.
//!
//! Entry: [`main`]. Deliberate limit: nothing is decided here that a daemon or a test would have to
//! decide again; commands call `pipeline`, `issue` and `store` and print what comes back.

mod areas;
mod areas_train;
mod args;
mod args_subscribers;
mod backup;
mod bounce;
mod check;
mod deliveries;
mod desk;
mod dkim;
mod editions;
mod explain;
mod health;
mod init;
mod items;
mod migrate_store;
mod out;
mod preview;
mod run;
mod send;
mod serve;
mod sources;
mod subscribers;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use args::Arguments;
use args::Command;
pub use check::load;
use out::{HungUp, Out};

use crate::{model::Settings, store::Store, time::Clock};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done
    Done = 0,
    /// Failed, or something needs a person
    Failed = 1,
    /// The configuration is wrong
    Config = 3,
    /// Some sources failed, and `--strict` was given
    Sources = 4,
    /// A letter could not be looked at; the mail server is to bring it again (`EX_TEMPFAIL`)
    TryLater = 75,
}

/// The configuration is wrong; the report is already printed.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is wrong")]
struct Misconfigured;

/// What every command is given.
pub(crate) struct Call {
    pub(crate) config: std::path::PathBuf,
    pub(crate) clock: Clock,
    pub(crate) out: Out,
    pub(crate) verbose: u8,
}

impl Call {
    /// The settings of feeds.toml; prints every problem, and fails if one forbids to go on.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        let loaded = check::load(&self.config);
        if !loaded.problems.is_empty() && (loaded.settings.is_none() || !self.out.quiet) {
            self.out
                .warn(crate::config::report(&loaded.problems, self.out.color()).trim_end());
        }
        loaded.settings.ok_or_else(|| Misconfigured.into())
    }

    /// The settings, and the database to be read; one that is not there yet reads as an empty one.
    pub(crate) async fn reading(&self) -> anyhow::Result<(Settings, Store)> {
        let settings = self.settings()?;
        let store = Store::open_read_only(&settings.paths.database).await?;
        Ok((settings, store))
    }

    /// The database, to be changed.
    pub(crate) async fn writing(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.settings()?.paths.database).await?)
    }
}

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr(&arguments);
    crate::fetch::install_crypto();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Each thread that ever allocates keeps memory of its own; ours wait for disks, and few at once.
        .max_blocking_threads(8)
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            out::tell(&format!("circular: no threads to be had: {e}"));
            return ExitCode::FAILURE;
        }
    };
    let exit = match runtime.block_on(carry_out(arguments)) {
        Ok(exit) => exit,
        Err(e) if e.is::<HungUp>() => Exit::Done,
        Err(e) if e.is::<Misconfigured>() => Exit::Config,
        Err(e) => {
            out::tell(&format!("circular: {e:#}"));
            Exit::Failed
        }
    };
    // Threads that still parse a hostile document must not hold the exit back.
    runtime.shutdown_background();
    ExitCode::from(exit as u8)
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<Exit> {
    let call = Call {
        config: arguments.config,
        clock: arguments.now.map_or_else(Clock::system, Clock::at),
        out: Out {
            json: arguments.json,
            quiet: arguments.quiet,
        },
        verbose: arguments.verbose,
    };
    match arguments.command {
        Command::Run(args) => run::run(&call, &args).await,
        Command::Fetch(args) => run::fetch(&call, &args).await,
        Command::Preview(args) => preview::preview(&call, &args).await,
        Command::Send(args) => send::send(&call, &args).await,
        Command::Serve(args) => serve::serve(&call, &args).await,
        Command::Check(args) => check::check(&call, &args).await,
        Command::Init { dir } => init::init(&call, &dir),
        Command::Demo { out } => crate::demo::play(out, call.verbose > 0)
            .await
            .and_then(|story| story.iter().try_for_each(|line| call.out.line(line)))
            .map(|()| Exit::Done),
        Command::Sources(command) => sources::sources(&call, command).await,
        Command::Items(command) => items::items(&call, command).await,
        Command::Editions(command) => editions::editions(&call, command).await,
        Command::Areas(command) => areas::areas(&call, command).await,
        Command::Subscribers(command) => subscribers::subscribers(&call, command).await,
        Command::Deliveries(command) => deliveries::deliveries(&call, command).await,
        Command::Bounce(args) => Ok(bounce::bounce(&call, &args).await),
        Command::Dkim(args) => dkim::dkim(&call, &args),
        Command::Health => health::health(&call).await,
        Command::MigrateStore(args) => migrate_store::migrate_store(&call, &args).await,
        Command::Backup { file } => backup::backup(&call, &file).await,
        Command::Templates(args::TemplatesCommand::Export { dir }) => {
            init::export_templates(&call, &dir)
        }
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Arguments::command(),
                "circular",
                &mut std::io::stdout(),
            );
            Ok(Exit::Done)
        }
        Command::Man => {
            clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout())?;
            Ok(Exit::Done)
        }
    }
}

/// One line a failure at the least; more with `-v`, for a daemon, or as `RUST_LOG` says.
fn log_to_stderr(arguments: &Arguments) {
    use tracing_subscriber::{EnvFilter, fmt::time::SystemTime};
    let (daemon, json) = match &arguments.command {
        Command::Serve(args) => (true, args.log == args::LogFormat::Json),
        _ => (false, false),
    };
    let level = match (arguments.verbose, daemon && !arguments.quiet) {
        // What the driver warns of is an error of ours, told once, where it stops something.
        (0, false) => "warn,sqlx=error",
        (0, true) | (1, _) => "circular=info,warn,sqlx=error",
        _ => "circular=debug,info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(out::color())
        .with_target(false)
        // A log that nobody reads any more is no reason to stop, nor to say so into it.
        .log_internal_errors(false);
    // A second subscriber in one process (a test) is no harm.
    let _ = if json {
        subscriber.json().with_timer(SystemTime).try_init()
    } else if daemon && std::env::var_os("JOURNAL_STREAM").is_none() {
        subscriber.with_timer(SystemTime).try_init()
    } else {
        subscriber.without_time().try_init()
    };
}
