//! Keys and types: what stands where something else should.

use super::harness::told;
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
    error: [fetch] has no key `evry`
     --> feeds.toml:9:1
      |
    9 | evry = "1h"
      | ^^^^
      |
      = help: did you mean `every`?

    error: [fetch] has no key `colour`
      --> feeds.toml:10:1
       |
    10 | colour = "blue"
       | ^^^^^^
       |
       = help: it takes `allow_private`, `concurrency`, `every`, `max_size`, `per_host` and `timeout`

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
priority = "first"
page = "article"

[mail]
dkim = true
"#,
    );
    assert_snapshot!(report, @r#"
    error: `concurrency` takes a whole number, not a text
     --> feeds.toml:9:15
      |
    9 | concurrency = "32"
      |               ^^^^
      |
      = help: write `concurrency = 32`

    error: `every` takes a text in quotes, not a number
      --> feeds.toml:10:9
       |
    10 | every = 60
       |         ^^
       |
       = help: write a number and `s`, `m`, `h` or `d`, such as `6h`

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

    error: `areas` lists texts, and this is none
      --> feeds.toml:17:17
       |
    17 | areas = ["sdg", 2]
       |                 ^
       |
       = help: put each in quotes, with commas between

    error: `max_items` cannot be `5000`
      --> feeds.toml:18:13
       |
    18 | max_items = 5000
       |             ^^^^
       |
       = help: it takes a whole number from 1 to 500

    error: `paused` takes true or false, not a text
      --> feeds.toml:24:10
       |
    24 | paused = "yes"
       |          ^^^^^
       |
       = help: write `paused = true`

    error: `priority` takes a whole number, not a text
      --> feeds.toml:25:12
       |
    25 | priority = "first"
       |            ^^^^^^^
       |
       = help: write `priority = 1`

    error: `page` takes a table, not a text
      --> feeds.toml:26:8
       |
    26 | page = "article"
       |        ^^^^^^^^^
       |
       = help: write `page = { … }`

    error: `dkim` takes a table, not true or false
      --> feeds.toml:29:8
       |
    29 | dkim = true
       |        ^^^^
       |
       = help: write `dkim = { … }`
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
    error: `digest` is not written as [[digest]]
     --> feeds.toml:8:1
      |
    8 | [digest]
      | ^^^^^^^^
      |
      = help: write [[digest]], with two brackets, once for each
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

    error: [[digest]] lacks `schedule`
     --> feeds.toml:8:1
      |
    8 | [[digest]]
      | ^^^^^^^^^^
      |
      = help: add `schedule = "0 7 * * MON"`

    error: `title` is empty
     --> feeds.toml:9:9
      |
    9 | title = " "
      |         ^^^
      |
      = help: write `title = "Library policy this week"`
    "#);
}
