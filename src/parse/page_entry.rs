//! Blocks of a listing: each made into an entry, by a rule where there is one and by custom where there is none.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use scraper::{ElementRef, Selector};
use url::Url;

use super::date;
use crate::{
    model::{Entry, PageRules},
    text,
};

/// A selector, and the attribute to take of what it finds.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    written: String,
    /// `None` means the block itself.
    selector: Option<Selector>,
    attribute: Option<String>,
}

impl Rule {
    /// Reads `h3 a`, `h3 a@href` or `@href`.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let (css, attribute) = match written.rsplit_once('@') {
            Some((css, attribute)) if is_attribute(attribute) => (css, Some(attribute.to_owned())),
            _ => (written, None),
        };
        let css = css.trim();
        let selector = match css {
            "" | "." if attribute.is_some() => None,
            css => {
                Some(Selector::parse(css).map_err(|e| format!("`{css}` is no CSS selector: {e}"))?)
            }
        };
        Ok(Self {
            written: written.to_owned(),
            selector,
            attribute,
        })
    }

    fn find<'p>(&self, block: ElementRef<'p>) -> Option<ElementRef<'p>> {
        match &self.selector {
            Some(selector) => block.select(selector).next(),
            None => Some(block),
        }
    }

    /// The rule's attribute, else the first of the customary ones, else the text.
    pub(super) fn value(&self, block: ElementRef<'_>, customary: &[&str]) -> Option<String> {
        let element = self.find(block)?;
        let own = self.attribute.iter().map(String::as_str);
        let attribute = match &self.attribute {
            Some(_) => own.chain([]).find_map(|name| element.attr(name)),
            None => customary.iter().find_map(|name| element.attr(name)),
        };
        let value = match (attribute, &self.attribute) {
            (Some(value), _) => value.trim().to_owned(),
            (None, Some(_)) => return None,
            (None, None) => words(element),
        };
        (!value.is_empty()).then_some(value)
    }
}

fn is_attribute(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
}

/// The visible words of an element on one line.
pub(super) fn words(element: ElementRef<'_>) -> String {
    text::line(&text::plain(&element.html()))
}

/// The rules of a page, ready to be applied.
pub(super) struct Rules {
    pub(super) item: Selector,
    title: Option<Rule>,
    link: Option<Rule>,
    date: Option<Rule>,
    date_format: Option<String>,
    summary: Option<Rule>,
    image: Option<Rule>,
    pub(super) next: Option<Rule>,
}

impl Rules {
    pub(super) fn compile(rules: &PageRules) -> Result<Self, String> {
        let rule = |written: &Option<String>| written.as_deref().map(Rule::parse).transpose();
        Ok(Self {
            item: Selector::parse(&rules.item).map_err(|e| e.to_string())?,
            title: rule(&rules.title)?,
            link: rule(&rules.link)?,
            date: rule(&rules.date)?,
            date_format: rules.date_format.clone(),
            summary: rule(&rules.summary)?,
            image: rule(&rules.image)?,
            next: rule(&rules.next)?,
        })
    }
}

/// Reads blocks and remembers which rules found nothing.
pub(super) struct Reader<'r> {
    rules: &'r Rules,
    base: &'r Url,
    now: DateTime<Utc>,
    custom: Custom,
    untitled: usize,
    /// How often the rules for title, link, date, summary and image found something.
    hits: [usize; 5],
    unread_dates: Vec<String>,
}

/// What stands for a rule that is not given.
struct Custom {
    title: Rule,
    link: Rule,
    date: Rule,
    summary: Rule,
    image: Rule,
}

impl Custom {
    fn new() -> Self {
        let rule = |written: &str| Rule::parse(written).expect("a selector of ours");
        Self {
            title: rule("[itemprop=headline], h1, h2, h3, h4, h5, h6, a[href]"),
            link: rule(
                "h1 a[href], h2 a[href], h3 a[href], h4 a[href], h5 a[href], h6 a[href], a[itemprop=url], a[href]",
            ),
            date: rule("[itemprop=datePublished], time"),
            summary: rule("[itemprop=description], p"),
            image: rule("img"),
        }
    }
}

