//! What curating costs: signing, placing and tagging: `cargo bench --bench curate`.
//!
//! Placing is measured against the candidates that keys bring, the usual few and the most there can
//! be; finding them among a million stored items is `cargo bench --bench store`.

use std::path::Path;

use chrono::{DateTime, Utc};
use circular::{
    areas::{Matcher, Text, dates, kind},
    config,
    model::{Item, ItemId, Kind, Language, LanguageCode, SourceId, StoryId},
    story::{Candidate, keys, place},
};
use divan::{Bencher, black_box, counter::BytesCount};

fn main() {
    divan::main();
}

const TEXTS: [(&str, &str, &str); 3] = [
    (
        "en",
        "Treaty talks on library exceptions resume in Geneva",
        "Delegates of ninety-six countries opened a session on limitations and exceptions to copyright for \
         libraries, archives and museums. The chair asked for a text on preservation and cross-border lending \
         by Friday. Observers may answer the questionnaire until 4 December, and the secretariat will publish \
         what it receives. Outside the hall, associations of readers and of publishers handed over letters. ",
    ),
    (
        "ru",
        "В Женеве возобновились переговоры об исключениях для библиотек",
        "Делегаты девяноста шести стран открыли сессию об ограничениях и исключениях из авторского права для \
         библиотек, архивов и музеев. Председатель попросил подготовить текст о сохранении фондов к пятнице. \
         Наблюдатели могут ответить на вопросы до 4 декабря, и секретариат опубликует ответы. ",
    ),
    (
        "zh",
        "图书馆版权例外谈判在日内瓦恢复",
        "九十六个国家的代表开始讨论图书馆、档案馆和博物馆的版权限制与例外。主席要求在星期五之前提出关于保存和跨境借阅的\
         案文。观察员可在12月4日之前答复问卷，秘书处将公布收到的答复。会场外，读者协会和出版商协会递交了信函。",
    ),
];

fn now() -> DateTime<Utc> {
    "2026-11-16T08:00:00Z".parse().expect("a time")
}

/// A text of about a kilobyte, each with its own number so that no two are the same.
fn item(language: &str, number: usize) -> Item {
    let (_, title, text) = TEXTS
        .iter()
        .find(|(code, _, _)| *code == language)
        .expect("a text");
    let mut body = String::new();
    while body.len() < 1000 {
        body.push_str(text);
        body.push_str(&format!("Note {} of {number}. ", body.len()));
    }
    Item {
        id: ItemId::new(format!("{language}-{number}")),
        source: SourceId::new(format!("source-{number}")),
        key: format!("https://s{number}.example/{number}"),
        url: format!("https://s{number}.example/{number}").parse().ok(),
        title: format!("{title} ({number})"),
        summary: String::new(),
        text: body,
        language: LanguageCode::parse(language),
        kind: Kind::News,
        published: Some(now()),
        first_seen: now(),
        effective: now(),
        authors: Vec::new(),
        categories: Vec::new(),
        image: None,
        enclosures: Vec::new(),
        alternates: Vec::new(),
        areas: Vec::new(),
        dates: Vec::new(),
    }
}

fn candidate(item: &Item) -> Candidate {
    Candidate::of(item, "Tests", &StoryId::new(item.id.as_str()))
}

/// All keys of an item with a kilobyte of text.
#[divan::bench(args = ["en", "ru", "zh"])]
fn signing(bencher: Bencher, language: &str) {
    let item = item(language, 1);
    bencher
        .counter(BytesCount::new(item.title.len() + item.text.len()))
        .bench(|| keys(black_box(&item)));
}

/// An item held against so many candidates.
#[divan::bench(args = [0, 1, 3, 60])]
fn placing(bencher: Bencher, count: usize) {
    let item = item("en", 0);
    // What is worked out of a candidate stays with it, so each time has candidates of its own.
    let candidates = || -> Vec<Candidate> {
        let items = (1..=count).map(|n| candidate(&self::item("en", n)));
        items.collect()
    };
    bencher
        .with_inputs(candidates)
        .bench_refs(|candidates| place(black_box(&item), "Tests", black_box(candidates)));
}

/// The areas of a text of eight kilobytes, in the language of the argument or in an unknown one.
#[divan::bench(args = ["en", "ru", "zh", "unknown"])]
fn tagging(bencher: Bencher, language: &str) {
    let (areas, _) = config::areas::parse(Path::new("areas.toml"), config::areas::DEFAULT);
    let matcher = Matcher::new(&areas);
    let known = if language == "unknown" {
        "en"
    } else {
        language
    };
    let item = item(known, 1);
    let body = item.text.repeat(8);
    let text = Text {
        title: &item.title,
        summary: "",
        body: &body[..body.floor_char_boundary(8192)],
        categories: &[],
        language: Language::from_tag(language),
    };
    bencher
        .counter(BytesCount::new(text.title.len() + text.body.len()))
        .bench(|| matcher.tag(black_box(&text)));
}

/// The days that a kilobyte names.
#[divan::bench(args = ["en", "ru", "zh"])]
fn days(bencher: Bencher, language: &str) {
    let item = item(language, 1);
    bencher.counter(BytesCount::new(item.text.len())).bench(|| {
        dates(
            &item.title,
            black_box(&item.text),
            item.language.as_ref(),
            now(),
        )
    });
}

/// What kind of thing a kilobyte is.
#[divan::bench]
fn kinds(bencher: Bencher) {
    let item = item("en", 1);
    bencher.bench(|| kind(&item.title, black_box(&item.text), None, &[], None));
}
