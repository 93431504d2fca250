//! The daemon: rounds by the schedule, and the archive, the way out and the state of things over HTTP.
//!
//! Entry: [`serve`]. It ends on SIGINT or SIGTERM: no new work is begun, what is in hand is finished or
//! put back, within twenty seconds. SIGHUP, or a changed file, reloads the configuration. Deliberate
//! limits: TLS is the business of the server before it; forms keep no session and set no cookie.

mod archive;
mod current;
mod forms;
mod listen;
mod metrics;
mod notify;
mod pages;
mod reload;
mod rounds;
mod state;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode, header},
    routing::get,
};
use tokio::{
    net::TcpListener,
    sync::Notify,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower_http::{
    limit::RequestBodyLimitLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};

use current::Current;
pub use reload::Origin;

use crate::pipeline::Works;
use forms::Gate;

/// The most bytes of a form.
const FORM: usize = 16 * 1024;
/// How long what is in hand may take to its end once the program is to stop.
const GRACE: Duration = Duration::from_secs(14);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(15);

/// Runs until the system tells it to stop; reloads from `origin` when told or when a file changes.
/// `ready` is called once the database is held and signals are heard.
///
/// # Errors
/// When another daemon holds the database.
pub async fn serve(
    works: Works,
    listener: TcpListener,
    origin: Origin,
    ready: impl FnOnce(),
) -> anyhow::Result<()> {
    let now = works.clock.now().format("%F %T UTC");
    let who = format!("process {} since {now}", std::process::id());
    let held = works.store.hold(&who)?;
    let manager = notify::Notify::from_environment();
    let hup = Arc::new(Notify::new());
    let current = Current::new(works);
    let stop = current.works().stop;
    hear(stop.clone(), Arc::clone(&hup))?;
    ready();
    tokio::spawn(reload::watch(current.clone(), origin, hup));
    tokio::spawn({
        let (manager, stop) = (manager.clone(), stop.clone());
        async move {
            manager.say("READY=1");
            while let Some(beat) = manager.beat() {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = sleep(beat) => manager.say("WATCHDOG=1"),
                }
            }
            stop.cancelled().await;
            manager.say("STOPPING=1");
        }
    });
    work(current, listener, stop).await;
    drop(held);
    Ok(())
}

/// Serves on a listener and plays rounds until `stop`; what is under way is brought to an end.
///
/// # Errors
/// None so far.
pub async fn run(
    mut works: Works,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    works.stop = stop.clone();
    work(Current::new(works), listener, stop).await;
    Ok(())
}

async fn work(current: Current, listener: TcpListener, stop: CancellationToken) {
    let rounds = tokio::spawn(rounds::play(current.clone()));
    let sending = tokio::spawn(rounds::send(current.clone()));
    let gate = Arc::<Gate>::default();
    let asked = current.clone();
    let asking = forms::write_asked(move || asked.works(), Arc::clone(&gate), stop.clone());
    let asking = tokio::spawn(asking);
    let pages = listen::listen(
        listener,
        router(current.clone(), gate),
        current.clone(),
        stop.clone(),
    );
    let ended = async {
        tokio::join!(
            end(rounds, &stop),
            end(sending, &stop),
            end(asking, &stop),
            pages
        )
    };
    ended.await;
    // A connection that is still at work is cut; what it had not committed was not done.
    let _ = timeout(Duration::from_secs(2), current.works().store.close()).await;
}

/// Waits for a task; once the program is to stop, not longer than it may take.
async fn end(mut task: JoinHandle<()>, stop: &CancellationToken) {
    let ended = tokio::select! {
        ended = &mut task => Some(ended),
        () = async { stop.cancelled().await; sleep(GRACE).await } => None,
    };
    match ended {
        Some(Ok(())) => {}
        Some(Err(e)) => {
            // A service manager starts us anew; half a daemon would look alive.
            tracing::error!("the daemon stops, as a part of it ended: {e}");
            stop.cancel();
        }
        None => {
            tracing::warn!("what is in hand takes too long and is put back");
            task.abort();
        }
    }
}

/// All that is served: forms and state by name, everything else from `public/`.
fn router(current: Current, gate: Arc<Gate>) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    // The only page that runs a script: its own, over lists of our own.
    let search = Router::new()
        .route("/search/", get(archive::file))
        .route("/search/{*file}", get(archive::file))
        .layer(header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ));
    Router::new()
        .merge(forms::routes(gate))
        .route("/status", get(pages::status))
        .route("/healthz", get(state::alive))
        .route("/readyz", get(state::ready))
        .route("/health", get(state::health))
        .route("/metrics", get(metrics::metrics))
        // What a proxy or a browser may keep says so itself: the files of the archive.
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .merge(search)
        .fallback(archive::file)
        .with_state(current)
        .layer(RequestBodyLimitLayer::new(FORM))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(header(
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ))
        .layer(header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
}

/// Turns the system's signals into a stop and a reload, from now on.
#[cfg(unix)]
fn hear(stop: CancellationToken, hup: Arc<Notify>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut reload = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => break,
                _ = terminate.recv() => break,
                _ = reload.recv() => hup.notify_one(),
            }
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    Ok(())
}

#[cfg(not(unix))]
fn hear(stop: CancellationToken, _hup: Arc<Notify>) -> std::io::Result<()> {
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        stop.cancel();
    });
    Ok(())
}
