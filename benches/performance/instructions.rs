//! One kernel on fixed input, in a process of its own: what `.ci/instructions` counts under valgrind.
//!
//! `performance kernel tagging-en 3` does its work three times and says nothing; the counts of two
//! runs of different length tell what the work costs and what the way to it does. Without a name the
//! kernels are listed, each with the number of times that makes a count worth comparing.

use std::{hint::black_box, path::Path, sync::LazyLock};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use circular::{
    areas::{Matcher, Text, dates},
    config,
    deliver::{Recipient, Template},
    model::{
        DigestId, Edition, Item, Language, LanguageCode, Look, Publication, StoryId,
        TOKEN_PLACEHOLDER,
    },
    parse::{self, Document},
    render::{self, Frame, MailLinks, Why, mail},
    story::{self, Candidate, Compared},
    text,
};

use super::{feeds::feed, kernels, post};

/// A kernel: its name, how many times a round does it, and what makes its round.
type Kernel = (&'static str, u32, fn() -> Box<dyn FnMut()>);

const KERNELS: [Kernel; 16] = [
    ("reading-rss", 2, || reading(feed(3, 0))),
    ("reading-atom", 4, || reading(atom())),
    ("plain-text", 2, plain),
    ("language", 4, language),
    ("tagging-en", 10, || tagging(0)),
    ("tagging-fr", 10, || tagging(1)),
    ("tagging-de", 10, || tagging(2)),
    ("tagging-ru", 10, || tagging(3)),
    ("tagging-ar", 10, || tagging(4)),
    ("tagging-zh", 10, || tagging(5)),
    ("days", 4, days),
    ("dates", 400, written_dates),
    ("signing", 20, signing),
    ("placing", 2, placing),
    ("rendering", 2, rendering),
    ("message", 40, message),
];

/// The beginning of an article in six languages: what is said of libraries everywhere, and by whom.
const ARTICLES: [(&str, &str); 6] = [
    (
        "en",
        "Treaty talks on library exceptions resume. Delegates of ninety-six countries opened a session on \
         limitations and exceptions to copyright for libraries’ and archives’ work. The chair asked for a text on \
         preservation and cross-border lending by Friday; observers may answer the questionnaire until 4 December \
         2026. Outside the hall, associations of readers handed over letters about privacy and open access. ",
    ),
    (
        "fr",
        "Les négociations sur les exceptions en faveur des bibliothèques reprennent à Genève. Les délégués de \
         quatre-vingt-seize pays ont ouvert une session sur le droit d’auteur, l’accès à l’information et la \
         protection des données. Les réponses sont attendues jusqu’au 4 décembre 2026, a dit la présidente. ",
    ),
    (
        "de",
        "Die Verhandlungen über Schranken des Urheberrechts für Bibliotheken gehen in Genf weiter. Delegierte aus \
         sechsundneunzig Ländern sprechen über Bestandserhaltung, Informationsfreiheit und die Leseförderung an \
         Schulen. Stellungnahmen können bis zum 4. Dezember 2026 eingereicht werden, sagte die Vorsitzende. ",
    ),
    (
        "ru",
        "В Женеве возобновились переговоры об исключениях для библиотек. Делегаты девяноста шести стран открыли \
         сессию об ограничениях авторского права и о сохранении культурного наследия. Наблюдатели могут ответить \
         на вопросы до 4 декабря 2026 года, и секретариат опубликует ответы. ",
    ),
    (
        "ar",
        "استؤنفت في جنيف المفاوضات حول الاستثناءات لصالح المكتبات. وافتتح مندوبو ستة وتسعين بلدا دورة عن حقوق \
         المؤلف والوصول إلى المعلومات وحماية التراث الثقافي. ويمكن للمراقبين الإجابة عن الاستبيان حتى 4 ديسمبر 2026. ",
    ),
    (
        "zh",
        "图书馆版权例外谈判在日内瓦恢复。九十六个国家的代表开始讨论图书馆、档案馆和博物馆的版权限制与例外。主席要求在\
         星期五之前提出关于保存和跨境借阅的案文。观察员可在2026年12月4日之前答复问卷，秘书处将公布收到的答复。",
    ),
];

/// Does a kernel as often as the words of a command line say, or lists them all.
pub(crate) fn run(words: &[String]) -> anyhow::Result<()> {
    let Some(name) = words.first() else {
        for (name, times, _) in KERNELS {
            println!("{name} {times}");
        }
        return Ok(());
    };
    let (_, _, made) = KERNELS
        .iter()
        .find(|(kernel, ..)| kernel == name)
        .with_context(|| format!("there is no kernel `{name}`"))?;
    let times: u32 = words.get(1).context("how many times?")?.parse()?;
    let mut round = made();
    for _ in 0..times {
        round();
    }
    Ok(())
}

fn now() -> DateTime<Utc> {
    "2026-11-17T08:00:00Z".parse().unwrap()
}

fn article(which: usize, bytes: usize) -> String {
    let text = ARTICLES[which].1;
    text.repeat(1 + bytes / text.len())
}

/// A document of Atom, its texts as HTML that is escaped.
fn atom() -> String {
    let mut text =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">\
         <title>Example</title><id>urn:example</id><link href=\"https://example.org/\"/>"
            .to_owned();
    for number in 0..20 {
        text += &format!(
            "<entry><title>Story number {number}</title><id>urn:example:{number}</id>\
             <link rel=\"alternate\" type=\"text/html\" href=\"https://example.org/{number}\"/>\
             <updated>2026-11-16T07:00:00Z</updated><published>2026-11-16T07:00:00Z</published>\
             <author><name>A. Writer</name></author><category term=\"Policy\"/>\
             <summary type=\"html\">&lt;p&gt;{}&lt;/p&gt;</summary></entry>",
            article(number % 2, 800),
        );
    }
    text + "</feed>"
}

fn reading(text: String) -> Box<dyn FnMut()> {
    let url = "https://example.org/feed/".parse().unwrap();
    Box::new(move || {
        let document = Document {
            bytes: text.as_bytes(),
            content_type: Some("application/xml"),
            url: &url,
            now: now(),
        };
        black_box(parse::feed(&document).unwrap());
    })
}

/// HTML made plain, and a summary of it.
fn plain() -> Box<dyn FnMut()> {
    let mut html = String::new();
    for which in 0..6 {
        html += "<p class=\"wp-block\">";
        html += &article(which, 1000);
        html += "</p>\n<ul><li>One &amp; <a href=\"/x\">two</a></li></ul><script>x()</script>";
    }
    Box::new(move || {
        let plain = text::plain(&html);
        black_box(text::excerpt(&plain, 400));
    })
}

fn language() -> Box<dyn FnMut()> {
    let texts: Vec<String> = (0..6).map(|which| article(which, 1000)).collect();
    let hint = LanguageCode::parse("en");
    Box::new(move || {
        for text in &texts {
            black_box(text::detect("", text, hint.as_ref()));
        }
    })
}

/// Folding, stems and the terms of a language, over the language's own article.
fn tagging(which: usize) -> Box<dyn FnMut()> {
    let (areas, _) = config::areas::parse(Path::new("areas.toml"), config::areas::DEFAULT);
    let matcher = Matcher::new(&areas);
    let body = article(which, 2000);
    Box::new(move || {
        black_box(matcher.tag(&Text {
            title: "",
            summary: "",
            body: &body,
            categories: &[],
            language: Language::from_tag(ARTICLES[which].0),
        }));
    })
}

/// The days that texts name.
fn days() -> Box<dyn FnMut()> {
    let texts: Vec<(String, Option<LanguageCode>)> = (0..6)
        .map(|which| (article(which, 1000), LanguageCode::parse(ARTICLES[which].0)))
        .collect();
    Box::new(move || {
        for (text, language) in &texts {
            black_box(dates("", text, language.as_ref(), now()));
        }
    })
}

/// Dates as feeds write them.
fn written_dates() -> Box<dyn FnMut()> {
    Box::new(|| {
        for date in [
            "Mon, 16 Nov 2026 07:00:00 +0000",
            "2026-11-16T07:00:00Z",
            "16 novembre 2026",
            "2026年11月16日",
            "3 days ago",
        ] {
            black_box(parse::date(black_box(date), now()));
        }
    })
}

fn signing() -> Box<dyn FnMut()> {
    let item = kernels::item(1, 140);
    Box::new(move || {
        black_box(story::sign(&item));
    })
}

/// An item beside twenty others that share a word or two with it.
fn placing() -> Box<dyn FnMut()> {
    let mut candidates: Vec<Candidate> = (2..22)
        .map(|number| candidate(kernels::item(number, 140)))
        .collect();
    let item = kernels::item(1, 140);
    Box::new(move || {
        for candidate in &mut candidates {
            candidate.compared = Compared::default();
        }
        black_box(story::place(&item, "Section", &candidates));
    })
}

fn candidate(item: Item) -> Candidate {
    Candidate {
        story: StoryId::new(item.id.as_str()),
        id: item.id,
        source: item.source,
        section: "Section".to_owned(),
        key: item.key,
        url: item.url,
        title: item.title,
        text: item.text,
        language: item.language,
        kind: item.kind,
        effective: item.effective,
        alternates: item.alternates,
        image: item.image,
        split: false,
        compared: Compared::default(),
    }
}

/// An edition of sixty stories as HTML and as text.
fn rendered(edition: &Edition) -> (String, String) {
    let publication = Publication {
        title: "Library policy".to_owned(),
        publisher: "Publisher".to_owned(),
        address: "Street 1".to_owned(),
        contact: "c@example.org".to_owned(),
        base_url: "https://example.org/".parse().unwrap(),
        language: Language::En,
        timezone: chrono_tz::UTC,
    };
    let links = MailLinks {
        web: "https://example.org/weekly/".to_owned(),
        archive: "https://example.org/".to_owned(),
        unsubscribe: format!("https://example.org/unsubscribe/{TOKEN_PLACEHOLDER}"),
        preferences: format!("https://example.org/preferences/{TOKEN_PLACEHOLDER}"),
        why: Why::Subscribed,
    };
    let frame = Frame {
        publication: &publication,
        look: &LOOK,
        areas: &[],
        edition,
    };
    (
        mail::html(&frame, &links),
        render::text::plain(&frame, &links),
    )
}

static LOOK: LazyLock<Look> = LazyLock::new(config::look::default);

fn edition() -> Edition {
    let mut edition = post::edition(DigestId::new("weekly"), now());
    let stories = &mut edition.sections[0].stories;
    *stories = stories.iter().cycle().take(60).cloned().collect();
    edition
}

fn rendering() -> Box<dyn FnMut()> {
    let edition = edition();
    Box::new(move || {
        black_box(rendered(&edition));
    })
}

/// One reader's message out of that edition's letter, unsigned.
fn message() -> Box<dyn FnMut()> {
    let (html, text) = rendered(&edition());
    let letter = post::letter(&html, &text);
    let template = Template::new(&letter, &[]).unwrap();
    let token = "a".repeat(TOKEN_PLACEHOLDER.len());
    Box::new(move || {
        let recipient = Recipient {
            address: "reader@example.org",
            name: Some("Ada Reader"),
            token: &token,
            message_id: "weekly-2026-11-16.0123456789abcdef@example.org",
            envelope_from: "bounces+b0123456789abcdef@example.org",
            unsubscribe_mail: Some("mailto:bounces+u0123456789abcdef@example.org"),
        };
        black_box(template.message(&recipient).unwrap());
    })
}
