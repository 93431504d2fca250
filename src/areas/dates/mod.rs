//! Days that a text names: deadlines and events, in seven languages, with the words that gave them.
//!
//! `day` finds days as they are written, `time` the hour beside them; here the words around a day say
//! what it is. Deliberate limits: a day is only taken where a word in its sentence or in the title says
//! what it is, and only if it is not past for the item; a year that is not written is the one that
//! makes the day come next.

mod day;
mod time;

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use regex::Regex;

use self::{day::mentions, time::time};
use crate::{
    model::{DatedFact, FactKind, LanguageCode},
    text::latin_digits,
};

/// How much of a text is looked at.
const BEGINNING: usize = 6000;
/// How many days an item can name.
const MOST: usize = 6;
/// How far before a day the word may stand that says what the day is, in characters.
const REACH: usize = 60;
/// How far around a day its sentence is looked for, in bytes.
const SENTENCE: usize = 300;
/// An event without a year lies no further ahead: what is further has most likely been.
const AHEAD: TimeDelta = TimeDelta::days(200);

static DEADLINE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(\b(by|until|till|before|deadlines?|due|no later than|not later than|closes?|closing|submissions? end|jusqu['’]au|avant le|avant|d['’]ici (au|le)|date limite|délai|au plus tard|clôture|bis( zum| spätestens)?|frist|\w+frist|spätestens|\w*schluss|abgabetermin|hasta|antes del?|fecha límite|plazo|a más tardar|cierre|до|не позднее|срок|дедлайн)\b|截止|最迟|不迟于|حتى|قبل|آخر موعد|أقصاه|بحلول|الموعد النهائي|لغاية|ينتهي|تنتهي)[^.!?。؟]*$",
    )
    .expect("a pattern of ours")
});

static DEADLINE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?:(?:上午|下午|晚上?)?\d{1,2}(?:[:：点时]\d{0,2}分?)?)?\s*(之前|以前|前|截止|为止|\((deadline|frist|date limite)\)|is the (deadline|closing date)|ist (einsendeschluss|anmeldeschluss|bewerbungsschluss)|est la date limite|es la fecha límite|هو (آخر موعد|الموعد النهائي))",
    )
    .expect("a pattern of ours")
});

static EVENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|\P{L})(webinars?|conferences?|congress|forum|workshops?|seminars?|sessions?|meetings?|meets?|assembly|summit|symposium|exhibitions?|fair|festival|courses?|hearings?|lectures?|panel|round ?table|launch|takes? place|will be held|join us|(?-i:Week|Day)|webinaires?|conférences?|congrès|ateliers?|séminaires?|réunions?|sommet|journées?|colloque|exposition|salon|assemblée|aura lieu|auront lieu|se tiendra|se déroulera|\w*konferenz|\w*kongress|\w*tagung|bibliothekart\w+|\w*thekentag|\w*aktionstag|fachtag|welttag|veranstaltung|workshops?|sitzung|\w*ausstellung|\w*messe|\w*woche|findet|conferencias?|congreso|foro|taller|talleres|seminarios?|jornadas?|reunión|cumbre|exposición|feria|asamblea|tendrá lugar|se celebrará|se realizará|webinario|вебинар\w*|конференци\w*|конгресс\w*|форум\w*|семинар\w*|сесси\w*|заседани\w*|саммит\w*|выставк\w*|фестивал\w*|ярмарк\w*|съезд\w*|встреч\w*|состоится|состоятся|пройд[её]т|пройдут|откро[ею]тся)(?:\P{L}|$)|会议|大会|论坛|研讨|峰会|培训|讲座|展览|书展|举行|举办|召开|开幕|مؤتمر|منتدى|ندوة|ورشة|ورش|دورة|اجتماع|قمة|معرض|مهرجان|ملتقى|سيعقد|ستعقد|يعقد|تعقد|سينظم|ينطلق",
    )
    .expect("a pattern of ours")
});

