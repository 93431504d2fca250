//! The state of things for monitors: alive, ready, and how all fares as JSON.

use std::time::Duration;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use super::current::Current;
use crate::pipeline::{Vitals, Works, vitals};

/// How long a database may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(5);

/// `/healthz`: the process lives.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// `/readyz`: the database answers and the program is not about to end; 503 with a sentence otherwise.
pub(super) async fn ready(State(current): State<Current>) -> Response {
    let works = current.works();
    if works.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match timeout(PATIENCE, works.store.answers()).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(e)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{e}\n")).into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response(),
    }
}

/// `/health`: `health --json` over HTTP; 503 when the database is away.
pub(super) async fn health(State(current): State<Current>) -> Response {
    match vitals_of(&current.works()).await {
        Ok(vitals) => (
            [(header::CONTENT_TYPE, "application/json")],
            serde_json::to_string(&vitals).unwrap_or_default(),
        )
            .into_response(),
        Err(response) => response,
    }
}

/// The vitals, or the answer that says why there are none.
pub(super) async fn vitals_of(works: &Works) -> Result<Vitals, Response> {
    vitals(&works.settings, &works.store, works.clock.now())
        .await
        .map_err(|e| {
            tracing::error!("how all fares could not be told: {e:#}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        })
}
