//! The publication, its mail and what is secret.

use super::harness::{PUBLICATION, Project, told};
use insta::assert_snapshot;

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

    error: `circular@` is no mail address
     --> feeds.toml:8:8
      |
    8 | from = "Circular <circular@>"
      |        ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write it as `board@example.org`

    error: `a@example.org\r\nBcc: b@example.org` is no mail address
     --> feeds.toml:9:12
      |
    9 | reply_to = "a@example.org\r\nBcc: b@example.org"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write it as `board@example.org`

    warning: `Board@example.org` stands here twice
      --> feeds.toml:15:36
       |
    15 | recipients = ["board@example.org", "Board@example.org", "everyone"]
       |                                    ^^^^^^^^^^^^^^^^^^^
       |
       = help: once is enough

    error: `everyone` is no mail address
      --> feeds.toml:15:57
       |
    15 | recipients = ["board@example.org", "Board@example.org", "everyone"]
       |                                                         ^^^^^^^^^^
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
    error: `pop://user@smtp.example.org` is no mail server
     --> feeds.toml:8:10
      |
    8 | server = "pop://user@smtp.example.org"
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `smtps://user@host`, `smtp://user@host` (STARTTLS) or `smtp+plaintext://127.0.0.1`
    "#);
    let secret = server("smtps://user:open-sesame@smtp.example.org");
    assert_snapshot!(secret, @r"
    error: line 8: a password does not stand in feeds.toml
    --> feeds.toml
     = help: put it into a file and name that as `password_file`, or into CIRCULAR_SMTP_PASSWORD
    ");
    for wrong in [
        "user:open-sesame@smtp.example.org",
        "pop://user:open-sesame@/",
        "smtp:user:open-sesame@host",
    ] {
        assert_eq!(server(wrong), secret);
    }
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
    error: `secrets/smtp` does not exist
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
fn an_authority_is_a_certificate() {
    let feeds = || format!("{PUBLICATION}\n[mail]\nca_file = \"ca.pem\"\n");
    let key = Project::new(feeds()).with("ca.pem", "-----BEGIN PRIVATE KEY-----\n");
    assert_snapshot!(key.report(), @r#"
    error: `ca.pem` holds no certificate in PEM
     --> feeds.toml:8:11
      |
    8 | ca_file = "ca.pem"
      |           ^^^^^^^^
      |
      = help: it begins with `-----BEGIN CERTIFICATE-----`; a key does not belong here
    "#);
    let pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
    let project = Project::new(feeds()).with("ca.pem", pem);
    assert_eq!(project.settings().mail.ca.as_deref(), Some(pem));
}

#[test]
fn a_key_signs_for_the_sender_and_is_one() {
    let report = told(
        r#"
[mail]
from = "circular@news.example.org"
in_doubt = "perhaps"
domain_rate = "5"
dkim = [
    { domain = "example.com", selector = "one", key_file = "feeds.toml" },
    { domain = "example.org", selector = "two", key_file = "secrets/two.pem" },
]
"#,
    );
    assert_snapshot!(report, @r#"
    error: `perhaps` is no way to deal with a mail in doubt
      --> feeds.toml:10:12
       |
    10 | in_doubt = "perhaps"
       |            ^^^^^^^^^
       |
       = help: write `repeat` (once more, under the same Message-ID) or `ask` (it waits for you)

    error: `5` is no rate
      --> feeds.toml:11:15
       |
    11 | domain_rate = "5"
       |               ^^^
       |
       = help: write a number and `/s`, `/m` or `/h`, such as `20/s`

    warning: `example.com` signs for `news.example.org`, which is another domain
      --> feeds.toml:13:16
       |
    13 |     { domain = "example.com", selector = "one", key_file = "feeds.toml" },
       |                ^^^^^^^^^^^^^
       |
       = help: receivers count a signature of the domain of `from`, or of one above or below it (DMARC)

    error: `feeds.toml` holds neither PEM of an RSA or Ed25519 key nor 32 bytes in base64
      --> feeds.toml:13:60
       |
    13 |     { domain = "example.com", selector = "one", key_file = "feeds.toml" },
       |                                                            ^^^^^^^^^^^^
       |
       = help: `circular dkim` makes one, and prints the record for your DNS

    error: `secrets/two.pem` does not exist
      --> feeds.toml:14:60
       |
    14 |     { domain = "example.org", selector = "two", key_file = "secrets/two.pem" },
       |                                                            ^^^^^^^^^^^^^^^^^
       |
       = help: `circular dkim` makes one, and prints the record for your DNS
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
    assert_snapshot!(report, @r"
    error: line 9: `database` names none that circular can use
    --> feeds.toml
     = help: a database is `sqlite:FILE` or `postgres://USER@HOST/NAME`
    ");
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
