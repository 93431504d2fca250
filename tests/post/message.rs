//! The message: its headers, what hostile values do to them, and its signatures.

use std::fs;

use chrono::{TimeZone, Utc};
use circular::{
    deliver::{KeyKind, Letter, List, Message, Recipient, Template, make_key, read_key},
    model::{Dkim, Language, TOKEN_PLACEHOLDER},
};

use crate::{house::House, server::Script};

const MONDAY: &str = "2026-11-16T08:00:00Z";
const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz234567";

fn list() -> List {
    List {
        id: "weekly.circular.example.org".to_owned(),
        title: "This week".to_owned(),
        archive: "https://circular.example.org/weekly/".to_owned(),
        help: "mailto:circular@example.org?subject=help".to_owned(),
        unsubscribe: Some(format!(
            "https://circular.example.org/unsubscribe/{TOKEN_PLACEHOLDER}"
        )),
        feedback: "weekly-1:weekly:circular:circular.example.org".to_owned(),
    }
}

fn message(name: Option<&str>, from_name: &str, subject: &str, dkim: &[Dkim]) -> Message {
    let html = format!(
        "<p>Grüße  und   mehr</p>\n<a href=\"https://e.example/{TOKEN_PLACEHOLDER}\">out</a>\n.\n"
    );
    let text =
        format!("Grüße  und   mehr  \n\n.dot\n\nhttps://e.example/{TOKEN_PLACEHOLDER}\n\n\n");
    let letter = Letter {
        from_name,
        from_address: "circular@example.org",
        reply_to: Some("editor@example.org"),
        subject,
        html: &html,
        text: &text,
        date: Utc.with_ymd_and_hms(2026, 11, 16, 8, 0, 0).unwrap(),
        language: Language::De,
        list: list(),
        name: "weekly-1",
    };
    let template = Template::new(&letter, dkim).unwrap();
    template
        .message(&Recipient {
            address: "reader@bücher.example",
            name,
            token: TOKEN,
            message_id: "weekly-1.abc@example.org",
            envelope_from: "bounces+b1@example.org",
            unsubscribe_mail: Some("mailto:bounces+u1@example.org?subject=unsubscribe%20weekly"),
        })
        .unwrap()
}

fn headers(message: &Message) -> String {
    let text = String::from_utf8(message.bytes.clone()).unwrap();
    text.split_once("\r\n\r\n").unwrap().0.to_owned()
}

#[test]
fn all_headers_are_there_once_and_in_shape() {
    let message = message(Some("Ada Reader"), "Circular", "News", &[]);
    assert_eq!(
        headers(&message).replace("\r\n", "\n"),
        "\
From: Circular <circular@example.org>
Reply-To: editor@example.org
Subject: News
Date: Mon, 16 Nov 2026 08:00:00 +0000
List-Id: \"This week\" <weekly.circular.example.org>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
List-Archive: <https://circular.example.org/weekly/>
List-Help: <mailto:circular@example.org?subject=help>
Feedback-ID: weekly-1:weekly:circular:circular.example.org
Auto-Submitted: auto-generated
Precedence: bulk
Content-Language: de
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=\"=_weekly_1_1794816000\"
To: \"Ada Reader\" <reader@xn--bcher-kva.example>
Message-ID: <weekly-1.abc@example.org>
List-Unsubscribe: <https://circular.example.org/unsubscribe/abcdefghijklmnopqrstuvwxyz234567>,
 <mailto:bounces+u1@example.org?subject=unsubscribe%20weekly>"
    );
    assert_eq!(message.to, "reader@xn--bcher-kva.example");
}

