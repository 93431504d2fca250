//! Search without a server: a page, a script of our own, and a list of stories for each month.
//!
//! The lists are scripts that hand over data, because a browser loads those from a folder on disk
//! too, and a policy of `script-src 'self'` is all that they need. Deliberate limit: a story is found
//! by its title, its source and the beginning of its summary.

use maud::html;
use serde_json::{Value, json};

use super::{
    Site,
    frame::{Extras, Page},
    told,
};
use crate::{
    model::{ShelfCount, Telling},
    text,
};

const SCRIPT: &str = include_str!("search.js");
/// How much of a summary can be found, in characters.
const FOUND_BY: usize = 160;

/// The page and its script; `months` are those of the archive, newest first.
pub(super) fn pages(site: &Site<'_>, months: &[ShelfCount]) -> Vec<(String, Vec<u8>)> {
    let words = site.words();
    let title = words.get("web.search");
    let page = Page {
        publication: site.publication,
        look: site.look,
        language: site.language(),
        title,
        description: title,
        path: "search/",
        feed: None,
    };
    let extras = Extras {
        data: None,
        script: Some("search/search.js"),
        ..Extras::default()
    };
    let months: Vec<&str> = months.iter().map(|count| count.month.as_str()).collect();
    let html = page.html_with(
        &html! {
            h1 { (title) }
            noscript { p { (words.get("web.search_without")) " " a href="../archive/index.html" { (words.get("web.archive")) } } }
            form id="search" role="search" data-months=(months.join(" ")) data-busy=(words.get("web.search_busy"))
                data-none=(words.get("web.search_none")) data-found=(words.get("web.search_found")) data-digits=(words.get("date.digits")) {
                label for="q" { (words.get("web.search_words")) }
                input id="q" name="q" type="search" autocomplete="off";
                " " button type="submit" { (title) }
            }
            p id="status" role="status" class="muted" {}
            ul id="found" class="stories" {}
            button id="more" type="button" hidden { (words.get("web.search_more")) }
        },
        &extras,
    );
    vec![
        ("search/index.html".to_owned(), html.into_bytes()),
        ("search/search.js".to_owned(), SCRIPT.as_bytes().to_vec()),
    ]
}

/// The list of a month.
pub fn search_month(site: &Site<'_>, month: &str, stories: &[Telling]) -> (String, Vec<u8>) {
    let words = site.words();
    let rows: Vec<Value> = stories
        .iter()
        .map(|telling| {
            let story = &telling.story;
            json!([
                story.story,
                story.title,
                story.source_name,
                story.date.format("%F").to_string(),
                story.language,
                told::direction(story.language.as_ref(), &words),
                text::excerpt(&story.summary, FOUND_BY),
            ])
        })
        .collect();
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    (
        format!("search/months/{month}.js"),
        format!("circular([\n{}\n]);\n", rows.join(",\n")).into_bytes(),
    )
}
