//! Entities: `&…;` made into what it stands for, declared or not.

use std::{borrow::Cow, collections::HashMap};

use scraper::Html;

/// The longest name that anybody gave an entity.
const LONGEST: usize = 32;
/// How many entities of a document type are remembered.
const MOST: usize = 100;

/// What the entities of one document stand for.
#[derive(Debug, Default)]
pub(super) struct Entities {
    known: HashMap<String, Option<String>>,
    /// How many were HTML's, which XML does not know.
    pub(super) undeclared: usize,
    /// How many `&` stood for themselves.
    pub(super) bare: usize,
    /// How many characters went that must not be in a document.
    pub(super) controls: usize,
}

impl Entities {
    /// Reads the simple declarations of a document type: `<!ENTITY name "text">`.
    ///
    /// What refers to something else is left out, so that nothing can grow.
    pub(super) fn declare(&mut self, doctype: &str) {
        for declaration in doctype.split("<!ENTITY").skip(1).take(MOST) {
            let mut words = declaration.trim_start().splitn(2, char::is_whitespace);
            let (Some(name), Some(rest)) = (words.next(), words.next()) else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let Some((value, _)) = rest[1..].split_once(quote) else {
                continue;
            };
            // What refers to another entity could double with every line.
            let refers = value.replace("&#", "").contains('&');
            let simple = value.len() <= 200 && !value.contains(['<', '%']) && !refers;
            if simple && name.len() <= LONGEST {
                let value = self.decoded(value).into_owned();
                self.known.insert(name.to_owned(), Some(value));
            }
        }
    }

    /// Appends a text to well-formed XML.
    pub(super) fn append(&mut self, text: &str, out: &mut String) {
        let plain = |b: &u8| matches!(b, b'&' | b'<' | b'>' | b'"' | 0x7f) || is_control(*b);
        let mut rest = text;
        while let Some(at) = rest.as_bytes().iter().position(&plain) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with('&') {
                let (value, length) = self.reference(rest);
                match value {
                    Some(value) => value.chars().for_each(|c| self.escape(c, out)),
                    None => out.push_str("&amp;"),
                }
                rest = &rest[length..];
            } else {
                let c = rest.chars().next().unwrap_or(' ');
                self.escape(c, out);
                rest = &rest[c.len_utf8()..];
            }
        }
        out.push_str(rest);
    }

    /// Appends a text that is what it is: inside CDATA, `&` stands for itself.
    pub(super) fn append_literal(&mut self, text: &str, out: &mut String) {
        let special = |c: char| {
            matches!(c, '&' | '<' | '>' | '"') || (c.is_ascii_control() && !c.is_ascii_whitespace())
        };
        let mut rest = text;
        while let Some(at) = rest.find(special) {
            out.push_str(&rest[..at]);
            let c = rest[at..].chars().next().unwrap_or(' ');
            self.escape(c, out);
            rest = &rest[at + c.len_utf8()..];
        }
        out.push_str(rest);
    }

    /// A text with its entities resolved and without characters that no document may have.
    pub(super) fn resolved<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let strange = |b: u8| b == b'&' || is_control(b);
        if !has(text, strange) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            self.add_clean(&rest[..at], &mut out);
            rest = &rest[at..];
            let (value, length) = self.reference(rest);
            self.add_clean(value.as_deref().unwrap_or("&"), &mut out);
            rest = &rest[length..];
        }
        self.add_clean(rest, &mut out);
        Cow::Owned(out)
    }

    /// A text without characters that no document may have.
    pub(super) fn literal<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if !has(text, is_control) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        self.add_clean(text, &mut out);
        Cow::Owned(out)
    }

    fn add_clean(&mut self, text: &str, out: &mut String) {
        if !has(text, is_control) {
            out.push_str(text);
            return;
        }
        for c in text.chars() {
            if c.is_ascii() && is_control(c as u8) {
                self.controls += 1;
            } else {
                out.push(c);
            }
        }
    }

    /// A text with its entities resolved.
    pub(super) fn decoded<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if !text.contains('&') {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (value, length) = self.reference(rest);
            out.push_str(value.as_deref().unwrap_or("&"));
            rest = &rest[length..];
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    fn escape(&mut self, c: char, out: &mut String) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => self.controls += 1,
            c if c.is_ascii() && is_control(c as u8) => self.controls += 1,
            c => out.push(c),
        }
    }

    /// What the `&` at the beginning of a text stands for, and how long the reference is; `None` for itself.
    fn reference(&mut self, text: &str) -> (Option<Cow<'static, str>>, usize) {
        let end = text
            .bytes()
            .take(LONGEST + 2)
            .skip(1)
            .position(|b| !(b.is_ascii_alphanumeric() || b == b'#'))
            .map(|at| at + 1);
        if let Some(end) = end.filter(|end| text.as_bytes()[*end] == b';' && *end > 1)
            && let Some(value) = self.resolve(&text[1..end])
        {
            return (Some(value), end + 1);
        }
        self.bare += 1;
        (None, 1)
    }

    fn resolve(&mut self, name: &str) -> Option<Cow<'static, str>> {
        let common = match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => "",
        };
        if !common.is_empty() {
            return Some(Cow::Borrowed(common));
        }
        if let Some(number) = name.strip_prefix('#') {
            return numeric(number).map(Cow::Owned);
        }
        if let Some(known) = self.known.get(name) {
            return known.clone().map(Cow::Owned);
        }
        let value = html(name);
        self.undeclared += usize::from(value.is_some());
        self.known.insert(name.to_owned(), value.clone());
        value.map(Cow::Owned)
    }
}

/// Whether a text has such a byte; looks at many bytes at once, as most texts have none.
fn has(text: &str, such: impl Fn(u8) -> bool) -> bool {
    text.as_bytes()
        .chunks(64)
        .any(|chunk| chunk.iter().fold(false, |found, byte| found | such(*byte)))
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// A character by its number; those between 128 and 159 are what Windows means by them, and one that
/// cannot be is nothing.
fn numeric(number: &str) -> Option<String> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    if let (0x80..=0x9f, Ok(byte)) = (code, u8::try_from(code)) {
        let bytes = [byte];
        return Some(encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned());
    }
    Some(char::from_u32(code).map(String::from).unwrap_or_default())
}

/// What HTML means by a name: its parser has the table.
fn html(name: &str) -> Option<String> {
    let source = format!("&{name};");
    let text: String = Html::parse_fragment(&source)
        .root_element()
        .text()
        .collect();
    (text != source).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_there_becomes_well_formed() {
        let mut entities = Entities::default();
        entities.declare("<!DOCTYPE x [<!ENTITY ifla \"Federation\"> <!ENTITY a \"&b;&b;\">]>");
        let mut out = String::new();
        entities.append(
            "R&D &amp; caf&eacute;&nbsp;&#8217;&#146;&#0;\u{1}&ifla; &a; &unknown; <",
            &mut out,
        );
        assert_eq!(
            out,
            "R&amp;D &amp; café\u{a0}’’Federation &amp;a; &amp;unknown; &lt;"
        );
        assert_eq!((entities.undeclared, entities.controls), (2, 2));
        assert_eq!(entities.bare, 3);
    }
}