#[test]
fn hostile_values_stay_in_their_header() {
    let hostile = [
        "Ada\r\nBcc: all@example.org",
        "Ada\r\n\r\n<script>",
        "\u{202e}adA\u{2066}",
        "=?utf-8?q?=0D=0ABcc:_all@example.org?=",
        "\"<evil@example.org>\" ,, ;",
        &"x".repeat(2000),
        &"ж ".repeat(2000),
        "\u{0}\u{1b}[2J\u{85}\u{2028}",
    ];
    for text in hostile {
        let message = message(Some(text), text, text, &[]);
        let bytes = String::from_utf8(message.bytes.clone()).unwrap();
        assert!(bytes.is_ascii());
        assert!(bytes.lines().all(|line| line.len() < 998), "{text:?}");
        assert!(!bytes.replace("\r\n", "").contains(['\r', '\n', '\0']));
        let headers = headers(&message);
        let names: Vec<&str> = headers
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| Some(line.split_once(':')?.0))
            .collect();
        assert_eq!(names.len(), 17, "{text:?}\n{headers}");
        assert!(!names.contains(&"Bcc"));
    }
}

/// Checks a signature as RFC 6376 says, by code that shares nothing with what signs.
fn verifies(bytes: &[u8], key_file: &std::path::Path) -> bool {
    let text = std::str::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut headers: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match headers.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push_str("\r\n");
                last.push_str(line);
            }
            _ => headers.push(line.to_owned()),
        }
    }
    let blanks = regex::Regex::new(r"[ \t]+").unwrap();
    let relaxed = |header: &str| {
        let (name, value) = header.split_once(':').unwrap();
        let value = value.replace("\r\n", "");
        let value = blanks.replace_all(&value, " ");
        format!("{}:{}", name.trim().to_lowercase(), value.trim())
    };
    let record = read_key(key_file).unwrap();
    let algorithm = format!("a={}-sha256", record.kind.as_str());
    let own = headers
        .iter()
        .find(|header| header.starts_with("DKIM-Signature") && header.contains(&algorithm))
        .unwrap();
    let squeezed = regex::Regex::new(r"\s+").unwrap().replace_all(own, "");
    let tag = |name: &str| {
        let all = squeezed.split_once(':').unwrap().1;
        all.split(';')
            .find_map(|tag| tag.strip_prefix(&format!("{name}=")))
            .unwrap()
            .to_owned()
    };
    let mut canonical = String::new();
    for line in body.split("\r\n") {
        let line = blanks.replace_all(line, " ");
        canonical.push_str(line.trim_end());
        canonical.push_str("\r\n");
    }
    while canonical.ends_with("\r\n\r\n") {
        canonical.truncate(canonical.len() - 2);
    }
    let base64 = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        STANDARD.decode(text).unwrap()
    };
    let sha = |bytes: &[u8]| {
        use sha2::{Digest, Sha256};
        Sha256::digest(bytes).to_vec()
    };
    if base64(&tag("bh")) != sha(canonical.as_bytes()) {
        return false;
    }
    let mut left = headers.clone();
    let mut signed = String::new();
    for name in tag("h").split(':') {
        let at = left.iter().rposition(|header| {
            header
                .split_once(':')
                .is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
        });
        if let Some(at) = at {
            signed.push_str(&relaxed(&left.remove(at)));
            signed.push_str("\r\n");
        }
    }
    let unsigned = regex::Regex::new(r"(?s)\bb=.*$").unwrap();
    signed.push_str(&relaxed(&unsigned.replace(own, "b=")));
    let public = base64(record.value.split_once("p=").unwrap().1);
    let signature = base64(&tag("b"));
    match record.kind {
        KeyKind::Ed25519 => {
            ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &public)
                .verify(&sha(signed.as_bytes()), &signature)
                .is_ok()
        }
        KeyKind::Rsa => {
            use rsa::{RsaPublicKey, pkcs1::EncodeRsaPublicKey, pkcs8::DecodePublicKey};
            let key = RsaPublicKey::from_public_key_der(&public).unwrap();
            let der = key.to_pkcs1_der().unwrap();
            ring::signature::UnparsedPublicKey::new(
                &ring::signature::RSA_PKCS1_2048_8192_SHA256,
                der.as_bytes(),
            )
            .verify(signed.as_bytes(), &signature)
            .is_ok()
        }
    }
}