/// What runs until a day is an event and asks nothing of anybody.
static RUNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(exhibition|on (view|display|show)|runs|exposition|est visible|ausstellung|läuft|exposición|en exhibición|выставк\w+)\b|展览|展出|معرض",
    )
    .expect("a pattern of ours")
});

/// A document with the day on which it was made, right before that day: `report of`, `loi du`.
static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(reports?|letter|decision|resolution|law|act|decree|directive|judge?ment|ruling|statement|declaration|minutes|rapport|lettre|décision|résolution|loi|décret|arrêté?|déclaration|communiqué|procès-verbal|bericht|gesetz|beschluss|urteil|schreiben|erklärung|protokoll|verordnung|richtlinie|informe|ley|decreto|carta|decisión|resolución|sentencia|declaración|acta|отч[её]т\w*|закон\w*|приказ\w*|решени\w*|письм\w*|постановлени\w*|заявлени\w*|протокол\w*)(\s+\p{L}+)?\s+(of|from|dated|du|en date du|vom|del|de|от)\s*$",
    )
    .expect("a pattern of ours")
});

/// Words by which a sentence tells of what has been.
static PAST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(was|were|had|met|took place|has been|died|born|adopted|signed|published|since|a eu lieu|s['’]est tenue?|ont été|a été|était|depuis|adoptée?|publiée?|fand|fanden|wurden?|war|waren|seit|tagte|se celebró|tuvo lugar|fue|fueron|desde|aprobó|состоял(ся|ась|ось|ись)|прош(ел|ёл|ла|ло|ли)|был[аои]?|с момента|принят[аоы]?)\b|举行了|召开了|已于|发布了|通过了|عقدت|عقد في|أقيم|صدر|منذ|اعتمد",
    )
    .expect("a pattern of ours")
});

/// The deadlines and event days of a text, in its order, deadlines first; `reference` is the item's own date.
pub fn dates(
    title: &str,
    text: &str,
    language: Option<&LanguageCode>,
    reference: DateTime<Utc>,
) -> Vec<DatedFact> {
    let title_line = latin_digits(title);
    let text = &text[..text.floor_char_boundary(BEGINNING)];
    let text = format!("{title}\n{text}");
    let text = latin_digits(&text);
    let mut facts: Vec<DatedFact> = Vec::new();
    for mention in mentions(&text, language) {
        let Some((day, until)) = mention.days(reference) else {
            continue;
        };
        let today = reference.date_naive();
        if until.unwrap_or(day) < today {
            continue;
        }
        let place = &mention.place;
        let (before, after) = (before(&text, place.start), &text[place.end..]);
        let sentence = sentence(&text, place.start, place.end);
        let asked =
            until.is_none() && (DEADLINE_BEFORE.is_match(before) || DEADLINE_AFTER.is_match(after));
        let what = if asked && !RUNS.is_match(sentence) {
            FactKind::Deadline
        } else {
            let near = mention.has_year() || day - today <= AHEAD;
            let named = EVENT.is_match(sentence) || EVENT.is_match(&title_line);
            let told = PAST.is_match(sentence) || DOCUMENT.is_match(before);
            if !(named && near) || !mention.has_year() && told {
                continue;
            }
            FactKind::Event
        };
        let known = |fact: &DatedFact| fact.what == what && fact.date == day;
        if facts.len() < MOST && !facts.iter().any(known) {
            facts.push(DatedFact {
                what,
                date: day,
                until,
                time: time(before, after),
                words: words(before, &text[place.clone()], what),
            });
        }
    }
    facts.sort_by_key(|fact| fact.what);
    facts
}

/// The rest of the line before a place, as far as a word may stand from its day.
fn before(text: &str, at: usize) -> &str {
    let start = text[..at]
        .char_indices()
        .rev()
        .take(REACH)
        .last()
        .map_or(at, |(start, _)| start);
    let near = &text[start..at];
    near.rsplit('\n').next().unwrap_or(near)
}

