//! Addresses in one form.
//!
//! [`canonical`] is what is stored and linked: the same page, without what only tracks the reader.
//! [`identity`] is what is compared: two addresses of one text give the same, whatever the scheme,
//! the mirror or the detour.

use url::Url;

/// Parameters that tell where a reader came from and not what they read; a star ends a prefix.
const TRACKING: [&str; 33] = [
    "utm_*",
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "twclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "pk_*",
    "mtm_*",
    "piwik_*",
    "_hsenc",
    "_hsmi",
    "__hs*",
    "hsctatracking",
    "at_*",
    "xtor",
    "cmpid",
    "wt_mc",
    "wt.mc_id",
    "ref_src",
    "ref_url",
    "vero_*",
    "oly_*",
    "ns_*",
    "spm",
    "share",
    "phpsessid",
    "jsessionid",
];

/// Hosts that repeat another one, word for word.
const MIRRORS: [(&str, &str); 3] = [
    ("iflamirror.com", "ifla.org"),
    ("cf-www.ifla.org", "ifla.org"),
    ("origin-www.ifla.org", "ifla.org"),
];

/// The address without fragment, tracking parameters, session ids and empty query.
pub fn canonical(url: &Url) -> Url {
    let mut url = url.clone();
    if url
        .fragment()
        .is_some_and(|fragment| !fragment.starts_with('!'))
    {
        url.set_fragment(None);
    }
    if let Some(host) = url
        .host_str()
        .and_then(|host| host.strip_suffix('.'))
        .map(str::to_owned)
    {
        // A host without its last dot is the same host; if the parser disagrees, the dot stays.
        let _ = url.set_host(Some(&host));
    }
    if let Some(query) = url.query() {
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !is_tracking(pair))
            .collect();
        let kept = kept.join("&");
        url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
    }
    if let Some((path, _)) = url
        .path()
        .split_once(";jsessionid=")
        .map(|(path, rest)| (path.to_owned(), rest.len()))
    {
        url.set_path(&path);
    }
    url
}

fn is_tracking(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    if matches!(name.as_str(), "ref" | "source" | "from" | "src") {
        return matches!(
            value.to_ascii_lowercase().as_str(),
            "rss" | "feed" | "atom" | "newsletter" | "email" | "twitter"
        );
    }
    TRACKING.iter().any(|known| match known.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *known,
    })
}

/// What two addresses of one text have in common: no scheme, no `www.`, the mirrored host, no detour,
/// no slash or `index.html` at the end.
pub fn identity(url: &Url) -> String {
    let url = canonical(url);
    let host = url.host_str().unwrap_or_default();
    let host = host
        .strip_prefix("www.")
        .or_else(|| host.strip_prefix("m."))
        .unwrap_or(host);
    let host = MIRRORS
        .iter()
        .find(|(mirror, _)| *mirror == host)
        .map_or(host, |(_, original)| original);
    let host = if is_numbered_mirror(host) {
        "ifla.org"
    } else {
        host
    };
    let mut path = url.path().replace("//", "/");
    // UN News gives each story under /feed/view/LANGUAGE/story/… in feeds and without it on the site.
    if let Some(rest) = path.strip_prefix("/feed/view/") {
        path = format!("/{rest}");
    }
    for end in ["/index.html", "/index.htm", "/index.php", "/amp/", "/amp"] {
        if let Some(rest) = path.strip_suffix(end) {
            path = format!("{rest}/");
        }
    }
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    format!("{host}{port}{}{query}", path.trim_end_matches('/'))
}

/// Hosts such as `cf3-www.ifla.org`.
fn is_numbered_mirror(host: &str) -> bool {
    host.strip_suffix("-www.ifla.org")
        .is_some_and(|number| number.starts_with("cf") && number.len() <= 4)
}

/// An identity with its language taken out, and that language: `/en/story/2026/11/1` and
/// `/fr/story/2026/11/1` become one. `None` where the address names no language.
pub fn without_language(identity: &str) -> Option<(String, String)> {
    let (host, path) = identity.split_once('/')?;
    let mut parts: Vec<&str> = path.split('/').collect();
    let place = parts.iter().take(3).position(|part| is_language(part));
    if let Some(place) = place {
        let language = parts.remove(place).to_ascii_lowercase();
        return Some((
            format!("{host}/{}", parts.join("/")),
            language[..2].to_owned(),
        ));
    }
    // A language as the first label of the host: fr.example.org.
    let (first, rest) = host.split_once('.')?;
    (is_language(first) && rest.contains('.'))
        .then(|| (format!("{rest}/{path}"), first.to_ascii_lowercase()))
}

fn is_language(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "ar" | "zh"
            | "en"
            | "fr"
            | "de"
            | "ru"
            | "es"
            | "pt"
            | "it"
            | "zh-hans"
            | "zh-cn"
            | "en-us"
            | "en-gb"
            | "fr-fr"
            | "es-es"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        identity(&a.parse().unwrap()) == identity(&b.parse().unwrap())
    }

    #[test]
    fn tracking_goes_and_meaning_stays() {
        let of = |url: &str| canonical(&url.parse().unwrap()).to_string();
        assert_eq!(
            of("https://a.example/x?utm_source=rss&id=3&fbclid=1#top"),
            "https://a.example/x?id=3"
        );
        assert_eq!(of("https://a.example/?p=123"), "https://a.example/?p=123");
        assert_eq!(of("HTTP://A.Example:80/x?"), "http://a.example/x");
        assert_eq!(
            of("https://a.example/x?ref=rss&ref=7"),
            "https://a.example/x?ref=7"
        );
        assert_eq!(
            of("https://a.example/#!/page/1"),
            "https://a.example/#!/page/1"
        );
    }

    #[test]
    fn one_text_has_one_identity() {
        assert!(same(
            "http://www.ifla.org/news/a/",
            "https://cf3-www.ifla.org/news/a"
        ));
        assert!(same(
            "https://news.un.org/feed/view/en/story/2026/11/1",
            "https://news.un.org/en/story/2026/11/1"
        ));
        assert!(same("https://a.example/x/index.html", "http://a.example/x"));
        assert!(!same(
            "https://a.example/x?id=1",
            "https://a.example/x?id=2"
        ));
        assert!(!same("https://a.example/en/x", "https://a.example/fr/x"));
    }

    #[test]
    fn languages_come_out_of_addresses() {
        let of = |url: &str| without_language(&identity(&url.parse().unwrap()));
        let english = of("https://news.un.org/en/story/2026/11/1").unwrap();
        let french = of("https://news.un.org/fr/story/2026/11/1").unwrap();
        assert_eq!(english.0, french.0);
        assert_eq!((english.1.as_str(), french.1.as_str()), ("en", "fr"));
        assert_eq!(of("https://a.example/news/english"), None);
    }
}
