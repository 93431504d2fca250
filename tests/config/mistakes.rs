//! Each class of mistake, and the whole of what is told about it.

use super::harness::{PUBLICATION, Project, told};
use insta::assert_snapshot;

#[test]
fn an_unknown_key_has_a_nearest_name() {
    let report = told(
        r#"
[fetch]
evry = "1h"
colour = "blue"

[[sources]]
name = "IFLA news"
"#,
    );
    assert_snapshot!(report, @r#"
    error: [fetch] has no key `colour`
      --> feeds.toml:10:1
       |
    10 | colour = "blue"
       | ^^^^^^
       |
       = help: it takes `allow_private`, `concurrency`, `every`, `max_size`, `per_host` and `timeout`

    error: [fetch] has no key `evry`
     --> feeds.toml:9:1
      |
    9 | evry = "1h"
      | ^^^^
      |
      = help: did you mean `every`?

    error: the file has no key `sources`
      --> feeds.toml:12:3
       |
    12 | [[sources]]
       |   ^^^^^^^
       |
       = help: did you mean `source`?
    "#);
}

#[test]
fn a_wrong_type_says_what_is_taken() {
    let report = told(
        r#"
[fetch]
concurrency = "32"
every = 60
allow_private = "10.0.0.0/8"

[[digest]]
id = "weekly"
title = 7
schedule = "0 7 * * MON"
areas = ["sdg", 2]
max_items = 5000

[[source]]
name = "IFLA news"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"
paused = "yes"
page = "article"

[mail]
dkim = true
"#,
    );
    assert_snapshot!(report, @r#"
    error: `every` takes a text in quotes, not a number
      --> feeds.toml:10:9
       |
    10 | every = 60
       |         ^^
       |
       = help: write `every = "60"`

    error: `concurrency` takes a whole number, not a text
     --> feeds.toml:9:15
      |
    9 | concurrency = "32"
      |               ^^^^
      |
      = help: without the quotes: `concurrency = 32`

    error: `allow_private` takes a list of texts in brackets, not a text
      --> feeds.toml:11:17
       |
    11 | allow_private = "10.0.0.0/8"
       |                 ^^^^^^^^^^^^
       |
       = help: write `allow_private = ["10.0.0.0/8"]`

    error: `title` takes a text in quotes, not a number
      --> feeds.toml:15:9
       |
    15 | title = 7
       |         ^
       |
       = help: write `title = "7"`

    error: `areas` lists texts in quotes
      --> feeds.toml:17:17
       |
    17 | areas = ["sdg", 2]
       |                 ^

    error: `max_items` takes a whole number from 1 to 500
      --> feeds.toml:18:13
       |
    18 | max_items = 5000
       |             ^^^^

    error: `dkim` takes a table, not true or false
      --> feeds.toml:28:8
       |
    28 | dkim = true
       |        ^^^^

    error: `paused` takes true or false, not a text
      --> feeds.toml:24:10
       |
    24 | paused = "yes"
       |          ^^^^^
       |
       = help: without the quotes: `paused = yes`

    error: `page` takes a table, not a text
      --> feeds.toml:25:8
       |
    25 | page = "article"
       |        ^^^^^^^^^
    "#);
}

#[test]
fn a_table_that_should_be_many_is_shown_with_two_brackets() {
    let report = told(
        r#"
[digest]
id = "weekly"
"#,
    );
    assert_snapshot!(report, @r"
    error: `digest` is written as [[digest]], with two brackets, once for each
     --> feeds.toml:8:1
      |
    8 | [digest]
      | ^^^^^^^^
    ");
}

#[test]
fn an_id_stands_once() {
    let report = told(
        r#"
[[digest]]
id = "weekly"
title = "One"
schedule = "0 7 * * MON"

[[digest]]
id = "weekly"
title = "Two"
schedule = "0 7 * * TUE"

[[source]]
id = "ifla"
name = "IFLA news"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"

[[source]]
name = "IFLA"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"
"#,
    );
    assert_snapshot!(report, @r#"
    error: there is a digest `weekly` already, on line 9
      --> feeds.toml:14:6
       |
    14 | id = "weekly"
       |      ^^^^^^^^
       |
       = help: give each an id of its own

    error: there is a source `ifla` already, on line 19
      --> feeds.toml:25:8
       |
    25 | name = "IFLA"
       |        ^^^^^^
       |
       = help: give one of them an `id` of its own

    warning: `https://www.ifla.org/news/feed/` is the address of the source `ifla` too
      --> feeds.toml:27:7
       |
    27 | url = "https://www.ifla.org/news/feed/"
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: one of them is enough
    "#);
}

#[test]
fn an_id_is_a_part_of_addresses() {
    let report = told(
        r#"
[[digest]]
id = "Weekly news"
title = "One"
schedule = "0 7 * * MON"

[[digest]]
id = "areas"
title = "Two"
schedule = "0 7 * * MON"

[[source]]
id = "-ifla"
name = "IFLA news"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"
"#,
    );
    assert_snapshot!(report, @r#"
    error: `Weekly news` cannot be an id
     --> feeds.toml:9:6
      |
    9 | id = "Weekly news"
      |      ^^^^^^^^^^^^^
      |
      = help: small letters, digits and dashes, 60 at the most, and no dash at its start

    error: `areas` is a folder of the archive
      --> feeds.toml:14:6
       |
    14 | id = "areas"
       |      ^^^^^^^
       |
       = help: take another id

    error: `-ifla` cannot be an id
      --> feeds.toml:19:6
       |
    19 | id = "-ifla"
       |      ^^^^^^^
       |
       = help: small letters, digits and dashes, 60 at the most, and no dash at its start
    "#);
}

#[test]
fn a_digest_has_an_id_a_title_and_a_schedule() {
    let report = told(
        r#"
[[digest]]
title = " "
"#,
    );
    assert_snapshot!(report, @r#"
    error: [[digest]] lacks `id`
     --> feeds.toml:8:1
      |
    8 | [[digest]]
      | ^^^^^^^^^^
      |
      = help: add `id = "weekly"`

    error: `title` is empty
     --> feeds.toml:9:9
      |
    9 | title = " "
      |         ^^^
      |
      = help: write `title = "Library policy this week"`

    error: [[digest]] lacks `schedule`
     --> feeds.toml:8:1
      |
    8 | [[digest]]
      | ^^^^^^^^^^
      |
      = help: add `schedule = "0 7 * * MON"`
    "#);
}

#[test]
fn a_schedule_names_its_wrong_field() {
    let report = told(
        r#"
[[digest]]
id = "weekly"
title = "Weekly"
schedule = "0 7 * * MOO"

[[digest]]
id = "daily"
title = "Daily"
schedule = "every day"
"#,
    );
    assert_snapshot!(report, @r#"
    error: `MOO` is no weekday; it takes 0 to 7 or SUN to SAT, lists, ranges and steps
      --> feeds.toml:11:12
       |
    11 | schedule = "0 7 * * MOO"
       |            ^^^^^^^^^^^^^
       |
       = help: minute, hour, day of the month, month, weekday: `0 7 * * MON` is Monday at seven

    error: a schedule has five fields (minute, hour, day of the month, month, weekday), not 2 fields
      --> feeds.toml:16:12
       |
    16 | schedule = "every day"
       |            ^^^^^^^^^^^
       |
       = help: minute, hour, day of the month, month, weekday: `0 7 * * MON` is Monday at seven
    "#);
}

#[test]
fn an_unknown_area_has_a_nearest_name() {
    let report = told(
        r#"
[[digest]]
id = "weekly"
title = "Weekly"
schedule = "0 7 * * MON"
areas = ["copyrite", "cooking"]

[[source]]
name = "IFLA news"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"
areas = ["Climate"]
"#,
    );
    assert_snapshot!(report, @r#"
    error: areas.toml has no area `copyrite`
      --> feeds.toml:12:10
       |
    12 | areas = ["copyrite", "cooking"]
       |          ^^^^^^^^^^
       |
       = help: did you mean `copyright`?

    error: areas.toml has no area `cooking`
      --> feeds.toml:12:22
       |
    12 | areas = ["copyrite", "cooking"]
       |                      ^^^^^^^^^
       |
       = help: areas.toml has `access-to-information`, `ai-ethics`, `climate`, `copyright`, `cultural-heritage`, `cultural-rights`, `freedom-of-expression`, `human-rights`, `internet-governance`, `library-field`, `literacy-education`, `media-literacy`, `open-access`, `privacy-data` and `sdg`

    error: areas.toml has no area `Climate`
      --> feeds.toml:18:10
       |
    18 | areas = ["Climate"]
       |          ^^^^^^^^^
       |
       = help: did you mean `climate`?
    "#);
}

#[test]
fn an_address_is_whole_and_of_the_web() {
    let report = told(
        r#"
[[source]]
name = "One"
section = "IFLA"
url = "www.ifla.org/news/feed/"

[[source]]
name = "Two"
section = "IFLA"
url = "ftp://www.ifla.org/news/feed/"

[[source]]
name = "Three"
section = "IFLA"
url = "www.ifla.org:443/news/feed/"

[[source]]
name = "Four"
section = "IFLA"
url = "https://"
"#,
    );
    assert_snapshot!(report, @r#"
    error: `www.ifla.org/news/feed/` is no web address: relative URL without a base
      --> feeds.toml:11:7
       |
    11 | url = "www.ifla.org/news/feed/"
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write it whole, such as `https://example.org/feed`

    error: `ftp://www.ifla.org/news/feed/` is of the scheme `ftp`
      --> feeds.toml:16:7
       |
    16 | url = "ftp://www.ifla.org/news/feed/"
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: only `http` and `https` are read

    error: `www.ifla.org:443/news/feed/` is no web address
      --> feeds.toml:21:7
       |
    21 | url = "www.ifla.org:443/news/feed/"
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write it whole, such as `https://example.org/feed`

    error: `https://` is no web address: empty host
      --> feeds.toml:26:7
       |
    26 | url = "https://"
       |       ^^^^^^^^^^
       |
       = help: write it whole, such as `https://example.org/feed`
    "#);
}

#[test]
fn units_say_how_they_are_written() {
    let report = told(
        r#"
[fetch]
every = "hourly"
timeout = "0s"
max_size = "10 megabytes"
allow_private = ["10.0.0.0/33", "localhost"]

[mail]
rate = "20"

[[digest]]
id = "weekly"
title = "Weekly"
schedule = "0 7 * * MON"
review = "1 week"
"#,
    );
    assert_snapshot!(report, @r#"
    error: `hourly` is no duration
     --> feeds.toml:9:9
      |
    9 | every = "hourly"
      |         ^^^^^^^^
      |
      = help: write a number and `s`, `m`, `h` or `d`, such as `6h`

    error: `0s` is no duration
      --> feeds.toml:10:11
       |
    10 | timeout = "0s"
       |           ^^^^
       |
       = help: write a number and `s`, `m`, `h` or `d`, such as `6h`

    error: `10 megabytes` is no size from 1 KB to 1 GB
      --> feeds.toml:11:12
       |
    11 | max_size = "10 megabytes"
       |            ^^^^^^^^^^^^^^
       |
       = help: write a number and `KB` or `MB`, such as `10MB`

    error: `10.0.0.0/33` is no network
      --> feeds.toml:12:18
       |
    12 | allow_private = ["10.0.0.0/33", "localhost"]
       |                  ^^^^^^^^^^^^^
       |
       = help: write an address and the length of its prefix, such as `10.0.0.0/8`

    error: `localhost` is no network
      --> feeds.toml:12:33
       |
    12 | allow_private = ["10.0.0.0/33", "localhost"]
       |                                 ^^^^^^^^^^^
       |
       = help: write an address and the length of its prefix, such as `10.0.0.0/8`

    error: `1 week` is no duration
      --> feeds.toml:21:10
       |
    21 | review = "1 week"
       |          ^^^^^^^^
       |
       = help: write a number and `s`, `m`, `h` or `d`, such as `6h`

    error: `20` is no rate
      --> feeds.toml:15:8
       |
    15 | rate = "20"
       |        ^^^^
       |
       = help: write a number and `/s`, `/m` or `/h`, such as `20/s`
    "#);
}

#[test]
fn a_language_is_a_code() {
    let feeds = r#"[publication]
title = "Circular"
address = "Street 1, Town"
contact = "circular@example.org"
base_url = "https://circular.example.org"
language = "pt"

[[digest]]
id = "weekly"
title = "Weekly"
schedule = "0 7 * * MON"
language = "it"
languages = ["english", "fr"]

[[source]]
name = "IFLA news"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"
language = "eng"
"#;
    assert_snapshot!(Project::new(feeds).report(), @r#"
    error: circular does not speak `pt`
     --> feeds.toml:6:12
      |
    6 | language = "pt"
      |            ^^^^
      |
      = help: its own words are there in `ar`, `de`, `en`, `es`, `fr`, `ru` and `zh`

    error: circular does not speak `it`
      --> feeds.toml:12:12
       |
    12 | language = "it"
       |            ^^^^
       |
       = help: its own words are there in `ar`, `de`, `en`, `es`, `fr`, `ru` and `zh`

    error: `english` is no code of a language
      --> feeds.toml:13:14
       |
    13 | languages = ["english", "fr"]
       |              ^^^^^^^^^
       |
       = help: write two letters, such as `en`

    error: `eng` is no code of a language
      --> feeds.toml:19:12
       |
    19 | language = "eng"
       |            ^^^^^
       |
       = help: write two letters, such as `en`
    "#);
}

#[test]
fn a_time_zone_has_a_nearest_name() {
    let zone = |zone: &str| Project::new(format!("{PUBLICATION}timezone = \"{zone}\"\n")).report();
    assert_snapshot!(zone("Europe/Amsterdm"), @r#"
    error: `Europe/Amsterdm` is no time zone
     --> feeds.toml:6:12
      |
    6 | timezone = "Europe/Amsterdm"
      |            ^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `Europe/Amsterdam`?
    "#);
    assert_snapshot!(zone("our own"), @r#"
    error: `our own` is no time zone
     --> feeds.toml:6:12
      |
    6 | timezone = "our own"
      |            ^^^^^^^^^
      |
      = help: write a name of the time zone database, such as `Europe/Amsterdam`
    "#);
}

#[test]
fn a_mail_address_is_one_and_stands_once() {
    let feeds = r#"[publication]
title = "Circular"
address = "Street 1, Town"
contact = "circular at example.org"
base_url = "https://circular.example.org/?page=1"

[mail]
from = "Circular <circular@>"
reply_to = "a@example.org\r\nBcc: b@example.org"

[[digest]]
id = "weekly"
title = "Weekly"
schedule = "0 7 * * MON"
recipients = ["board@example.org", "Board@example.org", "everyone"]
"#;
    assert_snapshot!(Project::new(feeds).report(), @r#"
    error: `circular at example.org` is no mail address
     --> feeds.toml:4:11
      |
    4 | contact = "circular at example.org"
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write it as `board@example.org`

    error: `https://circular.example.org/?page=1` has a `?` or `#`
     --> feeds.toml:5:12
      |
    5 | base_url = "https://circular.example.org/?page=1"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: the pages of the archive stand below this address: leave off what follows the path

    warning: `Board@example.org` stands here twice
      --> feeds.toml:15:36
       |
    15 | recipients = ["board@example.org", "Board@example.org", "everyone"]
       |                                    ^^^^^^^^^^^^^^^^^^^

    error: `everyone` is no mail address
      --> feeds.toml:15:57
       |
    15 | recipients = ["board@example.org", "Board@example.org", "everyone"]
       |                                                         ^^^^^^^^^^
       |
       = help: write it as `board@example.org`

    error: `circular@` is no mail address
     --> feeds.toml:8:8
      |
    8 | from = "Circular <circular@>"
      |        ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write it as `board@example.org`

    error: `a@example.org␍
           Bcc: b@example.org` is no mail address
     --> feeds.toml:9:12
      |
    9 | reply_to = "a@example.org\r\nBcc: b@example.org"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write it as `board@example.org`
    "#);
}

#[test]
fn a_publication_says_who_and_where() {
    assert_snapshot!(Project::new("").report(), @r"
    error: there is no `[publication]`
    --> feeds.toml
     = help: add it with `title`, `contact` and `base_url`
    ");
    assert_snapshot!(Project::new("[publication]\n").report(), @r#"
    error: [publication] lacks `title`
     --> feeds.toml:1:1
      |
    1 | [publication]
      | ^^^^^^^^^^^^^
      |
      = help: add `title = "Library Policy Circular"`

    error: [publication] lacks `contact`
     --> feeds.toml:1:1
      |
    1 | [publication]
      | ^^^^^^^^^^^^^
      |
      = help: add `contact = "circular@example.org"`

    error: [publication] lacks `base_url`
     --> feeds.toml:1:1
      |
    1 | [publication]
      | ^^^^^^^^^^^^^
      |
      = help: add `base_url = "https://circular.example.org"`

    warning: [publication] lacks `address`, the publisher's postal address
     --> feeds.toml:1:1
      |
    1 | [publication]
      | ^^^^^^^^^^^^^
      |
      = help: mail law of many countries asks for it; it stands in the footer of every mail
    "#);
}

#[test]
fn a_mail_server_is_named_without_its_password() {
    let server = |server: &str| told(&format!("[mail]\nserver = \"{server}\"\n"));
    assert_snapshot!(server("smtp.example.org"), @r#"
    error: `smtp.example.org` is no mail server
     --> feeds.toml:8:10
      |
    8 | server = "smtp.example.org"
      |          ^^^^^^^^^^^^^^^^^^
      |
      = help: write `smtps://user@host`, `smtp://user@host` (STARTTLS) or `smtp+plaintext://127.0.0.1`
    "#);
    assert_snapshot!(server("smtp+plaintext://smtp.example.org"), @r#"
    error: `smtp+plaintext` is for this machine only, and `smtp.example.org` is another
     --> feeds.toml:8:10
      |
    8 | server = "smtp+plaintext://smtp.example.org"
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: use `smtp` or `smtps`
    "#);
    assert_snapshot!(server("smtps://smtp.example.org/inbox"), @r#"
    error: `smtps://smtp.example.org/inbox` says more than a server
     --> feeds.toml:8:10
      |
    8 | server = "smtps://smtp.example.org/inbox"
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `smtps://user@host`, `smtp://user@host` (STARTTLS) or `smtp+plaintext://127.0.0.1`
    "#);
    assert_snapshot!(server("smtps://user@smtp.example.org"), @r#"
    error: there is no password for `user`
     --> feeds.toml:8:10
      |
    8 | server = "smtps://user@smtp.example.org"
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name the file that holds it as `password_file`, or set CIRCULAR_SMTP_PASSWORD
    "#);
    assert_snapshot!(server("pop://user@smtp.example.org"), @r#"
    error: there is no password for `user`
     --> feeds.toml:8:10
      |
    8 | server = "pop://user@smtp.example.org"
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name the file that holds it as `password_file`, or set CIRCULAR_SMTP_PASSWORD
    "#);
    assert!(
        !server("smtps://user:open-sesame@smtp.example.org")
            .lines()
            .next()
            .unwrap()
            .contains("open-sesame")
    );
}

#[test]
fn a_secret_is_in_a_file_that_can_be_read() {
    let report = told(
        r#"
[mail]
server = "smtps://user@smtp.example.org"
password_file = "secrets/smtp"
dkim = { domain = "example.org", selector = "circular" }
"#,
    );
    assert_snapshot!(report, @r#"
    error: `secrets/smtp` cannot be read: No such file or directory (os error 2)
      --> feeds.toml:10:17
       |
    10 | password_file = "secrets/smtp"
       |                 ^^^^^^^^^^^^^^
       |
       = help: paths are relative to the folder of feeds.toml

    error: `dkim` lacks `key_file`
      --> feeds.toml:11:8
       |
    11 | dkim = { domain = "example.org", selector = "circular" }
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: add `key_file = "secrets/dkim.pem"`
    "#);
}

#[test]
fn a_page_has_rules_that_are_selectors() {
    let report = told(
        r#"
[[source]]
name = "UNESCO calls"
section = "UNESCO"
url = "https://www.unesco.org/en/calls"
page = { title = "h3", link = "a[", date = "time@datetime", sumary = "p", pages = 100 }
"#,
    );
    assert_snapshot!(report, @r#"
    error: `page` lacks `item`
      --> feeds.toml:12:8
       |
    12 | page = { title = "h3", link = "a[", date = "time@datetime", sumary = "p", pages = 100 }
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: add `item = "article"`

    error: `a[` is no selector
      --> feeds.toml:12:31
       |
    12 | page = { title = "h3", link = "a[", date = "time@datetime", sumary = "p", pages = 100 }
       |                               ^^^^
       |
       = help: a CSS selector, with `@attribute` at its end to take an attribute

    error: `pages` takes a whole number from 1 to 20
      --> feeds.toml:12:83
       |
    12 | page = { title = "h3", link = "a[", date = "time@datetime", sumary = "p", pages = 100 }
       |                                                                                   ^^^

    error: `page` has no key `sumary`
      --> feeds.toml:12:61
       |
    12 | page = { title = "h3", link = "a[", date = "time@datetime", sumary = "p", pages = 100 }
       |                                                             ^^^^^^
       |
       = help: did you mean `summary`?
    "#);
}

#[test]
fn a_database_is_one_of_two() {
    let report = told(
        r#"
[paths]
database = "mysql://user:open-sesame@localhost/circular"
"#,
    );
    assert_snapshot!(report, @r#"
    error: this names no database that circular can use
     --> feeds.toml:9:12
      |
    9 | database = "mysql://user:open-sesame@localhost/circular"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`
    "#);
}

#[test]
fn what_is_not_toml_is_shown() {
    let report = told(
        r#"
[[source]]
name = "IFLA news
section = IFLA
url = "https://www.ifla.org/news/feed/"
"#,
    );
    assert_snapshot!(report, @r#"
    error: invalid basic string, expected `"`
     --> feeds.toml:9:18
      |
    9 | name = "IFLA news
      |                  ^

    error: invalid float, expected `inf`
      --> feeds.toml:10:11
       |
    10 | section = IFLA
       |           ^^^^

    error: `section` takes a text in quotes, not a number
      --> feeds.toml:10:11
       |
    10 | section = IFLA
       |           ^^^^
       |
       = help: write `section = "IFLA"`
    "#);
    assert_snapshot!(told("[fetch\nevery = \"1h\"\n"), @r#"
    error: unclosed table, expected `]`
     --> feeds.toml:7:7
      |
    7 | [fetch
      |       ^

    error: the file has no key `every`
     --> feeds.toml:8:1
      |
    8 | every = "1h"
      | ^^^^^
      |
      = help: it takes `digest`, `fetch`, `include`, `mail`, `paths`, `publication` and `source`
    "#);
    assert_snapshot!(told("[fetch]\nevery = \"1h\"\nevery = \"2h\"\n"), @r#"
    error: duplicate key
     --> feeds.toml:9:1
      |
    9 | every = "2h"
      | ^^^^^
    "#);
}

#[test]
fn several_mistakes_of_several_files_come_at_once() {
    let project = Project::new(format!(
        r#"include = ["sections/africa.toml"]

{PUBLICATION}timezone = "Mars"

[[digest]]
title = "Weekly"
schedule = "0 25 * * MON"

[[source]]
id = "ifla"
name = "IFLA news"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"
prio = 10
"#
    ))
    .with(
        "sections/africa.toml",
        r#"[fetch]
every = "1h"

[[source]]
id = "ifla"
name = "IFLA in Africa"
url = "http:/"
areas = ["open-acess"]
"#,
    );
    assert_snapshot!(project.report(), @r#"
    error: `Mars` is no time zone
     --> feeds.toml:8:12
      |
    8 | timezone = "Mars"
      |            ^^^^^^
      |
      = help: write a name of the time zone database, such as `Europe/Amsterdam`

    error: [[digest]] lacks `id`
      --> feeds.toml:10:1
       |
    10 | [[digest]]
       | ^^^^^^^^^^
       |
       = help: add `id = "weekly"`

    error: `25` is no hour; it takes 0 to 23, lists, ranges and steps
      --> feeds.toml:12:12
       |
    12 | schedule = "0 25 * * MON"
       |            ^^^^^^^^^^^^^^
       |
       = help: minute, hour, day of the month, month, weekday: `0 7 * * MON` is Monday at seven

    error: [[source]] has no key `prio`
      --> feeds.toml:19:1
       |
    19 | prio = 10
       | ^^^^
       |
       = help: it takes `areas`, `coordinator`, `every`, `id`, `language`, `name`, `page`, `paused`, `priority`, `section` and `url`

    error: an included file holds `[[source]]` only
     --> sections/africa.toml:1:2
      |
    1 | [fetch]
      |  ^^^^^
      |
      = help: move `fetch` to feeds.toml

    error: [[source]] lacks `section`
     --> sections/africa.toml:4:1
      |
    4 | [[source]]
      | ^^^^^^^^^^
      |
      = help: add `section = "United Nations"`

    error: `http:/` is no web address: empty host
     --> sections/africa.toml:7:7
      |
    7 | url = "http:/"
      |       ^^^^^^^^
      |
      = help: write it whole, such as `https://example.org/feed`

    error: there is a source `ifla` already, in `feeds.toml` on line 15
     --> sections/africa.toml:5:6
      |
    5 | id = "ifla"
      |      ^^^^^^
      |
      = help: give one of them an `id` of its own

    error: areas.toml has no area `open-acess`
     --> sections/africa.toml:8:10
      |
    8 | areas = ["open-acess"]
      |          ^^^^^^^^^^^^
      |
      = help: did you mean `open-access`?
    "#);
    assert!(project.load().settings.is_none());
}

#[test]
fn a_warning_forbids_nothing() {
    let project = Project::new(PUBLICATION.replace("address = \"Street 1, Town\"\n", ""));
    assert_snapshot!(project.report(), @r"
    warning: [publication] lacks `address`, the publisher's postal address
     --> feeds.toml:1:1
      |
    1 | [publication]
      | ^^^^^^^^^^^^^
      |
      = help: mail law of many countries asks for it; it stands in the footer of every mail
    ");
    assert!(project.load().settings.is_some());
}
