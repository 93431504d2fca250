//! The language that a browser asks for (RFC 9110, 12.5.4).

use axum::http::{HeaderMap, header};

use crate::model::Language;

/// The best of the seven that the browser's user reads; `None` if none of them is named.
pub(super) fn accepted(headers: &HeaderMap) -> Option<Language> {
    let value = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(Language, f32)> = None;
    for part in value.split(',').take(20) {
        let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.trim().parse().ok());
        let weight: f32 = weight.unwrap_or(0.0);
        if let Some(language) = Language::from_tag(tag)
            && weight > best.map_or(0.0, |(_, best)| best)
        {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        let accepted = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
            accepted(&headers)
        };
        assert_eq!(accepted("pt-BR, fr;q=0.8, en;q=0.9"), Some(Language::En));
        assert_eq!(accepted("zh-Hant-TW,zh;q=0.9"), Some(Language::Zh));
        assert_eq!(accepted("pt, *;q=0.5"), None);
        assert_eq!(accepted("ar;q=0, de;q=x, es;q=0.1"), Some(Language::Es));
    }
}
