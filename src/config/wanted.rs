//! The types of values, and what is said where one stands for another.

use toml::de::DeValue;

/// What a key takes.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Text,
    Texts,
    Boolean,
    Whole,
    Number,
    Table,
}

impl Wanted {
    /// What is wrong with a value of another type, and how to write it; `written` is how it stands in
    /// the file.
    pub(super) fn not(self, key: &str, value: &DeValue<'_>, written: &str) -> (String, String) {
        let (wanted, example) = match self {
            Self::Text => ("a text in quotes", "\"…\""),
            Self::Texts => ("a list of texts in brackets", "[\"…\", \"…\"]"),
            Self::Boolean => ("true or false", "true"),
            Self::Whole => ("a whole number", "1"),
            Self::Number => ("a number", "1"),
            Self::Table => ("a table", "{ … }"),
        };
        let (found, scalar) = match value {
            DeValue::String(_) => ("a text", false),
            DeValue::Integer(_) | DeValue::Float(_) => ("a number", true),
            DeValue::Boolean(_) => ("true or false", true),
            DeValue::Datetime(_) => ("a date", true),
            DeValue::Array(_) => ("a list", false),
            DeValue::Table(_) => ("a table", false),
        };
        let meant = match (self, value) {
            (Self::Text, _) if scalar => Some(format!("\"{written}\"")),
            (Self::Texts, DeValue::String(_)) => Some(format!("[{written}]")),
            (Self::Boolean, DeValue::String(text)) => match text.as_ref() {
                "true" | "yes" | "on" | "1" => Some("true".to_owned()),
                "false" | "no" | "off" | "0" => Some("false".to_owned()),
                _ => None,
            },
            (Self::Whole | Self::Number, DeValue::String(text)) => {
                text.parse::<i64>().ok().map(|number| number.to_string())
            }
            _ => None,
        };
        let sentence = format!("`{key}` takes {wanted}, not {found}");
        let meant = meant.as_deref().unwrap_or(example);
        (sentence, format!("write `{key} = {meant}`"))
    }
}
