//! Proves the vocabulary that circular comes with: complete, true to its own examples, and not fooled.

use std::path::Path;

use circular::{
    areas::{Matcher, Text, twins},
    config,
    model::{Area, Language},
};

fn shipped() -> Vec<Area> {
    let (areas, problems) = config::areas::parse(Path::new("areas.toml"), config::areas::DEFAULT);
    assert!(problems.is_empty(), "{problems:?}");
    areas
}

fn title(title: &str, language: Option<Language>) -> Text<'_> {
    Text {
        title,
        summary: "",
        body: "",
        categories: &[],
        language,
    }
}

fn earned(matcher: &Matcher, text: &Text<'_>) -> Vec<String> {
    matcher
        .tag(text)
        .iter()
        .map(|tag| tag.id.as_str().to_owned())
        .collect()
}

#[test]
fn all_areas_speak_all_languages() {
    let areas = shipped();
    let ids: Vec<&str> = areas.iter().map(|area| area.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "copyright",
            "open-access",
            "sdg",
            "cultural-heritage",
            "cultural-rights",
            "media-literacy",
            "internet-governance",
            "ai-ethics",
            "human-rights",
            "freedom-of-expression",
            "access-to-information",
            "literacy-education",
            "privacy-data",
            "climate",
            "library-field",
        ]
    );
    for area in &areas {
        for language in Language::ALL {
            let of = format!("{} {}", area.id.as_str(), language.code());
            assert!(area.names.contains_key(&language), "name of {of}");
            assert!(
                area.descriptions.contains_key(&language),
                "description of {of}"
            );
            let terms = area
                .terms
                .iter()
                .filter(|term| term.language == Some(language))
                .count();
            assert!(terms >= 10, "{terms} terms of {of}");
        }
        assert!(area.examples.len() >= 2, "examples of {}", area.id.as_str());
        assert!(
            !area.counterexamples.is_empty(),
            "counterexamples of {}",
            area.id.as_str()
        );
    }
}

#[test]
fn every_example_proves() {
    let areas = shipped();
    let unproven = Matcher::new(&areas).prove(&areas);
    let said: Vec<String> = unproven.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn no_two_terms_of_a_list_are_found_alike() {
    let said: Vec<String> = twins(&shipped()).iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    let two = "[[area]]\nid = \"one\"\nnames = { en = \"One\" }\nterms = { en = [\"treaty\", \"Treaties\", \"law\"] }\n";
    let (areas, problems) = config::areas::parse(Path::new("areas.toml"), two);
    assert_eq!(problems, []);
    let said: Vec<String> = twins(&areas).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["`treaty` and `Treaties` under `en` of `one` are found alike: keep one of them"]
    );
}

#[test]
fn words_that_count_alone_are_silent_beside_another_area() {
    let matcher = Matcher::new(&shipped());
    for (language, alone, beside) in [
        (
            Language::En,
            "Libraries reopen after a long winter",
            "Libraries and censorship",
        ),
        (
            Language::De,
            "Bibliotheken nach dem Umzug wieder da",
            "Bibliotheken und Zensur",
        ),
        (
            Language::Ru,
            "Библиотеки снова ждут гостей",
            "Библиотеки и цензура",
        ),
    ] {
        let matched = matcher.tag(&title(alone, Some(language)));
        assert_eq!(
            earned(&matcher, &title(alone, Some(language))),
            ["library-field"],
            "{alone}"
        );
        assert!(!matched[0].evidence.is_empty(), "{alone}");
        assert_eq!(
            earned(&matcher, &title(beside, Some(language))),
            ["freedom-of-expression"],
            "{beside}"
        );
    }
}

