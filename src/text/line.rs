//! Lines: text that must stay on one line and do nothing.

/// One clean line: white space collapsed, control characters, bidi controls and zero-width characters out.
pub fn line(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}
