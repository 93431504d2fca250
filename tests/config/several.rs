//! Mistakes of TOML, of a page, and several at once.

use super::harness::{PUBLICATION, Project, told};
use insta::assert_snapshot;

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

    error: `page` has no key `sumary`
      --> feeds.toml:12:61
       |
    12 | page = { title = "h3", link = "a[", date = "time@datetime", sumary = "p", pages = 100 }
       |                                                             ^^^^^^
       |
       = help: did you mean `summary`?

    error: `pages` cannot be `100`
      --> feeds.toml:12:83
       |
    12 | page = { title = "h3", link = "a[", date = "time@datetime", sumary = "p", pages = 100 }
       |                                                                                   ^^^
       |
       = help: it takes a whole number from 1 to 20
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
      |
      = help: a text ends with the quote that it begins with, on the same line

    error: `IFLA` is no value
      --> feeds.toml:10:11
       |
    10 | section = IFLA
       |           ^^^^
       |
       = help: a text stands in quotes: `"IFLA"`
    "#);
    assert_snapshot!(told("[fetch\nevery = \"1h\"\n"), @r"
    error: unclosed table, expected `]`
     --> feeds.toml:7:7
      |
    7 | [fetch
      |       ^
      |
      = help: the head of a table is a name in brackets, such as `[fetch]` or `[[source]]`
    ");
    assert_snapshot!(told("[fetch]\nevery = \"1h\"\nevery = \"2h\"\n"), @r#"
    error: duplicate key
     --> feeds.toml:9:1
      |
    9 | every = "2h"
      | ^^^^^
      |
      = help: a key stands once in its table; take one of the two out
    "#);
}

#[test]
fn quotes_are_straight() {
    assert_snapshot!(told("[mail]\nfrom = “board@example.org”\n"), @r#"
    error: `“board@example.org”` is no value
     --> feeds.toml:8:8
      |
    8 | from = “board@example.org”
      |        ^^^^^^^^^^^^^^^^^^^
      |
      = help: a text stands in straight quotes: `"board@example.org"`
    "#);
    assert_snapshot!(told("[mail]\nfrom = \"\"\"board\n"), @r#"
    error: `board` is no mail address
     --> feeds.toml:8:8
      |
    8 | from = """board
      |        ^^^^^^^^
      |
      = help: write it as `board@example.org`

    error: invalid multi-line basic string, expected `"`
     --> feeds.toml:9:1
      |
    9 |
      | ^
      |
      = help: a text of several lines ends with the three quotes that it begins with
    "#);
}

#[test]
fn a_line_that_is_not_toml_hides_no_other_mistake_and_makes_none_up() {
    let report = told(
        r#"
[fetch]
every = 1 hour
timeout = "soon"

[[digest]]
id "weekly"
title = "Weekly"
schedule = "0 7 * MON"
"#,
    );
    assert_snapshot!(report, @r#"
    error: `1 hour` is no value
     --> feeds.toml:9:9
      |
    9 | every = 1 hour
      |         ^^^^^^
      |
      = help: a text stands in quotes: `"1 hour"`

    error: `soon` is no duration
      --> feeds.toml:10:11
       |
    10 | timeout = "soon"
       |           ^^^^^^
       |
       = help: write a number and `s`, `m`, `h` or `d`, such as `6h`

    error: key with no value, expected `=`
      --> feeds.toml:13:4
       |
    13 | id "weekly"
       |    ^
       |
       = help: a line reads `key = "value"`; a comment begins with `#`

    error: a schedule has five fields (minute, hour, day of the month, month, weekday), not 4 fields
      --> feeds.toml:15:12
       |
    15 | schedule = "0 7 * MON"
       |            ^^^^^^^^^^^
       |
       = help: minute, hour, day of the month, month, weekday: `0 7 * * MON` is Monday at seven
    "#);
    let report = told(
        r#"
[fetch]
every = "1h"
every = "2h"
evry = "3h"
"#,
    );
    assert_snapshot!(report, @r#"
    error: duplicate key
      --> feeds.toml:10:1
       |
    10 | every = "2h"
       | ^^^^^
       |
       = help: a key stands once in its table; take one of the two out

    error: [fetch] has no key `evry`
      --> feeds.toml:11:1
       |
    11 | evry = "3h"
       | ^^^^
       |
       = help: did you mean `every`?
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
       = help: did you mean `priority`?

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

    error: there is a source `ifla` already, in `feeds.toml` on line 15
     --> sections/africa.toml:5:6
      |
    5 | id = "ifla"
      |      ^^^^^^
      |
      = help: give one of them an `id` of its own

    error: `http:/` is no web address: empty host
     --> sections/africa.toml:7:7
      |
    7 | url = "http:/"
      |       ^^^^^^^^
      |
      = help: write it whole, such as `https://example.org/feed`

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
