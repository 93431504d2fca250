//! `dkim`: keys to sign with, and the DNS records that publish them.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::{Call, Exit, args::DkimArgs};
use crate::{
    config::{KeyPlace, key_places},
    deliver::{KeyKind, KeyRecord, make_key, read_key},
};

pub(crate) fn dkim(call: &Call, args: &DkimArgs) -> anyhow::Result<Exit> {
    // feeds.toml need not be right yet: the keys that it names may be what is missing.
    let (from, written) = key_places(&call.config);
    let root = call.config.parent().unwrap_or(Path::new("."));
    let mut places: Vec<KeyPlace> = written
        .iter()
        .filter(|place| {
            args.domain
                .as_ref()
                .is_none_or(|domain| *domain == place.domain)
        })
        .filter(|place| {
            args.selector
                .as_ref()
                .is_none_or(|name| *name == place.selector)
        })
        .filter(|place| {
            args.file
                .as_ref()
                .is_none_or(|file| *file == Path::new(&place.key_file))
        })
        .cloned()
        .collect();
    let listed = !places.is_empty();
    if !listed {
        places.push(new_place(args, from)?);
    }
    for place in &places {
        let file = root.join(&place.key_file);
        let (record, made) = if file.exists() {
            (read_key(&file)?, false)
        } else {
            (make_key(kind(args, place), &file)?, true)
        };
        tell(call, place, &file, &record, made)?;
    }
    if !listed && !call.out.json {
        call.out.line("")?;
        call.out.line("and in feeds.toml, under [mail]:")?;
        call.out.line("")?;
        let mut keys: Vec<String> = written.iter().chain(&places).map(written_key).collect();
        let line = if keys.len() == 1 {
            keys.remove(0)
        } else {
            format!("[\n    {},\n]", keys.join(",\n    "))
        };
        call.out.line(&format!("dkim = {line}"))?;
    }
    Ok(Exit::Done)
}

fn written_key(place: &KeyPlace) -> String {
    let KeyPlace {
        domain,
        selector,
        key_file,
    } = place;
    format!("{{ domain = \"{domain}\", selector = \"{selector}\", key_file = \"{key_file}\" }}")
}

/// Where a key goes that feeds.toml does not name.
fn new_place(args: &DkimArgs, from: Option<String>) -> anyhow::Result<KeyPlace> {
    let domain = args.domain.clone().or(from).context(
        "there is no domain to sign for: name it with `--domain`, or set `from` in feeds.toml",
    )?;
    let kind = args.kind.map_or(KeyKind::Rsa, KeyKind::from);
    let selector = args.selector.clone().unwrap_or_else(|| match kind {
        KeyKind::Rsa => "circular".to_owned(),
        KeyKind::Ed25519 => "circular-ed25519".to_owned(),
    });
    anyhow::ensure!(
        is_dns(&domain) && domain.contains('.'),
        "`{domain}` is no domain"
    );
    anyhow::ensure!(
        is_dns(&selector),
        "`{selector}` is no selector: letters, digits, dashes and dots make one"
    );
    let file = args
        .file
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("secrets/dkim-{}.pem", kind.as_str())));
    Ok(KeyPlace {
        domain,
        selector,
        key_file: file.display().to_string(),
    })
}

fn is_dns(name: &str) -> bool {
    name.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

/// The kind of a key that is to be made: as asked for, or as it is called.
fn kind(args: &DkimArgs, place: &KeyPlace) -> KeyKind {
    let called = |word: &str| {
        let name = format!("{} {}", place.selector, place.key_file);
        name.to_ascii_lowercase().contains(word)
    };
    match args.kind {
        Some(kind) => kind.into(),
        None if called("ed25519") => KeyKind::Ed25519,
        None => KeyKind::Rsa,
    }
}

fn tell(
    call: &Call,
    place: &KeyPlace,
    file: &Path,
    record: &KeyRecord,
    made: bool,
) -> anyhow::Result<()> {
    let KeyPlace {
        domain, selector, ..
    } = place;
    let name = format!("{selector}._domainkey.{domain}");
    if call.out.json {
        return call.out.object(&json!({
            "name": name, "type": "TXT", "value": record.value, "kind": record.kind.as_str(),
            "file": file.display().to_string(), "made": made,
        }));
    }
    let kind = match record.kind {
        KeyKind::Rsa => "RSA key",
        KeyKind::Ed25519 => "Ed25519 key",
    };
    let file = file.display();
    call.out.say(&if made {
        format!("a new {kind} is in {file}; whoever has that file can sign as {domain}")
    } else {
        format!("the {kind} in {file} stays as it is")
    });
    call.out.say(&format!(
        "\nadd this record where the DNS of {domain} is kept; a form asks for its name, `{selector}._domainkey`,\n\
         its type, TXT, and its text, which is what stands in quotes, in one piece or in these pieces:\n"
    ));
    call.out
        .line(&format!("{name}. IN TXT ( {} )", record.strings()))
}
