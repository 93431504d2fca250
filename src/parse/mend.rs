//! Mending: whatever looks like a feed made into well-formed XML that a strict parser takes.
//!
//! One pass over the text with a stack of open elements. It closes what was left open, drops what
//! was never opened, resolves entities, declares prefixes, turns markup inside texts into text, and
//! brings the dialects of RSS and RDF into the shape of RSS 2.0. On the way it notes the children
//! of each entry that the parser does not keep. Nothing here is recursive.

use std::collections::BTreeSet;

use super::{ErrorKind, ParseError, entities::Entities, quirks, tag::{self, Read, Tag}};

/// The deepest nesting that is taken: deeper ones overflow parsers' stacks.
const DEEPEST: usize = 256;
/// The most notes that are kept of one entry.
const MOST_NOTES: usize = 60;

/// A document that was mended.
#[derive(Debug)]
pub(super) struct Mended {
    /// Well-formed XML with the root `rss` or `feed`.
    pub(super) xml: String,
    /// What it was.
    pub(super) dialect: Dialect,
    /// What the document says of itself.
    pub(super) head: Vec<Note>,
    /// What each entry says of itself, in the order of the entries.
    pub(super) entries: Vec<Notes>,
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
pub(super) struct Notes {
    /// `rdf:about`.
    pub(super) about: Option<String>,
    /// `xml:lang`.
    pub(super) language: Option<String>,
    /// Its children that hold no others.
    pub(super) children: Vec<Note>,
}

/// A child element with its text.
#[derive(Debug)]
pub(super) struct Note {
    /// Its name without prefix.
    pub(super) name: String,
    /// Its attributes, names without prefix.
    pub(super) attributes: Vec<(String, String)>,
    /// Its text, entities resolved.
    pub(super) text: String,
}

impl Note {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Mends a document.
pub(super) fn mend(text: &str) -> Result<Mended, ParseError> {
    Mender::new(text).run()
}

/// An element that is open.
struct Open {
    /// Its name as written, which its end tag repeats.
    written: String,
    /// Its name as handed on; empty for one that is passed over.
    name: String,
    /// Where it begins in what was written out.
    start: usize,
    /// Where its content begins.
    inside: usize,
    /// Whether its content is one text, whatever stands in it.
    text: bool,
    /// Its attributes, where its text is to be noted.
    noted: Option<Vec<(String, String)>>,
    role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Entry,
    Other,
}

struct Mender<'a> {
    rest: &'a str,
    out: String,
    stack: Vec<Open>,
    dialect: Option<Dialect>,
    /// Where attributes can be added to the root's tag.
    root: usize,
    entities: Entities,
    declared: BTreeSet<String>,
    used: BTreeSet<String>,
    head: Vec<Note>,
    entries: Vec<Notes>,
    unbalanced: usize,
    cut: bool,
    ended: bool,
}

impl<'a> Mender<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            out: String::with_capacity(text.len() + text.len() / 8),
            stack: Vec::new(),
            dialect: None,
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

