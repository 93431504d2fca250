//! Discovering: where a site keeps its feeds when its page does not say. Pure.

use url::Url;

/// Addresses worth trying, likeliest first: the kinds of site that say it by their address, then the
/// places where WordPress, Drupal, Joomla, Hugo and their like keep feeds.
pub fn guesses(site: &Url) -> Vec<Url> {
    let mut guesses = Vec::new();
    let mut add = |text: String| {
        if let Ok(url) = Url::parse(&text)
            && !guesses.contains(&url)
        {
            guesses.push(url);
        }
    };
    let host = site.host_str().unwrap_or_default();
    let origin = site.origin().ascii_serialization();
    let path = site.path().trim_end_matches('/');
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (host.trim_start_matches("www."), segments.as_slice()) {
        ("youtube.com" | "m.youtube.com", ["channel", id, ..]) => {
            add(format!(
                "https://www.youtube.com/feeds/videos.xml?channel_id={id}"
            ));
        }
        ("youtube.com" | "m.youtube.com", ["user", name, ..]) => {
            add(format!(
                "https://www.youtube.com/feeds/videos.xml?user={name}"
            ));
        }
        ("youtube.com" | "m.youtube.com", ["playlist"]) => {
            if let Some((_, list)) = site.query_pairs().find(|(key, _)| key == "list") {
                add(format!(
                    "https://www.youtube.com/feeds/videos.xml?playlist_id={list}"
                ));
            }
        }
        ("medium.com", [name, ..]) => add(format!("https://medium.com/feed/{name}")),
        ("reddit.com", ["r", name, ..]) => add(format!("https://www.reddit.com/r/{name}/.rss")),
        ("github.com", [owner, name, ..]) => {
            add(format!("https://github.com/{owner}/{name}/releases.atom"));
        }
        (host, _) if host.ends_with(".blogspot.com") => {
            add(format!("{origin}/feeds/posts/default"));
        }
        (host, _) if host.ends_with(".substack.com") => add(format!("{origin}/feed")),
        (_, [name]) if name.starts_with('@') => add(format!("{origin}/{name}.rss")),
        _ => {}
    }
    // The page's own feed first (a tag, a section), then the whole site's.
    let bases = if path.is_empty() {
        vec![origin.clone()]
    } else {
        vec![format!("{origin}{path}"), origin.clone()]
    };
    for base in &bases {
        add(format!("{base}/feed/"));
        add(format!("{base}/rss.xml"));
    }
    for place in [
        "/atom.xml",
        "/feed.xml",
        "/index.xml",
        "/rss",
        "/feed.json",
        "/feeds/posts/default",
    ] {
        add(format!("{origin}{place}"));
    }
    add(format!("{origin}{path}?format=feed&type=rss"));
    guesses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_says_by_its_address_where_its_feed_is() {
        let first = |url: &str| guesses(&url.parse().unwrap())[0].to_string();
        assert_eq!(
            first("https://www.youtube.com/channel/UCabc/videos"),
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc"
        );
        assert_eq!(
            first("https://blog.example.org/tag/ifla/"),
            "https://blog.example.org/tag/ifla/feed/"
        );
        assert_eq!(first("https://example.org"), "https://example.org/feed/");
        assert_eq!(
            first("https://social.example/@library"),
            "https://social.example/@library.rss"
        );
    }
}
