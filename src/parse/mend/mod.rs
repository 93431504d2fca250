//! Mending: whatever looks like a feed made into well-formed XML that a strict parser takes.
//!
//! One pass over the text with a stack of open elements. It closes what was left open, drops what
//! was never opened, resolves entities, declares prefixes, turns markup inside texts into text, and
//! brings the dialects of RSS and RDF into the shape of RSS 2.0. On the way it keeps the texts to
//! itself ([`texts::Texts`]), notes the children of each entry that the parser does not keep, and
//! leaves out those that it would read for nothing. Nothing here is recursive.

mod names;
mod tags;
mod texts;

use std::{borrow::Cow, collections::BTreeSet};

use memchr::memmem;

use super::{ErrorKind, ParseError, entities::Entities, quirks};

pub(super) use texts::Texts;

/// The deepest nesting that is taken: deeper ones overflow parsers' stacks.
const DEEPEST: usize = 256;
/// The most notes that are kept of one entry.
const MOST_NOTES: usize = 60;

/// A document that was mended.
#[derive(Debug)]
pub(super) struct Mended<'a> {
    /// Well-formed XML with the root `rss` or `feed`.
    pub(super) xml: String,
    /// The texts that marks in it stand for.
    pub(super) texts: Texts<'a>,
    /// What it was.
    pub(super) dialect: Dialect,
    /// `xml:base` of the whole.
    pub(super) base: Option<Cow<'a, str>>,
    /// What the document says of itself.
    pub(super) head: Vec<Note<'a>>,
    /// What each entry says of itself, in the order of the entries.
    pub(super) entries: Vec<Notes<'a>>,
    /// What was mended, a sentence each.
    pub(super) problems: Vec<String>,
    /// Whether the document came to its end.
    pub(super) whole: bool,
}

/// What a document was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `rss`, or a bare `channel`
    Rss,
    /// `rdf:RDF`
    Rdf,
    /// `feed`, or a bare `entry`
    Atom,
}

/// The children of an entry, and its own attributes.
#[derive(Debug, Default)]
pub(super) struct Notes<'a> {
    /// `rdf:about`.
    pub(super) about: Option<Cow<'a, str>>,
    /// `xml:lang`.
    pub(super) language: Option<Cow<'a, str>>,
    /// `xml:base`.
    pub(super) base: Option<Cow<'a, str>>,
    /// Its children that hold no others.
    pub(super) children: Vec<Note<'a>>,
}

/// A child element with its text.
#[derive(Debug)]
pub(super) struct Note<'a> {
    /// Its name without prefix.
    pub(super) name: &'a str,
    /// Its attributes, names with their prefixes.
    pub(super) attributes: Vec<(&'a str, Cow<'a, str>)>,
    /// Its text, entities resolved.
    pub(super) text: String,
}

impl Note<'_> {
    /// The value of an attribute, by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|(n, _)| names::local_name(n) == name);
        found.map(|(_, value)| value.as_ref())
    }
}

/// Mends a document.
pub(super) fn mend(text: &str) -> Result<Mended<'_>, ParseError> {
    Mender::new(text).run()
}

/// An element that is open.
struct Open<'a> {
    /// Its name as written, which its end tag repeats.
    written: &'a str,
    /// Its prefix and name as handed on; `None` for one that is passed over.
    name: Option<(&'a str, &'a str)>,
    /// Where it begins in what was written out.
    start: usize,
    /// Where its content begins.
    inside: usize,
    /// Its text so far, where its content is one text, whatever stands in it.
    text: Option<Cow<'a, str>>,
    attributes: Vec<(&'a str, Cow<'a, str>)>,
    role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Root,
    Entry,
    Other,
}

struct Mender<'a> {
    rest: &'a str,
    out: String,
    texts: Texts<'a>,
    stack: Vec<Open<'a>>,
    dialect: Option<Dialect>,
    base: Option<Cow<'a, str>>,
    /// Where attributes can be added to the root's tag.
    root: usize,
    entities: Entities,
    declared: BTreeSet<&'a str>,
    used: BTreeSet<&'a str>,
    head: Vec<Note<'a>>,
    entries: Vec<Notes<'a>>,
    unbalanced: usize,
    cut: bool,
    ended: bool,
}

