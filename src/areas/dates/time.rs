//! The time of day beside a day, as written, with its zone if one stands there.

use std::sync::LazyLock;

use regex::Regex;

const ZONE: &str = r"(?:\s*\(?(?:UTC(?:[+-]\d{1,2})?|GMT(?:[+-]\d{1,2})?|CEST|CET|EEST|EET|EDT|EST|PDT|PST|CDT|CST|BST|IST|JST|AEST|MSK|МСК|AoE|[Aa]nywhere on [Ee]arth|по московскому времени|(?:[A-Z][a-z]+ ){1,3}time|heure de (?:Paris|Genève|New York)|hora de (?:Ginebra|Madrid|Nueva York)|Ortszeit|بتوقيت [\p{Arabic}]+)\)?)?";

const CLOCK: &str = r"(?:\d{1,2}(?:[:.h]\d{2})?\s*(?:am|pm|a\.m\.|p\.m\.)|\d{1,2}(?::|\s?h\s?|\.)\d{2}(?:\s*(?:Uhr|horas|hrs|h|часов)\b)?|\d{1,2}\s*(?:Uhr|horas|heures|h|часов|o['’]clock)\b|noon|midi|midnight|minuit|mittags|mitternacht|mediodía|medianoche|полдень|полночь)";

static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^\s*(?:[(（]\p{{L}}{{2,12}}\.?[)）])?\s*(?:(?:года|г\.|м|م)(?:\s|,))?\s*[,،(–-]?\s*(?:(?:at|from|by|à|de|um|ab|ore|a las?|desde las|в|с|الساعة)\s*){{0,2}}({CLOCK}(?:\s*(?:-|–|to|à|bis|a|до)\s*{CLOCK})?(?-i:{ZONE})|\d{{1,2}}(?::\d{{2}})?\s*(?:صباحا|صباحًا|مساء|مساءً|ظهرا|ظهرًا)(?-i:{ZONE})|(?:(?:上午|下午|晚上?|北京时间)\s*)*\d{{1,2}}(?:[:：]\d{{2}}|[点时](?:\d{{1,2}}分|半)?))"
    ))
    .expect("a pattern of ours")
});

static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)\b({CLOCK}(?-i:{ZONE}))\s*,?\s*(?:on|le|am|el|du|del|of)?\s*(?:\p{{L}}{{3,10}},?\s*)?$"
    ))
    .expect("a pattern of ours")
});

/// The time that stands behind a day, else right before it.
pub(super) fn time(before: &str, after: &str) -> Option<String> {
    let after = &after[..after.floor_char_boundary(80)];
    let found = AFTER
        .captures(after)
        .or_else(|| BEFORE.captures(before))?
        .get(1)?;
    // 2026.12 and 3.5 are no times.
    let time = found.as_str().trim().trim_matches(['(', ')']);
    let decimal = time.chars().all(|c| c.is_ascii_digit() || c == '.');
    (!decimal).then(|| time.to_owned())
}
