//! Reference: every key of feeds.toml, what it takes and what it is for.
//!
//! [`markdown`] prints the table that `docs/configuration.md` holds. A test holds [`KEYS`] against the
//! keys that reading a configuration looks for, and the page against this.

use std::fmt::Write as _;

/// One key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The table that it stands in, as it is written.
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How its value is written.
    pub takes: &'static str,
    /// What holds where it is absent; empty where it must be there.
    pub absent: &'static str,
    /// What it is for.
    pub what: &'static str,
}

const fn key(
    table: &'static str,
    name: &'static str,
    takes: &'static str,
    absent: &'static str,
    what: &'static str,
) -> Key {
    Key {
        table,
        name,
        takes,
        absent,
        what,
    }
}

/// The top of the file, before any table.
const TOP: &str = "the file";

/// All keys, table by table.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key(TOP, "include", r#"`["sections/*.toml"]`"#, "none", "files that hold further `[[source]]`, one a section"),
    key(TOP, "publication", "table", "", "who publishes"),
    key(TOP, "paths", "table", "the usual places", "where files are"),
    key(TOP, "fetch", "table", "the usual values", "how sources are pulled"),
    key(TOP, "mail", "table", "mails go to `outbox/`", "how mail goes out"),
    key(TOP, "serve", "table", "no proxy", "how `circular serve` is reached"),
    key(TOP, "storage", "table", "everything is kept", "how long things are kept"),
    key(TOP, "digest", "tables", "none", "the newsletters"),
    key(TOP, "source", "tables", "none", "the feeds and pages that are read"),
    key("[publication]", "title", "text", "", "the name of the whole"),
    key("[publication]", "publisher", "text", "the title", "the body behind it"),
    key("[publication]", "address", "text", "none, with a warning", "the postal address in the footer of every mail"),
    key("[publication]", "contact", "mail address", "", "whom to write to; also named to the sites that are read"),
    key("[publication]", "base_url", "web address", "", "where `public/` and the forms are reached"),
    key("[publication]", "language", "`ar` `zh` `en` `fr` `de` `ru` `es`", "`en`", "the language of its own words"),
    key("[publication]", "timezone", "`Europe/Amsterdam`", "`UTC`", "the zone of schedules and dates"),
    key("[paths]", "data", "folder", "`data`", "the SQLite database"),
    key("[paths]", "public", "folder", "`public`", "the web archive"),
    key("[paths]", "outbox", "folder", "`outbox`", "mails as files, while no server is set"),
    key("[paths]", "templates", "folder", "`templates`", "theme, style sheets, labels and texts that win over the built-in ones"),
    key("[paths]", "areas", "file", "`areas.toml`", "the policy areas"),
    key("[paths]", "database", "`sqlite:FILE` or `postgres://USER@HOST/NAME`", "`data/circular.db`", "the database; the environment's `CIRCULAR_DATABASE` wins"),
    key("[fetch]", "every", "duration", "`1h`", "the usual interval between two pulls of a source, five minutes at the least"),
    key("[fetch]", "concurrency", "1 to 1000", "32", "the most requests at once"),
    key("[fetch]", "per_host", "1 to 100", "2", "the most requests at once to one host"),
    key("[fetch]", "timeout", "duration", "`30s`", "for a whole request, redirects and body included"),
    key("[fetch]", "max_size", "size", "`10MB`", "the most bytes of a decoded body"),
    key("[fetch]", "allow_private", r#"`["10.0.0.0/8"]`"#, "none", "private networks that may be asked all the same"),
    key("[mail]", "from", "`Name <address>`", "the title and `contact`", "the sender"),
    key("[mail]", "reply_to", "mail address", "none", "where answers go"),
    key("[mail]", "server", "`smtps://USER@HOST`, `smtp://…`, `smtp+plaintext://127.0.0.1`", "`outbox/`", "the mail server; `smtp` is STARTTLS, plain text is for this machine only"),
    key("[mail]", "ca_file", "file", "none", "certificates (PEM) of authorities by which the server is trusted besides the public ones, for a server with a certificate of its own house"),
    key("[mail]", "password_file", "file", "none", "the password of the server's user; the environment's `CIRCULAR_SMTP_PASSWORD` wins"),
    key("[mail]", "connections", "1 to 64", "4", "the most connections at once"),
    key("[mail]", "rate", "`20/s`, `600/m`", "as fast as the server takes them", "the most messages in a time"),
    key("[mail]", "domain_rate", "`2/s`, `60/m`", "as fast as the server takes them", "the most messages in a time to one receiving domain"),
    key("[mail]", "timeout", "duration", "`1m`", "how long one step of the conversation may take"),
    key("[mail]", "in_doubt", "`repeat` `ask`", "`repeat`", "what becomes of a mail whose acceptance nobody saw: once more under the same Message-ID, or it waits for a person"),
    key("[mail]", "bounces", "mail address", "the sender", "the envelope sender; each reader's token is added to its name"),
    key("[mail]", "dkim", "table, or list of tables", "not signed", "how messages are signed; with several keys they are signed by each"),
    key("`dkim`", "domain", "domain", "", "the domain that signs"),
    key("`dkim`", "selector", "text", "", "the name of the key in the DNS"),
    key("`dkim`", "key_file", "file", "", "the private key"),
    key("[serve]", "proxies", r#"`["127.0.0.1/32"]`"#, "none", "the proxies whose `X-Forwarded-For` is believed"),
    key("[storage]", "keep_items", "`90d`, `26w`, `2y`; 30 days at the least", "for ever", "how long items are kept that no edition cites, that do not wait and that nobody corrected"),
    key("[[digest]]", "id", "small letters, digits, dashes", "", "its name in addresses and commands"),
    key("[[digest]]", "title", "text", "", "its title"),
    key("[[digest]]", "schedule", "`0 7 * * MON`", "", "minute, hour, day of the month (`L` is the last), month, weekday, or `@daily`, `@weekly`, `@monthly`; see below"),
    key("[[digest]]", "areas", "list of areas", "all", "which policy areas it takes"),
    key("[[digest]]", "languages", r#"`["en", "fr"]`"#, "all", "the languages of the stories that it takes"),
    key("[[digest]]", "language", "`ar` `zh` `en` `fr` `de` `ru` `es`", "the publication's", "the language of its own words"),
    key("[[digest]]", "review", "duration", "goes out by itself", "how long before its time a draft is made, which then waits for a person"),
    key("[[digest]]", "max_items", "1 to 500", "40", "the most stories of an edition"),
    key("[[digest]]", "max_per_source", "1 to 500", "6", "the most stories of one source in an edition"),
    key("[[digest]]", "max_per_section", "1 to 500", "as many as there are", "the most stories of one section in an edition"),
    key("[[digest]]", "overflow", "`wait` `drop`", "`wait`", "what becomes of stories that do not fit: they wait for the next edition, or are let go"),
    key("[[digest]]", "editors", "list of mail addresses", "`contact`", "who gets the drafts, and reminders past their time"),
    key("[[digest]]", "recipients", "list of mail addresses", "none", "a fixed list; everyone else subscribes"),
    key("[[source]]", "name", "text", "", "its name"),
    key("[[source]]", "section", "text", "", "the body that it belongs to"),
    key("[[source]]", "url", "web address", "", "the feed, or the page that is read by rules"),
    key("[[source]]", "id", "small letters, digits, dashes", "made of the name", "its name in commands"),
    key("[[source]]", "language", "two letters", "the feed's own word", "the language of its items"),
    key("[[source]]", "areas", "list of areas", "none", "areas that its items always have"),
    key("[[source]]", "priority", "-1000 to 1000", "0", "who leads a story: the highest"),
    key("[[source]]", "every", "duration", "`fetch.every`, less often for a quiet one", "its own interval, which is then kept; five minutes at the least"),
    key("[[source]]", "coordinator", "mail address", "none", "who looks after it"),
    key("[[source]]", "paused", "`true`, `false`", "`false`", "not pulled for now"),
    key("[[source]]", "page", "table", "it is a feed", "rules by which a page is read: CSS selectors, with `@attribute` at the end to take an attribute"),
    key("`page`", "item", "selector", "", "the block of one item"),
    key("`page`", "title", "selector", "the block's heading", "its title"),
    key("`page`", "link", "selector", "the block's first link", "its address"),
    key("`page`", "date", "selector", "none", "its date"),
    key("`page`", "date_format", "`%d.%m.%Y`", "found out", "how the date is written"),
    key("`page`", "summary", "selector", "none", "its text"),
    key("`page`", "image", "selector", "none", "its image"),
    key("`page`", "next", "selector", "none", "the link to the next page"),
    key("`page`", "pages", "1 to 20", "1", "how many pages are read"),
];

/// The page of all keys, in Markdown.
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    let mut table = "";
    for key in KEYS {
        if key.table != table {
            table = key.table;
            let heading = match table {
                TOP => "Before the first table".to_owned(),
                other => format!("`{}`", other.trim_matches('`')),
            };
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                "\n## {heading}\n\n| key | takes | where absent | what it is for |\n| --- | --- | --- | --- |\n"
            );
        }
        let absent = match key.absent {
            "" => "must be there",
            other => other,
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {absent} | {} |",
            key.name, key.takes, key.what
        );
    }
    text
}

const HEAD: &str = "\
# Every key of feeds.toml

`circular check --keys` prints this page. Durations read `30s`, `15m`, `6h`, `7d`; sizes `500KB`, `10MB`;
rates `20/s`, `600/m`. Relative paths start at the folder of `feeds.toml`. Mistakes are reported all at
once, each with its line and how to mend it.

A schedule has the five fields of crontab(5): names, lists (`MON,THU`), ranges (`9-17`), steps (`*/2`); 0
and 7 are Sunday. Where both day fields are restricted, either one fires. It is in the publication's time
zone and fires exactly once on the days when the clock changes. What was missed while nothing ran goes out
once, with everything that waits; `circular check` prints the next three times.
";
