//! Formulas: titles that come again with every issue and say nothing of what is in it.

use std::sync::LazyLock;

use regex::Regex;

static FORMULA: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(newsletters?|bulletins?|briefings?|digest|round-?up|agenda|minutes|vacanc(y|ies)|job (list|alert|opening)s?|",
        r"weekly|monthly|daily|this week|now (available|online)|new issue|issue \d+|vol(ume)?\.? ?\d+|news flash|press review|",
        r"lettre d['’]info\w*|revue de presse|ordre du jour|offres? d['’]emploi|en bref|",
        r"rundschreiben|wochenrückblick|stellenangebote|presseschau|tagesordnung|ausgabe \d+|",
        r"boletín|boletin|resumen (semanal|diario)|ofertas de empleo|orden del día|",
        r"бюллетень|дайджест|рассылка|вакансии|обзор (прессы|недели)|повестка дня)\b|",
        r"通讯|简报|周报|月报|招聘|新闻摘要|نشرة|النشرة|موجز|وظائف شاغرة|جدول الأعمال",
    ))
    .expect("a pattern of ours")
});

/// Whether a title is one of a series: alike titles then mean nothing.
pub(super) fn is_formulaic(title: &str) -> bool {
    FORMULA.is_match(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_told_from_news() {
        for title in [
            "June 2020 newsletter now available",
            "Daily Press Briefing",
            "Lettre d’information n° 12",
            "新闻简报",
            "النشرة الإخبارية",
        ] {
            assert!(is_formulaic(title), "{title}");
        }
        for title in [
            "Libraries reopen after the flood",
            "Le traité entre en vigueur",
            "图书馆重新开放",
        ] {
            assert!(!is_formulaic(title), "{title}");
        }
    }
}
