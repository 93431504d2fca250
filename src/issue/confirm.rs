//! The mail that asks somebody to confirm what they signed up for; it holds no news.

use crate::{
    deliver::{
        Letter, LetterError, List, Mailer, Message, Outcome, Recipient, Template, mailbox_domain,
    },
    model::{DigestId, Settings},
    pipeline::Works,
    render,
    store::Asking,
};

/// Writes to everybody who signed up and was not written to yet; gives how many the server took. A
/// server that says later is asked again later.
///
/// # Errors
/// When the database fails, or the server cannot be reached; nothing is lost then.
pub async fn ask_to_confirm(works: &Works) -> anyhow::Result<usize> {
    let mailer = Mailer::new(&works.settings.mail, &works.settings.paths.outbox);
    let mut session = None;
    let mut taken = 0;
    while let Some(asking) = works.store.next_asking(works.clock.now()).await? {
        let Ok(message) = message(&works.settings, &asking) else {
            // The reason may name the reader, and is not logged.
            tracing::error!(sign_up = %asking.id, "a mail that asks to confirm cannot be made");
            works.store.settle_asking(&asking.id, Some(false)).await?;
            continue;
        };
        let mut open = match session.take() {
            Some(open) => open,
            None => mailer.open().await?,
        };
        let outcome = open.send(&message).await;
        if open.is_open() {
            session = Some(open);
        }
        let settled = match outcome {
            // A mail that may have come counts as one that did: the reader can sign up again.
            Outcome::Accepted(_) | Outcome::Unsure(_) => Some(true),
            Outcome::Refused(_) => Some(false),
            // What the server said may name the reader, and is not logged.
            _ => {
                tracing::warn!(sign_up = %asking.id, "a mail that asks to confirm is put off");
                None
            }
        };
        taken += usize::from(settled == Some(true));
        works.store.settle_asking(&asking.id, settled).await?;
    }
    if let Some(session) = session {
        session.close().await;
    }
    Ok(taken)
}

fn message(settings: &Settings, asking: &Asking) -> Result<Message, LetterError> {
    let publication = &settings.publication;
    let wanted = &asking.wanted;
    let language = wanted.language.unwrap_or(publication.language);
    let named = |id: &DigestId| settings.digests.iter().find(|digest| digest.id == *id);
    let titles: Vec<&str> = wanted
        .digests
        .iter()
        .filter_map(named)
        .map(|digest| digest.title.as_str())
        .collect();
    let separator = render::Words::new(&settings.look, language).get("edition.separator");
    let mail = render::confirm(
        publication,
        &settings.look,
        language,
        &titles.join(separator),
    );
    let host = publication.base_url.host_str().unwrap_or("localhost");
    let name = format!("confirm-{}", asking.id);
    let letter = Letter {
        from_name: &settings.mail.from_name,
        from_address: &settings.mail.from_address,
        reply_to: settings.mail.reply_to.as_deref(),
        subject: &mail.subject,
        html: &mail.html,
        text: &mail.text,
        date: asking.created,
        language,
        list: List {
            id: format!("confirm.{host}"),
            title: publication.title.clone(),
            help: format!("mailto:{}?subject=help", publication.contact),
            ..List::default()
        },
        name: &name,
    };
    let domain = mailbox_domain(&settings.mail.from_address).unwrap_or("localhost");
    let template = Template::new(&letter, settings.mail.dkim.as_ref());
    let to = Recipient {
        address: &asking.address,
        name: None,
        token: &asking.token,
        message_id: &format!("{name}@{domain}"),
        envelope_from: &settings.mail.from_address,
        unsubscribe_mail: None,
    };
    template.and_then(|template| template.message(&to))
}
