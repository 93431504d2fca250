//! `[publication]` and `[paths]`: who publishes, and where files go.

use std::{env, path::Path};

use chrono_tz::{TZ_VARIANTS, Tz};
use url::Url;

use super::{
    document::{Found, Table, listed, nearest},
    value::{self, Misread},
};
use crate::model::{Language, Paths, Publication};

pub(super) fn publication(top: &Table<'_>) -> Option<Publication> {
    let Some(table) = top.table("publication", "[publication]") else {
        top.missing(
            "there is no `[publication]`",
            "add it with `title`, `contact` and `base_url`".to_owned(),
        );
        return None;
    };
    let title = table.required("title", "\"Library Policy Circular\"");
    let contact = table
        .required("contact", "\"circular@example.org\"")
        .and_then(|contact| checked(&table, contact));
    let base_url = table
        .required("base_url", "\"https://circular.example.org\"")
        .and_then(|text| {
            base_url(&text.value)
                .map_err(|misread| table.misread(text.span, misread))
                .ok()
        });
    let publisher = table.text("publisher");
    let address = table.text("address");
    let no_address = address
        .as_ref()
        .is_none_or(|address| address.value.trim().is_empty());
    if no_address && !table.document.lost_keys() {
        let help = "mail law of many countries asks for it; it stands in the footer of every mail"
            .to_owned();
        table.warn(
            table.span(),
            "[publication] lacks `address`, the publisher's postal address",
            Some(help),
        );
    }
    let language = table
        .parsed("language", language)
        .map_or(Language::En, |language| language.value);
    let timezone = table
        .parsed("timezone", timezone)
        .map_or(Tz::UTC, |zone| zone.value);
    table.finish();
    Some(Publication {
        publisher: publisher
            .map(|publisher| publisher.value)
            .filter(|publisher| !publisher.trim().is_empty())
            .or_else(|| title.as_ref().map(|title| title.value.clone()))?,
        title: title?.value,
        address: address.map(|address| address.value).unwrap_or_default(),
        contact: contact?,
        base_url: base_url?,
        language,
        timezone,
    })
}

fn checked(table: &Table<'_>, text: Found<String>) -> Option<String> {
    value::mail_address(&text.value)
        .map_err(|misread| table.misread(text.span, misread))
        .ok()
}

fn base_url(text: &str) -> Result<Url, Misread> {
    let mut url = value::web_address(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Misread::new(
            format!("`{text}` has a `?` or `#`"),
            "the pages of the archive stand below this address: leave off what follows the path",
        ));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// One of the seven languages that circular writes its own words in.
pub(super) fn language(text: &str) -> Result<Language, Misread> {
    Language::from_tag(text).ok_or_else(|| {
        Misread::new(
            format!("circular does not speak `{text}`"),
            format!(
                "its own words are there in {}",
                listed(Language::ALL.iter().map(|l| l.code()))
            ),
        )
    })
}

fn timezone(text: &str) -> Result<Tz, Misread> {
    text.parse().map_err(|_| {
        let near = nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a name of the time zone database, such as `Europe/Amsterdam`".to_owned(),
        };
        Misread::new(format!("`{text}` is no time zone"), help)
    })
}

/// The mail addresses of a list.
pub(super) fn addresses(table: &Table<'_>, key: &'static str) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for text in table.texts(key) {
        if let Some(address) = checked(table, text.clone()) {
            if addresses
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&address))
            {
                let sentence = format!("`{address}` stands here twice");
                table.warn(text.span, sentence, Some("once is enough".to_owned()));
            } else {
                addresses.push(address);
            }
        }
    }
    addresses
}

pub(super) fn paths(top: &Table<'_>, root: &Path) -> Paths {
    let table = top.table("paths", "[paths]");
    let path = |key: &'static str, default: &str| {
        let text = table
            .as_ref()
            .and_then(|table| table.text(key))
            .map(|text| text.value);
        root.join(text.as_deref().unwrap_or(default))
    };
    let data = path("data", "data");
    let (public, outbox) = (path("public", "public"), path("outbox", "outbox"));
    let (templates, areas) = (path("templates", "templates"), path("areas", "areas.toml"));
    let written = table.as_ref().and_then(|table| table.text("database"));
    if let Some(table) = table {
        if let Some(written) = written.as_ref().filter(|text| !is_database(&text.value)) {
            // The address may hold a password, so its line is not shown.
            let sentence = "`database` names none that circular can use";
            table.hidden(&written.span, sentence, Some(DATABASE_HELP.to_owned()));
        }
        table.finish();
    }
    let given = env::var("CIRCULAR_DATABASE").ok();
    let given = given.filter(|text| !text.is_empty());
    if given.as_ref().is_some_and(|text| !is_database(text)) {
        let sentence = "the environment's CIRCULAR_DATABASE names none that circular can use";
        top.error(0..0, sentence, Some(DATABASE_HELP.to_owned()));
    }
    let database = match given.or(written.map(|text| text.value)) {
        Some(text) => match text.strip_prefix("sqlite:") {
            Some(file) => sqlite(&root.join(file.trim_start_matches("//"))),
            None => text,
        },
        None => sqlite(&data.join("circular.db")),
    };
    Paths {
        root: root.to_owned(),
        data,
        public,
        outbox,
        templates,
        areas,
        database,
    }
}

const DATABASE_HELP: &str = "a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`";

fn is_database(text: &str) -> bool {
    ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

fn sqlite(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}