#[test]
fn tricky_words_are_read_right() {
    let matcher = Matcher::new(&shipped());
    for (language, text, areas) in [
        (
            Language::En,
            "IP addresses and the internet protocol",
            &["internet-governance"][..],
        ),
        (
            Language::En,
            "A copyright notice for scanned maps",
            &["copyright"],
        ),
        (Language::En, "Turn right at the copyist's desk", &[]),
        (
            Language::En,
            "The reporters' table was oceanfront property",
            &["freedom-of-expression"],
        ),
        (Language::En, "Reportedly, an unclimatised cellar", &[]),
        (Language::En, "Cop finds stolen bicycle", &[]),
        (
            Language::En,
            "Delegates leave COP31 with a deal",
            &["climate"],
        ),
        (Language::En, "What WIPO’s SCCR decided", &["copyright"]),
        (
            Language::En,
            "Public rooms, school, libraries",
            &["library-field"],
        ),
        (
            Language::De,
            "Streit um die Urheberrechtsnovelle",
            &["copyright"],
        ),
        (
            Language::De,
            "Ausstellung einer Künstlerin",
            &["cultural-rights"],
        ),
        (Language::De, "Künstliches Licht im Magazin", &[]),
        (
            Language::Fr,
            "L’accès à l’information en débat",
            &["access-to-information"],
        ),
        (Language::Fr, "Mille livres à vendre", &[]),
        (Language::Ar, "وبالخصوصية نبدأ", &["privacy-data"]),
        (Language::Ar, "للخصوصية حدود", &["privacy-data"]),
        (
            Language::Ru,
            "О цензуре и журналистах",
            &["freedom-of-expression"],
        ),
        (Language::Ru, "Споры об авторских правах", &["copyright"]),
        (Language::Es, "Más de mil negociaciones", &[]),
        (
            Language::Es,
            "Excepción y limitación: las limitaciones y excepciones",
            &["copyright"],
        ),
        (Language::Fr, "La société civile et le traité", &[]),
        (Language::Es, "La sociedad civil en el plan", &[]),
        (Language::Ar, "المجتمع المدني في القاهرة", &[]),
        (Language::Zh, "尊重个人权益与义务", &[]),
        (
            Language::En,
            "EIFL at WIPO: a work programme",
            &["copyright"],
        ),
        (Language::En, "WIPO counts trademarks", &[]),
        (Language::Zh, "新著作权法今日施行", &["copyright"]),
        (Language::Zh, "圖書館與資訊素養", &["media-literacy"]),
    ] {
        assert_eq!(
            earned(&matcher, &title(text, Some(language))),
            areas,
            "{text}"
        );
    }
}

#[test]
fn an_unknown_language_is_held_against_all_terms() {
    let matcher = Matcher::new(&shipped());
    assert_eq!(
        earned(&matcher, &title("Urheberrecht", None)),
        ["copyright"]
    );
    assert_eq!(earned(&matcher, &title("著作权", None)), ["copyright"]);
}

#[test]
fn a_mention_is_not_what_a_text_is_about() {
    let matcher = Matcher::new(&shipped());
    let text = Text {
        title: "Banned books and censorship: journalists defend the freedom to read",
        summary: "Press freedom and intellectual freedom were discussed; one speaker named climate change.",
        body: "",
        categories: &[],
        language: Some(Language::En),
    };
    assert_eq!(earned(&matcher, &text), ["freedom-of-expression"]);
}

#[test]
fn a_long_body_supports_and_does_not_decide() {
    let matcher = Matcher::new(&shipped());
    let body = "Copyright, licensing, open access, censorship, privacy and climate change were all named. ".repeat(40);
    let with = |title, summary| Text {
        title,
        summary,
        body: &body,
        categories: &[],
        language: Some(Language::En),
    };
    let minutes = with(
        "Minutes of the spring meeting",
        "What was said, in the order in which it was said.",
    );
    assert_eq!(earned(&matcher, &minutes), [""; 0]);
    // A text without a summary is judged by its beginning.
    assert!(earned(&matcher, &with("Minutes", "")).contains(&"copyright".to_owned()));
}

#[test]
fn hostile_texts_cost_little() {
    let matcher = Matcher::new(&shipped());
    let long = "copyright copyright ".repeat(200_000);
    let text = Text {
        title: "",
        summary: "",
        body: &long,
        categories: &[],
        language: None,
    };
    assert_eq!(earned(&matcher, &text), ["copyright"]);
    for odd in [
        "\u{0}\u{feff}",
        "'’ʼ",
        "9",
        "s",
        "'s",
        "ﷺ",
        "ـــ",
        "🏳️‍🌈",
        " \u{301}",
    ] {
        for language in Language::ALL.into_iter().map(Some).chain([None]) {
            assert_eq!(earned(&matcher, &title(odd, language)), [""; 0], "{odd:?}");
        }
    }
}
