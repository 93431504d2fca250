//! The HTML of a mail: one column in a table frame, readable with every style sheet dropped.
//!
//! What mail programs refuse decides the shape: no variables, no grid, no pictures needed, no script;
//! `bgcolor` and fixed-width wrappers for Outlook; `lang` and `dir` on every item. Colours and sizes
//! are inline where they differ from those around them; fonts are inherited from the column, and
//! named once more for Outlook, which gives paragraphs its own. `Short` keeps it under 80 KB.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    Frame, MailLinks, Words, area_name, partial,
    short::{Brief, Short},
};
use crate::model::{Edition, Language, LanguageCode, Partial, Section, SectionHead};

/// The HTML part of an edition's mail.
pub fn html(frame: &Frame<'_>, links: &MailLinks) -> String {
    Mail {
        frame,
        links,
        words: frame.words(),
    }
    .page()
    .into_string()
}

/// One edition in its theme.
struct Mail<'a> {
    frame: &'a Frame<'a>,
    links: &'a MailLinks,
    words: Words<'a>,
}

impl<'a> Mail<'a> {
    fn theme(&self, name: &str) -> &'a str {
        self.frame
            .look
            .theme
            .values
            .get(name)
            .map_or("", String::as_str)
    }

    /// The style of small print.
    fn small(&self, more: &str) -> String {
        format!(
            "margin:0;font-size:14px;line-height:1.5;color:{};{more}",
            self.theme("muted")
        )
    }

    /// The style of a heading in one colour and size.
    fn heading(&self, colour: &str, size: u32, more: &str) -> String {
        let font = match serif(None, self.words.language) {
            Some(_) => format!("font-family:{};", self.theme("heading-font")),
            None => String::new(),
        };
        format!(
            "margin:0;{font}font-size:{size}px;line-height:1.25;color:{};{more}",
            self.theme(colour)
        )
    }

    /// A link in the colour of links.
    fn link(&self, href: &str, text: &str) -> Markup {
        html! { a href=(href) style={"color:" (self.theme("accent"))} { (text) } }
    }

    fn page(&self) -> Markup {
        let Edition {
            subject, language, ..
        } = self.frame.edition;
        let (paper, card) = (self.theme("paper"), self.theme("card"));
        let (ink, font) = (self.theme("ink"), self.theme("font"));
        let width = self.theme("width").trim_end_matches("px");
        let direction = language.direction().as_str();
        html! {
            (DOCTYPE)
            html lang=(language) dir=(direction) xmlns="http://www.w3.org/1999/xhtml" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="supported-color-schemes" content="light dark";
                    meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                    title { (subject) }
                    style { (PreEscaped(&self.frame.look.mail_css)) }
                    (PreEscaped(format!("<!--[if mso]><style>td,p,div,a,h3{{font-family:{font}}}.preheader{{mso-hide:all}}</style><![endif]-->")))
                }
                body class="paper" bgcolor=(paper) style={"margin:0;padding:0;width:100%;background-color:" (paper) ";"} {
                    div class="preheader" style="display:none;max-height:0;overflow:hidden" { (self.preheader()) }
                    // A screen reader goes to the letter at once, past what a program shows around it.
                    div role="main" lang=(language) dir=(direction) {
                        table class="paper" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor=(paper) style={"background-color:" (paper) ";"} {
                            tr { td style="padding:16px 8px;" {
                                (PreEscaped(format!("<!--[if mso]><table role=\"presentation\" width=\"{width}\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td><![endif]-->")))
                                table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" dir=(direction) bgcolor=(card)
                                    style={"width:100%;max-width:" (width) "px;margin:0 auto;table-layout:fixed;background-color:" (card) ";color:" (ink) ";font-family:" (font) ";font-size:16px;line-height:1.5;word-break:break-word;overflow-wrap:anywhere;"} {
                                    (self.masthead())
                                    (self.contents())
                                    (self.stories())
                                    (self.missing())
                                    (self.foot())
                                }
                                (PreEscaped("<!--[if mso]></td></tr></table><![endif]-->"))
                            } }
                        }
                    }
                }
            }
        }
    }

    /// What an inbox shows beside the subject: how many stories, of which areas.
    fn preheader(&self) -> String {
        let sections = &self.frame.edition.sections;
        let names: Vec<&str> = sections
            .iter()
            .take(8)
            .map(|section| self.frame.heading(section))
            .collect();
        let count = self.words.count("count.stories", self.frame.edition.len());
        // Without this filling, programs go on with the first words of the mail.
        format!(
            "{count}: {}{}",
            names.join(self.words.get("edition.separator")),
            " \u{34f}".repeat(50)
        )
    }

    fn masthead(&self) -> Markup {
        let Edition { title, date, .. } = self.frame.edition;
        let publication = self.frame.publication;
        let logo = self.theme("logo");
        row(
            28,
            8,
            &html! {
                @if logo.is_empty() {
                    p class="muted" style=(self.small("")) { (publication.title) }
                } @else {
                    img src=(logo) alt=(self.theme("logo-alt")) height="40" style="display:block;height:40px;border:0;";
                }
                h1 class="ink title" style=(self.heading("ink", 30, "margin:4px 0 6px;")) { (title) }
                p class="muted" style=(self.small("")) { (self.words.weekday(*date)) " · " (self.words.count("count.stories", self.frame.edition.len())) }
                p class="muted" style=(self.small("margin-top:10px;")) {
                    (self.link(&self.links.web, self.words.get("mail.web_copy"))) " · "
                    (self.link(&self.links.unsubscribe, self.words.get("mail.unsubscribe")))
                }
                (partial::to_html(self.frame, Partial::Intro))
                @for paragraph in self.frame.edition.intro.lines().filter(|line| !line.trim().is_empty()) {
                    p style="margin:14px 0 0;" { (paragraph) }
                }
            },
        )
    }

    /// The sections with their counts: of use without jumping, as phones do not jump.
    fn contents(&self) -> Markup {
        let sections = &self.frame.edition.sections;
        if sections.len() < 2 {
            return html! {};
        }
        let line = self.theme("line");
        row(
            14,
            6,
            &html! {
                div class="rule" style={"border-top:1px solid " (line) ";border-bottom:1px solid " (line) ";padding:10px 0;"} {
                    p class="muted" style=(self.small("font-weight:bold;")) { (self.words.get("edition.contents")) }
                    @for section in sections {
                        p style="margin:0;font-size:15px;" {
                            (self.frame.heading(section)) " " span class="muted" style={"color:" (self.theme("muted"))} { "(" (self.words.number(section.stories.len())) ")" }
                        }
                    }
                }
            },
        )
    }

    /// The stories, whole as long as there is room, then their titles alone; what does not fit even so
    /// is one link away.
    fn stories(&self) -> Markup {
        let short = Short::of(self.frame.edition);
        html! {
            @for (section, briefs) in &short.sections {
                (self.section_row(section))
                @for brief in briefs {
                    @if brief.whole { (row(6, 14, &self.story(section, brief))) }
                    @else { (row(0, 8, &self.title(brief))) }
                }
            }
            @if short.more > 0 {
                (row(8, 14, &html! {
                    p style="margin:0;font-weight:bold;" { (self.link(&self.links.web, &self.words.count("count.more", short.more))) }
                }))
            }
        }
    }

    /// A story by its title alone.
    fn title(&self, brief: &Brief<'_>) -> Markup {
        let language = brief.story.language.as_ref();
        let own = self.words.language.direction();
        let direction = language.map_or(own, LanguageCode::direction).as_str();
        html! {
            p lang=[language] dir=(direction) style="margin:0" { (self.link(&brief.story.url, &brief.title)) }
        }
    }

    fn section_row(&self, section: &Section) -> Markup {
        let accent = self.theme("accent");
        row(
            22,
            6,
            &html! {
                h2 class="head" style=(self.heading("accent", 20, &format!("padding-bottom:5px;border-bottom:2px solid {accent};"))) { (self.frame.heading(section)) }
            },
        )
    }

    fn story(&self, section: &Section, brief: &Brief<'_>) -> Markup {
        let story = brief.story;
        let language = story.language.as_ref();
        let own = self.words.language;
        let direction = language
            .map_or(own.direction(), LanguageCode::direction)
            .as_str();
        html! {
            // The story is in its own language and runs its own way; what we say about it is in ours.
            h3 class=[serif(language, own)] lang=[language] dir=(direction) style="margin:0;font-size:18px" {
                a href=(story.url) style={"color:" (self.theme("accent")) ";text-decoration:none"} { (brief.title) }
            }
            p class="muted" style=(self.meta("margin:3px 0 0")) { (self.about(section, brief)) }
            @for fact in story.dates.iter().filter(|fact| fact.until.unwrap_or(fact.date) >= self.frame.edition.date).take(4) {
                p class="alert" style={"margin:3px 0 0;font-size:14px;font-weight:bold;color:" (self.theme("alert"))} { (self.words.fact(fact)) }
            }
            @if !brief.note.is_empty() {
                p style="margin:6px 0 0;font-style:italic" { (self.words.get("edition.note")) ": " (brief.note) }
            }
            @if !brief.summary.is_empty() {
                p lang=[language] dir=(direction) style="margin:6px 0 0" { (brief.summary) }
            }
            @if !brief.also.is_empty() {
                p class="muted" style=(self.meta("margin:6px 0 0")) {
                    (self.words.get("edition.also")) ": "
                    @for (at, (name, also)) in brief.also.iter().enumerate() {
                        @if at > 0 { (self.words.get("edition.separator")) }
                        a href=(also.url) style={"color:" (self.theme("accent"))} { bdi { (name) } }
                        @if let Some(language) = self.words.other_language(also.language.as_ref()) { " (" (language) ")" }
                    }
                }
            }
        }
    }

    /// The style of what is said about a story.
    fn meta(&self, more: &str) -> String {
        format!("{more};font-size:13px;color:{}", self.theme("muted"))
    }

    /// Source, day, language and other areas of a story.
    fn about(&self, section: &Section, brief: &Brief<'_>) -> Markup {
        let story = brief.story;
        let day = self
            .words
            .day_near(story.date.date_naive(), self.frame.edition.date);
        let here = |id| matches!(&section.head, SectionHead::Area(area) if area == id);
        let areas: Vec<&str> = story
            .areas
            .iter()
            .filter(|tag| !here(&tag.id))
            .map(|tag| area_name(self.frame.areas, &tag.id, self.words.language))
            .filter(|name| !name.is_empty())
            .take(3)
            .collect();
        html! {
            bdi { (brief.source) } " · " (day)
            @if let Some(language) = self.words.other_language(story.language.as_ref()) {
                " · " (self.words.fill("edition.in_language", &[("language", &language)]))
            }
            @if story.updated { " · " (self.words.get("edition.updated")) }
            @for area in areas { " · " (area) }
        }
    }

    fn missing(&self) -> Markup {
        let missing = &self.frame.edition.missing;
        if missing.is_empty() {
            return html! {};
        }
        row(
            10,
            14,
            &html! {
                p class="muted" style=(self.small("font-weight:bold;")) { (self.words.get("edition.missing")) }
                p class="muted" style=(self.small("")) {
                    @for (at, source) in missing.iter().take(12).enumerate() {
                        @if at > 0 { (self.words.get("edition.separator")) }
                        bdi { (source.source) }
                    }
                    @if missing.len() > 12 { " …" }
                }
            },
        )
    }

    fn foot(&self) -> Markup {
        let contact = &self.frame.publication.contact;
        let why = self.words.fill(
            self.links.why.label(),
            &[("digest", &self.frame.edition.title)],
        );
        let small = self.small("margin-top:8px;");
        let line = self.theme("line");
        row(
            16,
            28,
            &html! {
                div class="rule muted" style=(self.small(&format!("border-top:1px solid {line};padding-top:14px;"))) {
                    (partial::to_html(self.frame, Partial::Footer))
                    p style="margin:8px 0 0" { (why) }
                }
                p class="muted" style=(small) {
                    (self.link(&self.links.unsubscribe, self.words.get("mail.unsubscribe"))) " · "
                    (self.link(&self.links.preferences, self.words.get("mail.preferences"))) " · "
                    (self.link(&self.links.archive, self.words.get("mail.archive")))
                }
                p class="muted" style=(small) {
                    (self.link(&format!("mailto:{contact}"), &self.words.fill("mail.questions", &[("contact", contact)])))
                }
                div class="muted" style=(small) { (partial::to_html(self.frame, Partial::Legal)) }
            },
        )
    }
}

/// One row of the column.
fn row(top: u32, bottom: u32, content: &Markup) -> Markup {
    html! { tr { td class="pad" style={"padding:" (top) "px 32px " (bottom) "px"} { (content) } } }
}

/// The class of a heading in the headings' own font: Chinese, Arabic and their kin have no use for a Western serif.
fn serif(language: Option<&LanguageCode>, own: Language) -> Option<&'static str> {
    let code = language.map_or(own.code(), LanguageCode::as_str);
    (!matches!(
        code,
        "ar" | "fa" | "he" | "ur" | "zh" | "ja" | "ko" | "th" | "hi"
    ))
    .then_some("serif")
}
