//! `[publication]`, `[paths]` and `[mail]`: who publishes, where files go, how mail goes out.

use std::{env, path::Path};

use chrono_tz::{TZ_VARIANTS, Tz};
use url::Url;

use super::{
    document::{Found, Table, listed, nearest},
    value,
};
use crate::model::{Dkim, Language, MailSettings, Paths, Publication, Server};

pub(super) fn publication(top: &Table<'_>) -> Option<Publication> {
    let Some(table) = top.table("publication", "[publication]") else {
        top.error(
            0..0,
            "there is no `[publication]`",
            Some("add it with `title`, `contact` and `base_url`".to_owned()),
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
                .map_err(|sentence| table.error(text.span, sentence, None))
                .ok()
        });
    let publisher = table.text("publisher");
    let address = table.text("address");
    if address
        .as_ref()
        .is_none_or(|address| address.value.trim().is_empty())
    {
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
        publisher: publisher.map_or_else(
            || title.as_ref().map(|title| title.value.clone()),
            |p| Some(p.value),
        )?,
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
        .map_err(|sentence| table.error(text.span, sentence, None))
        .ok()
}

fn base_url(text: &str) -> Result<Url, String> {
    let mut url = value::web_address(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!(
            "`{text}` has a `?` or `#`; the archive's pages stand below the address"
        ));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// One of the seven languages that circular writes its own words in.
pub(super) fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| {
        format!(
            "`{text}` is not among the languages of the labels: {}",
            listed(Language::ALL.iter().map(|l| l.code()))
        )
    })
}

fn timezone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| {
        let near = nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name()));
        match near {
            Some(near) => format!("`{text}` is no time zone; did you mean `{near}`?"),
            None => format!("`{text}` is no time zone; write a name such as `Europe/Amsterdam`"),
        }
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
                table.warn(text.span, format!("`{address}` stands here twice"), None);
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
    let database = match (
        env::var("CIRCULAR_DATABASE")
            .ok()
            .filter(|text| !text.is_empty()),
        &written,
    ) {
        (Some(text), _) => text,
        (None, Some(text)) => text.value.clone(),
        (None, None) => format!("sqlite:{}", data.join("circular.db").display()),
    };
    let known = ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| database.starts_with(scheme));
    if !known && let (Some(table), Some(written)) = (&table, &written) {
        let help = "a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`".to_owned();
        table.error(
            written.span.clone(),
            "this names no database that circular can use",
            Some(help),
        );
    }
    if let Some(table) = table {
        table.finish();
    }
    let database = match database.strip_prefix("sqlite:") {
        Some(file) => format!(
            "sqlite:{}",
            root.join(file.trim_start_matches("//")).display()
        ),
        None => database,
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

pub(super) fn mail(
    top: &Table<'_>,
    root: &Path,
    publication: Option<&Publication>,
) -> Option<MailSettings> {
    let default =
        publication.map(|publication| (publication.title.clone(), publication.contact.clone()));
    let Some(table) = top.table("mail", "[mail]") else {
        let (from_name, from_address) = default?;
        return Some(MailSettings {
            from_name,
            from_address,
            reply_to: None,
            server: None,
            connections: 4,
            rate: None,
            bounces: None,
            dkim: None,
        });
    };
    let from = table
        .parsed("from", value::mailbox)
        .map(|from| from.value)
        .or(default);
    let reply_to = table
        .parsed("reply_to", value::mail_address)
        .map(|address| address.value);
    let bounces = table
        .parsed("bounces", value::mail_address)
        .map(|address| address.value);
    let password = password(&table, root);
    let server = table
        .parsed("server", |text| server(text, password))
        .map(|server| server.value);
    let connections = table
        .integer("connections", 1..=64)
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(4);
    let rate = table.parsed("rate", value::rate).map(|rate| rate.value);
    let dkim = table
        .table("dkim", "`dkim`")
        .and_then(|table| dkim(table, root));
    table.finish();
    let (from_name, from_address) = from?;
    Some(MailSettings {
        from_name,
        from_address,
        reply_to,
        server,
        connections,
        rate,
        bounces,
        dkim,
    })
}

fn password(table: &Table<'_>, root: &Path) -> Option<String> {
    let file = table.text("password_file");
    if let Some(password) = env::var("CIRCULAR_SMTP_PASSWORD")
        .ok()
        .filter(|text| !text.is_empty())
    {
        return Some(password);
    }
    secret(table, root, file?)
}

/// The text of a file that holds a secret; the text is never shown.
fn secret(table: &Table<'_>, root: &Path, file: Found<String>) -> Option<String> {
    let path = root.join(&file.value);
    match std::fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Ok(_) => {
            table.error(file.span, format!("`{}` is empty", path.display()), None);
            None
        }
        Err(e) => {
            table.error(
                file.span,
                format!("`{}` cannot be read: {e}", path.display()),
                None,
            );
            None
        }
    }
}

fn dkim(table: Table<'_>, root: &Path) -> Option<Dkim> {
    let domain = table.required("domain", "\"example.org\"");
    let selector = table.required("selector", "\"circular\"");
    let key = table
        .required("key_file", "\"secrets/dkim.pem\"")
        .and_then(|file| secret(&table, root, file));
    table.finish();
    Some(Dkim {
        domain: domain?.value,
        selector: selector?.value,
        key: key?,
    })
}

fn server(text: &str, password: Option<String>) -> Result<Server, String> {
    const FORMS: &str =
        "write `smtps://user@host`, `smtp://user@host` (STARTTLS) or `smtp+plaintext://127.0.0.1`";
    let (scheme, rest) = text
        .split_once("://")
        .ok_or_else(|| format!("`{text}` is no mail server: {FORMS}"))?;
    // The scheme is none that the parser knows the parts of, so it is read as one that it does.
    let url = Url::parse(&format!("http://{rest}"))
        .map_err(|e| format!("`{text}` is no mail server: {e}"))?;
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    if url.password().is_some() {
        return Err("a password does not stand in feeds.toml: put it into `password_file` or CIRCULAR_SMTP_PASSWORD".to_owned());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() {
        return Err(format!("`{text}` says more than a server: {FORMS}"));
    }
    let written = rest
        .rsplit_once(':')
        .and_then(|(_, port)| port.trim_end_matches('/').parse().ok());
    let user = percent_decoded(url.username());
    let login = match (user.is_empty(), password) {
        (true, _) => None,
        (false, Some(password)) => Some((user, password)),
        (false, None) => {
            return Err(format!(
                "there is no password for `{user}`: set `password_file` or CIRCULAR_SMTP_PASSWORD"
            ));
        }
    };
    match scheme {
        "smtps" => Ok(Server::Smtps {
            host,
            port: written.unwrap_or(465),
            login,
        }),
        "smtp" => Ok(Server::Starttls {
            host,
            port: written.unwrap_or(587),
            login,
        }),
        "smtp+plaintext" => {
            let loopback = host == "localhost"
                || host
                    .parse()
                    .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
            if loopback {
                Ok(Server::Plaintext {
                    host,
                    port: written.unwrap_or(25),
                    login,
                })
            } else {
                Err(format!(
                    "`smtp+plaintext` is for this machine only, and `{host}` is another: use `smtp` or `smtps`"
                ))
            }
        }
        _ => Err(format!("`{text}` is no mail server: {FORMS}")),
    }
}

/// A user name as the address spells it: `%40` is an at sign.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = rest.get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