/// The sentence that a place stands in, or what of it is near.
fn sentence(text: &str, start: usize, end: usize) -> &str {
    let from = text.floor_char_boundary(start.saturating_sub(SENTENCE));
    let to = text.ceil_char_boundary((end + SENTENCE).min(text.len()));
    let begins = [". ", "! ", "? ", "\n", "。", "！", "？", "؟"]
        .iter()
        .filter_map(|mark| Some(from + text[from..start].rfind(mark)? + mark.len()))
        .max()
        .unwrap_or(from);
    let ends = [". ", "! ", "? ", "\n", "。", "！", "？", "؟"]
        .iter()
        .filter_map(|mark| text[end..to].find(mark))
        .min()
        .map_or(to, |at| end + at);
    &text[begins..ends]
}

/// The words that gave a day: from the word that says what it is.
fn words(before: &str, day: &str, what: FactKind) -> String {
    let from = match what {
        FactKind::Deadline => DEADLINE_BEFORE
            .find(before)
            .map_or(before.len(), |found| found.start()),
        FactKind::Event => before.len(),
    };
    format!("{}{day}", &before[from..]).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        text: &str,
        reference: &str,
    ) -> Vec<(FactKind, String, Option<String>, Option<String>)> {
        dates(text, "", None, reference.parse().unwrap())
            .into_iter()
            .map(|fact| {
                (
                    fact.what,
                    fact.date.to_string(),
                    fact.until.map(|d| d.to_string()),
                    fact.time,
                )
            })
            .collect()
    }

    #[test]
    fn deadlines_are_read_in_seven_languages() {
        for text in [
            "Observers may answer the questionnaire by 4 December.",
            "Abstracts are due by December 4, 2026.",
            "Le questionnaire reste ouvert jusqu’au 4 décembre 2026.",
            "Einsendeschluss ist der 4. Dezember 2026.",
            "Los observadores pueden responder hasta el 4 de diciembre de 2026.",
            "Ответить можно до 4 декабря 2026 года.",
            "截止日期2026年12月4日。",
            "可在2026年12月4日之前答复问卷。",
            "ويمكن الرد حتى ٤ ديسمبر ٢٠٢٦.",
        ] {
            let facts = read(text, "2026-11-16T08:00:00Z");
            assert_eq!(facts.len(), 1, "{text}: {facts:?}");
            assert_eq!(
                (facts[0].0, facts[0].1.as_str()),
                (FactKind::Deadline, "2026-12-04"),
                "{text}"
            );
        }
    }

    #[test]
    fn spans_and_times_belong_to_events() {
        let facts = read(
            "La conférence a lieu du 9 au 24 novembre 2021",
            "2021-10-01T00:00:00Z",
        );
        assert_eq!(
            facts,
            [(
                FactKind::Event,
                "2021-11-09".into(),
                Some("2021-11-24".into()),
                None
            )]
        );
        let facts = read(
            "The webinar is on 13 July at 12pm New York time",
            "2020-07-06T00:00:00Z",
        );
        assert_eq!(
            facts,
            [(
                FactKind::Event,
                "2020-07-13".into(),
                None,
                Some("12pm New York time".into())
            )]
        );
        let facts = read(
            "The forum meets from 8 to 12 December 2026.",
            "2026-11-11T00:00:00Z",
        );
        assert_eq!(
            facts,
            [(
                FactKind::Event,
                "2026-12-08".into(),
                Some("2026-12-12".into()),
                None
            )]
        );
    }

    #[test]
    fn a_day_that_the_text_does_not_give_is_not_made_up() {
        for text in [
            "In May the committee met",
            "Since 4 March 2019 the law holds",
            "by 2030",
            "page 12, 40 members",
        ] {
            assert_eq!(read(text, "2026-11-16T00:00:00Z"), [], "{text}");
        }
    }
}
