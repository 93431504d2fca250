//! Partials: the longer texts that a publisher may write, as Markdown with a few placeholders.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};

use super::{Frame, words::fill};
use crate::model::{Language, Look, Partial, Publication};

/// A partial in both forms.
pub(super) struct Written {
    pub(super) html: Markup,
    pub(super) text: String,
}

/// The text of the mail that asks to confirm.
pub(super) fn confirm(
    publication: &Publication,
    look: &Look,
    language: Language,
    digest: &str,
) -> Written {
    let text = filled(publication, look, (Partial::Confirm, language), digest, "");
    Written {
        html: markup(&text),
        text,
    }
}

/// The text with its placeholders filled in; empty where nothing was written.
fn source(frame: &Frame<'_>, partial: Partial) -> String {
    let archive = format!(
        "{}/{}/",
        frame.publication.base_url.as_str().trim_end_matches('/'),
        frame.edition.digest
    );
    let which = (partial, frame.edition.language);
    filled(
        frame.publication,
        frame.look,
        which,
        &frame.edition.title,
        &archive,
    )
}

fn filled(
    publication: &Publication,
    look: &Look,
    which: (Partial, Language),
    digest: &str,
    archive: &str,
) -> String {
    let written = look.partials.get(&which).map_or("", String::as_str).trim();
    fill(
        written,
        &[
            ("publication", &publication.title),
            ("publisher", &publication.publisher),
            ("address", &publication.address),
            ("contact", &publication.contact),
            ("digest", digest),
            ("archive", archive),
        ],
    )
}

/// As HTML; markup that was written into the Markdown is shown and not obeyed.
pub(super) fn to_html(frame: &Frame<'_>, partial: Partial) -> Markup {
    markup(&source(frame, partial))
}

fn markup(source: &str) -> Markup {
    let events = Parser::new(source).map(|event| match event {
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
