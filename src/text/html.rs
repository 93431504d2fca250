//! HTML made plain.

/// The text of an HTML fragment, a line break where a block ends; scripts, styles and comments gone.
pub fn plain(html: &str) -> String {
    let fragment = scraper::Html::parse_fragment(html);
    super::line(&fragment.root_element().text().collect::<String>())
}
