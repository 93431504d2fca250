//! Mails: whole, safe and under their size, whatever is in them.

use circular::{
    deliver::Recipient,
    issue::{letter_for, owned_letter},
    model::{Also, Edition, EditionStory, Language, LanguageCode, TOKEN_PLACEHOLDER},
    render::Why,
};
use unicode_width::UnicodeWidthStr;

use crate::desk::{Desk, dated, edition, story};

/// A mail's parts and what goes over the wire.
struct Mail {
    html: String,
    text: String,
    wire: Vec<u8>,
}

fn mail(desk: &Desk, edition: &Edition) -> Mail {
    let settings = &desk.works.settings;
    let letter = owned_letter(
        settings,
        edition,
        std::slice::from_ref(&edition.digest),
        Why::Subscribed,
    );
    let message = letter_for(settings, edition, &letter)
        .unwrap()
        .message(&Recipient {
            address: "reader@example.org",
            name: None,
            token: &"a1".repeat(TOKEN_PLACEHOLDER.len() / 2),
            message_id: "m@example.org",
            envelope_from: "c@example.org",
            unsubscribe_mail: None,
        })
        .unwrap();
    Mail {
        html: letter.html,
        text: letter.text,
        wire: message.bytes,
    }
}

/// What holds for every mail.
fn sound(mail: &Mail, what: &str) {
    assert!(
        mail.html.len() <= 80_000,
        "{what}: {} bytes",
        mail.html.len()
    );
    assert!(
        mail.text.len() <= 80_000,
        "{what}: {} bytes of text",
        mail.text.len()
    );
    for never in [
        "var(",
        "{count}",
        "{digest}",
        "{date}",
        "{language}",
        "\u{202e}",
        "\u{0}",
    ] {
        assert!(!mail.html.contains(never), "{what}: {never:?} in the HTML");
        assert!(!mail.text.contains(never), "{what}: {never:?} in the text");
    }
    assert!(!mail.html.contains("<script"), "{what}");
    assert!(
        mail.wire
            .split(|byte| *byte == b'\n')
            .all(|line| line.len() <= 998),
        "{what}: a line is too long"
    );
    for line in mail.text.lines().filter(|line| line.contains("://")) {
        assert_eq!(line.split_whitespace().count(), 1, "{what}: {line}");
    }
    for line in mail.text.lines().filter(|line| !line.contains("://")) {
        assert!(line.width() <= 74, "{what}: {line}");
    }
    // The way out stands at the top and at the bottom, whatever is between.
    assert_eq!(mail.html.matches("/unsubscribe/").count(), 2, "{what}");
    assert_eq!(mail.text.matches("/unsubscribe/").count(), 2, "{what}");
    assert!(mail.html.trim_end().ends_with("</html>"), "{what}");
}

#[tokio::test]
async fn mails_of_any_size_in_any_language_are_whole_and_small() {
    let desk = Desk::new().await;
    for count in [0, 1, 10, 80, 5_000] {
        for language in Language::ALL {
            let mut edition = edition(0, (0..count).map(story).collect());
            edition.language = language;
            let mail = mail(&desk, &edition);
            let what = format!("{count} stories, {language}");
            sound(&mail, &what);
            // Up to fifty are told whole, eighty are all named, and both parts name the same.
            let whole = mail.html.matches("<h3").count();
            assert_eq!(whole == count, count <= 50, "{what}");
            let named = mail.html.matches("/en/story/").count();
            assert_eq!(named == count, count <= 80, "{what}: {named}");
            assert_eq!(mail.text.matches("/en/story/").count(), named, "{what}");
        }
    }
}

