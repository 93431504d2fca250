//! Tags: one start tag read as written, however carelessly.

use std::borrow::Cow;

use super::entities::Entities;

/// The most attributes that are kept of one tag.
const MOST: usize = 64;

/// A start tag.
#[derive(Debug, Default)]
pub(super) struct Tag<'a> {
    /// Its name, with its prefix.
    pub(super) name: &'a str,
    /// Its attributes, each name once, entities resolved.
    pub(super) attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// Whether it ends itself.
    pub(super) empty: bool,
    /// Its length, angle brackets included.
    pub(super) length: usize,
}

/// What stands at a `<`.
pub(super) enum Read<'a> {
    /// A start tag
    Tag(Tag<'a>),
    /// A tag that the document's end cuts
    Cut,
    /// No tag at all: the sign stands for itself
    Sign,
}

/// Reads the start tag that a text begins with.
pub(super) fn read<'a>(text: &'a str, entities: &mut Entities) -> Read<'a> {
    let name_end = 1 + name_length(&text[1..]);
    if name_end == 1 {
        return if text.len() == 1 {
            Read::Cut
        } else {
            Read::Sign
        };
    }
    let mut tag = Tag {
        name: &text[1..name_end],
        ..Tag::default()
    };
    let mut at = name_end;
    loop {
        at += space(&text[at..]);
        let rest = &text[at..];
        match rest.as_bytes().first() {
            None => return Read::Cut,
            Some(b'>') => {
                tag.length = at + 1;
                return Read::Tag(tag);
            }
            Some(b'/') => {
                tag.empty = rest.as_bytes().get(1) == Some(&b'>');
                at += 1;
            }
            // The tag was never closed; another one begins.
            Some(b'<') => {
                tag.length = at;
                return Read::Tag(tag);
            }
            Some(_) => {
                let length = name_length(rest);
                if length == 0 {
                    at += rest.chars().next().map_or(1, char::len_utf8);
                    continue;
                }
                let name = &rest[..length];
                at += length;
                let Some((value, length)) = value(&text[at..]) else {
                    return Read::Cut;
                };
                at += length;
                if tag.attributes.len() < MOST && tag.attributes.iter().all(|(n, _)| *n != name) {
                    tag.attributes.push((name, entities.decoded(value)));
                }
            }
        }
    }
}

/// The value after an attribute's name and its length with the `=`; `None` if the document ends in it.
fn value(text: &str) -> Option<(&str, usize)> {
    let before = space(text);
    if text.as_bytes().get(before) != Some(&b'=') {
        return Some(("", 0));
    }
    let start = before + 1 + space(&text[before + 1..]);
    match text.as_bytes().get(start)? {
        quote @ (b'"' | b'\'') => {
            let inside = &text[start + 1..];
            let end = inside.find(char::from(*quote))?;
            Some((&inside[..end], start + end + 2))
        }
        _ => {
            let inside = &text[start..];
            let end = inside.find(|c: char| c.is_whitespace() || c == '>' || c == '<')?;
            Some((inside[..end].trim_end_matches('/'), start + end))
        }
    }
}

fn space(text: &str) -> usize {
    match text.as_bytes().first() {
        Some(b'!'..=b'~') => 0,
        _ => text.len() - text.trim_start().len(),
    }
}

/// How long the name is that a text begins with.
pub(super) fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return 0;
    }
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':');
    let ascii = text.bytes().take_while(plain).count();
    if text.as_bytes().get(ascii).is_some_and(u8::is_ascii) {
        return ascii;
    }
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')))
        .unwrap_or(text.len())
}
