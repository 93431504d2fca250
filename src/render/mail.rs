//! The HTML of a mail: one column in a table frame, every style inline, readable with all of it dropped.
//!
//! What mail programs refuse decides the shape: no variables, no grid, no pictures needed, no script;
//! `bgcolor` and fixed-width wrappers for Outlook; `lang` and `dir` on every item; at most 90 KB,
//! because Gmail clips at 102 and hides the end.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Frame, MailLinks, Words, area_name, partial};
use crate::model::{Direction, Edition, EditionStory, Partial, Section};

/// The most bytes of stories told whole; the frame around them costs about 10 KB more.
const STORIES: usize = 68_000;
/// The most stories told whole.
const MOST: usize = 50;
/// The most bytes of all stories, those included of which the title alone is told.
const LETTER: usize = 80_000;
/// About what a title costs.
const TITLE: usize = 600;
/// The least room that is kept for stories told whole.
const LEAST: usize = 24_000;

/// The HTML part of an edition's mail.
pub fn html(frame: &Frame<'_>, links: &MailLinks) -> String {
    Mail::new(frame, links).page().into_string()
}

/// The styles of one edition, worked out of its theme once.
struct Mail<'a> {
    frame: &'a Frame<'a>,
    links: &'a MailLinks,
    words: Words<'a>,
    /// The side that a line starts on, for attributes that know only left and right.
    start: &'static str,
}

impl<'a> Mail<'a> {
    fn new(frame: &'a Frame<'a>, links: &'a MailLinks) -> Self {
        let start = side(frame.edition.language.direction());
        Self {
            frame,
            links,
            words: frame.words(),
            start,
        }
    }

