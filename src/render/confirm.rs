//! The mail that asks somebody to confirm: a link, who asks, and no news.

use maud::{DOCTYPE, html};

use super::{Words, partial};
use crate::model::{Direction, Language, Look, Publication, TOKEN_PLACEHOLDER};

/// The two parts of a mail, and its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmMail {
    /// The subject.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
}

/// The mail, in one language; `digest` names what was asked for. The address of the page that
/// confirms holds [`TOKEN_PLACEHOLDER`].
pub fn confirm(
    publication: &Publication,
    look: &Look,
    language: Language,
    digest: &str,
) -> ConfirmMail {
    let words = Words::new(look, language);
    let base = publication.base_url.as_str().trim_end_matches('/');
    let link = format!("{base}/confirm/{TOKEN_PLACEHOLDER}?lang={language}");
    let subject = words.fill("confirm.subject", &[("publication", &publication.title)]);
    let asked = partial::confirm(publication, look, language, digest);
    let questions = words.fill("mail.questions", &[("contact", &publication.contact)]);
    let valid = words.get("confirm.valid");
    let imprint = format!("{}, {}", publication.publisher, publication.address);
    let text = format!(
        "{}\n\n{link}\n\n{valid}\n\n{questions}\n{imprint}\n",
        asked.text
    );
    let theme = |name: &str| look.theme.values.get(name).map_or("", String::as_str);
    let direction = language.direction();
    let side = if direction == Direction::Rtl {
        "right"
    } else {
        "left"
    };
    let style = |colour: &str, size: u32| {
        format!(
            "margin:0 0 16px;font-family:{};font-size:{size}px;line-height:1.55;color:{};text-align:{side};",
            theme("font"),
            theme(colour)
        )
    };
    let (paper, card, accent) = (theme("paper"), theme("card"), theme("accent"));
    let html = html! {
        (DOCTYPE)
        html lang=(language) dir=(direction.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (subject) }
            }
            body bgcolor=(paper) style={ "margin:0;padding:24px 8px;background-color:" (paper) ";" } {
                table role="presentation" align="center" width="100%" cellpadding="0" cellspacing="0" border="0" dir=(direction.as_str()) bgcolor=(card)
                    style={ "max-width:520px;background-color:" (card) ";" } {
                    tr { td style="padding:28px 32px;" {
                        h1 style=(format!("{}font-weight:bold;", style("ink", 22))) { (publication.title) }
                        div style=(style("ink", 16)) { (asked.html) }
                        table role="presentation" cellpadding="0" cellspacing="0" border="0" { tr { td bgcolor=(accent) style="border-radius:4px;" {
                            a href=(link) style=(format!("display:inline-block;padding:12px 28px;font-family:{};font-size:16px;font-weight:bold;color:{};text-decoration:none;", theme("font"), theme("accent-ink"))) { (words.get("confirm.button")) }
                        } } }
                        p style=(format!("{}padding-top:16px;", style("muted", 14))) { (valid) }
                        p style=(style("muted", 14)) { (questions) br; (imprint) }
                    } }
                }
            }
        }
    };
    ConfirmMail {
        subject,
        html: html.into_string(),
        text,
    }
}