    fn run(mut self) -> Result<Mended, ParseError> {
        while !self.rest.is_empty() && !self.ended {
            match self.rest.find('<') {
                Some(at) => {
                    self.text(at);
                    self.markup()?;
                }
                None => self.text(self.rest.len()),
            }
        }
        let Some(dialect) = self.dialect else {
            return Err(ParseError::new(ErrorKind::NotAFeed, "it is neither XML nor JSON"));
        };
        self.finish();
        let problems = self.problems();
        Ok(Mended {
            xml: self.out,
            dialect,
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
        if self.dialect.is_some() && !text.is_empty() {
            self.entities.append(text, &mut self.out);
        }
    }

    /// Takes what begins with a `<`.
    fn markup(&mut self) -> Result<(), ParseError> {
        let in_text = self.stack.last().is_some_and(|open| open.text);
        if let Some(inside) = self.rest.strip_prefix("<![CDATA[") {
            let (text, rest) = inside.split_once("]]>").unwrap_or_else(|| {
                self.cut = true;
                (inside, "")
            });
            self.rest = rest;
            if self.dialect.is_some() {
                self.entities.append_literal(text, &mut self.out);
            }
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

    fn skip(&mut self, end: &str) {
        if let Some(at) = self.rest.find(end) {
            self.rest = &self.rest[at + end.len()..];
        } else {
            self.cut = self.dialect.is_some();
            self.rest = "";
        }
    }

    fn doctype(&mut self) -> Result<(), ParseError> {
        if self.rest.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype html")) {
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

    fn start_tag(&mut self) -> Result<(), ParseError> {
        match tag::read(self.rest, &mut self.entities) {
            Read::Sign => {
                self.rest = &self.rest[1..];
                if self.dialect.is_some() {
                    self.out.push_str("&lt;");
                }
            }
            Read::Cut => {
                self.cut = true;
                self.rest = "";
            }
            Read::Tag(tag) => {
                let written = &self.rest[..tag.length];
                self.rest = &self.rest[tag.length..];
                if self.dialect.is_none() {
                    return self.root(&tag);
                }
                self.open(&tag, written)?;
            }
        }
        Ok(())
    }

    /// Opens the root as what the parser expects.
    fn root(&mut self, tag: &Tag<'_>) -> Result<(), ParseError> {
        let local = local_name(tag.name).to_ascii_lowercase();
        let dialect = match local.as_str() {
            "rss" | "channel" => Dialect::Rss,
            "rdf" => Dialect::Rdf,
            "feed" | "entry" => Dialect::Atom,
            "html" | "head" | "body" | "script" | "meta" | "div" | "title" => return Err(html()),
            "opml" => {
                let sentence = "it is an OPML list of feeds: take them in with `circular sources import`";
                return Err(ParseError::new(ErrorKind::NotAFeed, sentence));
            }
            "urlset" | "sitemapindex" => {
                let sentence = "it is a sitemap and no feed: look for the address of the feed";
                return Err(ParseError::new(ErrorKind::NotAFeed, sentence));
            }
            _ => {
                let sentence = format!("it is XML, but `{}` is no feed", tag.name);
                return Err(ParseError::new(ErrorKind::NotAFeed, sentence));
            }
        };
        self.dialect = Some(dialect);
        self.out.push_str(if dialect == Dialect::Atom { "<feed" } else { "<rss" });
        self.root = self.out.len();
        for (name, value) in &tag.attributes {
            match name.split_once(':') {
                Some(("xmlns", prefix)) => self.declare(prefix, value),
                Some(("xml", _)) => self.attribute(name, value),
                _ => {}
            }
        }
        self.out.push_str(if dialect == Dialect::Atom { ">" } else { " version=\"2.0\"><channel>" });
        self.stack.push(Open {
            written: tag.name.to_owned(),
            name: String::new(),
            start: self.out.len(),
            inside: self.out.len(),
            text: false,
            noted: None,
            role: Role::Other,
        });
        if local == "entry" {
            self.open(tag, "")?;
        }
        self.ended = tag.empty;
        Ok(())
    }

    fn open(&mut self, tag: &Tag<'_>, written: &str) -> Result<(), ParseError> {
        let atom = self.dialect == Some(Dialect::Atom);
        let local = local_name(tag.name);
        let canonical = quirks::element(local, atom);
        if let Some(top) = self.stack.last().filter(|open| open.text) {
            if !ends_text(local_name(&top.written), canonical) {
                // Markup where text should be: it is text for the parser, and HTML for whoever reads it.
                self.entities.append_literal(written, &mut self.out);
                return Ok(());
            }
            self.unbalanced += 1;
            self.close(self.stack.len() - 1);
        }
        if self.stack.len() >= DEEPEST {
            let sentence = format!("its elements are nested deeper than {DEEPEST}");
            return Err(ParseError::new(ErrorKind::TooDeep, sentence));
        }
        let plain = tag.name.len() == local.len();
        let is_entry = if atom { canonical == "entry" } else { plain && canonical == "item" };
        if is_entry {
            // An entry inside an entry: the first was never closed.
            if let Some(at) = self.stack.iter().position(|open| open.role == Role::Entry) {
                self.unbalanced += 1;
                self.close(at);
            }
            self.entries.push(Notes {
                about: tag.attributes.iter().find(|(n, _)| *n == "rdf:about").map(|(_, v)| v.clone()),
                language: tag.attributes.iter().find(|(n, _)| *n == "xml:lang").map(|(_, v)| v.clone()),
                children: Vec::new(),
            });
        }
        // RDF puts items beside the channel, RSS inside: the channel's own tags are passed over.
        let passed_over = !atom && plain && matches!(canonical, "channel" | "rss");
        let name = if passed_over {
            String::new()
        } else {
            format!("{}{canonical}", &tag.name[..tag.name.len() - local.len()])
        };
        let start = self.out.len();
        let text = is_text(canonical, tag, atom) && !passed_over;
        if !passed_over {
            self.write_tag(&name, canonical, tag, atom, is_entry);
        }
        let noted = (!is_entry && !passed_over).then(|| {
            tag.attributes.iter().map(|(name, value)| (local_name(name).to_owned(), value.clone())).collect()
        });
        self.stack.push(Open {
            written: tag.name.to_owned(),
            name,
            start,
            inside: self.out.len(),
            text,
            noted,
            role: if is_entry { Role::Entry } else { Role::Other },
        });
        if tag.empty {
            self.close(self.stack.len() - 1);
        }
        Ok(())
    }

    fn write_tag(&mut self, name: &str, canonical: &str, tag: &Tag<'_>, atom: bool, is_entry: bool) {
        if let Some((prefix, _)) = name.split_once(':') {
            self.used.insert(prefix.to_owned());
        }
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in &tag.attributes {
            match name.split_once(':') {
                Some(("xmlns", prefix)) => {
                    self.out.push(' ');
                    self.out.push_str(&format!("xmlns:{prefix}=\""));
                    self.entities.append_literal(known_namespace(value), &mut self.out);
                    self.out.push('"');
                    self.declared.insert(prefix.to_owned());
                }
                Some((prefix, _)) => {
                    if prefix != "xml" {
                        self.used.insert(prefix.to_owned());
                    }
                    self.attribute(name, value);
                }
                None if *name == "xmlns" && is_entry => {}
                None if *name == "type" && atom && is_text_name(canonical) => {
                    self.attribute("type", text_type(value, tag));
                }
                None => self.attribute(name, value),
            }
        }
        self.out.push('>');
    }

    fn declare(&mut self, prefix: &str, uri: &str) {
        if tag::name_length(prefix) == prefix.len() && !prefix.contains(':') && self.declared.insert(prefix.to_owned()) {
            self.attribute(&format!("xmlns:{prefix}"), known_namespace(uri));
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        // More than one colon is no name that namespaces allow.
        if name.matches(':').count() > 1 {
            return;
        }
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.entities.append_literal(value, &mut self.out);
        self.out.push('"');
    }

    fn end_tag(&mut self) {
        let end = self.rest.find('>');
        let Some(end) = end else {
            self.cut = true;
            self.rest = "";
            return;
        };
        let name = self.rest[2..end].trim();
        let written = &self.rest[..=end];
        self.rest = &self.rest[end + 1..];
        let same = |open: &Open| open.written == name || open.written.eq_ignore_ascii_case(name);
        if let Some(top) = self.stack.last().filter(|open| open.text) {
            let ends = same(top) || ends_text(local_name(&top.written), local_name(name));
            if !ends {
                self.entities.append_literal(written, &mut self.out);
                return;
            }
        }
        match self.stack.iter().rposition(same) {
            Some(at) => {
                self.unbalanced += usize::from(at + 1 < self.stack.len());
                self.close(at);
                self.ended = self.stack.is_empty();
            }
            None => self.unbalanced += usize::from(self.dialect.is_some()),
        }
    }

    /// Closes the element at that place of the stack and all that are open inside it.
    fn close(&mut self, at: usize) {
        while self.stack.len() > at {
            let Some(open) = self.stack.pop() else { return };
            self.note(&open);
            if open.name.is_empty() {
                continue;
            }
            let nothing = self.out[open.inside..].trim().is_empty();
            if nothing && is_text_name(local_name(&open.name)) {
                // A text element without text is an error for the parser and nothing for anybody.
                self.out.truncate(open.start);
            } else {
                self.out.push_str("</");
                self.out.push_str(&open.name);
                self.out.push('>');
            }
        }
    }

    /// Notes what an element says, if it is a child of an entry or stands at the head.
    fn note(&mut self, open: &Open) {
        let Some(attributes) = &open.noted else { return };
        let in_entry = self.stack.iter().rposition(|open| open.role == Role::Entry);
        let depth = match in_entry {
            Some(entry) => self.stack.len() - entry - 1,
            None => 0,
        };
        let notes = match in_entry {
            Some(_) => self.entries.last_mut().map(|notes| &mut notes.children),
            None => Some(&mut self.head),
        };
        let Some(notes) = notes.filter(|notes| depth == 0 && notes.len() < MOST_NOTES) else { return };
        let content = &self.out[open.inside..];
        // Long texts are the parser's business, and what holds elements is not one text.
        if content.len() > 4096 || content.contains('<') {
            return;
        }
        let text = self.entities.decoded(content).trim().to_owned();
        notes.push(Note { name: local_name(&open.name).to_owned(), attributes: attributes.clone(), text });
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
        self.out.push_str(if self.dialect == Some(Dialect::Atom) { "</feed>" } else { "</channel></rss>" });
        let undeclared: Vec<String> =
            self.used.iter().filter(|prefix| !self.declared.contains(*prefix)).cloned().collect();
        let mut declarations = String::new();
        for prefix in undeclared {
            declarations.push_str(&format!(" xmlns:{prefix}=\"{}\"", quirks::namespace(&prefix)));
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
            count(self.unbalanced, "element was not closed where it should be", "elements were not closed where they should be"),
            count(self.entities.bare, "bare `&` was read as itself", "bare `&` were read as themselves"),
            count(self.entities.undeclared, "HTML entity was not declared", "HTML entities were not declared"),
            count(self.entities.controls, "control character was dropped", "control characters were dropped"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn html() -> ParseError {
    ParseError::new(ErrorKind::Html, "a web page stands where a feed should be")
}

/// A name without its prefix.
fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn known_namespace(uri: &str) -> &str {
    let found = quirks::NAMESPACES.iter().find(|(written, _)| *written == uri);
    found.map_or(uri, |(_, known)| known)
}

/// Elements whose content is one text.
fn is_text_name(canonical: &str) -> bool {
    matches!(
        canonical,
        "title" | "description" | "encoded" | "summary" | "content" | "subtitle" | "rights" | "info"
    )
}

fn is_text(canonical: &str, tag: &Tag<'_>, atom: bool) -> bool {
    let markup = atom
        && tag.attributes.iter().any(|(name, value)| {
            (*name == "type" && matches!(value.trim(), "xhtml" | "application/xhtml+xml"))
                || (*name == "mode" && value == "xml")
        });
    // `media:content` and its like describe a file.
    let file = tag.attributes.iter().any(|(name, _)| matches!(*name, "url" | "src" | "medium"));
    is_text_name(canonical) && !markup && !file
}

/// The type of an Atom text in the words that the parser takes.
fn text_type<'v>(value: &'v str, tag: &Tag<'_>) -> &'v str {
    if tag.attributes.iter().any(|(name, _)| *name == "src") {
        return if value.contains('/') { value } else { "text/html" };
    }
    let escaped = tag.attributes.iter().any(|(name, value)| *name == "mode" && value == "escaped");
    match value.trim() {
        "text" | "text/plain" | "" => "text",
        "xhtml" | "application/xhtml+xml" => "xhtml",
        "text/html" if !escaped && tag.attributes.iter().any(|(name, value)| *name == "mode" && value == "xml") => "xhtml",
        _ => "html",
    }
}

/// Whether an element's tag shows that a text before it was never closed.
fn ends_text(text: &str, tag: &str) -> bool {
    let always = matches!(tag, "item" | "entry" | "channel" | "rss" | "RDF" | "feed" | "pubDate" | "guid");
    let short = matches!(text, "title") && matches!(tag, "link" | "description" | "category" | "author");
    always || short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> Mended {
        mend(text).unwrap()
    }

    #[test]
    fn a_cut_document_keeps_its_whole_entries() {
        let document = mended("<rss version='2.0'><channel><title>T</title><item><title>A</title></item><item><title>B");
        assert_eq!(
            document.xml,
            "<rss version=\"2.0\"><channel><title>T</title><item><title>A</title></item></channel></rss>"
        );
        assert!(!document.whole);
        assert_eq!(document.problems, ["it ends in the middle; 1 whole entry was kept"]);
    }

    #[test]
    fn markup_inside_a_text_becomes_text() {
        let document = mended(
            "junk\n<rss><channel><item><title>A <b>B</b></title><description><p>x<br>y</p></description>\
             <media:content url='u'/><x:y>z</x:y></item></channel></rss>",
        );
        assert!(document.xml.contains("<title>A &lt;b&gt;B&lt;/b&gt;</title>"), "{}", document.xml);
        assert!(document.xml.contains("&lt;p&gt;x&lt;br&gt;y&lt;/p&gt;</description>"));
        assert!(document.xml.starts_with("<rss xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:x=\"urn:undeclared\""));
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
