//! `[mail]`: how mail goes out.

use std::{env, io, path::Path};

use url::Url;

use super::{
    Checks,
    document::{Found, Table},
    value::{self, Misread},
};
use crate::model::{Dkim, InDoubt, MailSettings, Publication, Server};

pub(super) fn mail(
    top: &Table<'_>,
    root: &Path,
    publication: Option<&Publication>,
    checks: &Checks<'_>,
) -> Option<MailSettings> {
    let default =
        publication.map(|publication| (publication.title.clone(), publication.contact.clone()));
    let Some(table) = top.table("mail", "[mail]") else {
        let (from_name, from_address) = default?;
        return Some(MailSettings::new(from_name, from_address));
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
    let ca = table
        .text("ca_file")
        .and_then(|file| authorities(&table, root, file));
    let connections = table
        .integer("connections", 1..=64)
        .and_then(|n| usize::try_from(n).ok());
    let rate = table.parsed("rate", value::rate).map(|rate| rate.value);
    let domain_rate = table
        .parsed("domain_rate", value::rate)
        .map(|rate| rate.value);
    let timeout = table
        .parsed("timeout", value::duration)
        .map(|timeout| timeout.value);
    let in_doubt = table
        .parsed("in_doubt", in_doubt)
        .map(|in_doubt| in_doubt.value);
    let dkim = table
        .one_or_more("dkim", "`dkim`")
        .into_iter()
        .filter_map(|table| dkim(table, root, from.as_ref(), checks))
        .collect();
    table.finish();
    let (from_name, from_address) = from?;
    let usual = MailSettings::new(from_name, from_address);
    Some(MailSettings {
        reply_to,
        server,
        ca,
        connections: connections.unwrap_or(usual.connections),
        rate,
        domain_rate,
        timeout: timeout.unwrap_or(usual.timeout),
        in_doubt: in_doubt.unwrap_or(usual.in_doubt),
        bounces,
        dkim,
        ..usual
    })
}

fn in_doubt(text: &str) -> Result<InDoubt, Misread> {
    match text {
        "repeat" => Ok(InDoubt::Repeat),
        "ask" => Ok(InDoubt::Ask),
        _ => Err(Misread::new(
            format!("`{text}` is no way to deal with a mail in doubt"),
            "write `repeat` (once more, under the same Message-ID) or `ask` (it waits for you)",
        )),
    }
}

/// What is known of the server's password.
enum Password {
    Known(String),
    /// A file was named and reported.
    Unreadable,
    None,
}

fn password(table: &Table<'_>, root: &Path) -> Password {
    let file = table.text("password_file");
    let given = env::var("CIRCULAR_SMTP_PASSWORD").ok();
    match (given.filter(|text| !text.is_empty()), file) {
        (Some(password), _) => Password::Known(password),
        (None, Some(file)) => {
            secret(table, root, file).map_or(Password::Unreadable, Password::Known)
        }
        (None, None) => Password::None,
    }
}

/// The certificates that a mail server of one's own house is trusted by.
fn authorities(table: &Table<'_>, root: &Path, file: Found<String>) -> Option<String> {
    let text = secret(table, root, file.clone())?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Some(text);
    }
    let help =
        "it begins with `-----BEGIN CERTIFICATE-----`; a key does not belong here".to_owned();
    let sentence = format!("`{}` holds no certificate in PEM", file.value);
    table.error(file.span, sentence, Some(help));
    None
}

/// The text of a file that holds a secret; the text is never shown.
fn secret(table: &Table<'_>, root: &Path, file: Found<String>) -> Option<String> {
    let path = root.join(&file.value);
    match std::fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Ok(_) => {
            let help = "it holds the secret and nothing else".to_owned();
            table.error(file.span, format!("`{}` is empty", file.value), Some(help));
            None
        }
        Err(e) => {
            let (why, help) = match e.kind() {
                io::ErrorKind::NotFound => (
                    "does not exist".to_owned(),
                    "paths are relative to the folder of feeds.toml",
                ),
                io::ErrorKind::PermissionDenied => (
                    "cannot be read by the user who runs this".to_owned(),
                    "it belongs to another one; `chown` gives it to the user whom circular runs as",
                ),
                _ => (format!("cannot be read: {e}"), "it is a file of text"),
            };
            table.error(
                file.span,
                format!("`{}` {why}", file.value),
                Some(help.to_owned()),
            );
            None
        }
    }
}

