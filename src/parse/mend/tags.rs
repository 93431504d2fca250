//! Tags: what opens, what closes, and what is noted on the way.

use std::borrow::Cow;

use super::names::{ends_text, is_text, is_text_name, known_namespace, local_name, text_type};
use super::{DEEPEST, Dialect, MOST_NOTES, Mender, Note, Notes, Open, Role, html};
use crate::parse::{
    ErrorKind, ParseError, quirks,
    tag::{self, Read, Tag},
};

impl<'a> Mender<'a> {
    pub(super) fn start_tag(&mut self) -> Result<(), ParseError> {
        match tag::read(self.rest, &mut self.entities) {
            Read::Sign => {
                let (sign, rest) = self.rest.split_at(1);
                self.rest = rest;
                self.literal(sign);
            }
            Read::Cut => {
                self.cut = true;
                self.rest = "";
            }
            Read::Tag(tag) => {
                let written = &self.rest[..tag.length];
                self.rest = &self.rest[tag.length..];
                if self.dialect.is_none() {
                    return self.root(tag);
                }
                self.open(tag, written)?;
            }
        }
        Ok(())
    }

    /// Opens the root as what the parser expects.
    fn root(&mut self, tag: Tag<'a>) -> Result<(), ParseError> {
        let local = local_name(tag.name).to_ascii_lowercase();
        let dialect = match local.as_str() {
            "rss" | "channel" => Dialect::Rss,
            "rdf" => Dialect::Rdf,
            "feed" | "entry" => Dialect::Atom,
            "html" | "head" | "body" | "script" | "meta" | "div" | "title" => return Err(html()),
            "opml" => {
                let sentence =
                    "it is an OPML list of feeds: take them in with `circular sources import`";
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
        self.out.push_str(if dialect == Dialect::Atom {
            "<feed"
        } else {
            "<rss"
        });
        self.root = self.out.len();
        for (name, value) in &tag.attributes {
            match name.split_once(':') {
                Some(("xmlns", prefix)) => self.declare(prefix, value),
                Some(("xml", word)) => {
                    self.attribute(name, value);
                    if word == "base" {
                        self.base = Some(value.clone());
                    }
                }
                _ => {}
            }
        }
        self.out.push_str(if dialect == Dialect::Atom {
            ">"
        } else {
            " version=\"2.0\"><channel>"
        });
        self.stack.push(Open {
            written: tag.name,
            name: None,
            start: self.out.len(),
            inside: self.out.len(),
            text: None,
            attributes: Vec::new(),
            role: Role::Root,
        });
        self.ended = tag.empty;
        if local == "entry" {
            self.open(tag, "")?;
        }
        Ok(())
    }

    fn open(&mut self, tag: Tag<'a>, written: &'a str) -> Result<(), ParseError> {
        let atom = self.dialect == Some(Dialect::Atom);
        let local = local_name(tag.name);
        let canonical = quirks::element(local, atom);
        if let Some(top) = self.stack.last().filter(|open| open.text.is_some()) {
            if !ends_text(local_name(top.written), canonical) {
                // Markup where text should be: it is text for the parser, and HTML for whoever reads it.
                self.literal(written);
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
        let is_entry = if atom {
            canonical == "entry"
        } else {
            plain && canonical == "item"
        };
        if is_entry {
            // An entry inside an entry: the first was never closed.
            if let Some(at) = self.stack.iter().position(|open| open.role == Role::Entry) {
                self.unbalanced += 1;
                self.close(at);
            }
            let own = |name: &str| {
                let found = tag.attributes.iter().find(|(n, _)| *n == name);
                found.map(|(_, value)| value.clone())
            };
            self.entries.push(Notes {
                about: own("rdf:about"),
                language: own("xml:lang"),
                base: own("xml:base"),
                children: Vec::new(),
            });
        }
        // RDF puts items beside the channel, RSS inside: the channel's own tags are passed over.
        let passed_over = !atom && plain && matches!(canonical, "channel" | "rss");
        let prefix = &tag.name[..tag.name.len() - local.len()];
        let start = self.out.len();
        let text = (is_text(canonical, &tag, atom) && !passed_over).then_some(Cow::Borrowed(""));
        if !passed_over {
            self.write_tag((prefix, canonical), &tag, atom, is_entry);
        }
        self.stack.push(Open {
            written: tag.name,
            name: (!passed_over).then_some((prefix, canonical)),
            start,
            inside: self.out.len(),
            text,
            attributes: tag.attributes,
            role: match (is_entry, passed_over) {
                (true, _) => Role::Entry,
                (_, true) => Role::Root,
                _ => Role::Other,
            },
        });
        if tag.empty {
            self.close(self.stack.len() - 1);
        }
        Ok(())
    }

    fn write_tag(
        &mut self,
        (prefix, canonical): (&'a str, &'a str),
        tag: &Tag<'a>,
        atom: bool,
        is_entry: bool,
    ) {
        if let Some((prefix, _)) = prefix.split_once(':') {
            self.used.insert(prefix);
        }
        self.out.push('<');
        self.out.push_str(prefix);
        self.out.push_str(canonical);
        for (name, value) in &tag.attributes {
            match name.split_once(':') {
                Some(("xmlns", prefix)) => {
                    self.out.push(' ');
                    self.out.push_str(&format!("xmlns:{prefix}=\""));
                    self.entities
                        .append_literal(known_namespace(value), &mut self.out);
                    self.out.push('"');
                    self.declared.insert(prefix);
                }
                Some((prefix, _)) => {
                    if prefix != "xml" {
                        self.used.insert(prefix);
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

    fn declare(&mut self, prefix: &'a str, uri: &str) {
        if tag::name_length(prefix) == prefix.len()
            && !prefix.contains(':')
            && self.declared.insert(prefix)
        {
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

    pub(super) fn end_tag(&mut self) {
        let Some(end) = memchr::memchr(b'>', self.rest.as_bytes()) else {
            self.cut = true;
            self.rest = "";
            return;
        };
        let name = self.rest[2..end].trim();
        let written = &self.rest[..=end];
        self.rest = &self.rest[end + 1..];
        let same =
            |open: &Open<'_>| open.written == name || open.written.eq_ignore_ascii_case(name);
        if let Some(top) = self.stack.last().filter(|open| open.text.is_some()) {
            let ends = same(top) || ends_text(local_name(top.written), local_name(name));
            if !ends {
                self.literal(written);
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
    pub(super) fn close(&mut self, at: usize) {
        while self.stack.len() > at {
            let Some(mut open) = self.stack.pop() else {
                return;
            };
            let Some((prefix, name)) = open.name else {
                continue;
            };
            let nothing = match open.text.take() {
                // A text element without text is an error for the parser and nothing for anybody.
                Some(text) if text.trim().is_empty() => true,
                Some(text) => {
                    self.texts.keep(text, &mut self.out);
                    false
                }
                None => quirks::is_read_here(name),
            };
            let start = open.start;
            if open.role == Role::Other {
                self.note(name, open);
            }
            if nothing {
                self.out.truncate(start);
            } else {
                self.out.push_str("</");
                self.out.push_str(prefix);
                self.out.push_str(name);
                self.out.push('>');
            }
        }
    }

    /// Notes what an element says, if it is a child of an entry or stands at the head.
    fn note(&mut self, name: &'a str, open: Open<'a>) {
        let has = |wanted: &str| open.attributes.iter().any(|(n, _)| *n == wanted);
        let says_more = match name {
            // The parser knows an address, but not its language, nor one of another namespace.
            "link" if self.dialect == Some(Dialect::Atom) => has("hreflang"),
            "link" => has("href"),
            _ => quirks::is_noted(name),
        };
        if !says_more {
            return;
        }
        let in_entry = self.stack.iter().rposition(|open| open.role == Role::Entry);
        let depth = match in_entry {
            Some(entry) => self.stack.len() - entry - 1,
            None => 0,
        };
        let notes = match in_entry {
            Some(_) => self.entries.last_mut().map(|notes| &mut notes.children),
            None => Some(&mut self.head),
        };
        let Some(notes) = notes.filter(|notes| depth == 0 && notes.len() < MOST_NOTES) else {
            return;
        };
        let content = &self.out[open.inside..];
        // What is long or holds elements is not one text.
        if content.len() > 4096 || content.contains('<') {
            return;
        }
        let text = self.entities.decoded(content).trim().to_owned();
        notes.push(Note {
            name,
            attributes: open.attributes,
            text,
        });
    }
}
