//! Previewing: the edition that would be, as files, with nothing else changed.

use std::path::{Path, PathBuf};

use super::{
    draft,
    publish::{edition_files, site, source_lines, write_all},
    shelves,
};
use crate::{
    model::{Digest, Edition, Telling},
    pipeline::Works,
    render::web,
};

/// Writes the edition of a digest as it would be now, with the pages of its stories; `None` when
/// nothing waits.
///
/// # Errors
/// When the database fails or a file cannot be written.
pub async fn preview(
    works: &Works,
    digest: &Digest,
    out: &Path,
) -> anyhow::Result<Option<(Edition, PathBuf)>> {
    let edition = draft(works, digest).await?;
    if edition.is_empty() {
        return Ok(None);
    }
    let settings = &works.settings;
    write_all(out, edition_files(settings, &edition)?)?;
    write_all(out, web::assets(&settings.look))?;
    let sources = source_lines(works).await?;
    let site = site(works, &sources);
    for story in edition.stories() {
        // What was told before, by another digest, stands below.
        let mut tellings = vec![Telling::new(&edition, story)];
        tellings.extend(works.store.tellings(&story.story).await?);
        write_all(out, shelves::pages_of(works, &site, &tellings).await?)?;
    }
    let folder = out.join(edition.digest.as_str()).join(edition.id.as_str());
    Ok(Some((edition, folder)))
}
