//! Months as seven languages write them, and digits as all do.

/// The names of the months, the first first, in lower case with their accents.
pub const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "janvier", "januar", "jänner", "enero", "января", "январь", "يناير", "كانون الثاني", "جانفي"],
    &["february", "feb", "février", "fevrier", "februar", "febrero", "февраля", "февраль", "فبراير", "شباط", "فيفري"],
    &["march", "mar", "mars", "märz", "marzo", "марта", "март", "مارس", "آذار"],
    &["april", "apr", "avril", "abril", "апреля", "апрель", "أبريل", "ابريل", "إبريل", "نيسان", "أفريل"],
    &["may", "mai", "mayo", "мая", "май", "مايو", "أيار", "ماي"],
    &["june", "jun", "juin", "juni", "junio", "июня", "июнь", "يونيو", "حزيران", "جوان"],
    &["july", "jul", "juillet", "juli", "julio", "июля", "июль", "يوليو", "تموز", "جويلية"],
    &["august", "aug", "août", "aout", "agosto", "августа", "август", "أغسطس", "آب", "أوت"],
    &["september", "sept", "sep", "septembre", "septiembre", "setiembre", "сентября", "сентябрь", "سبتمبر", "أيلول"],
    &["october", "oct", "octobre", "oktober", "octubre", "октября", "октябрь", "أكتوبر", "تشرين الأول"],
    &["november", "nov", "novembre", "noviembre", "ноября", "ноябрь", "نوفمبر", "تشرين الثاني"],
    &["december", "dec", "décembre", "decembre", "dezember", "diciembre", "декабря", "декабрь", "ديسمبر", "كانون الأول"],
];

/// A text with Arabic-Indic, Persian and full-width digits as ASCII.
pub fn latin_digits(text: &str) -> String {
    text.chars()
        .map(|c| match u32::from(c) {
            digit @ 0x660..=0x669 => char::from_digit(digit - 0x660, 10).unwrap_or(c),
            digit @ 0x6f0..=0x6f9 => char::from_digit(digit - 0x6f0, 10).unwrap_or(c),
            digit @ 0xff10..=0xff19 => char::from_digit(digit - 0xff10, 10).unwrap_or(c),
            _ => c,
        })
        .collect()
}
