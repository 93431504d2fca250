//! What is never one story: issues of a series, two subjects of one pattern, titles that say nothing.

use chrono::TimeDelta;
use circular::{
    model::Relation,
    story::{Candidate, place},
};

use super::{BODY, candidate, item, monday, placed};

#[test]
fn what_only_looks_alike_stays_apart() {
    let text = |month: &str| {
        format!("The {month} issue of our newsletter is online, with reports from all sections.")
    };
    let june = item(
        "section",
        "https://a.example/june",
        "June 2020 newsletter now available",
        &text("June"),
        "en",
    );
    let july = item(
        "other",
        "https://b.example/july",
        "July 2020 newsletter now available",
        &text("July"),
        "en",
    );
    assert_eq!(placed(&june, &july).relation, Relation::New);

    let brief = item(
        "un",
        "https://a.example/b1",
        "Daily press briefing",
        "One thing happened in the morning, and another one at noon.",
        "en",
    );
    let next = item(
        "press",
        "https://b.example/b2",
        "Daily press briefing",
        "Today nothing of the kind was heard from anybody anywhere at all.",
        "en",
    );
    assert_eq!(placed(&brief, &next).relation, Relation::New);

    let first = item(
        "jobs",
        "https://a.example/1",
        "Librarian wanted in the north of the country",
        BODY,
        "en",
    );
    let second = item(
        "jobs",
        "https://a.example/2",
        "Librarian wanted in the south of the country",
        "Quite another text about quite another place, with its own tasks and its own salary.",
        "en",
    );
    assert_eq!(placed(&first, &second).relation, Relation::New);

    let mut late = item(
        "other",
        "https://c.example/1",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    late.effective = monday() + TimeDelta::days(60);
    let early = item(
        "blog",
        "https://d.example/1",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    assert_eq!(
        placed(&early, &late).relation,
        Relation::New,
        "two months apart"
    );
}

/// What one source says of Oslo or of Bergen in the same sentences.
fn opening(town: &str) -> String {
    format!(
        "The council of {town} opened a new branch of the library yesterday. Readers of {town} had waited \
         for it for years, and the mayor thanked all who had helped. The branch is open from ten to six."
    )
}

#[test]
fn issues_of_a_series_stay_apart_in_seven_languages() {
    for (language, one, other, text) in [
        (
            "en",
            "Reading the treaty, part 1",
            "Reading the treaty, part 2",
            BODY,
        ),
        (
            "en",
            "Reading the treaty",
            "Reading the treaty, part II",
            BODY,
        ),
        (
            "en",
            "Second call for papers",
            "Final call for papers",
            BODY,
        ),
        ("en", "Monday briefing", "Tuesday briefing", BODY),
        (
            "fr",
            "Lettre d’information de février",
            "Lettre d’information de mars",
            BODY,
        ),
        (
            "de",
            "Erster Aufruf zur Einreichung",
            "Zweiter Aufruf zur Einreichung",
            BODY,
        ),
        (
            "es",
            "Convocatoria n.º 4 de ayudas",
            "Convocatoria n.º 5 de ayudas",
            BODY,
        ),
        (
            "ru",
            "Читаем договор: часть первая",
            "Читаем договор: часть вторая",
            BODY,
        ),
        ("zh", "条约解读（第一部分）", "条约解读（第二部分）", BODY),
        (
            "ar",
            "قراءة في المعاهدة: الجزء الأول",
            "قراءة في المعاهدة: الجزء الثاني",
            BODY,
        ),
    ] {
        for source in ["a", "b"] {
            let first = item("a", "https://a.example/1", one, text, language);
            let second = item(source, "https://b.example/2", other, text, language);
            let placement = place(&second, "Tests", &[candidate(&first)]);
            assert_eq!(
                placement.relation,
                Relation::New,
                "{one}: {}",
                placement.reason
            );
        }
    }
}

#[test]
fn one_pattern_of_two_subjects_is_two_stories() {
    let of = |source, url, town: &str| {
        item(
            source,
            url,
            &format!("Library opens new branch in {town}"),
            &opening(town),
            "en",
        )
    };
    let oslo = of("a", "https://a.example/1", "Oslo");
    assert_eq!(
        placed(&oslo, &of("b", "https://b.example/2", "Bergen")).relation,
        Relation::New
    );
    assert_eq!(
        placed(&oslo, &of("b", "https://b.example/3", "Oslo")).relation,
        Relation::Copy
    );
}

#[test]
fn a_title_that_comes_again_and_again_says_nothing() {
    let text = |n: usize| {
        format!(
            "The reading room number {n} will be closed on {} May for all readers, and loans are prolonged.",
            n % 28 + 1
        )
    };
    let title = "Notice to all readers of the library";
    let mut candidates: Vec<Candidate> = Vec::new();
    for n in 0..60 {
        let next = item(
            "a",
            &format!("https://a.example/{n}"),
            title,
            &text(n),
            "en",
        );
        let placement = place(&next, "Tests", &candidates);
        assert_eq!(
            placement.relation,
            Relation::New,
            "{n}: {}",
            placement.reason
        );
        candidates.push(candidate(&next));
    }
    // A title alone, without a text, is as little.
    let first = item("a", "https://a.example/x", title, "", "en");
    let second = item("a", "https://a.example/y", title, "", "en");
    assert_eq!(placed(&first, &second).relation, Relation::New);
}

#[test]
fn one_title_in_many_houses_over_other_things_says_nothing() {
    const SHARED: [&str; 6] = [
        "All readers are kindly asked to note the following change of our hours and services.",
        "Please find below what our board decided at its meeting of last week in the town hall.",
        "We thank everybody who wrote to us about the new rules for lending and for renewals.",
        "The library informs its members and its friends about the plans for the coming season.",
        "This notice replaces the one that was put up at the entrance some days before it.",
        "Questions are answered at the desk on the ground floor or by telephone every morning.",
    ];
    let own = |n: usize| {
        let words = (0..22).map(|word| format!("w{}", (n * 7919 + word * 104_729) % 9973));
        words.collect::<Vec<_>>().join(" ")
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut merged = 0;
    for n in 0..90 {
        let source = format!("house-{}", n % 30);
        let text = format!("{} {}.", SHARED[n % SHARED.len()], own(n));
        let title = "Notice to all readers of the library";
        let url = format!("https://{source}.example/{n}");
        let next = item(&source, &url, title, &text, "en");
        let placement = place(&next, "Tests", &candidates);
        merged += usize::from(placement.relation != Relation::New);
        candidates.push(Candidate {
            story: placement.story,
            ..candidate(&next)
        });
    }
    // Until it has come three times, nobody can know.
    assert!(merged <= 2, "{merged}");
}
