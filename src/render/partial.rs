//! Partials: the longer texts that a publisher may write, as Markdown with a few placeholders.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};

use super::{Frame, words::fill};
use crate::model::Partial;

/// The text with its placeholders filled in; empty where nothing was written.
fn source(frame: &Frame<'_>, partial: Partial) -> String {
    let written = frame
        .look
        .partials
        .get(&(partial, frame.edition.language))
        .map_or("", String::as_str)
        .trim();
    let publication = frame.publication;
    let archive = format!(
        "{}/{}/",
        publication.base_url.as_str().trim_end_matches('/'),
        frame.edition.digest
    );
    fill(
        written,
        &[
            ("publication", &publication.title),
            ("publisher", &publication.publisher),
            ("address", &publication.address),
            ("contact", &publication.contact),
            ("digest", &frame.edition.title),
            ("archive", &archive),
        ],
    )
}

/// As HTML; markup that was written into the Markdown is shown and not obeyed.
pub(super) fn to_html(frame: &Frame<'_>, partial: Partial) -> Markup {
    let source = source(frame, partial);
    let events = Parser::new(&source).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => Event::Text("".into()),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    PreEscaped(out)
}

/// As plain text: what was written, which is meant to be read as it is.
pub(super) fn to_text(frame: &Frame<'_>, partial: Partial) -> String {
    source(frame, partial)
}
