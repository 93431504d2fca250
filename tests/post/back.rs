//! What comes back: reports, complaints, words to unsubscribe, and letters that are none of these.

use std::{fs, io::Write, process::Stdio};

use crate::{
    house::{House, Said},
    server::Script,
};

const MONDAY: &str = "2026-11-16T08:00:00Z";

/// A round that went out: the house, and each reader's envelope sender and message.
async fn sent() -> (House, Script) {
    let script = Script::new(|_, _| None);
    // One connection, so that the lines of two mails do not mix.
    let mail = script.mail("connections = 1\nbounces = \"bounces@example.org\"");
    let house = House::new(&["nations-en.xml"], &mail).await;
    house.run(MONDAY, &["run"]).await;
    assert_eq!(script.seen().taken.len(), 2);
    (house, script)
}

/// The envelope sender of the mail to a reader.
fn sender(script: &Script, reader: &str) -> String {
    let lines = script.seen().lines;
    let at = lines
        .iter()
        .position(|line| line.starts_with(&format!("RCPT TO:<{reader}>")))
        .unwrap();
    let line = &lines[at - 1];
    let from = line.strip_prefix("MAIL FROM:<").unwrap();
    from.split_once('>').unwrap().0.to_owned()
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let (_, rest) = message.split_once(&format!("\r\n{name}: ")).unwrap();
    let end = rest
        .match_indices("\r\n")
        .find(|(at, _)| !rest[at + 2..].starts_with(' '))
        .unwrap()
        .0;
    &rest[..end]
}

async fn bounce(house: &House, letter: &str, arguments: &[&str]) -> Said {
    let (folder, letter) = (house.path(""), letter.to_owned());
    let arguments: Vec<String> = ["--now", MONDAY, "bounce"]
        .iter()
        .chain(arguments)
        .map(ToString::to_string)
        .collect();
    let output = tokio::task::spawn_blocking(move || {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("circular"))
            .current_dir(folder)
            .env_remove("RECIPIENT")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that ends early closes the pipe, which is no harm.
        let _ = stdin.write_all(letter.as_bytes());
        drop(stdin);
        child.wait_with_output().unwrap()
    })
    .await
    .unwrap();
    Said {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

fn report(to: &str, status: &str, diagnostic: &str, original: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: {to}\r\nSubject: Undelivered\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\r\n\r\n\
         --x\r\nContent-Type: text/plain\r\n\r\nIt was not delivered to two@example.org.\r\n\
         --x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n\
         Final-Recipient: rfc822; two@example.org\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp;\r\n {diagnostic}\r\n\r\n\
         --x\r\nContent-Type: text/rfc822-headers\r\n\r\n{original}\r\n--x--\r\n"
    )
}

