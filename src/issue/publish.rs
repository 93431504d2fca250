//! Publishing: `public/` written from what is frozen.
//!
//! Everything can be written again at any time, and a file that already says the same is left alone.
//! An edition that is new has its own files written, the pages of its stories and the shelves on
//! which they stand; a story that a new item joined has its page written. What is past is neither
//! rendered nor read, so the cost grows with what is new. A change of look, publication or areas, or a
//! `public/` that has gone, has all of it written again.

use std::{collections::BTreeSet, path::Path};

use serde::{Deserialize, Serialize};

use super::{files::write_if_changed, letter_for, owned_letter, shelves};
use crate::{
    deliver::Recipient,
    model::{Edition, Place, Settings, Shelf},
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

/// The file under `public/` that says what the archive was last written with; no server shows it. It
/// lies with the archive, as each of several machines has one of its own.
const STATE: &str = ".published";

/// What an archive was last written with.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Written {
    /// Everything besides editions that every page shows, as a hash.
    stamp: String,
    /// What only the front shows, as a hash.
    front: String,
    /// The number of the newest edition in it, and its id.
    edition: (i64, String),
    /// The number of the newest item that its stories know.
    item: i64,
}

impl Written {
    /// What lies there; nothing where the archive has gone, or another database made it.
    async fn read(works: &Works) -> anyhow::Result<Self> {
        let public = &works.settings.paths.public;
        let text = std::fs::read_to_string(public.join(STATE)).unwrap_or_default();
        let Ok(written) = serde_json::from_str::<Self>(&text) else {
            return Ok(Self::default());
        };
        let (number, id) = &written.edition;
        let known = works.store.shelved_edition(*number).await?;
        let same = *number == 0 || known.is_some_and(|known| known.as_str() == id);
        let there = same && public.join("index.html").is_file();
        Ok(if there { written } else { Self::default() })
    }
}

/// Everything besides editions that every page shows, as a hash.
fn stamp(settings: &Settings) -> String {
    let names: Vec<_> = settings
        .areas
        .iter()
        .map(|area| (&area.id, &area.names, &area.descriptions))
        .collect();
    let from = (&settings.mail.from_name, &settings.mail.from_address);
    let shown = (&settings.look, &settings.publication, from, names);
    hash(&[env!("CARGO_PKG_VERSION"), &format!("{shown:?}")])
}

/// What only the front shows, as a hash.
fn front_stamp(settings: &Settings) -> String {
    let digests: Vec<_> = settings
        .digests
        .iter()
        .map(|digest| (&digest.id, &digest.title, digest.language))
        .collect();
    hash(&[&format!("{digests:?}")])
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
    for id in store.editions_to_shelve().await? {
        if let Some(edition) = store.edition(&id).await? {
            store.shelve(&edition).await?;
        }
    }
    let mut known = Written::read(works).await?;
    let mut now = Written {
        stamp: stamp(settings),
        front: front_stamp(settings),
        ..Written::default()
    };
    let whole = known.stamp == now.stamp;
    if !whole {
        known = Written::default();
    }
    let pending = store.shelved_since(known.edition.0).await?;
    now.edition = pending
        .last()
        .map_or(known.edition, |(number, id)| (*number, id.to_string()));
    let (joined, newest_item) = store
        .joined_since(if whole { known.item } else { i64::MAX })
        .await?;
    now.item = newest_item;
    let sources = source_lines(works).await?;
    let mut site = site(works, &sources);
    let mut written = write_all(public, web::source_pages(&site))?;
    for file in shelves::sources_without_page(&site, public) {
        written += write_all(public, vec![file])?;
    }
    for story in &joined {
        written += write_all(public, shelves::story_files(works, &site, story).await?)?;
    }
    if !pending.is_empty() || !whole || known.front != now.front {
        let index: Vec<EditionLine> = edition_lines(works).await?;
        site.index = &index;
        let mut touched = BTreeSet::new();
        for (_, id) in &pending {
            let Some(edition) = store.edition(id).await? else {
                continue;
            };
            written += write_all(public, edition_files(settings, &edition)?)?;
            for story in edition.stories() {
                touched.extend(Place::all_of(&edition, story));
                let files = shelves::story_files(works, &site, &story.story).await?;
                written += write_all(public, files)?;
            }
        }
        for place in shelves::all_to_write(&site, touched, whole) {
            written += write_all(public, shelves::files(works, &site, &place).await?)?;
        }
        written += write_all(public, front_files(works, site).await?)?;
    }
    write_if_changed(&public.join(STATE), &serde_json::to_vec(&now)?)?;
    Ok(written)
}

/// The archive as its pages see it, before it is known which editions it holds.
pub(super) fn site<'a>(works: &'a Works, sources: &'a [SourceLine]) -> Site<'a> {
    let settings = &works.settings;
    Site {
        publication: &settings.publication,
        look: &settings.look,
        areas: &settings.areas,
        digests: &settings.digests,
        editions: &[],
        index: &[],
        sources,
        now: works.clock.now(),
    }
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

pub(super) async fn source_lines(works: &Works) -> anyhow::Result<Vec<SourceLine>> {
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
pub(super) fn write_all(folder: &Path, files: Files) -> anyhow::Result<usize> {
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
    let letter = owned_letter(
        settings,
        edition,
        std::slice::from_ref(&edition.digest),
        Why::Subscribed,
    );
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
