//! The pages of stories and shelves: from what the store has filed to files under `public/`.

use std::{collections::BTreeSet, path::Path};

use super::publish::Files;
use crate::{
    model::{Digest, Place, Shelf, StoryId, Telling},
    pipeline::Works,
    render::web::{self, Site, Version},
};

/// How many stories a feed holds.
const ENTRIES: usize = 100;
/// How many stories the page of a value shows.
const NEWEST: usize = 40;
/// The most stories of a month; a sitemap holds no more.
const OF_A_MONTH: usize = 50_000;

/// The pages of one story that was told.
pub(super) async fn story_files(
    works: &Works,
    site: &Site<'_>,
    story: &StoryId,
) -> anyhow::Result<Files> {
    let tellings = works.store.tellings(story).await?;
    pages_of(works, site, &tellings).await
}

/// The pages of one story as it was told, the newest time first; none if it never was.
pub(super) async fn pages_of(
    works: &Works,
    site: &Site<'_>,
    tellings: &[Telling],
) -> anyhow::Result<Files> {
    let Some(newest) = tellings.first() else {
        return Ok(Vec::new());
    };
    let items = works.store.story(&newest.story.story).await?;
    let versions: Vec<Version> = items
        .into_iter()
        .filter(|row| row.item.id != newest.story.item)
        .filter_map(|row| {
            Some(Version {
                source: row.source_name,
                url: row.item.url?.to_string(),
                title: row.item.title,
                language: row.item.language,
                date: row.item.effective.date_naive(),
                relation: row.relation,
                likeness: row.likeness,
            })
        })
        .collect();
    Ok(web::story(site, tellings, &versions))
}

/// The shelves to write: those touched, and, where all is written again, those of areas and digests
/// that hold nothing yet.
pub(super) fn all_to_write(
    site: &Site<'_>,
    mut touched: BTreeSet<Place>,
    whole: bool,
) -> BTreeSet<Place> {
    let empty = |shelf, value: &str| Place {
        shelf,
        value: value.to_owned(),
        month: String::new(),
    };
    if !whole {
        let areas = site.areas.iter();
        touched.extend(areas.map(|area| empty(Shelf::Area, area.id.as_str())));
    }
    let written = |place: &Place, digest: &Digest| {
        place.shelf == Shelf::Digest && place.value == digest.id.as_str()
    };
    let quiet: Vec<Place> = site
        .digests
        .iter()
        .filter(|digest| !touched.iter().any(|place| written(place, digest)))
        .map(|digest| empty(Shelf::Digest, digest.id.as_str()))
        .collect();
    touched.extend(quiet);
    touched
}

/// The files of one place: the pages of its month, and those of its value if this is the value's newest month.
pub(super) async fn files(works: &Works, site: &Site<'_>, place: &Place) -> anyhow::Result<Files> {
    let Place {
        shelf,
        value,
        month,
    } = place;
    let store = &works.store;
    let mut files = Vec::new();
    let on_shelf =
        async |month: Option<&str>, limit| store.on_shelf(*shelf, value, month, limit).await;
    match shelf {
        Shelf::Dated => {}
        Shelf::Digest => {
            let digest = site
                .digests
                .iter()
                .find(|digest| digest.id.as_str() == value);
            if let Some(digest) = digest {
                let stories = on_shelf(None, ENTRIES).await?;
                files.extend(web::digest_feeds(site, digest, &stories));
            }
        }
        Shelf::Month => {
            let stories = on_shelf(Some(month), OF_A_MONTH).await?;
            files.extend(web::month_pages(site, *shelf, value, month, &stories));
            files.push(web::search_month(site, month, &stories));
            files.push(web::sitemap_month(site, month, &stories));
        }
        Shelf::Area | Shelf::Section | Shelf::Source | Shelf::Language => {
            if !month.is_empty() {
                let stories = on_shelf(Some(month), OF_A_MONTH).await?;
                files.extend(web::month_pages(site, *shelf, value, month, &stories));
            }
            let months = store.months_of(*shelf, value).await?;
            // Of many months that are written at once, the newest speaks for the value.
            if months.first().is_none_or(|newest| newest.month == *month) {
                let stories = on_shelf(None, ENTRIES).await?;
                let newest = &stories[..stories.len().min(NEWEST)];
                files.push(web::shelf_page(site, *shelf, value, newest, &months));
                let area = site.areas.iter().find(|area| area.id.as_str() == value);
                if let (Shelf::Area, Some(area)) = (shelf, area) {
                    files.extend(web::area_feeds(site, area, &stories));
                }
            }
        }
    }
    Ok(files)
}

/// A page for each source that has none, because nothing of it was told yet.
pub(super) fn sources_without_page<'a>(
    site: &'a Site<'_>,
    public: &'a Path,
) -> impl Iterator<Item = (String, Vec<u8>)> {
    site.sources.iter().filter_map(|line| {
        let id = line.source.id.as_str();
        let there = public.join("sources").join(id).join("index.html").is_file();
        (!there).then(|| web::shelf_page(site, Shelf::Source, id, &[], &[]))
    })
}
