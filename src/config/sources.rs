//! `[[source]]`: the sources, from feeds.toml and the files it includes.

use std::{collections::HashMap, path::PathBuf};

use super::{
    Checks, ID_HELP,
    areas::Reading,
    document::{Found, Table},
    duration, is_id, known_areas,
    value::{language_code, mail_address, web_address},
};
use crate::{
    model::{LanguageCode, PageRules, Source, SourceId},
    text::fold,
};

/// Gathers the sources of several files and sees that no id or address stands twice.
pub(super) struct SourceReader<'a> {
    areas: &'a Reading,
    checks: &'a Checks<'a>,
    sources: Vec<Source>,
    ids: HashMap<String, (PathBuf, usize)>,
    urls: HashMap<String, String>,
}

impl<'a> SourceReader<'a> {
    pub(super) fn new(areas: &'a Reading, checks: &'a Checks<'a>) -> Self {
        Self {
            areas,
            checks,
            sources: Vec::new(),
            ids: HashMap::new(),
            urls: HashMap::new(),
        }
    }

    pub(super) fn into_sources(self) -> Vec<Source> {
        self.sources
    }

    pub(super) fn read(&mut self, top: &Table<'_>) {
        for table in top.tables("source", "[[source]]") {
            if let Some(source) = self.source(table) {
                self.sources.push(source);
            }
        }
    }

    fn source(&mut self, table: Table<'_>) -> Option<Source> {
        let name = table.required("name", "\"UN News: Culture\"");
        let section = table.required("section", "\"United Nations\"");
        let written = table.required("url", "\"https://…\"");
        let url = written.as_ref().and_then(|text| {
            web_address(&text.value)
                .map_err(|misread| table.misread(text.span.clone(), misread))
                .ok()
        });
        let id = self.id(&table, name.as_ref(), section.as_ref());
        if let (Some(url), Some(written)) = (&url, &written)
            && let Some(other) = self
                .urls
                .insert(url.to_string(), id.clone().unwrap_or_default())
        {
            table.warn(
                written.span.clone(),
                format!("`{url}` is the address of the source `{other}` too"),
                Some("one of them is enough".to_owned()),
            );
        }
        let language = table.parsed("language", language_code);
        let every = table.parsed("every", duration);
        let coordinator = table.parsed("coordinator", mail_address);
        let areas = known_areas(&table, self.areas);
        let priority = table.integer("priority", -1000..=1000).unwrap_or(0);
        let paused = table.boolean("paused").unwrap_or(false);
        let page = table
            .table("page", "`page`")
            .and_then(|table| self.page(table));
        table.finish();
        Some(Source {
            id: SourceId::new(id?),
            name: name?.value.trim().to_owned(),
            section: section?.value.trim().to_owned(),
            url: url?,
            language: language.map(|language| language.value),
            areas,
            priority,
            every: every.map(|every| every.value),
            page,
            coordinator: coordinator.map(|address| address.value),
            paused,
        })
    }

    fn id(
        &mut self,
        table: &Table<'_>,
        name: Option<&Found<String>>,
        section: Option<&Found<String>>,
    ) -> Option<String> {
        let written = table.text("id");
        let (id, span) = match (written, name) {
            (Some(id), _) => {
                if !is_id(&id.value) {
                    let sentence = format!("`{}` cannot be an id", id.value);
                    table.error(id.span, sentence, Some(ID_HELP.to_owned()));
                    return None;
                }
                (id.value, id.span)
            }
            (None, Some(name)) => (
                slug(&name.value, section.map(|section| section.value.as_str())),
                name.span.clone(),
            ),
            (None, None) => return None,
        };
        let document = table.document;
        let place = (document.path.clone(), document.line(span.start));
        if let Some((file, line)) = self.ids.insert(id.clone(), place) {
            let place = if file == document.path {
                format!("on line {line}")
            } else {
                format!("in `{}` on line {line}", file.display())
            };
            let help = Some("give one of them an `id` of its own".to_owned());
            table.error(
                span,
                format!("there is a source `{id}` already, {place}"),
                help,
            );
        }
        Some(id)
    }

    fn page(&self, table: Table<'_>) -> Option<PageRules> {
        let item = table.required("item", "\"article\"");
        let rules = PageRules {
            title: self.selector(&table, "title"),
            link: self.selector(&table, "link"),
            date: self.selector(&table, "date"),
            date_format: table.text("date_format").map(|text| text.value),
            summary: self.selector(&table, "summary"),
            image: self.selector(&table, "image"),
            next: self.selector(&table, "next"),
            pages: table
                .integer("pages", 1..=20)
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(1),
            item: String::new(),
        };
        let item = item.and_then(|item| self.proved(&table, item));
        table.finish();
        Some(PageRules {
            item: item?,
            ..rules
        })
    }

    fn selector(&self, table: &Table<'_>, key: &'static str) -> Option<String> {
        table.text(key).and_then(|text| self.proved(table, text))
    }

    fn proved(&self, table: &Table<'_>, text: Found<String>) -> Option<String> {
        match (self.checks.selector)(&text.value) {
            Ok(()) => Some(text.value),
            Err(sentence) => {
                let help =
                    "a CSS selector, with `@attribute` at its end to take an attribute".to_owned();
                table.error(text.span, sentence, Some(help));
                None
            }
        }
    }
}

/// The languages of a list, by code.
pub(super) fn languages(table: &Table<'_>) -> Vec<LanguageCode> {
    table
        .texts("languages")
        .into_iter()
        .filter_map(|text| {
            language_code(&text.value)
                .map_err(|misread| table.misread(text.span, misread))
                .ok()
        })
        .collect()
}

/// An id out of a name; where the name has no Latin letters, its own letters decide a number.
pub(super) fn slug(name: &str, section: Option<&str>) -> String {
    let plain = |text: &str| {
        let mut slug = String::new();
        for c in fold(text).chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(50);
        slug.trim_end_matches('-').to_owned()
    };
    let foreign = name
        .chars()
        .filter(|c| c.is_alphabetic() && !c.is_ascii())
        .count();
    let own = plain(name);
    if own.len() >= 3 && own.len() > foreign {
        return own;
    }
    // FNV-1a: the id must never change, so it hangs on nothing that a library may change.
    let number = name.bytes().fold(0x811c_9dc5_u32, |hash, b| {
        (hash ^ u32::from(b)).wrapping_mul(0x0100_0193)
    });
    let section = section
        .map(plain)
        .filter(|section| !section.is_empty())
        .unwrap_or_else(|| "source".to_owned());
    format!("{section}-{number:08x}")
}
