//! The archive over HTTP: the files of `public/`, small ones from memory, as they are or compressed.
//!
//! A path is made of the letters that we name files with, so that none leads out of the folder: dots
//! at the beginning of a part, escapes, empty parts are not found. Deliberate limits: GET and HEAD, no
//! ranges, no lists of folders.

use std::{
    collections::HashMap,
    io::Write as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::{current::Current, pages};

/// How many bytes of files are held in memory.
const HELD: usize = 16 * 1024 * 1024;
/// A larger file is read each time.
const SMALL: u64 = 1024 * 1024;
/// For so long a held file is not looked at again on the disk.
const FRESH: Duration = Duration::from_secs(1);
/// A shorter file is not worth compressing.
const WORTH: usize = 1024;

/// Files held in memory.
#[derive(Default)]
pub(super) struct Archive {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    files: HashMap<String, (Instant, Arc<Entry>)>,
    bytes: usize,
}

/// A file with all that is said of it.
struct Entry {
    bytes: Bytes,
    gzip: Option<Bytes>,
    etag: HeaderValue,
    changed: SystemTime,
    last_modified: HeaderValue,
    kind: &'static str,
}

/// Everything that no other page answers.
pub(super) async fn file(
    State(current): State<Current>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let path = uri.path();
    let public = current.works().settings.paths.public.clone();
    match find(current.archive(), &public, path).await {
        Found::File(entry) => answer(&entry, &headers),
        Found::Folder => {
            let query = uri.query().map(|q| format!("?{q}")).unwrap_or_default();
            let to = format!("{path}/{query}");
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
        }
        Found::Nothing => pages::not_found(&current.works()),
    }
}

enum Found {
    File(Arc<Entry>),
    Folder,
    Nothing,
}

async fn find(archive: &Archive, public: &Path, path: &str) -> Found {
    let Some(name) = name(path) else {
        return Found::Nothing;
    };
    if let Some(entry) = archive.fresh(&name) {
        return Found::File(entry);
    }
    let file = public.join(&name);
    let held = archive.held(&name);
    let read = tokio::task::spawn_blocking(move || read(&file, held)).await;
    match read.ok().flatten() {
        Some(Read::File(entry)) => {
            archive.hold(name, Arc::clone(&entry));
            Found::File(entry)
        }
        Some(Read::Folder) => Found::Folder,
        None => Found::Nothing,
    }
}

/// The file under `public/` that a path names; `None` where it can name none.
fn name(path: &str) -> Option<String> {
    let inside = path.strip_prefix('/')?;
    let (parts, index) = match inside.strip_suffix('/') {
        Some(parts) => (parts, true),
        None => (inside, inside.is_empty()),
    };
    let good = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    };
    if !parts.is_empty() && !parts.split('/').all(good) {
        return None;
    }
    Some(match (parts, index) {
        ("", true) if inside.is_empty() => "index.html".to_owned(),
        ("", _) => return None,
        (parts, true) => format!("{parts}/index.html"),
        (parts, false) => parts.to_owned(),
    })
}

enum Read {
    File(Arc<Entry>),
    Folder,
}

/// Reads a file, unless what is held of it is still the same.
fn read(file: &Path, held: Option<Arc<Entry>>) -> Option<Read> {
    let data = std::fs::metadata(file).ok()?;
    if data.is_dir() {
        return file.join("index.html").is_file().then_some(Read::Folder);
    }
    let changed = data.modified().ok()?;
    if let Some(held) =
        held.filter(|held| held.changed == changed && held.bytes.len() as u64 == data.len())
    {
        return Some(Read::File(held));
    }
    let bytes = std::fs::read(file).ok()?;
    let (kind, text) = kind(file);
    let gzip = (text && bytes.len() >= WORTH && data.len() <= SMALL)
        .then(|| compressed(&bytes))
        .flatten()
        .filter(|short| short.len() < bytes.len());
    let hash = Sha256::digest(&bytes);
    let mut etag = String::from("W/\"");
    for byte in &hash[..8] {
        etag.push_str(&format!("{byte:02x}"));
    }
    etag.push('"');
    let day = DateTime::<Utc>::from(changed).format("%a, %d %b %Y %H:%M:%S GMT");
    Some(Read::File(Arc::new(Entry {
        bytes: bytes.into(),
        gzip: gzip.map(Bytes::from),
        etag: HeaderValue::from_str(&etag).ok()?,
        changed,
        last_modified: HeaderValue::from_str(&day.to_string()).ok()?,
        kind,
    })))
}

fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(7));
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// The media type of a file, and whether it is text.
fn kind(file: &Path) -> (&'static str, bool) {
    match file
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
    {
        "html" => ("text/html; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "js" => ("text/javascript; charset=utf-8", true),
        "csv" => ("text/csv; charset=utf-8", true),
        "bib" => ("application/x-bibtex; charset=utf-8", true),
        "ris" => ("application/x-research-info-systems; charset=utf-8", true),
        "xml"
            if file.ends_with("sitemap.xml")
                || file.parent().is_some_and(|at| at.ends_with("sitemaps")) =>
        {
            ("application/xml; charset=utf-8", true)
        }
        "xml" => ("application/atom+xml; charset=utf-8", true),
        "opml" => ("text/x-opml; charset=utf-8", true),
        "json" if file.ends_with("items.json") || file.ends_with("feed.json") => {
            ("application/feed+json", true)
        }
        "json" => ("application/json", true),
        "ics" => ("text/calendar; charset=utf-8", true),
        "eml" => ("message/rfc822", true),
        "svg" => ("image/svg+xml", true),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "webp" => ("image/webp", false),
        "ico" => ("image/x-icon", false),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    }
}

impl Archive {
    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, name: &str) -> Option<Arc<Entry>> {
        let held = self.lock();
        let (looked, entry) = held.files.get(name)?;
        (looked.elapsed() < FRESH).then(|| Arc::clone(entry))
    }

    fn held(&self, name: &str) -> Option<Arc<Entry>> {
        self.lock()
            .files
            .get(name)
            .map(|(_, entry)| Arc::clone(entry))
    }

    fn hold(&self, name: String, entry: Arc<Entry>) {
        let mut held = self.lock();
        if let Some((_, old)) = held.files.remove(&name) {
            held.bytes -= old.size();
        }
        if entry.bytes.len() as u64 > SMALL {
            return;
        }
        if held.bytes + entry.size() > HELD {
            // Everything is read again within moments, and only what is asked for.
            held.files.clear();
            held.bytes = 0;
        }
        held.bytes += entry.size();
        held.files.insert(name, (Instant::now(), entry));
    }
}

impl Entry {
    fn size(&self) -> usize {
        self.bytes.len() + self.gzip.as_ref().map_or(0, Bytes::len)
    }
}

fn answer(entry: &Entry, headers: &HeaderMap) -> Response {
    let packed = entry.gzip.as_ref().filter(|_| takes_gzip(headers));
    let status = if is_known(entry, headers) {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let body = match (status, packed) {
        (StatusCode::NOT_MODIFIED, _) => Body::empty(),
        (_, Some(packed)) => packed.clone().into(),
        (_, None) => entry.bytes.clone().into(),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let own = response.headers_mut();
    own.insert(header::ETAG, entry.etag.clone());
    own.insert(header::LAST_MODIFIED, entry.last_modified.clone());
    own.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    );
    if entry.gzip.is_some() {
        own.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if status == StatusCode::OK {
        own.insert(header::CONTENT_TYPE, HeaderValue::from_static(entry.kind));
        if packed.is_some() {
            own.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    response
}

/// Whether the asker has the file already (RFC 9110, section 13.2.2: the tag counts before the time).
fn is_known(entry: &Entry, headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if let Some(tags) = text(header::IF_NONE_MATCH) {
        let own = entry
            .etag
            .to_str()
            .unwrap_or_default()
            .trim_start_matches("W/");
        return tags
            .split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == own);
    }
    text(header::IF_MODIFIED_SINCE)
        .and_then(|time| DateTime::parse_from_rfc2822(time).ok())
        .is_some_and(|since| DateTime::<Utc>::from(entry.changed).timestamp() <= since.timestamp())
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(header::ACCEPT_ENCODING);
    offers
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let (coding, weight) = offer.split_once(';').unwrap_or((offer, "q=1"));
            let refused = weight.trim().trim_start_matches("q=").parse() == Ok(0.0);
            coding.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        assert_eq!(name("/").as_deref(), Some("index.html"));
        assert_eq!(name("/weekly/").as_deref(), Some("weekly/index.html"));
        assert_eq!(name("/weekly").as_deref(), Some("weekly"));
        assert_eq!(name("/style.css").as_deref(), Some("style.css"));
        for wrong in [
            "",
            "*",
            "//",
            "//etc/passwd",
            "/../feeds.toml",
            "/weekly/../../feeds.toml",
            "/.published",
            "/a//b",
            "/%2e%2e/feeds.toml",
            "/..%2ffeeds.toml",
            "/a\\..\\b",
            "/a\0",
            "/weekly/.",
            "/\u{2024}\u{2024}/x",
            "/ä",
        ] {
            assert_eq!(name(wrong), None, "{wrong:?}");
        }
    }
}
