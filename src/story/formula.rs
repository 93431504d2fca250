//! Formulas: titles that come again with every issue and say nothing of what is in it.

use std::sync::LazyLock;

use regex::Regex;

static FORMULA: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(newsletters?|bulletins?|briefings?|digest|round-?up|agenda|minutes|vacanc(y|ies)|job (list|alert|opening)s?|",
        r"weekly|monthly|daily|this (week|month)|(week|month) in|(week|month|day)['’]s (links|news|reads|picks)|of the (week|month|day)|now (available|online)|new issue|issue \d+|vol(ume)?\.? ?\d+|news flash|press review|",
        r"lettre d['’]info\w*|infolettre|revue de presse|point de presse|(cette|de la) semaine|du (mois|jour)|hebdomadaire|mensuel(le)?|quotidien(ne)?|ordre du jour|offres? d['’]emploi|en bref|",
        r"rundschreiben|rundbrief|diese woche|die woche|der woche|des (monats|tages)|wöchentlich\w*|monatlich\w*|täglich\w*|wochenrückblick|stellenangebote|presseschau|tagesordnung|ausgabe \d+|",
        r"boletín|boletin|(esta|de la) semana|del (mes|día)|semanal(es)?|mensual(es)?|diari[oa]s?|resumen (semanal|diario)|ofertas de empleo|orden del día|",
        r"бюллетень|сводка|(этой|за) недел[яюие]|недели|месяца|еженедельн\w+|ежемесячн\w+|ежедневн\w+|дайджест|рассылка|вакансии|обзор (прессы|недели)|повестка дня)\b|",
        r"通讯|简报|周报|月报|日报|每周|每月|每日|本周|本月|一周|招聘|新闻摘要|نشرة|النشرة|موجز|الإحاطة الصحفية|(هذا|في) (الأسبوع|الشهر)|الأسبوعي|الشهري|اليومي|وظائف شاغرة|جدول الأعمال",
    ))
    .expect("a pattern of ours")
});

/// How much else a title may say and still be a formula, in letters; a sign of Chinese counts for three.
const ELSE: usize = 36;

/// Whether a title is one of a series: alike titles then mean nothing.
pub(super) fn is_formulaic(title: &str) -> bool {
    let letters = |text: &str| -> usize {
        text.chars()
            .filter(|c| c.is_alphabetic())
            .map(|c| if u32::from(c) >= 0x2e80 { 3 } else { 1 })
            .sum()
    };
    let formula: usize = FORMULA
        .find_iter(title)
        .map(|found| letters(found.as_str()))
        .sum();
    formula > 0 && letters(title) <= formula + ELSE
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
            "A daily newspaper of the north opens its archive to readers and scholars",
            "Le traité entre en vigueur",
            "图书馆重新开放",
        ] {
            assert!(!is_formulaic(title), "{title}");
        }
    }
}
