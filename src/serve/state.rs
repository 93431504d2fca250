//! The state of things, for a person's browser and for a monitor.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::pipeline::{Works, vitals};

/// `health --json` over HTTP: 200 when all is well, 503 when the database is not.
pub(super) async fn health(State(works): State<Works>) -> Response {
    match vitals(&works.settings, &works.store, works.clock.now()).await {
        Ok(vitals) => (
            [(header::CONTENT_TYPE, "application/json")],
            serde_json::to_string(&vitals).unwrap_or_default(),
        )
            .into_response(),
        Err(e) => {
            tracing::error!("health could not be told: {e:#}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Counters in the text format of Prometheus.
pub(super) async fn metrics(State(works): State<Works>) -> Response {
    let Ok(vitals) = vitals(&works.settings, &works.store, works.clock.now()).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut text = String::new();
    let mut add = |name: &str, labels: &str, value: String| {
        text.push_str(&format!("circular_{name}{labels} {value}\n"));
    };
    add("items", "", vitals.items.to_string());
    add("sources", "{state=\"ok\"}", vitals.sources.ok.to_string());
    add(
        "sources",
        "{state=\"trouble\"}",
        vitals.sources.trouble.to_string(),
    );
    add(
        "deliveries",
        "{state=\"queued\"}",
        vitals.queued.to_string(),
    );
    add(
        "deliveries",
        "{state=\"refused\"}",
        vitals.refused.to_string(),
    );
    add(
        "deliveries",
        "{state=\"unsure\"}",
        vitals.unsure.to_string(),
    );
    for digest in &vitals.digests {
        add(
            "stories_waiting",
            &format!("{{digest=\"{}\"}}", digest.id),
            digest.waiting.to_string(),
        );
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
