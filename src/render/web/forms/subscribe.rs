//! The page of signing up.

use maud::html;

use super::{Offer, Sheet, Ticked, choose};

/// What somebody typed, shown again where it has to be mended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// The address.
    pub address: &'a str,
    /// The name.
    pub name: &'a str,
}

/// What has to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The address is none
    Address,
    /// No digest is ticked
    Digests,
}

impl Problem {
    fn field(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Digests => "digests",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Address => "form.bad_address",
            Self::Digests => "form.no_digest",
        }
    }
}

/// The page of signing up; with problems, what was typed and what has to be mended.
pub fn subscribe(
    sheet: &Sheet<'_>,
    offer: &Offer<'_>,
    typed: Typed<'_>,
    ticked: &Ticked<'_>,
    problems: &[Problem],
) -> String {
    let words = sheet.words();
    let wrong = |problem: Problem| problems.contains(&problem);
    sheet.html(words.get("form.subscribe_title"), &html! {
        p { (words.get("form.subscribe_intro")) }
        @if !problems.is_empty() {
            div class="problems" role="alert" {
                h2 { (words.get("form.problems")) }
                ul { @for problem in problems { li { a href={ "#" (problem.field()) } { (words.get(problem.label())) } } } }
            }
        }
        form method="post" action={ "?lang=" (sheet.language) } {
            p class="field" {
                label for="address" { (words.get("form.address")) }
                // Not `type=email`: browsers refuse names in other scripts there.
                input id="address" name="address" type="text" inputmode="email" autocomplete="email"
                    autocapitalize="none" spellcheck="false" dir="ltr" maxlength="254" required
                    value=(typed.address) aria-invalid=[wrong(Problem::Address).then_some("true")]
                    aria-describedby=[wrong(Problem::Address).then_some("address-wrong")];
                @if wrong(Problem::Address) { span class="wrong" id="address-wrong" { (words.get("form.bad_address")) } }
            }
            p class="field" {
                label for="name" { (words.get("form.name")) }
                input id="name" name="name" type="text" autocomplete="name" dir="auto" maxlength="200" value=(typed.name);
            }
            // People do not see this one; programs that fill in everything do.
            p class="trap" aria-hidden="true" {
                label for="website" { (words.get("form.trap")) }
                input id="website" name="website" type="text" autocomplete="off" tabindex="-1";
            }
            (choose::digests(sheet, offer, ticked, wrong(Problem::Digests)))
            (choose::areas(sheet, offer, ticked))
            (choose::story_languages(sheet, ticked))
            (choose::frequency(sheet, ticked))
            (choose::letter_language(sheet, ticked))
            p class="consent" { (words.fill("form.consent", &[("publisher", &sheet.publication.publisher)])) }
            p class="muted" { (words.get("form.privacy")) }
            p { button type="submit" { (words.get("form.subscribe_button")) } }
        }
    })
}