impl<'a> Mender<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            out: String::with_capacity(text.len() / 4),
            texts: Texts::default(),
            stack: Vec::new(),
            dialect: None,
            base: None,
            root: 0,
            entities: Entities::default(),
            declared: BTreeSet::new(),
            used: BTreeSet::new(),
            head: Vec::new(),
            entries: Vec::new(),
            unbalanced: 0,
            cut: false,
            ended: false,
        }
    }

    fn run(mut self) -> Result<Mended<'a>, ParseError> {
        while !self.rest.is_empty() && !self.ended {
            match memchr::memchr(b'<', self.rest.as_bytes()) {
                Some(at) => {
                    self.text(at);
                    self.markup()?;
                }
                None => self.text(self.rest.len()),
            }
        }
        let Some(dialect) = self.dialect else {
            return Err(ParseError::new(
                ErrorKind::NotAFeed,
                "it is neither XML nor JSON",
            ));
        };
        self.finish();
        let problems = self.problems();
        Ok(Mended {
            xml: self.out,
            texts: self.texts,
            dialect,
            base: self.base,
            head: self.head,
            entries: self.entries,
            problems,
            whole: !self.cut,
        })
    }

    /// Takes so much text; before the root it is junk.
    fn text(&mut self, length: usize) {
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        if text.is_empty() || self.dialect.is_none() {
            return;
        }
        match self.stack.last_mut() {
            Some(Open {
                text: Some(so_far), ..
            }) => texts::add(so_far, self.entities.resolved(text)),
            // Space between the elements of a list is nobody's.
            Some(open) if open.role != Role::Other && text.trim_ascii().is_empty() => {}
            _ => self.entities.append(text, &mut self.out),
        }
    }

    /// Takes what begins with a `<`.
    fn markup(&mut self) -> Result<(), ParseError> {
        let in_text = self.stack.last().is_some_and(|open| open.text.is_some());
        if let Some(inside) = self.rest.strip_prefix("<![CDATA[") {
            let (text, rest) = match memmem::find(inside.as_bytes(), b"]]>") {
                Some(end) => (&inside[..end], &inside[end + 3..]),
                None => {
                    self.cut = true;
                    (inside, "")
                }
            };
            self.rest = rest;
            self.literal(text);
        } else if self.rest.starts_with("<!--") {
            self.skip("-->");
        } else if self.rest.starts_with("<?") {
            self.skip("?>");
        } else if self.rest.starts_with("<!") && !in_text {
            self.doctype()?;
        } else if self.rest.starts_with("</") {
            self.end_tag();
        } else {
            self.start_tag()?;
        }
        Ok(())
    }

    /// Takes a text that is what it is: no entities, no markup.
    fn literal(&mut self, text: &'a str) {
        match self.stack.last_mut() {
            Some(Open {
                text: Some(so_far), ..
            }) => texts::add(so_far, self.entities.literal(text)),
            Some(_) => self.entities.append_literal(text, &mut self.out),
            None => {}
        }
    }

    fn skip(&mut self, end: &str) {
        if let Some(at) = self.rest.find(end) {
            self.rest = &self.rest[at + end.len()..];
        } else {
            self.cut = self.dialect.is_some();
            self.rest = "";
        }
    }

    fn doctype(&mut self) -> Result<(), ParseError> {
        if self
            .rest
            .get(..14)
            .is_some_and(|start| start.eq_ignore_ascii_case("<!doctype html"))
        {
            return Err(html());
        }
        let end = self.rest.find('>').unwrap_or(self.rest.len());
        let end = match self.rest[..end].find('[') {
            Some(_) => self.rest.find("]>").map_or(self.rest.len(), |at| at + 1),
            None => end,
        };
        let (doctype, rest) = self.rest.split_at(end);
        if doctype.starts_with("<!DOCTYPE") {
            self.entities.declare(doctype);
        }
        self.rest = rest.strip_prefix('>').unwrap_or_default();
        Ok(())
    }

    /// Brings the document to an end: an entry that was cut goes, everything else is closed.
    fn finish(&mut self) {
        if !self.stack.is_empty() && !self.ended {
            self.cut = true;
            if let Some(at) = self.stack.iter().position(|open| open.role == Role::Entry) {
                let start = self.stack[at].start;
                self.stack.truncate(at);
                self.out.truncate(start);
                self.entries.pop();
            }
            self.close(0);
        }
        self.out.push_str(if self.dialect == Some(Dialect::Atom) {
            "</feed>"
        } else {
            "</channel></rss>"
        });
        let mut declarations = String::new();
        for prefix in self.used.difference(&self.declared) {
            declarations.push_str(&format!(
                " xmlns:{prefix}=\"{}\"",
                quirks::namespace(prefix)
            ));
        }
        self.out.insert_str(self.root, &declarations);
    }

    fn problems(&self) -> Vec<String> {
        let count = |n: usize, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let whole = count(self.entries.len(), "whole entry was", "whole entries were");
        [
            self.cut.then(|| match whole {
                Some(whole) => format!("it ends in the middle; {whole} kept"),
                None => "it ends in the middle, before the first whole entry".to_owned(),
            }),
            count(
                self.unbalanced,
                "element was not closed where it should be",
                "elements were not closed where they should be",
            ),
            count(
                self.entities.bare,
                "bare `&` was read as itself",
                "bare `&` were read as themselves",
            ),
            count(
                self.entities.undeclared,
                "HTML entity was not declared",
                "HTML entities were not declared",
            ),
            count(
                self.entities.controls,
                "control character was dropped",
                "control characters were dropped",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn html() -> ParseError {
    ParseError::new(ErrorKind::Html, "a web page stands where a feed should be")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document mended, with the texts put back as if they were CDATA.
    fn mended(text: &str) -> Mended<'_> {
        let mut document = mend(text).unwrap();
        let pieces = document.xml.split_inclusive(['<', '>']);
        let put_back = |piece: &str| match piece.strip_suffix('<') {
            Some(written) => format!("{}<", document.texts.read(written)),
            None => piece.to_owned(),
        };
        document.xml = pieces.map(put_back).collect();
        document
    }

    #[test]
    fn a_cut_document_keeps_its_whole_entries() {
        let document = mended(
            "<rss version='2.0'><channel><title>T</title><item><title>A</title></item><item><title>B",
        );
        assert_eq!(
            document.xml,
            "<rss version=\"2.0\"><channel><title>T</title><item><title>A</title></item></channel></rss>"
        );
        assert!(!document.whole);
        assert_eq!(
            document.problems,
            ["it ends in the middle; 1 whole entry was kept"]
        );
    }

    #[test]
    fn markup_inside_a_text_becomes_text() {
        let document = mended(
            "junk\n<rss><channel><item><title>A <b>B</b></title><description><p>x<br>y</p></description>\
             <media:content url='u'/><x:y>z</x:y></item></channel></rss>",
        );
        assert!(
            document.xml.contains("<title>A <b>B</b></title>"),
            "{}",
            document.xml
        );
        assert!(
            document
                .xml
                .contains("<description><p>x<br>y</p></description>")
        );
        assert!(document.xml.starts_with(
            "<rss xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:x=\"urn:undeclared\""
        ));
        assert!(document.whole);
    }

    #[test]
    fn rdf_takes_the_shape_of_rss() {
        let document = mended(
            "<rdf:RDF xmlns:rdf='r' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>T</title></channel>\
             <item rdf:about='u'><title>A</title></item></rdf:RDF>",
        );
        assert!(document.xml.ends_with(
            "<channel><title>T</title><item rdf:about=\"u\"><title>A</title></item></channel></rss>"
        ));
        assert_eq!(document.entries[0].about.as_deref(), Some("u"));
    }

    #[test]
    fn what_is_no_feed_is_named() {
        for (text, kind) in [
            ("<!DOCTYPE html><html>", ErrorKind::Html),
            ("<urlset/>", ErrorKind::NotAFeed),
            ("words", ErrorKind::NotAFeed),
        ] {
            assert_eq!(mend(text).unwrap_err().kind, kind, "{text}");
        }
        let deep = format!("<rss><channel>{}", "<a>".repeat(2000));
        assert_eq!(mend(&deep).unwrap_err().kind, ErrorKind::TooDeep);
    }
}
