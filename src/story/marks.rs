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
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth \
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth final \
    premier premiere deuxieme seconde troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme \
    dixieme onzieme douzieme treizieme quatorzieme quinzieme dernier derniere \
    primer primero primera segundo segunda tercer tercero tercera cuarto cuarta quinto quinta sexto sexta \
    septimo septima octavo octava noveno novena decimo decima undecimo undecima ultimo ultima \
    الاول الاولي الثاني الثانيه الثالث الثالثه الرابع الرابعه الخامس الخامسه السادس السادسه السابع السابعه \
    الثامن الثامنه التاسع التاسعه العاشر العاشره";

/// Ordinals that take endings: German, then Russian.
const ORDINALS: &str = "\
    erst zweit dritt viert funft sechst siebt siebent acht neunt zehnt elft zwolft dreizehnt letzt \
    перв втор трет треть четверт пят шест седьм восьм девят десят одиннадцат двенадцат последн";
const GERMAN: [&str; 5] = ["e", "er", "es", "en", "em"];
const RUSSIAN: [&str; 10] = ["ый", "ий", "ой", "ая", "ое", "я", "е", "ей", "его", "яя"];

/// Words after which a single letter or a number word is a mark: `Part A`, `part two`.
const PARTS: &str = "\
    part parts episode chapter volume vol issue no nr number session day call round phase module lecture lesson \
    partie numero volet chapitre episode cahier seance cours teil folge ausgabe heft nummer band runde \
    vorlesung sitzung kapitel parte capitulo episodio entrega convocatoria sesion \
    часть выпуск номер глава тур сессия серия эпизод лекция урок الجزء العدد الحلقه الجلسه الدوره";

const NUMBER_WORDS: &str = "\
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
    seventeen eighteen nineteen twenty un une deux trois quatre cinq six sept huit neuf dix onze douze \
    eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf uno dos tres cuatro cinco seis siete \
    ocho nueve diez once doce один два три четыре пять шесть семь восемь девять десять";

/// Chinese counts: 第三期, 六月, （上）, 之三, 周二.
static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"第[0-9一二三四五六七八九十百]+|[一二三四五六七八九十]+月|[（(]其?[上中下一二三四五六七八九十]+[)）]|[之其][一二三四五六七八九十]+$|(?:周|星期)[一二三四五六日天]|[上中下][篇集]|[春夏秋冬][季天]",
    )
    .expect("a pattern of ours")
});

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

static NAMED: LazyLock<HashSet<&str>> = LazyLock::new(|| set(NAMES));
static ORDINAL: LazyLock<HashSet<&str>> = LazyLock::new(|| set(ORDINALS));
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
            || is_ordinal(word)
            || is_quarter(word)
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

/// `siebter`, `шестая`.
fn is_ordinal(word: &str) -> bool {
    GERMAN.iter().chain(&RUSSIAN).any(|ending| {
        word.strip_suffix(ending)
            .is_some_and(|stem| ORDINAL.contains(stem))
    })
}

/// `Q3`, `H1`.
fn is_quarter(word: &str) -> bool {
    matches!(word.as_bytes(), [b'q' | b'h' | b't', b'1'..=b'4'])
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
            ("馆员手记之三", &["之三"]),
            ("Siebter Teil", &["siebter"]),
            ("Часть шестая", &["шестая"]),
            ("Lecture thirteen", &["thirteen"]),
            ("Loan figures Q3", &["q3"]),
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
