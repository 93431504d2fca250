//! Values: schedules, areas, addresses, units, languages and time zones.

use super::harness::{PUBLICATION, Project, told};
use insta::assert_snapshot;

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

    error: `20` is no rate
      --> feeds.toml:15:8
       |
    15 | rate = "20"
       |        ^^^^
       |
       = help: write a number and `/s`, `/m` or `/h`, such as `20/s`

    error: `1 week` is no duration
      --> feeds.toml:21:10
       |
    21 | review = "1 week"
       |          ^^^^^^^^
       |
       = help: write a number and `s`, `m`, `h` or `d`, such as `6h`
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
