//! What kind of thing an item is: read from the words of its title first, then of its beginning.

use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};
use url::Url;

use crate::model::{Kind, LanguageCode};

/// Kinds in the order in which they are believed, each with the words that give it.
const RULES: [(Kind, &str); 5] = [
    (
        Kind::Job,
        r"(?:^|\P{L})(vacanc(y|ies)|job (opening|offer|announcement)s?|we are hiring|join our team as|offres? d['’]emploi|recrute|stellenausschreibung|stellenangebot|wir suchen|oferta de empleo|vacantes?|ваканси[яиюей]+)(?:\P{L}|$)|招聘|职位空缺|وظيفة شاغرة|إعلان توظيف",
    ),
    (
        Kind::Newsletter,
        r"(?:^|\P{L})(newsletters?|news bulletin|bulletin n[o°]|lettre d['’]information|infolettre|rundbrief|bolet[ií]n( informativo)?|рассылк[аи]|информационный бюллетень)(?:\P{L}|$)|通讯(第|简报)|简报|النشرة الإخبارية|نشرة إخبارية",
    ),
    (
        Kind::Call,
        r"(?:^|\P{L})(calls? for (papers|inputs?|proposals|nominations|contributions|evidence|abstracts|posters|applications|comments|submissions|participation|expressions?|speakers|action)|consultations?|survey|questionnaire|nominations? (are |now )?open|applications? (are |now )?open|apply (now|by)|may apply|have your say|submit your|open letter|sign the|deadline|appels? [àa] (contributions?|communications?|candidatures?|projets?|propositions?)|consultation|enqu[êe]te|répondez|date limite|umfrage|aufruf|call for papers|ausschreibung|fragebogen|bewerbungsfrist|einsendeschluss|convocatoria|llamado a|encuesta|consulta p[úu]blica|concurso|fecha l[íi]mite|приглаша(ем|ет|ются)|опрос|анкет[ауы]|конкурс|заявк[иу]|срок подачи)(?:\P{L}|$)|征文|征集|征求意见|问卷|申请(截止|通知)|截止日期|دعوة (ل|إلى )?(تقديم|المشاركة|الترشيح)|استبيان|استطلاع|آخر موعد",
    ),
    (
        Kind::Event,
        r"(?:^|\P{L})(webinars?|save the date|register now|registration (is )?(now )?open|takes? place|will be held|join us (on|for)|workshop on|livestream|webinaires?|s[ée]minaire|inscriptions? ouvertes?|aura lieu|journ[ée]e d['’][ée]tude|veranstaltung|findet (am|vom|statt)|anmeldung|webinario|seminario|jornadas?|tendr[áa] lugar|inscripci[óo]n abierta|вебинар[аеу]?|семинар[аеу]?|состоится|пройд[её]т)(?:\P{L}|$)|研讨会|网络研讨|将于.{0,12}(举行|召开)|ندوة|ورشة عمل|سيعقد|ستعقد",
    ),
    (
        Kind::Publication,
        r"(?:^|\P{L})(reports?|guidelines?|guide|handbook|toolkit|white paper|study|book|publication|published|new edition|rapports?|lignes directrices|guide pratique|étude|ouvrage|bericht|leitfaden|brosch[üu]re|handreichung|studie|informes?|gu[íi]a|estudio|publicaci[óo]n|доклад[аеу]?|отч[её]т[аеу]?|руководств[оа]|исследовани[ея]|издани[ея])(?:\P{L}|$)|报告|指南|白皮书|出版|发布.{0,8}(报告|指南)|تقرير|دليل|دراسة|إصدار",
    ),
];

static TITLES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSetBuilder::new(RULES.map(|(_, words)| words))
        .case_insensitive(true)
        .build()
        .expect("patterns of ours")
});

/// How much of a text says what kind of thing it is.
const BEGINNING: usize = 600;

/// What kind of thing an item is. What stands in the title decides; the text can only make a call,
/// an event or a vacancy of what is otherwise news, since reports and newsletters are mentioned
/// everywhere.
pub fn kind(
    title: &str,
    text: &str,
    url: Option<&Url>,
    categories: &[String],
    _language: Option<&LanguageCode>,
) -> Kind {
    let first = |text: &str| {
        TITLES
            .matches(text)
            .iter()
            .next()
            .map(|place| RULES[place].0)
    };
    if let Some(kind) = first(title) {
        return kind;
    }
    if let Some(kind @ (Kind::Job | Kind::Newsletter | Kind::Event)) =
        categories.iter().find_map(|c| first(c))
    {
        return kind;
    }
    let beginning = &text[..text.floor_char_boundary(BEGINNING)];
    match first(beginning) {
        Some(kind @ (Kind::Job | Kind::Call | Kind::Event)) => kind,
        _ if url.is_some_and(is_blog) => Kind::Post,
        _ => Kind::News,
    }
}

fn is_blog(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.split('.').any(|label| {
        matches!(
            label,
            "blog" | "blogs" | "wordpress" | "blogspot" | "medium" | "substack"
        )
    }) || url
        .path()
        .split('/')
        .any(|part| matches!(part, "blog" | "blogs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_in_seven_languages() {
        for (title, expected) in [
            ("Call for papers: libraries and the 2030 Agenda", Kind::Call),
            (
                "Appel à contributions : l’intelligence artificielle",
                Kind::Call,
            ),
            (
                "Umfrage zur Leseförderung: Teilnahme bis 5. Dezember",
                Kind::Call,
            ),
            ("征文通知：图书馆与可持续发展", Kind::Call),
            ("دعوة لتقديم الأوراق: المكتبات", Kind::Call),
            ("Webinar on 3 December: AI in cataloguing", Kind::Event),
            ("June 2020 newsletter now available", Kind::Newsletter),
            ("Новое руководство по сохранности", Kind::Publication),
            ("Vacancy: head of collections", Kind::Job),
            ("Court acquits the two librarians", Kind::News),
        ] {
            assert_eq!(kind(title, "", None, &[], None), expected, "{title}");
        }
        let blog = "https://blogs.example.org/lpa/x".parse().unwrap();
        assert_eq!(
            kind("A day in Geneva", "", Some(&blog), &[], None),
            Kind::Post
        );
    }
}