async fn state(house: &House, reader: &str) -> String {
    let list = house.run(MONDAY, &["subscribers", "list", "--json"]).await;
    let found = list
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|row| row["address"] == reader)
        .unwrap();
    found["state"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_trusted_by_its_token_and_not_by_its_text() {
    let (house, script) = sent().await;
    let one = sender(&script, "one@example.org");
    assert!(one.starts_with("bounces+b") && one.ends_with("@example.org"));
    // The report speaks of two@; the address it came to is that of one@.
    let letter = report(&one, "5.1.1", "550 5.1.1 no such user", "");
    let said = bounce(&house, &letter, &[]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("is bounced from now on"), "{}", said.out);
    assert!(!said.out.contains('@'), "no address in what is logged");
    assert_eq!(state(&house, "one@example.org").await, "bounced");
    assert_eq!(state(&house, "two@example.org").await, "active");
    let again = bounce(&house, &letter, &[]).await;
    assert_eq!(again.code, 0, "a letter that comes twice is one");
    let rows = house.run(MONDAY, &["deliveries", "list"]).await.out;
    assert!(
        rows.contains("refused") && rows.contains("it came back: 5.1.1"),
        "{rows}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_tokens_and_junk_change_nothing_and_bounce_nothing() {
    let (house, script) = sent().await;
    let one = sender(&script, "one@example.org");
    let mut forged = one.clone();
    let at = one.find('@').unwrap() - 1;
    let other = if one[at..].starts_with('0') { "1" } else { "0" };
    forged.replace_range(at..=at, other);
    let junk = "\u{0}\u{1}\u{ff}".repeat(5000);
    let letters = [
        report(&forged, "5.1.1", "550 5.1.1 no such user", ""),
        report("bounces@example.org", "5.1.1", "550 5.1.1 no such user", ""),
        report(&one, "5.1.1", "550 5.1.1", "").replace("failed", "delayed"),
        report(&one, "5.7.1", "550 5.7.1 blocked for spam", ""),
        String::new(),
        "\r\n\r\n".to_owned(),
        "no header at all".to_owned(),
        junk,
        format!(
            "From: a@example.net\r\nTo: {one}\r\nSubject: On holiday\r\nAuto-Submitted: auto-replied\r\n\r\nunsubscribe\r\n"
        ),
        format!("From: a@example.net\r\nTo: {one}\r\nSubject: unsubscribe\r\n\r\nunsubscribe\r\n"),
        format!(
            "{}--x\r\n",
            report(&one, "5.1.1", "550", "")
                .split("Action")
                .next()
                .unwrap()
        ),
    ];
    for letter in letters {
        let said = bounce(&house, &letter, &[]).await;
        assert_eq!(said.code, 0, "{letter:.200}\n{}", said.err);
        assert_eq!(said.err.trim_end().lines().count(), 1, "{}", said.err);
        assert_eq!(
            state(&house, "one@example.org").await,
            "active",
            "{letter:.900}"
        );
    }
    assert_eq!(script.seen().taken.len(), 2, "nothing is ever answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_has_the_mail_server_come_again() {
    let (house, script) = sent().await;
    let letter = report(&sender(&script, "one@example.org"), "5.1.1", "550", "");
    fs::remove_dir_all(house.path("data")).unwrap();
    fs::write(house.path("data"), "no folder").unwrap();
    let said = bounce(&house, &letter, &[]).await;
    assert_eq!(said.code, 75, "{}", said.err);
    assert!(!said.err.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_ends_it_by_the_headers_that_it_quotes() {
    let (house, script) = sent().await;
    let message = &script
        .seen()
        .taken
        .iter()
        .find(|(to, _)| to == "two@example.org")
        .unwrap()
        .1
        .clone();
    let head = message.split_once("\r\n\r\n").unwrap().0;
    let complaint = format!(
        "From: fbl@example.net\r\nTo: abuse@example.org\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"x\"\r\n\r\n\
         --x\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n\
         --x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: F/1\r\nVersion: 1\r\n\r\n\
         --x\r\nContent-Type: message/rfc822\r\n\r\n{head}\r\n\r\n(removed)\r\n--x--\r\n"
    );
    let harmless = complaint.replace("Feedback-Type: abuse", "Feedback-Type: not-spam");
    bounce(&house, &harmless, &[]).await;
    assert_eq!(state(&house, "two@example.org").await, "active");
    let said = bounce(&house, &complaint, &[]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(state(&house, "two@example.org").await, "complained");
    assert_eq!(state(&house, "one@example.org").await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_way_out_works() {
    let (house, script) = sent().await;
    let message = script.seen().taken[0].clone();
    let ways = header(&message.1, "List-Unsubscribe").replace("\r\n ", " ");
    let (_, way) = ways.split_once("<mailto:").unwrap();
    let (address, subject) = way.trim_end_matches('>').split_once("?subject=").unwrap();
    let letter = format!(
        "From: somebody@example.net\r\nTo: {address}\r\nSubject: {}\r\n\r\n\r\n",
        subject.replace("%20", " ")
    );
    let said = bounce(&house, &letter, &[]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains("is unsubscribed from now on"),
        "{}",
        said.out
    );
    assert_eq!(departed(&house, &message.0).await, 1);
    // The address may be known to the mail server alone.
    let other = script.seen().taken[1].clone();
    let ways = header(&other.1, "List-Unsubscribe").replace("\r\n ", " ");
    let address = ways.split_once("<mailto:").unwrap().1;
    let address = address.split_once('?').unwrap().0;
    let bare = "From: a@example.net\r\nTo: undisclosed:;\r\nSubject: x\r\n\r\n\r\n";
    bounce(&house, bare, &["--to", address]).await;
    assert_eq!(departed(&house, &other.0).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_way_out_of_one_digest_keeps_the_other() {
    let script = Script::new(|_, _| None);
    let mail = script.mail("connections = 1\nbounces = \"bounces@example.org\"");
    let second = "[[digest]]\nid = \"rights\"\ntitle = \"Rights\"\nschedule = \"0 7 1 1 *\"\n\
                  areas = [\"copyright\"]\nrecipients = [\"one@example.org\"]\n";
    let house = House::new(&["nations-en.xml"], &format!("{second}{mail}")).await;
    house.run(MONDAY, &["run"]).await;
    let taken = script.seen().taken;
    let (_, message) = taken
        .iter()
        .find(|(to, message)| to == "one@example.org" && message.contains("This week"))
        .unwrap();
    let ways = header(message, "List-Unsubscribe").replace("\r\n ", " ");
    assert!(header(message, "List-Id").contains("<weekly.circular.example.org>"));
    assert!(ways.contains("/weekly>"), "{ways}");
    let address = ways.split_once("<mailto:").unwrap().1;
    let address = address.split_once('?').unwrap().0;
    let letter = format!("From: a@example.net\r\nTo: {address}\r\nSubject: x\r\n\r\n\r\n");
    let said = bounce(&house, &letter, &[]).await;
    assert!(
        said.out.contains("gets no `weekly` from now on"),
        "{}",
        said.out
    );
    assert!(!said.out.contains('@'), "no address in what is logged");
    assert_eq!(state(&house, "one@example.org").await, "active");
    // The reader of a digest alone is gone with it.
    let two = taken
        .iter()
        .find(|(to, _)| to == "two@example.org")
        .unwrap();
    let ways = header(&two.1, "List-Unsubscribe").replace("\r\n ", " ");
    let address = ways.split_once("<mailto:").unwrap().1;
    let address = address.split_once('?').unwrap().0;
    let bare = "From: a@example.net\r\nTo: undisclosed:;\r\nSubject: x\r\n\r\n\r\n";
    let said = bounce(&house, bare, &["--to", address]).await;
    assert!(
        said.out.contains("is unsubscribed from now on"),
        "{}",
        said.out
    );
    assert_eq!(departed(&house, "two@example.org").await, 1);
}

/// How many readers have left; the address of who left is kept nowhere.
async fn departed(house: &House, address: &str) -> usize {
    let list = house.run(MONDAY, &["subscribers", "list", "--json"]).await;
    assert!(!list.out.contains(address), "{}", list.out);
    let states = list.out.matches("\"state\":\"unsubscribed\"");
    states.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mailbox_counts_once_however_often_it_is_told() {
    let (house, script) = sent().await;
    let one = sender(&script, "one@example.org");
    for _ in 0..5 {
        let letter = report(&one, "5.2.2", "552 5.2.2 mailbox full", "");
        let said = bounce(&house, &letter, &[]).await;
        assert!(said.out.contains("counted for reader"), "{}", said.out);
    }
    assert_eq!(state(&house, "one@example.org").await, "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildir_is_read_once() {
    let (house, script) = sent().await;
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(house.path("Maildir").join(folder)).unwrap();
    }
    let one = sender(&script, "one@example.org");
    let good = report(&one, "5.1.1", "550 5.1.1 no such user", "");
    fs::write(house.path("Maildir/new/1.host"), good).unwrap();
    fs::write(house.path("Maildir/new/2.host"), "junk").unwrap();
    fs::write(house.path("Maildir/cur/3.host:2,S"), "seen long ago").unwrap();
    let said = house.run(MONDAY, &["bounce", "--maildir", "Maildir"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("2 letters read"), "{}", said.err);
    assert_eq!(state(&house, "one@example.org").await, "bounced");
    assert_eq!(house.files("Maildir/new"), Vec::<String>::new());
    assert_eq!(
        house.files("Maildir/cur"),
        ["1.host:2,S", "2.host:2,S", "3.host:2,S"]
    );
    let said = house.run(MONDAY, &["bounce", "--maildir", "Maildir"]).await;
    assert!(said.err.contains("0 letters read"), "{}", said.err);
}
