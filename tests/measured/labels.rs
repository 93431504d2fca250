//! Measures areas and languages on labelled items.

use std::path::Path;

use circular::{
    areas::{Matcher, evaluate},
    config,
    model::LanguageCode,
    text,
};

use crate::data;

#[test]
fn areas_of_items() {
    let Some(items) = data::items() else { return };
    let (areas, problems) = config::areas::parse(Path::new("areas.toml"), config::areas::DEFAULT);
    assert_eq!(problems, []);
    let scores = evaluate(&Matcher::new(&areas), &areas, &items);
    for (area, counts) in &scores.areas {
        println!(
            "{area:24} precision {:.2} recall {:.2} F1 {:.2} of {}",
            counts.precision(),
            counts.recall(),
            counts.f1(),
            counts.support()
        );
    }
    for (language, counts) in &scores.languages {
        println!(
            "{language:24} F1 {:.2} of {}",
            counts.f1(),
            counts.support()
        );
        assert!(counts.f1() >= 0.65, "{language}");
    }
    let all = scores.micro;
    println!(
        "all: precision {:.3} recall {:.3} F1 {:.3}",
        all.precision(),
        all.recall(),
        all.f1()
    );
    assert!(all.f1() >= 0.78 && all.precision() >= 0.82);
}

#[test]
fn languages_of_titles() {
    let Some(items) = data::items() else { return };
    let long: Vec<_> = items
        .iter()
        .filter(|item| item.title.chars().count() >= 40)
        .collect();
    let mut wrong = Vec::new();
    for item in &long {
        let said = text::detect(&item.title, "", None);
        if said.as_ref().map(LanguageCode::as_str) != Some(item.lang.as_str()) {
            wrong.push(format!("{} {said:?} {}", item.lang, item.title));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred items")]
    let share = 1.0 - wrong.len() as f64 / long.len() as f64;
    println!(
        "language: {share:.3} of {} titles\n{}",
        long.len(),
        wrong.join("\n")
    );
    assert!(share >= 0.97, "{share}");
}