impl<'r> Reader<'r> {
    pub(super) fn new(rules: &'r Rules, base: &'r Url, now: DateTime<Utc>) -> Self {
        Self {
            rules,
            base,
            now,
            custom: Custom::new(),
            untitled: 0,
            hits: [0; 5],
            unread_dates: Vec::new(),
        }
    }

    /// The entry of a block; `None` for a block without a title.
    pub(super) fn entry(&mut self, block: ElementRef<'_>) -> Option<Entry> {
        let Rules {
            title,
            link,
            date,
            summary,
            image,
            ..
        } = self.rules;
        let title_text = self.value(0, title.as_ref(), &self.custom.title.clone(), block, &[]);
        let link = self
            .value(
                1,
                link.as_ref(),
                &self.custom.link.clone(),
                block,
                &["href"],
            )
            .or_else(|| {
                // The whole block may be one link, from inside or from outside.
                let block_link = block.attr("href");
                let around = || {
                    block
                        .ancestors()
                        .take(2)
                        .filter_map(ElementRef::wrap)
                        .find_map(|parent| parent.attr("href"))
                };
                block_link.or_else(around).map(str::to_owned)
            });
        let date = self.value(
            2,
            date.as_ref(),
            &self.custom.date.clone(),
            block,
            &["datetime", "content"],
        );
        let summary = self.value(
            3,
            summary.as_ref(),
            &self.custom.summary.clone(),
            block,
            &[],
        );
        let image = self.value(
            4,
            image.as_ref(),
            &self.custom.image.clone(),
            block,
            &["data-src", "src"],
        );
        let Some(title) = title_text
            .map(|title| text::line(&title))
            .filter(|title| !title.is_empty())
        else {
            self.untitled += 1;
            return None;
        };
        let absolute = |url: String| self.base.join(&url).ok().map(String::from);
        let link = link
            .and_then(absolute)
            .filter(|link| link.starts_with("http"));
        let published = date.as_deref().and_then(|text| self.moment(text));
        if let (None, Some(text)) = (published, date) {
            self.unread_dates.push(text);
        }
        Some(Entry {
            link,
            summary: summary
                .filter(|summary| *summary != title)
                .map(|summary| escape(&summary)),
            published,
            image: image
                .filter(|url| !url.starts_with("data:"))
                .and_then(absolute),
            language: block.attr("lang").map(str::to_owned),
            title,
            ..Entry::default()
        })
    }

    fn value(
        &mut self,
        at: usize,
        rule: Option<&Rule>,
        custom: &Rule,
        block: ElementRef<'_>,
        customary: &[&str],
    ) -> Option<String> {
        let value = rule.unwrap_or(custom).value(block, customary);
        self.hits[at] += usize::from(value.is_some());
        value
    }

    fn moment(&self, text: &str) -> Option<DateTime<Utc>> {
        let Some(format) = &self.rules.date_format else {
            return date(text, self.now);
        };
        NaiveDateTime::parse_from_str(text, format)
            .or_else(|_| {
                NaiveDate::parse_from_str(text, format)
                    .map(|day| day.and_time(chrono::NaiveTime::MIN))
            })
            .ok()
            .map(|moment| moment.and_utc())
            .or_else(|| date(text, self.now))
    }

    /// What the rules did not find.
    pub(super) fn problems(&self, blocks: usize) -> Vec<String> {
        let Rules {
            title,
            link,
            date,
            summary,
            image,
            ..
        } = self.rules;
        let rules = [
            ("title", title),
            ("link", link),
            ("date", date),
            ("summary", summary),
            ("image", image),
        ];
        let silent = rules
            .into_iter()
            .zip(self.hits)
            .filter(|(_, hits)| *hits == 0);
        let mut problems: Vec<String> = silent
            .filter_map(|((name, rule), _)| rule.as_ref().map(|rule| (name, rule)))
            .map(|(name, rule)| {
                format!(
                    "the rule `{name} = \"{}\"` finds nothing in any of the {blocks} blocks",
                    rule.written
                )
            })
            .collect();
        if self.untitled > 0 {
            let have = if self.untitled == 1 { "has" } else { "have" };
            problems.push(format!(
                "{} of {blocks} blocks {have} no title",
                self.untitled
            ));
        }
        if let Some(text) = self.unread_dates.first() {
            problems.push(format!(
                "a date is written in a way that is not known: `{text}`; `date_format` can tell it"
            ));
        }
        problems
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