#[test]
fn every_key_signs_and_a_change_breaks_each_signature() {
    let folder = tempfile::tempdir().unwrap();
    let keys: Vec<_> = [KeyKind::Rsa, KeyKind::Ed25519]
        .into_iter()
        .map(|kind| {
            let file = folder.path().join(kind.as_str());
            make_key(kind, &file).unwrap();
            file
        })
        .collect();
    let dkim: Vec<Dkim> = keys
        .iter()
        .enumerate()
        .map(|(number, file)| Dkim {
            domain: "example.org".to_owned(),
            selector: format!("s{number}"),
            key: fs::read_to_string(file).unwrap(),
        })
        .collect();
    for name in [
        None,
        Some("Ада Читатель, im Haus der sehr langen Namen und Titel"),
    ] {
        let message = message(name, "Zirkular für alle", "Größe  zählt   nicht", &dkim);
        let text = String::from_utf8(message.bytes.clone()).unwrap();
        assert_eq!(text.matches("DKIM-Signature:").count(), 2);
        assert!(text.lines().all(|line| line.len() <= 200), "{text}");
        for key in &keys {
            assert!(verifies(&message.bytes, key), "{text}");
            for (from, to) in [
                ("<https://circular", "<https://evil"),
                ("News", "Olds"),
                ("e.example/abc", "e.example/xyz"),
                ("One-Click", "Two-Click"),
                ("From: =", "From: Evil <e@example.com>\r\nFrom: ="),
                ("multipart/alternative", "multipart/mixed"),
            ] {
                let forged = text.replacen(from, to, 1);
                if forged != text {
                    assert!(!verifies(forged.as_bytes(), key), "{from}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dkim_makes_what_is_named_and_never_writes_over_it() {
    let script = Script::new(|_, _| None);
    let more = "dkim = [{ domain = \"example.org\", selector = \"one\", key_file = \"secrets/one.pem\" }, \
                { domain = \"example.org\", selector = \"two\", key_file = \"secrets/ed25519.pem\" }]";
    let house = House::new(&["nations-en.xml"], &script.mail(more)).await;
    let said = house.run(MONDAY, &["check"]).await;
    assert_eq!(said.code, 3);
    assert!(
        said.err.contains("`circular dkim` makes one"),
        "{}",
        said.err
    );
    let said = house.run(MONDAY, &["dkim"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let records: Vec<&str> = said.out.lines().collect();
    assert!(records[0].starts_with("one._domainkey.example.org. IN TXT ( \"v=DKIM1; k=rsa; p=MII"));
    assert!(
        records[1].starts_with("two._domainkey.example.org. IN TXT ( \"v=DKIM1; k=ed25519; p=")
    );
    let longest = records[0].split('"').map(str::len).max();
    assert_eq!(longest, Some(255));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(house.path("secrets/one.pem")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
    let before = fs::read(house.path("secrets/one.pem")).unwrap();
    let again = house.run(MONDAY, &["dkim"]).await;
    assert_eq!(again.out, said.out);
    assert_eq!(fs::read(house.path("secrets/one.pem")).unwrap(), before);
    house.run(MONDAY, &["run"]).await;
    let taken = script.seen().taken;
    assert_eq!(taken.len(), 2);
    for (_, message) in taken {
        for key in ["secrets/one.pem", "secrets/ed25519.pem"] {
            assert!(verifies(message.as_bytes(), &house.path(key)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dkim_without_configuration_says_what_to_write_there() {
    let house = House::new(&[], "").await;
    let said = house.run(MONDAY, &["dkim", "--kind", "ed25519"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains(
        "dkim = { domain = \"example.org\", selector = \"circular-ed25519\", key_file = \"secrets/dkim-ed25519.pem\" }"
    ), "{}", said.out);
    let said = house.run(MONDAY, &["dkim", "--domain", "no domain"]).await;
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("`no domain` is no domain"),
        "{}",
        said.err
    );
}