fn dkim(
    table: Table<'_>,
    root: &Path,
    from: Option<&(String, String)>,
    checks: &Checks<'_>,
) -> Option<Dkim> {
    let domain = table.required("domain", "\"example.org\"");
    let selector = table.required("selector", "\"circular\"");
    let key = table
        .required("key_file", "\"secrets/dkim.pem\"")
        .and_then(|file| {
            let help =
                || Some("`circular dkim` makes one, and prints the record for your DNS".to_owned());
            if !root.join(&file.value).exists() {
                let sentence = format!("`{}` does not exist", file.value);
                table.error(file.span, sentence, help());
                return None;
            }
            let key = secret(&table, root, file.clone())?;
            if let Err(wrong) = (checks.key)(&key) {
                table.error(file.span, format!("`{}` {wrong}", file.value), help());
                return None;
            }
            Some(key)
        });
    if let (Some(domain), Some((_, from))) = (&domain, from) {
        let sender = from.rsplit_once('@').map_or("", |(_, domain)| domain);
        if !related(sender, &domain.value) {
            table.warn(
                domain.span.clone(),
                format!("`{}` signs for `{sender}`, which is another domain", domain.value),
                Some("receivers count a signature of the domain of `from`, or of one above or below it (DMARC)".to_owned()),
            );
        }
    }
    table.finish();
    Some(Dkim {
        domain: domain?.value,
        selector: selector?.value,
        key: key?,
    })
}

/// Whether one of two domains is the other, or below it.
fn related(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    let below = |long: &str, short: &str| {
        long == short
            || long
                .strip_suffix(short)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    below(&one, &other) || below(&other, &one)
}

fn server(text: &str, password: Password) -> Result<Server, Misread> {
    let wrong = |sentence: String| {
        Misread::new(
            sentence,
            "write `smtps://user@host`, `smtp://user@host` (STARTTLS) or `smtp+plaintext://127.0.0.1`",
        )
    };
    let no_server = || wrong(format!("`{text}` is no mail server"));
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    if rest
        .rsplit_once('@')
        .is_some_and(|(login, _)| login.contains(':'))
    {
        return Err(Misread {
            secret: true,
            ..Misread::new(
                "a password does not stand in feeds.toml",
                "put it into a file and name that as `password_file`, or into CIRCULAR_SMTP_PASSWORD",
            )
        });
    }
    let (scheme, rest) = text.split_once("://").ok_or_else(no_server)?;
    if !matches!(scheme, "smtps" | "smtp" | "smtp+plaintext") {
        return Err(no_server());
    }
    // The scheme is none that the parser knows the parts of, so it is read as one that it does.
    let url = Url::parse(&format!("http://{rest}")).map_err(|_| no_server())?;
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(format!("`{text}` says more than a server")));
    }
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    // The parser leaves out port 80, as that goes without saying for the scheme it was given.
    let written = url.port().or_else(|| {
        let (_, port) = rest.trim_end_matches('/').rsplit_once(':')?;
        port.parse().ok()
    });
    let user = percent_decoded(url.username());
    let login = match (user.is_empty(), password) {
        (true, _) | (false, Password::Unreadable) => None,
        (false, Password::Known(password)) => Some((user, password)),
        (false, Password::None) => {
            return Err(Misread::new(
                format!("there is no password for `{user}`"),
                "name the file that holds it as `password_file`, or set CIRCULAR_SMTP_PASSWORD",
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
        "smtp+plaintext" if is_loopback(&host) => Ok(Server::Plaintext {
            host,
            port: written.unwrap_or(25),
            login,
        }),
        "smtp+plaintext" => Err(Misread::new(
            format!("`smtp+plaintext` is for this machine only, and `{host}` is another"),
            "use `smtp` or `smtps`",
        )),
        _ => Err(no_server()),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|ip| ip.is_loopback())
}

/// A user name as the address spells it: `%40` is an at sign.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = rest.get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(byte)) = (first, byte) {
            bytes.push(byte);
            rest = &rest[3..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
