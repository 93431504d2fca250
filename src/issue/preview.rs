//! Previewing: the edition that would be, as files, with nothing else changed.

use std::path::{Path, PathBuf};

use super::{draft, files::write_if_changed, publish::edition_files};
use crate::{
    model::{Digest, Edition},
    pipeline::Works,
    render::web,
};

/// Writes the edition of a digest as it would be now; `None` when nothing waits.
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
    for (path, bytes) in edition_files(&works.settings, &edition)? {
        write_if_changed(&out.join(path), &bytes)?;
    }
    for (path, bytes) in web::assets(&works.settings.look) {
        write_if_changed(&out.join(path), &bytes)?;
    }
    let folder = out.join(edition.digest.as_str()).join(edition.id.as_str());
    Ok(Some((edition, folder)))
}
