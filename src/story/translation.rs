//! Translations: what links, addresses, symbols and pictures say of two items in two languages.

use chrono::TimeDelta;

use super::{
    Candidate,
    fingerprint::Title,
    keys::symbols,
    place::{COPY_TIME, Found, found},
};
use crate::{
    model::{Alternate, Item, Relation},
    text,
};

/// Whether two items in two languages are translations of each other, by what links them.
pub(super) fn linked(
    item: &Item,
    section: &str,
    candidate: &Candidate,
    apart: TimeDelta,
) -> Option<Found> {
    if apart > COPY_TIME {
        return None;
    }
    let ours = item.url.as_ref().map(text::identity);
    let theirs = candidate.url.as_ref().map(text::identity);
    let (ours, theirs) = (ours.as_deref(), theirs.as_deref());
    if names(&item.alternates, theirs) || names(&candidate.alternates, ours) {
        return found(
            Relation::Translation,
            0.97,
            "one names the other as its translation",
        );
    }
    let common = |url: Option<&str>| url.and_then(text::without_language);
    if let (Some((ours, our_language)), Some((theirs, their_language))) =
        (common(ours), common(theirs))
    {
        let telling = ours.chars().any(|c| c.is_ascii_digit())
            || ours.rsplit('/').next().is_some_and(|slug| slug.len() >= 16);
        if ours == theirs && our_language != their_language && telling {
            return found(
                Relation::Translation,
                0.96,
                "the same address but for the language",
            );
        }
    }
    let ours: Vec<String> = symbols(&item.title).collect();
    if symbols(&candidate.title).any(|symbol| ours.contains(&symbol)) && apart < TimeDelta::days(4)
    {
        return found(
            Relation::Translation,
            0.9,
            format!("the same document symbol `{}`", ours.join("`, `")),
        );
    }
    let same_image = item.image.is_some()
        && item.image == candidate.image
        && apart < TimeDelta::days(3)
        && candidate.source != item.source
        && section == candidate.section;
    let other_issue = || {
        let ours = Title::of(&item.title);
        let theirs = candidate.compared.title(&candidate.title);
        let only = |a: &Title, b: &Title| a.marks.difference(&b.marks).next().is_some();
        only(&ours, theirs) && only(theirs, &ours)
    };
    if same_image && !other_issue() {
        return found(
            Relation::Translation,
            0.8,
            "the same picture in another language, on the same days",
        );
    }
    None
}

/// Whether one of the alternates is the address.
fn names(alternates: &[Alternate], url: Option<&str>) -> bool {
    let same = |alternate: &Alternate| {
        alternate
            .url
            .parse()
            .is_ok_and(|other| Some(text::identity(&other).as_str()) == url)
    };
    url.is_some() && alternates.iter().any(same)
}
