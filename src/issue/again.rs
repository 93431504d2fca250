//! What is written down of an outcome: sent, given up, or tried again, and when.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    deliver::Outcome,
    model::DeliveryState,
    store::{BounceKind, Leased, Settled},
};

/// When a delivery that was put off is tried again; the last one repeats until the next edition is due.
const AGAIN: [TimeDelta; 6] = [
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::minutes(30),
    TimeDelta::hours(1),
    TimeDelta::hours(3),
    TimeDelta::hours(6),
];
/// What is written down of an outcome; `until` is when the next edition is due.
pub(super) fn settled(
    leased: &Leased,
    outcome: Outcome,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Settled {
    let delivery = &leased.delivery;
    let tries = usize::try_from(delivery.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let again = now + AGAIN[tries.min(AGAIN.len() - 1)];
    let (state, reply, next_attempt, bounce) = match outcome {
        Outcome::Accepted(reply) => (DeliveryState::Accepted, reply, None, None),
        Outcome::Dead(reply) => (DeliveryState::Refused, reply, None, Some(BounceKind::Hard)),
        Outcome::Refused(reply) => (DeliveryState::Refused, reply, None, Some(BounceKind::Soft)),
        Outcome::Later(reply) | Outcome::Full(reply) if again >= until => (
            DeliveryState::Refused,
            format!("given up, as the next edition is due: {reply}"),
            None,
            Some(BounceKind::Soft),
        ),
        Outcome::Later(reply) | Outcome::Full(reply) => {
            (DeliveryState::Queued, reply, Some(again), None)
        }
        Outcome::Lost(reply) => (DeliveryState::Queued, reply, Some(now + AGAIN[0]), None),
        Outcome::OurFault(reply) => (DeliveryState::Queued, reply, Some(now + AGAIN[1]), None),
        Outcome::Unsure(reply) => (DeliveryState::Unsure, reply, Some(now + AGAIN[1]), None),
    };
    Settled {
        id: delivery.id.clone(),
        state,
        reply: Some(reply),
        next_attempt,
        bounce,
    }
}
