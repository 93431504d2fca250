//! Themes: colours, fonts and width, each value checked for what it is and the colours for contrast.

use std::{collections::BTreeMap, path::Path};

use toml::de::DeValue;

use super::{
    Level,
    document::{Document, Sink, nearest},
};
use crate::model::Theme;

/// The least contrast of a text to its ground (WCAG 2.2, success criterion 1.4.3).
const CONTRAST: f64 = 4.5;

/// The theme of a file over the default one; what is wrong in it leaves the default.
pub(super) fn theme(default: &str, own: Option<Document>, sink: &Sink) -> Theme {
    let mut values = BTreeMap::new();
    take(
        &Document::new(Path::new("theme.toml"), default),
        &mut values,
        true,
        sink,
    );
    let document = own.inspect(|own| take(own, &mut values, false, sink));
    let document = document.unwrap_or_else(|| Document::new(Path::new("theme.toml"), ""));
    let texts = ["ink", "muted", "accent", "alert"];
    let pairs = texts
        .into_iter()
        .flat_map(|text| [(text, "card"), (text, "paper")])
        .chain([("accent-ink", "accent")]);
    for (text, ground) in pairs {
        for dark in ["", "dark-"] {
            let (text, ground) = (format!("{dark}{text}"), format!("{dark}{ground}"));
            let colour = |name: &str| values.get(name).and_then(|value| luminance(value));
            let (Some(a), Some(b)) = (colour(&text), colour(&ground)) else {
                continue;
            };
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            if contrast < CONTRAST {
                let sentence = format!(
                    "`{text}` on `{ground}` has a contrast of {contrast:.1} to 1; text needs {CONTRAST}"
                );
                let help = "make one of them darker or the other lighter".to_owned();
                sink.push(document.problem(Level::Error, None, sentence, Some(help)));
            }
        }
    }
    Theme { values }
}

fn take(document: &Document, values: &mut BTreeMap<String, String>, first: bool, sink: &Sink) {
    let table = document.parse(sink);
    for (key, value) in table.get_ref() {
        let (name, span) = (key.get_ref().to_string(), key.span());
        let wrong = |sentence: String, help: Option<String>| {
            sink.push(document.problem(Level::Error, Some(span.clone()), sentence, help));
        };
        let DeValue::String(text) = value.get_ref() else {
            wrong(format!("`{name}` takes a text in quotes"), None);
            continue;
        };
        if !first && !values.contains_key(&name) {
            let help = nearest(&name, values.keys().map(String::as_str))
                .map(|near| format!("did you mean `{near}`?"));
            wrong(format!("there is no value `{name}` in a theme"), help);
            continue;
        }
        match checked(&name, text) {
            Ok(()) => {
                values.insert(name, text.trim().to_owned());
            }
            Err(sentence) => wrong(sentence, None),
        }
    }
}

fn checked(name: &str, value: &str) -> Result<(), String> {
    let plain = !value.contains(['{', '}', ';', '<', '>', '"', '\\'])
        && !value.to_ascii_lowercase().contains("url(");
    match name {
        "logo" if value.is_empty() || value.starts_with("https://") && plain => Ok(()),
        "logo" => Err("`logo` takes an https address".to_owned()),
        "logo-alt" => Ok(()),
        "width" => {
            let pixels = value
                .strip_suffix("px")
                .and_then(|number| number.parse::<u32>().ok());
            pixels
                .filter(|n| (320..=900).contains(n))
                .map(|_| ())
                .ok_or("`width` takes 320px to 900px".to_owned())
        }
        "font" | "heading-font" if plain && !value.trim().is_empty() => Ok(()),
        "font" | "heading-font" => Err(format!(
            "`{name}` takes names of fonts, with ' around those of several words"
        )),
        _ => luminance(value)
            .map(|_| ())
            .ok_or(format!("`{name}` takes a colour such as `#0b5d66`")),
    }
}

/// The relative luminance of `#rrggbb` (WCAG 2.2).
fn luminance(colour: &str) -> Option<f64> {
    let hex = colour
        .trim()
        .strip_prefix('#')
        .filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}