#[tokio::test]
async fn a_mail_of_sixty_items_costs_sixty_kilobytes_on_the_wire() {
    let desk = Desk::new().await;
    let sixty: Vec<EditionStory> = (0..60).map(story).collect();
    let english = mail(&desk, &edition(0, sixty.clone()));
    println!("60 items: {} bytes on the wire", english.wire.len());
    assert!(english.wire.len() <= 60_000, "{}", english.wire.len());
    let russian = sixty.into_iter().map(|story| EditionStory {
        title: "Государства-члены возобновляют переговоры об исключениях для библиотек".to_owned(),
        summary:
            "Комитет открыл сессию в Женеве текстом о копиях для сохранности. Делегации просили \
            добавить положение о трансграничной выдаче, которое председатель подготовит к пятнице."
                .to_owned(),
        language: LanguageCode::parse("ru"),
        ..story
    });
    let mut edition = edition(0, russian.collect());
    edition.language = Language::Ru;
    let russian = mail(&desk, &edition);
    println!(
        "60 items in Russian: {} bytes on the wire",
        russian.wire.len()
    );
    assert!(russian.wire.len() <= 80_000, "{}", russian.wire.len());
}

#[tokio::test]
async fn hostile_texts_leave_a_mail_whole() {
    let desk = Desk::new().await;
    let titles = [
        "<script>alert(1)</script><img src=x onerror=alert(1)>".to_owned(),
        "a\u{202e}evil\u{2066}\u{0}\u{7}\r\nBcc: all@example.org".to_owned(),
        "=?utf-8?B?PHNjcmlwdD4=?=".to_owned(),
        "Long title ".repeat(182),
        "x".repeat(1_200),
        "图书馆".repeat(400),
        "\"'&<>".repeat(200),
        "{count} {digest} 0TOKEN0".to_owned(),
    ];
    let mut stories: Vec<EditionStory> = titles
        .iter()
        .enumerate()
        .map(|(number, title)| EditionStory {
            title: title.clone(),
            summary: title.repeat(3),
            source_name: title.clone(),
            note: title.chars().take(300).collect(),
            language: LanguageCode::parse(["qaa", "fa", "en", "sw"][number % 4]),
            ..dated(number)
        })
        .collect();
    stories.push(EditionStory {
        url: format!("https://example.org/?{}", "a".repeat(9_000)),
        also: (0..300)
            .map(|at| Also {
                source: "Source".repeat(30),
                url: format!("https://example.org/{at}"),
                language: None,
            })
            .collect(),
        ..story(99)
    });
    let many: Vec<EditionStory> = stories.iter().cycle().take(80).cloned().collect();
    for (what, stories) in [("hostile", stories), ("hostile, 80 times", many)] {
        let mut edition = edition(0, stories);
        for language in Language::ALL {
            edition.language = language;
            let mail = mail(&desk, &edition);
            let html = mail.html.replace("{count} {digest}", "");
            let text = mail.text.replace("{count} {digest}", "");
            sound(&Mail { html, text, ..mail }, &format!("{what}, {language}"));
        }
    }
}

#[tokio::test]
async fn every_story_says_its_language_and_its_side() {
    let desk = Desk::new().await;
    let arabic = EditionStory {
        language: LanguageCode::parse("ar"),
        ..story(1)
    };
    let html = mail(&desk, &edition(0, vec![arabic, story(2)])).html;
    assert!(html.contains("<h3 lang=\"ar\" dir=\"rtl\""), "{html}");
    assert!(
        html.contains("<h3 class=\"serif\" lang=\"en\" dir=\"ltr\""),
        "{html}"
    );
}

#[tokio::test]
async fn a_subject_is_read_as_it_was_written() {
    let desk = Desk::new().await;
    let mut edition = edition(0, vec![story(1)]);
    edition.subject = "=?utf-8?B?PHNjcmlwdD4=?= and\r\nBcc: all@example.org".to_owned();
    let wire = String::from_utf8(mail(&desk, &edition).wire).unwrap();
    let (headers, _) = wire.split_once("\r\n\r\n").unwrap();
    assert!(
        !headers.contains("Subject: =?utf-8?B?PHNjcmlwdD4=?="),
        "{headers}"
    );
    assert!(!headers.contains("\r\nBcc"), "{headers}");
}
