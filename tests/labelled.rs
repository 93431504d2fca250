//! Measures curation on labelled items, where the folder with them stands beside the checkout.

#[path = "labelled/data.rs"]
mod data;

use circular::{model::LanguageCode, text};

#[test]
fn languages_of_titles() {
    let Some(items) = data::items() else { return };
    let long: Vec<_> = items.iter().filter(|item| item.title.chars().count() >= 40).collect();
    let mut wrong = Vec::new();
    for item in &long {
        let said = text::detect(&item.title, "", None);
        if said.as_ref().map(LanguageCode::as_str) != Some(item.lang.as_str()) {
            wrong.push(format!("{} {said:?} {}", item.lang, item.title));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred items")]
    let share = 1.0 - wrong.len() as f64 / long.len() as f64;
    println!("language: {share:.3} of {} titles\n{}", long.len(), wrong.join("\n"));
    assert!(share >= 0.97, "{share}");
}
