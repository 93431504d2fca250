//! Copies: one edition to one address that is no reader's, with nothing written down.

use super::{letter_for, owned_letter};
use crate::{
    deliver::{Mailer, Message, Outcome, Recipient},
    model::Edition,
    pipeline::{Works, hash},
    render::Why,
};

/// Sends a copy of an edition to one address; nothing is written down.
///
/// # Errors
/// One sentence that says what the server or the network said.
pub async fn send_copy(
    works: &Works,
    edition: &Edition,
    address: &str,
    why: Why,
) -> anyhow::Result<String> {
    let settings = &works.settings;
    let letter = owned_letter(
        settings,
        edition,
        std::slice::from_ref(&edition.digest),
        why,
    );
    let token = &hash(&["test", edition.id.as_str(), address])[..32];
    let now = works.clock.now().timestamp_micros();
    let id = hash(&["test", address, &now.to_string()]);
    let domain = settings
        .mail
        .from_address
        .rsplit_once('@')
        .map_or("localhost", |(_, domain)| domain);
    let message = letter_for(settings, edition, &letter)?.message(&Recipient {
        address,
        name: None,
        token,
        message_id: &format!("test.{}.{}@{domain}", edition.id, &id[..16]),
        envelope_from: &settings.mail.from_address,
        unsubscribe_mail: None,
    })?;
    match hand_over(works, &message).await? {
        Outcome::Accepted(reply) => Ok(reply),
        Outcome::Later(reply)
        | Outcome::Full(reply)
        | Outcome::Dead(reply)
        | Outcome::Refused(reply)
        | Outcome::OurFault(reply)
        | Outcome::Lost(reply)
        | Outcome::Unsure(reply) => {
            anyhow::bail!("the copy to `{address}` was not taken: {reply}")
        }
    }
}

/// Hands one message over on a connection of its own.
pub(super) async fn hand_over(works: &Works, message: &Message) -> anyhow::Result<Outcome> {
    let settings = &works.settings;
    let mut session = Mailer::new(&settings.mail, &settings.paths.outbox)
        .open()
        .await?;
    let outcome = session.send(message).await;
    session.close().await;
    Ok(outcome)
}
