//! HTML made plain.

use ego_tree::iter::Edge;
use scraper::{Html, Node};

use super::line::add_line;

/// The most bytes of a fragment that are looked at.
const LARGEST: usize = 512 * 1024;
/// The deepest nesting that the parser is given: its cost grows with the square of it.
const DEEPEST: usize = 256;

/// The text of an HTML fragment: a line break where a block ends, entities decoded, and nothing of
/// scripts, styles, forms, pictures and comments. Text that turns out to be HTML once more (feeds
/// escape twice) is made plain again.
pub fn plain(html: &str) -> String {
    let once = once(html);
    if looks_like_html(&once) {
        self::once(&once)
    } else {
        once
    }
}

fn once(html: &str) -> String {
    let html = &html[..html.floor_char_boundary(LARGEST)];
    if !html.contains(['<', '&']) {
        return tidy(html);
    }
    if too_deep(html, DEEPEST) {
        return tidy(&stripped(html));
    }
    let mut text = String::with_capacity(html.len());
    let mut silent = 0_usize;
    for edge in Html::parse_fragment(html).tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(words) if silent == 0 => text.push_str(words),
                Node::Element(element) => {
                    silent += usize::from(is_silent(element.name()));
                    match element.name() {
                        "br" => text.push('\n'),
                        "td" | "th" => text.push(' '),
                        name if is_block(name) => text.push('\n'),
                        _ => {}
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    silent = silent.saturating_sub(usize::from(is_silent(element.name())));
                    if is_block(element.name()) {
                        text.push('\n');
                    }
                }
            }
        }
    }
    tidy(&text)
}

/// Lines without empty ones, each without double spaces.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        let end = out.len();
        if end > 0 {
            out.push('\n');
        }
        let start = out.len();
        add_line(line, &mut out);
        if out.len() == start {
            out.truncate(end);
        }
    }
    out
}

fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "noscript"
            | "iframe"
            | "object"
            | "svg"
            | "math"
            | "form"
            | "head"
            | "select"
            | "textarea"
            | "button"
            | "audio"
            | "video"
            | "canvas"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "tr"
            | "table"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "pre"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "aside"
            | "figure"
            | "figcaption"
            | "address"
            | "hr"
            | "main"
            | "nav"
    )
}

/// Whether elements are nested deeper than so, by a pass over the bytes. Elements that end by
/// themselves (`<p>`, `<li>`, cells) and empty ones do not count.
pub fn too_deep(html: &str, deepest: usize) -> bool {
    let bytes = html.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| *b == b'<') {
        at += found + 1;
        let closing = bytes.get(at) == Some(&b'/');
        let start = at + usize::from(closing);
        let length = bytes[start..]
            .iter()
            .take(12)
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        let mut name = [0; 12];
        name[..length].copy_from_slice(&bytes[start..start + length]);
        name.make_ascii_lowercase();
        let counts = length > 0
            && !matches!(
                &name[..length],
                b"p" | b"li"
                    | b"br"
                    | b"img"
                    | b"hr"
                    | b"td"
                    | b"th"
                    | b"tr"
                    | b"dt"
                    | b"dd"
                    | b"input"
                    | b"meta"
                    | b"link"
                    | b"wbr"
                    | b"source"
                    | b"area"
                    | b"base"
                    | b"col"
                    | b"embed"
                    | b"param"
                    | b"track"
                    | b"option"
            );
        if counts && closing {
            depth = depth.saturating_sub(1);
        } else if counts {
            depth += 1;
            if depth > deepest {
                return true;
            }
        }
        at = start + length;
    }
    false
}

/// What is left of a fragment when everything between angle brackets goes; for those too deep to parse.
fn stripped(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

/// Whether a text holds tags of the kind that feeds put into summaries.
fn looks_like_html(text: &str) -> bool {
    text.match_indices('<').take(50).any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        [
            "p>", "p ", "br>", "br/", "br ", "a ", "div", "span", "img ", "strong>", "em>", "b>",
            "i>", "ul>", "li>", "h2", "h3",
        ]
        .iter()
        .any(|tag| {
            rest.get(..tag.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(tag))
        }) && rest.contains('>')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_lines_and_the_rest_goes() {
        let html = "<p>One&nbsp;<b>two</b><br>three</p><script>x()</script><ul><li>a<li>b</ul>\
                    <img src=x onerror=alert(1)><!-- no --><style>p{}</style><p>R&eacute;sum&eacute; &lt;3";
        assert_eq!(plain(html), "One two\nthree\na\nb\nRésumé <3");
    }

    #[test]
    fn what_was_escaped_twice_is_read_twice() {
        assert_eq!(plain("&lt;p&gt;A &amp;amp; B&lt;/p&gt;"), "A & B");
        assert_eq!(
            plain("if a &lt; b &amp;&amp; b &gt; c"),
            "if a < b && b > c"
        );
    }

    #[test]
    fn hostile_nesting_costs_little() {
        let deep = "<div>".repeat(100_000) + "end";
        assert_eq!(plain(&deep), "end");
        let open = "<p>x".repeat(1000);
        assert_eq!(plain(&open).lines().count(), 1000);
    }
}
