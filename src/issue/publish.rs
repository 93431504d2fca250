//! Publishing: `public/` written from what is frozen.
//!
//! Everything can be written again at any time, and a file that already says the same is left alone.
//! An edition that is new has its own files written, the pages of its stories and the shelves on
//! which they stand; a story that a new item joined has its page written. What is past is neither
//! rendered nor read, so the cost grows with what is new. A change of look, publication or areas, or a
//! `public/` that has gone, has all of it written again.

use std::{collections::BTreeSet, path::Path};

use super::{files::write_if_changed, letter_for, owned_letter, shelves};
use crate::{
    deliver::Recipient,
    model::{Edition, Settings, Shelf},
    pipeline::{Works, hash},
    render::{
        Frame, Why,
        web::{self, EditionLine, Front, Site, SourceLine},
    },
};

/// How many editions the archive's front knows with their stories.
const NEWEST: usize = 30;
/// How many dated stories the calendar holds.
const DATED: usize = 500;

/// The notes of what the archive was last written with: all of it, its front, and the newest item it knows.
const STAMP: &str = "published";
const FRONT: &str = "published.front";
const JOINED: &str = "published.joined";

/// Everything besides editions that every page shows, as a hash.
fn stamp(settings: &Settings) -> String {
    let names: Vec<_> = settings
        .areas
        .iter()
        .map(|area| (&area.id, &area.names, &area.descriptions))
        .collect();
    let from = (&settings.mail.from_name, &settings.mail.from_address);
    let shown = (&settings.look, &settings.publication, from, names);
    hash(&[env!("CARGO_PKG_VERSION"), "2", &format!("{shown:?}")])
}

/// What only the front shows, as a hash.
fn front_stamp(settings: &Settings, stamp: &str) -> String {
    let digests: Vec<_> = settings
        .digests
        .iter()
        .map(|digest| (&digest.id, &digest.title, digest.language))
        .collect();
    hash(&[stamp, &format!("{digests:?}")])
}

/// Files to write, by their paths under `public/`.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// Writes the archive: every page that changed. Says how many files did.
///
/// # Errors
/// When a file cannot be written (the path is named) or the database fails; then the next call
/// writes what is missing.
pub async fn publish(works: &Works) -> anyhow::Result<usize> {
    let settings = &works.settings;
    let store = &works.store;
    let public = &settings.paths.public;
    let stamp = stamp(settings);
    let whole =
        store.note(STAMP).await?.as_deref() == Some(&stamp) && public.join("index.html").is_file();
    if !whole {
        store.archive_again().await?;
    }
    let pending = store.editions_to_archive().await?;
    let (joined, newest_item) = match store.note(JOINED).await? {
        Some(last) => store.joined_since(last.parse().unwrap_or(0)).await?,
        // The pages of all stories are about to be written.
        None => (Vec::new(), store.joined_since(i64::MAX).await?.1),
    };
    let sources = source_lines(works).await?;
    let mut site = Site {
        publication: &settings.publication,
        look: &settings.look,
        areas: &settings.areas,
        digests: &settings.digests,
        editions: &[],
        index: &[],
        sources: &sources,
        now: works.clock.now(),
    };
    let mut written = write_all(public, web::source_pages(&site))?;
    for (id, file) in shelves::sources_without_page(&site, public) {
        tracing::debug!(source = id, "a page for a source that is new");
        written += write_all(public, vec![file])?;
    }
    for story in &joined {
        written += write_all(public, shelves::story_files(works, &site, story).await?)?;
    }
    let front = front_stamp(settings, &stamp);
    let same_front = store.note(FRONT).await?.as_deref() == Some(&front);
    if !pending.is_empty() || !whole || !same_front {
        let index: Vec<EditionLine> = edition_lines(works).await?;
        site.index = &index;
        let mut touched = BTreeSet::new();
        for id in &pending {
            let Some(edition) = store.edition(id).await? else {
                continue;
            };
            touched.extend(store.shelve(&edition).await?);
            written += write_all(public, edition_files(settings, &edition)?)?;
            for story in edition.stories() {
                let files = shelves::story_files(works, &site, &story.story).await?;
                written += write_all(public, files)?;
            }
        }
        for place in shelves::all_to_write(&site, touched, whole) {
            written += write_all(public, shelves::files(works, &site, &place).await?)?;
        }
        written += write_all(public, front_files(works, site).await?)?;
        store.set_archived(&pending, works.clock.now()).await?;
        store.set_note(FRONT, &front).await?;
    }
    if !whole {
        store.set_note(STAMP, &stamp).await?;
    }
    store.set_note(JOINED, &newest_item.to_string()).await?;
    Ok(written)
}

/// The files that stand in front of the archive.
async fn front_files(works: &Works, mut site: Site<'_>) -> anyhow::Result<Files> {
    let store = &works.store;
    let mut editions = Vec::new();
    for line in site.index.iter().take(NEWEST) {
        editions.extend(store.edition(&line.id).await?);
    }
    site.editions = &editions;
    Ok(web::pages(
        &site,
        &Front {
            months: &store.shelf_counts(Shelf::Month).await?,
            sections: &store.shelf_counts(Shelf::Section).await?,
            languages: &store.shelf_counts(Shelf::Language).await?,
            areas: &store.shelf_counts(Shelf::Area).await?,
            dated: &store.on_shelf(Shelf::Dated, "", None, DATED).await?,
        },
    ))
}

async fn edition_lines(works: &Works) -> anyhow::Result<Vec<EditionLine>> {
    let lines = works.store.edition_lines().await?;
    let lines = lines.into_iter().map(|line| EditionLine {
        id: line.id,
        digest: line.digest,
        title: line.title,
        subject: line.subject,
        date: line.date,
        stories: line.stories,
    });
    Ok(lines.collect())
}

async fn source_lines(works: &Works) -> anyhow::Result<Vec<SourceLine>> {
    let mut healths: std::collections::HashMap<_, _> = works
        .store
        .healths()
        .await?
        .into_iter()
        .map(|health| (health.id.clone(), health))
        .collect();
    let lines = works.settings.sources.iter().map(|source| SourceLine {
        source: source.clone(),
        health: healths.remove(&source.id),
    });
    Ok(lines.collect())
}

/// Writes files below a folder; says how many changed.
fn write_all(folder: &Path, files: Files) -> anyhow::Result<usize> {
    let mut written = 0;
    for (path, bytes) in files {
        written += usize::from(write_if_changed(&folder.join(path), &bytes)?);
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
    })?;
    let own = |text: &str| {
        text.replace(crate::model::TOKEN_PLACEHOLDER, token)
            .into_bytes()
    };
    let folder = Path::new(edition.digest.as_str()).join(edition.id.as_str());
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let mut files = vec![
        (path("index.html"), web::edition(&frame).into_bytes()),
        (path("email.html"), own(&letter.html)),
        (path("email.txt"), own(&letter.text)),
        (path("email.eml"), eml.bytes),
        (
            path("edition.json"),
            web::edition_json(edition).into_bytes(),
        ),
    ];
    let lists = web::library(edition).into_iter();
    files.extend(lists.map(|(name, text)| (path(name), text.into_bytes())));
    Ok(files)
}