    fn theme(&self, name: &str) -> &'a str {
        self.frame
            .look
            .theme
            .values
            .get(name)
            .map_or("", String::as_str)
    }

    /// A style of the usual text in one colour and size.
    fn style(&self, colour: &str, size: u32, more: &str) -> String {
        let (font, colour) = (self.theme("font"), self.theme(colour));
        let line = if size >= 24 { 1.25 } else { 1.55 };
        format!(
            "margin:0;font-family:{font};font-size:{size}px;line-height:{line};color:{colour};{more}"
        )
    }

    fn heading(&self, colour: &str, size: u32, more: &str) -> String {
        // Chinese and Arabic have no use for a Western serif.
        let latin = !matches!(
            self.words.language,
            crate::model::Language::Zh | crate::model::Language::Ar
        );
        let font = if latin {
            format!("font-family:{};", self.theme("heading-font"))
        } else {
            String::new()
        };
        self.style(colour, size, &format!("{font}font-weight:bold;{more}"))
    }

    fn link(&self, more: &str) -> String {
        format!(
            "color:{};text-decoration:underline;{more}",
            self.theme("accent")
        )
    }

    fn page(&self) -> Markup {
        let Edition {
            subject, language, ..
        } = self.frame.edition;
        let (paper, card) = (self.theme("paper"), self.theme("card"));
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
                }
                body class="paper" bgcolor=(paper) style={"margin:0;padding:0;width:100%;background-color:" (paper) ";"} {
                    div style="display:none;max-height:0;overflow:hidden;mso-hide:all;" { (self.preheader()) }
                    table class="paper" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor=(paper) style={"background-color:" (paper) ";"} {
                        tr { td align="center" style="padding:16px 8px;" {
                            (PreEscaped(format!("<!--[if mso]><table role=\"presentation\" width=\"{width}\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td><![endif]-->")))
                            table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" dir=(direction) bgcolor=(card)
                                style={"max-width:" (width) "px;background-color:" (card) ";"} {
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

    /// One row of the column.
    fn row(&self, top: u32, bottom: u32, content: &Markup) -> Markup {
        html! {
            tr { td class="pad" align=(self.start) style={"padding:" (top) "px 32px " (bottom) "px;text-align:" (self.start) ";"} { (content) } }
        }
    }

    /// What an inbox shows beside the subject: how many stories, of which areas.
    fn preheader(&self) -> String {
        let sections = &self.frame.edition.sections;
        let names: Vec<&str> = sections
            .iter()
            .map(|section| self.frame.heading(section))
            .collect();
        let count = self.words.count("count.stories", self.frame.edition.len());
        // Without this filling, programs go on with the first words of the mail.
        format!(
            "{count}: {}{}",
            names.join(self.words.get("edition.separator")),
            " \u{34f}".repeat(60)
        )
    }

    fn masthead(&self) -> Markup {
        let Edition { title, date, .. } = self.frame.edition;
        let publication = self.frame.publication;
        let logo = self.theme("logo");
        self.row(28, 8, &html! {
            @if logo.is_empty() {
                p class="muted" style=(self.style("muted", 14, "")) { (publication.title) }
            } @else {
                img src=(logo) alt=(self.theme("logo-alt")) height="40" style="display:block;height:40px;border:0;";
            }
            h1 class="ink title" style=(self.heading("ink", 30, "margin:4px 0 6px;")) { (title) }
            p class="muted" style=(self.style("muted", 14, "")) { (self.words.weekday(*date)) " · " (self.words.count("count.stories", self.frame.edition.len())) }
            p class="muted" style=(self.style("muted", 14, "margin-top:10px;")) {
                a class="accent" href=(self.links.web) style=(self.link("")) { (self.words.get("mail.web_copy")) }
                " · "
                a class="accent" href=(self.links.unsubscribe) style=(self.link("")) { (self.words.get("mail.unsubscribe")) }
            }
            @let intro = partial::to_html(self.frame, Partial::Intro);
            @if !intro.0.is_empty() || !self.frame.edition.intro.is_empty() {
                div class="ink" style=(self.style("ink", 16, "margin-top:16px;")) {
                    (intro)
                    @for paragraph in self.frame.edition.intro.lines().filter(|line| !line.trim().is_empty()) { p { (paragraph) } }
                }
            }
        })
    }

    /// The sections with their counts: of use without jumping, as phones do not jump.
    fn contents(&self) -> Markup {
        let sections = &self.frame.edition.sections;
        if sections.len() < 2 {
            return html! {};
        }
        let line = self.theme("line");
        self.row(14, 6, &html! {
            table class="rule" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" dir=(self.words.language.direction().as_str())
                style={"border-top:1px solid " (line) ";border-bottom:1px solid " (line) ";"} {
                tr { td style="padding:10px 0 2px;" align=(self.start) {
                    p class="muted" style=(self.style("muted", 13, "font-weight:bold;")) { (self.words.get("edition.contents")) }
                } }
                @for section in sections {
                    tr { td style="padding:1px 0;" align=(self.start) {
                        p class="ink" style=(self.style("ink", 15, "")) {
                            (self.frame.heading(section)) " " span class="muted" style={"color:" (self.theme("muted")) ";"} { "(" (self.words.number(section.stories.len())) ")" }
                        }
                    } }
                }
                tr { td style="padding:0 0 8px;font-size:1px;line-height:1px;" { "\u{a0}" } }
            }
        })
    }

    /// The stories, whole as long as there is room, then their titles alone; what does not fit even so
    /// is one link away.
    fn stories(&self) -> Markup {
        let all = self.frame.edition.len();
        let room = if all > MOST {
            LETTER.saturating_sub(all * TITLE).clamp(LEAST, STORIES)
        } else {
            STORIES
        };
        let mut out = String::new();
        let (mut whole, mut shown) = (0, 0);
        for section in &self.frame.edition.sections {
            let mut head = Some(self.section_row(section).into_string());
            for story in &section.stories {
                let mut told = self.row(6, 14, &self.story(section, story)).into_string();
                if whole < MOST && out.len() + told.len() <= room {
                    whole += 1;
                } else {
                    told = self.row(0, 8, &self.title(story)).into_string();
                    if out.len() + told.len() > LETTER {
                        break;
                    }
                }
                out.push_str(&head.take().unwrap_or_default());
                out.push_str(&told);
                shown += 1;
            }
        }
        let more = all - shown;
        html! {
            (PreEscaped(out))
            @if more > 0 {
                (self.row(8, 14, &html! {
                    p class="ink" style=(self.style("ink", 16, "font-weight:bold;")) {
                        a class="accent" href=(self.links.web) style=(self.link("")) { (self.words.count("count.more", more)) }
                    }
                }))
            }
        }
    }

    /// A story by its title alone.
    fn title(&self, story: &EditionStory) -> Markup {
        let language = story.language.as_ref();
        let direction = language.map_or(
            self.words.language.direction(),
            crate::model::LanguageCode::direction,
        );
        html! {
            p class="ink" lang=[language] dir=(direction.as_str()) style=(self.style("ink", 16, &format!("text-align:{};", side(direction)))) {
                a class="accent" href=(story.url) style=(self.link("")) { (story.title) }
            }
        }
    }

    fn section_row(&self, section: &Section) -> Markup {
        let accent = self.theme("accent");
        self.row(22, 6, &html! {
            h2 class="accent rule" style=(self.heading("accent", 20, &format!("padding-bottom:5px;border-bottom:2px solid {accent};"))) { (self.frame.heading(section)) }
        })
    }

    fn story(&self, section: &Section, story: &EditionStory) -> Markup {
        let language = story.language.as_ref();
        let direction = language.map_or(
            self.words.language.direction(),
            crate::model::LanguageCode::direction,
        );
        let side = side(direction);
        html! {
            // The story is in its own language and runs its own way; what we say about it is in ours.
            div lang=[language] dir=(direction.as_str()) style={"text-align:" (side) ";"} {
                h3 class="ink" style=(self.heading("ink", 18, "line-height:1.35;")) {
                    a class="accent" href=(story.url) style=(self.link("text-decoration:none;")) { (story.title) }
                }
            }
            p class="muted" style=(self.style("muted", 13, "margin-top:3px;")) { (self.about(section, story)) }
            @for fact in story.dates.iter().filter(|fact| fact.until.unwrap_or(fact.date) >= self.frame.edition.date) {
                p class="alert" style=(self.style("alert", 14, "margin-top:3px;font-weight:bold;")) { (self.words.fact(fact)) }
            }
            @if !story.note.is_empty() {
                p class="ink" style=(self.style("ink", 15, "margin-top:6px;font-style:italic;")) { (self.words.get("edition.note")) ": " (story.note) }
            }
            @if !story.summary.is_empty() {
                div lang=[language] dir=(direction.as_str()) style={"text-align:" (side) ";"} {
                    p class="ink" style=(self.style("ink", 16, "margin-top:6px;")) { (story.summary) }
                }
            }
            @if !story.also.is_empty() {
                p class="muted" style=(self.style("muted", 13, "margin-top:6px;")) {
                    (self.words.get("edition.also")) ": "
                    @for (at, also) in story.also.iter().take(8).enumerate() {
                        @if at > 0 { (self.words.get("edition.separator")) }
                        a class="accent" href=(also.url) hreflang=[also.language.as_ref()] style=(self.link("")) { (also.source) }
                        @if let Some(language) = self.words.other_language(also.language.as_ref()) { " (" (language) ")" }
                    }
                }
            }
        }
    }

    /// Source, day, language and other areas of a story.
    fn about(&self, section: &Section, story: &EditionStory) -> Markup {
        let day = story.date.date_naive();
        let day =
            if day.format("%Y").to_string() == self.frame.edition.date.format("%Y").to_string() {
                self.words.short_day(day)
            } else {
                self.words.day(day)
            };
        let here =
            |id| matches!(&section.head, crate::model::SectionHead::Area(area) if area == id);
        let areas: Vec<&str> = story
            .areas
            .iter()
            .filter(|tag| !here(&tag.id))
            .map(|tag| area_name(self.frame.areas, &tag.id, self.words.language))
            .filter(|name| !name.is_empty())
            .take(3)
            .collect();
        html! {
            bdi { (story.source_name) } " · " (day)
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
        self.row(10, 14, &html! {
            p class="muted" style=(self.style("muted", 13, "font-weight:bold;")) { (self.words.get("edition.missing")) }
            p class="muted" style=(self.style("muted", 13, "")) {
                @for (at, source) in missing.iter().take(12).enumerate() {
                    @if at > 0 { (self.words.get("edition.separator")) }
                    bdi { (source.source) }
                }
                @if missing.len() > 12 { " …" }
            }
        })
    }

    fn foot(&self) -> Markup {
        let publication = self.frame.publication;
        let why = self.words.fill(
            self.links.why.label(),
            &[("digest", &self.frame.edition.title)],
        );
        let link = |href: &str, key: &str| html! { a class="accent" href=(href) style=(self.link("")) { (self.words.get(key)) } };
        let small = self.style("muted", 13, "margin-top:8px;");
        let line = self.theme("line");
        self.row(16, 28, &html! {
            div class="rule muted" style=(self.style("muted", 13, &format!("border-top:1px solid {line};padding-top:14px;"))) {
                (partial::to_html(self.frame, Partial::Footer))
            }
            p class="muted" style=(small) { (why) }
            p class="muted" style=(small) {
                (link(&self.links.unsubscribe, "mail.unsubscribe")) " · "
                (link(&self.links.preferences, "mail.preferences")) " · "
                (link(&self.links.archive, "mail.archive"))
            }
            p class="muted" style=(small) {
                a class="accent" href={"mailto:" (publication.contact)} style=(self.link("")) {
                    (self.words.fill("mail.questions", &[("contact", &publication.contact)]))
                }
            }
            div class="muted" style=(small) { (partial::to_html(self.frame, Partial::Legal)) }
        })
    }
}

fn side(direction: Direction) -> &'static str {
    match direction {
        Direction::Ltr => "left",
        Direction::Rtl => "right",
    }
}
