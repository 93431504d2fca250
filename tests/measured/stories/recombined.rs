//! Distinct items made of real sentences: each tells in sentences of several items what none of them told.

use std::collections::{HashMap, HashSet};

use super::{shelf::Told, told, variants::scatter};

/// So many items, each of a title made of two titles and a text of three sentences of three items of one
/// language; no two share more than one sentence.
pub(crate) fn all(real: &[Told], count: usize) -> Vec<Told> {
    let mut all = Vec::new();
    // The words of the titles that begin or end with a half.
    let mut titles: HashMap<&str, Vec<HashSet<String>>> = HashMap::new();
    let mut together: HashSet<(&str, &str)> = HashSet::new();
    for seed in 0..count * 20 {
        if all.len() == count {
            break;
        }
        let first = &real[scatter(seed) % real.len()];
        let same: Vec<&Told> = real
            .iter()
            .filter(|told| told.language == first.language)
            .collect();
        let pick = |salt: usize| same[scatter(seed * 31 + salt) % same.len()];
        let of = [pick(1), pick(2), pick(3)];
        let [Some(a), Some(b), Some(c)] = of.map(|told| sentence(&told.text, scatter(seed))) else {
            continue;
        };
        let pairs = [
            (a.min(b), a.max(b)),
            (a.min(c), a.max(c)),
            (b.min(c), b.max(c)),
        ];
        let (before, behind) = (half(&of[0].title, true), half(&of[1].title, false));
        let words: HashSet<String> = format!("{before} {behind}")
            .to_lowercase()
            .split(' ')
            .map(str::to_owned)
            .collect();
        let tells = |half: &str| half.chars().filter(|c| c.is_alphabetic()).count() >= 6;
        if pairs
            .iter()
            .any(|pair| pair.0 == pair.1 || together.contains(pair))
            || !tells(before)
            || !tells(behind)
            || [before, behind]
                .iter()
                .filter_map(|half| titles.get(half))
                .flatten()
                .any(|used| alike(used, &words))
        {
            continue;
        }
        together.extend(pairs);
        titles.entry(before).or_default().push(words.clone());
        titles.entry(behind).or_default().push(words);
        let join = if first.language == "zh" { "" } else { " " };
        let source = format!("feed{}", scatter(seed * 17) % 150);
        all.push(told(
            &source,
            seed,
            &format!("{before}{join}{behind}"),
            &[a, b, c].join(join),
            &first.language,
        ));
    }
    all
}

/// Whether two titles are nearly the same one, as those of near copies among the real items are.
fn alike(a: &HashSet<String>, b: &HashSet<String>) -> bool {
    let common = a.intersection(b).count();
    common * 10 >= a.len().min(b.len()) * 8
}

/// One of the sentences of a text, none so long that it would be most of a text of three.
fn sentence(text: &str, seed: usize) -> Option<&str> {
    let ends: &[char] = &['.', '!', '?', '。', '؟'];
    let sentences: Vec<&str> = text
        .split_inclusive(ends)
        .map(str::trim)
        .filter(|sentence| {
            let signs = sentence
                .chars()
                .map(|c| if u32::from(c) >= 0x2e80 { 3 } else { 1 });
            (80..=160).contains(&signs.sum())
        })
        .collect();
    sentences.get(seed % sentences.len().max(1)).copied()
}

/// The first or the second half of a title, at a word where it has words.
fn half(title: &str, first: bool) -> &str {
    let middle = title.floor_char_boundary(title.len() / 2);
    let at = title[middle..]
        .find(' ')
        .map_or(middle, |space| middle + space);
    if first {
        title[..at].trim()
    } else {
        title[at..].trim()
    }
}
