//! Publishing: `public/` written from what is frozen.
//!
//! Everything can be written again at any time; a file that already says the same is left alone. The
//! files of an edition are rendered once, and again when the look or the publication changes, so the
//! cost grows with what is new. Deliberate limit: that again reaches the newest editions only.

use std::path::Path;

use super::{files::write_if_changed, letter_for, owned_letter};
use crate::{
    deliver::Recipient,
    model::{Edition, EditionState, Settings},
    pipeline::{Works, hash},
    render::{
        Frame, Why,
        web::{self, EditionLine, Site, SourceLine},
    },
};

/// How many editions of all digests feed the archive's front pages and are written again when the look changes.
const NEWEST: usize = 30;

/// The file under `public/` that says what the archive was last written with; no server shows it. It
/// lies with the archive, as each of several machines has one of its own.
const STAMP: &str = ".published";

/// Everything besides an edition that its files show, as a hash.
fn stamp(settings: &Settings) -> String {
    let names: Vec<_> = settings
        .areas
        .iter()
        .map(|area| (&area.id, &area.names))
        .collect();
    let from = (&settings.mail.from_name, &settings.mail.from_address);
    let shown = (&settings.look, &settings.publication, from, names);
    hash(&[env!("CARGO_PKG_VERSION"), &format!("{shown:?}")])
}

/// Writes the archive: every page that changed.
///
/// # Errors
/// When a file cannot be written (the path is named) or the database fails.
pub async fn publish(works: &Works) -> anyhow::Result<usize> {
    let settings = &works.settings;
    let mut editions = works.store.editions(None, NEWEST).await?;
    editions.retain(|edition| edition.state == EditionState::Sent);
    let index: Vec<EditionLine> = works
        .store
        .edition_lines()
        .await?
        .into_iter()
        .map(|line| EditionLine {
            id: line.id,
            digest: line.digest,
            title: line.title,
            subject: line.subject,
            date: line.date,
            stories: line.stories,
        })
        .collect();
    let healths = works.store.healths().await?;
    let sources: Vec<SourceLine> = settings
        .sources
        .iter()
        .map(|source| SourceLine {
            source: source.clone(),
            health: healths
                .iter()
                .find(|health| health.id == source.id)
                .cloned(),
        })
        .collect();
    let mut written = 0;
    let stamp = stamp(settings);
    let stamped = settings.paths.public.join(STAMP);
    let same = std::fs::read_to_string(&stamped).is_ok_and(|known| known == stamp);
    for edition in &editions {
        // The last file of an edition that is written: where it is, all are.
        let last = [edition.digest.as_str(), edition.id.as_str(), "edition.json"];
        if same
            && last
                .iter()
                .fold(settings.paths.public.clone(), |path, part| path.join(part))
                .is_file()
        {
            continue;
        }
        for (path, bytes) in edition_files(settings, edition)? {
            written += usize::from(write_if_changed(&settings.paths.public.join(path), &bytes)?);
        }
    }
    if !same {
        write_if_changed(&stamped, stamp.as_bytes())?;
    }
    let site = Site {
        publication: &settings.publication,
        look: &settings.look,
        areas: &settings.areas,
        digests: &settings.digests,
        editions: &editions,
        index: &index,
        sources: &sources,
        now: works.clock.now(),
    };
    for (path, bytes) in web::pages(&site) {
        written += usize::from(write_if_changed(&settings.paths.public.join(path), &bytes)?);
    }
    Ok(written)
}

/// The files of one edition, by their paths under `public/`.
///
/// # Errors
/// When the sender's address or the DKIM key is not well formed.
pub fn edition_files(
    settings: &Settings,
    edition: &Edition,
) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let frame = Frame {
        publication: &settings.publication,
        look: &settings.look,
        areas: &settings.areas,
        edition,
    };
    let letter = owned_letter(settings, edition, Why::Subscribed);
    // Anybody may read the archive: the token in its copy of the mail opens nothing.
    let token = &hash(&["archive", edition.id.as_str()])[..32];
    let contact = &settings.publication.contact;
    let eml = letter_for(settings, edition, &letter)?.message(&Recipient {
        address: contact,
        name: None,
        token,
        message_id: &format!(
            "{}.archive@{}",
            edition.id,
            contact.rsplit_once('@').map_or("localhost", |(_, d)| d)
        ),
        envelope_from: &settings.mail.from_address,
        unsubscribe_mail: None,
    })?;
    let own = |text: &str| {
        text.replace(crate::model::TOKEN_PLACEHOLDER, token)
            .into_bytes()
    };
    let folder = Path::new(edition.digest.as_str()).join(edition.id.as_str());
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    Ok(vec![
        (path("index.html"), web::edition(&frame).into_bytes()),
        (path("email.html"), own(&letter.html)),
        (path("email.txt"), own(&letter.text)),
        (path("email.eml"), eml.bytes),
        (
            path("edition.json"),
            web::edition_json(edition).into_bytes(),
        ),
    ])
}
