//! The letter of an edition: rendered once for a kind of reader.

use anyhow::Context;

use crate::{
    deliver::{Letter, List, Template, Verp, Way},
    model::{Delivery, Digest, DigestId, Edition, Settings, TOKEN_PLACEHOLDER},
    render::{self, Frame, MailLinks, Why},
};

/// A letter with its parts.
#[derive(Clone, Debug)]
pub struct OwnedLetter {
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
    list: List,
}

/// The digest of an id, as feeds.toml has it now.
pub fn digest_of<'a>(settings: &'a Settings, id: &DigestId) -> Option<&'a Digest> {
    settings.digests.iter().find(|digest| digest.id == *id)
}

/// Between the digests that a way out names; none has it in its id, and no address needs it escaped.
pub const AND: char = '~';

/// The links of a mail of digests; a reader's own ones hold the token's placeholder.
pub fn mail_links(
    settings: &Settings,
    edition: &Edition,
    digests: &[DigestId],
    why: Why,
) -> MailLinks {
    let base = settings.publication.base_url.as_str().trim_end_matches('/');
    let Edition { id, digest, .. } = edition;
    // The way out names the lists that the letter is of (RFC 8058, 3.1), and leaves no other.
    let lists = joined(digests, &AND.to_string());
    MailLinks {
        web: format!("{base}/{digest}/{id}/"),
        archive: format!("{base}/{digest}/"),
        unsubscribe: format!("{base}/unsubscribe/{TOKEN_PLACEHOLDER}/{lists}"),
        preferences: format!("{base}/preferences/{TOKEN_PLACEHOLDER}"),
        why,
    }
}

/// The addresses of one delivery that come back to us.
pub(super) struct Ways {
    /// Where reports go: with a token of the delivery where bounces have an address (VERP).
    pub(super) envelope_from: String,
    /// Where a mail that says "unsubscribe" goes, as `mailto:`.
    pub(super) unsubscribe: String,
}

impl Ways {
    pub(super) fn of(
        settings: &Settings,
        verp: &Verp,
        digests: &[DigestId],
        delivery: &Delivery,
    ) -> Self {
        let lists = joined(digests, "%20");
        if let Some(bounces) = &settings.mail.bounces {
            let way = verp.address(bounces, Way::Unsubscribe, &delivery.id);
            return Self {
                envelope_from: verp.address(bounces, Way::Bounce, &delivery.id),
                unsubscribe: format!("mailto:{way}?subject=unsubscribe%20{lists}"),
            };
        }
        let token = verp.token(Way::Unsubscribe, &delivery.id);
        Self {
            envelope_from: settings.mail.from_address.clone(),
            unsubscribe: format!(
                "mailto:{}?subject=unsubscribe%20{lists}%20{token}",
                contact(settings)
            ),
        }
    }
}

fn joined(digests: &[DigestId], by: &str) -> String {
    let ids: Vec<&str> = digests.iter().map(DigestId::as_str).collect();
    ids.join(by)
}

/// Where a reader reaches a person.
fn contact(settings: &Settings) -> &str {
    let reply_to = settings.mail.reply_to.as_ref();
    reply_to.unwrap_or(&settings.publication.contact)
}

/// Renders an edition's letter, which may be put together of several digests' editions.
pub fn owned_letter(
    settings: &Settings,
    edition: &Edition,
    digests: &[DigestId],
    why: Why,
) -> OwnedLetter {
    let frame = Frame {
        publication: &settings.publication,
        look: &settings.look,
        areas: &settings.areas,
        edition,
    };
    let links = mail_links(settings, edition, digests, why);
    let host = settings
        .publication
        .base_url
        .host_str()
        .unwrap_or("localhost");
    OwnedLetter {
        html: render::mail::html(&frame, &links),
        text: render::text::plain(&frame, &links),
        list: List {
            id: match digests {
                [digest] => format!("{digest}.{host}"),
                _ => host.to_owned(),
            },
            title: edition.title.clone(),
            archive: links.archive,
            help: format!("mailto:{}?subject=help", contact(settings)),
            // One-click works by POST over TLS only (RFC 8058); without it the mail way stands alone.
            unsubscribe: links
                .unsubscribe
                .starts_with("https:")
                .then_some(links.unsubscribe),
            feedback: format!("{}:{}:circular:{}", edition.id, edition.digest, host),
        },
    }
}

/// The letter of an edition, encoded and ready to be personalised.
///
/// # Errors
/// When the sender's address or the DKIM key is not well formed.
pub fn letter_for(
    settings: &Settings,
    edition: &Edition,
    letter: &OwnedLetter,
) -> anyhow::Result<Template> {
    let mail = &settings.mail;
    Template::new(
        &Letter {
            from_name: &mail.from_name,
            from_address: &mail.from_address,
            reply_to: mail.reply_to.as_deref(),
            subject: &edition.subject,
            html: &letter.html,
            text: &letter.text,
            date: edition.to,
            language: edition.language,
            list: letter.list.clone(),
            name: edition.id.as_str(),
        },
        &mail.dkim,
    )
    .with_context(|| format!("the letter of `{}` cannot be made", edition.id))
}
