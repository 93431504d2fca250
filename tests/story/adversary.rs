//! Cases that try to deceive, from `adversary.toml`: what reads alike and is two stories, and what
//! reads differently and is one.

use circular::{model::Relation, story::place};
use serde::Deserialize;

use super::{candidate, item, monday};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// Two items, and whether they are one story.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    one: bool,
    source: Source,
    hours: i64,
    language: String,
    titles: [String; 2],
    texts: [String; 2],
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Source {
    Same,
    Other,
}

#[test]
fn what_tries_to_deceive_is_read_right() {
    let Cases { case: cases } = toml::from_str(include_str!("adversary.toml")).unwrap();
    let mut wrong = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let (titles, texts) = (&case.titles, &case.texts);
        let address = format!("https://first.example/{at}");
        let first = item("first", &address, &titles[0], &texts[0], &case.language);
        let source = match case.source {
            Source::Same => "first",
            Source::Other => "second",
        };
        let address = format!("https://{source}.example/later/{at}");
        let mut second = item(source, &address, &titles[1], &texts[1], &case.language);
        second.effective = monday() + chrono::TimeDelta::hours(case.hours);
        let placement = place(&second, "Tests", &[candidate(&first)]);
        if (placement.relation != Relation::New) != case.one {
            let what = if case.one { "missed" } else { "merged" };
            wrong.push(format!(
                "{what}: `{}` / `{}`: {}",
                titles[0], titles[1], placement.reason
            ));
        }
    }
    let all = cases.len();
    assert!(all > 50);
    let wrong_ones = wrong.join("\n");
    assert!(wrong.is_empty(), "{} of {all}:\n{wrong_ones}", wrong.len());
}
