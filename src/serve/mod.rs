//! The daemon: rounds by the schedule, and the archive, the way out and the state of things over HTTP.
//!
//! Entry: [`serve`]. It ends on SIGINT or SIGTERM, after the round in hand. Deliberate limits: TLS
//! is the business of the server before it; forms keep no session and set no cookie.

mod forms;
mod rounds;
mod state;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    routing::get,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::{
    limit::RequestBodyLimitLayer, services::ServeDir, set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

use crate::pipeline::Works;
use forms::Gate;

/// The most bytes of a form.
const FORM: usize = 16 * 1024;

/// Runs until the system tells it to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(works: Works, listener: TcpListener) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            told_to_stop().await;
            stop.cancel();
        }
    });
    run(works, listener, stop).await
}

/// Serves on a listener and plays rounds until `stop`; what is under way is brought to an end.
///
/// # Errors
/// When the listener fails.
pub async fn run(
    works: Works,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let gate = Arc::<Gate>::default();
    let rounds = tokio::spawn(rounds::play(works.clone(), stop.clone()));
    let asked = works.clone();
    let asking = forms::write_asked(move || asked.clone(), Arc::clone(&gate), stop.clone());
    let asking = tokio::spawn(asking);
    let router = with_forms(works.clone(), gate);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await?;
    rounds.await?;
    asking.await?;
    works.store.close().await;
    Ok(())
}

/// All that is served: forms and state by name, everything else from `public/`.
pub fn router(works: Works) -> Router {
    with_forms(works, Arc::default())
}

fn with_forms(works: Works, gate: Arc<Gate>) -> Router {
    let public = ServeDir::new(&works.settings.paths.public).append_index_html_on_directories(true);
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .merge(forms::routes(gate))
        .route("/health", get(state::health))
        .route("/metrics", get(state::metrics))
        .fallback_service(public)
        .with_state(works)
        .layer(RequestBodyLimitLayer::new(FORM))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::REQUEST_TIMEOUT, std::time::Duration::from_secs(15)))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}
