//! Marks: what tells one issue of a series from the next: numbers, months, days of the week,
//! seasons, ordinals, the II of a second part.

use std::{collections::HashSet, sync::LazyLock};

use regex::Regex;

use crate::text;

/// Days of the week, seasons and ordinals, folded, in the forms that titles use.
const NAMES: &str = "\
    monday tuesday wednesday thursday friday saturday sunday \
    lundi mardi mercredi jeudi vendredi samedi dimanche \
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag \
    lunes martes miercoles jueves viernes sabado domingo \
    понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье \
    الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت الاحد \
    spring summer autumn fall winter printemps ete automne hiver fruhjahr fruhling sommer herbst \
    primavera verano otono invierno весна весну лето осень зима зиму الربيع الصيف الخريف الشتاء \
    first second third fourth fifth sixth seventh eighth ninth tenth final \
    premier premiere deuxieme seconde troisieme quatrieme cinquieme sixieme septieme huitieme dernier derniere \
    erste erster erstes ersten zweite zweiter zweites zweiten dritte dritter drittes dritten \
    vierte vierter viertes vierten funfte funfter funftes funften letzte letzter letztes letzten \
    primer primero primera segundo segunda tercer tercero tercera cuarto cuarta quinto quinta ultimo ultima \
    первый первая первое первой вторая второй второе третья третий третье третьей четвертая четвертый \
    четвертое четвертой пятая пятый пятое пятой \
    الاول الاولي الثاني الثانيه الثالث الثالثه الرابع الرابعه الخامس الخامسه السادس السادسه";

/// Words after which a single letter or a number word is a mark: `Part A`, `part two`.
const PARTS: &str = "\
    part parts episode chapter volume vol issue no nr number session day call round phase module lecture lesson \
    partie numero volet chapitre teil folge ausgabe heft nummer band runde parte capitulo entrega convocatoria \
    часть выпуск номер глава тур сессия الجزء العدد الحلقه الجلسه";

const NUMBER_WORDS: &str = "\
    one two three four five six seven eight nine ten un une deux trois quatre cinq \
    eins zwei drei vier funf uno dos tres cuatro cinco один два три четыре пять";

/// Chinese counts: 第三期, 六月, （上）, 周二.
static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"第[0-9一二三四五六七八九十百]+|[一二三四五六七八九十]+月|[（(][上中下一二三四五六七八九十]+[)）]|(?:周|星期)[一二三四五六日天]|[上中下][篇集]|[春夏秋冬][季天]",
    )
    .expect("a pattern of ours")
});

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

static NAMED: LazyLock<HashSet<&str>> = LazyLock::new(|| set(NAMES));
static PART: LazyLock<HashSet<&str>> = LazyLock::new(|| set(PARTS));
static NUMBER: LazyLock<HashSet<&str>> = LazyLock::new(|| set(NUMBER_WORDS));
static MONTHS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let names = text::MONTHS.iter().copied().flatten();
    names
        .flat_map(|name| name.split_whitespace())
        .map(text::fold)
        .collect()
});

/// Whether a folded word names a month.
pub(super) fn is_month(word: &str) -> bool {
    MONTHS.contains(word)
}

/// The marks of a folded title; `words` are its words in order.
pub(super) fn marks(folded: &str, words: &[&str]) -> HashSet<String> {
    let mut marks: HashSet<String> = CHINESE
        .find_iter(folded)
        .map(|found| found.as_str().to_owned())
        .collect();
    for (at, word) in words.iter().enumerate() {
        let after_part = at > 0 && PART.contains(words[at - 1]);
        let last = at + 1 == words.len();
        let is_mark = is_number(word)
            || NAMED.contains(word)
            || is_month(word)
            || is_roman(word, after_part || last)
            || after_part && (word.chars().count() == 1 || NUMBER.contains(word));
        if is_mark {
            marks.insert((*word).to_owned());
        }
    }
    marks
}

/// A number by itself or with the ending of an ordinal: `12`, `2nd`, `3e`; no `News24`.
fn is_number(word: &str) -> bool {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit() || ".,/".contains(c));
    rest.len() < word.len() && rest.chars().count() <= 3
}

fn is_roman(word: &str, alone: bool) -> bool {
    word.bytes().all(|byte| b"ivx".contains(&byte)) && (word.len() >= 2 || alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str) -> Vec<String> {
        let folded = text::fold(&text::latin_digits(title));
        let words: Vec<&str> = text::words(&folded).map(|word| word.text).collect();
        let mut marks: Vec<String> = marks(&folded, &words).into_iter().collect();
        marks.sort();
        marks
    }

    #[test]
    fn issues_have_marks_in_seven_languages() {
        for (title, wanted) in [
            ("June 2020 newsletter now available", &["2020", "june"][..]),
            ("Reading the treaty, part II", &["ii"]),
            ("Part two: the archive", &["two"]),
            ("Session A: metadata", &["a"]),
            ("Lettre d’information de février 2026", &["2026", "fevrier"]),
            ("Zweiter Aufruf", &["zweiter"]),
            ("Часть четвёртая", &["четвертая"]),
            ("Обзор за июнь", &["июнь"]),
            ("第三部分", &["第三"]),
            ("2026年六月通讯", &["2026", "六月"]),
            ("阅览室的记忆（上）", &["(上)"]),
            ("الجزء الثاني", &["الثاني"]),
            ("العدد ٧", &["7"]),
            ("News24 on libraries and civil rights", &[]),
        ] {
            assert_eq!(of(title), wanted, "{title}");
        }
    }
}
