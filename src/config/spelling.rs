//! Spelling: the known word that a mistyped one is near to, and words as a list.

/// The known word that a mistyped one is nearest to, if any is near, or the only one that it begins.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let known: Vec<&str> = known.collect();
    let near = known
        .iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
            (distance, *candidate)
        })
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance);
    if let Some((_, near)) = near {
        return Some(near);
    }
    let mut begun = known
        .into_iter()
        .filter(|candidate| word.len() >= 3 && candidate.to_lowercase().starts_with(&word));
    begun.next().filter(|_| begun.next().is_none())
}

/// Words as a list: `a`, `b` and `c`.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    words.sort_unstable();
    words.dedup();
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} and {last}", words.join(", ")),
        None => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_a_beginning_is_understood() {
        let near = |word| {
            nearest(
                word,
                ["priority", "max_items", "max_per_source"].into_iter(),
            )
        };
        assert_eq!(near("Priorty"), Some("priority"));
        assert_eq!(near("prio"), Some("priority"));
        assert_eq!(near("max_"), None, "two begin so");
        assert_eq!(near("p"), None);
        assert_eq!(near("colour"), None);
    }
}
