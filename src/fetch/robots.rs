//! robots.txt (RFC 9309), for pages. Feeds are published to be read by programs and are not looked up.

use std::time::Duration;

/// The most bytes of a robots.txt that are read (RFC 9309, section 2.5).
pub(super) const LARGEST: usize = 500 * 1024;
/// The longest crawl delay that is obeyed; a longer one would be a "no" in disguise.
const LONGEST_DELAY: Duration = Duration::from_mins(1);
/// The longest rule that is compared; matching a pattern costs its length times the path's.
const LONGEST_RULE: usize = 512;

/// What a host's robots.txt says to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Robots {
    rules: Vec<(String, bool)>,
    pub(super) delay: Option<Duration>,
    /// It could not be read for a reason that may pass: then nothing may be asked for now.
    pub(super) unreachable: bool,
}

impl Robots {
    /// What stands for a robots.txt that cannot be read now.
    pub(super) fn unreachable() -> Self {
        Self {
            unreachable: true,
            ..Self::default()
        }
    }

    /// Reads the groups that name our product, or `*` where none does.
    pub(super) fn parse(text: &str, product: &str) -> Self {
        let mut ours = Self::default();
        let mut anyones = Self::default();
        let (mut named, mut star, mut in_rules, mut found) = (false, false, true, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                if in_rules {
                    (named, star, in_rules) = (false, false, false);
                }
                let token: String = value
                    .chars()
                    .take_while(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-'))
                    .collect();
                named |= token.eq_ignore_ascii_case(product);
                star |= value == "*";
                found |= named;
                continue;
            }
            in_rules = true;
            for (_, group) in [(named, &mut ours), (star, &mut anyones)]
                .into_iter()
                .filter(|(applies, _)| *applies)
            {
                match key.as_str() {
                    "allow" | "disallow" if !value.is_empty() && value.len() <= LONGEST_RULE => {
                        group.rules.push((value.to_owned(), key == "allow"));
                    }
                    "crawl-delay" => {
                        let seconds = value.parse::<f64>().ok().filter(|s| (0.0..1e6).contains(s));
                        group.delay =
                            seconds.map(|s| Duration::from_secs_f64(s).min(LONGEST_DELAY));
                    }
                    _ => {}
                }
            }
        }
        if found { ours } else { anyones }
    }

    /// Whether a path with its query may be asked: the longest matching rule decides, "allow" at a tie.
    pub(super) fn allows(&self, path: &str) -> bool {
        self.rules
            .iter()
            .filter(|(pattern, _)| matches(pattern.as_bytes(), path.as_bytes()))
            .max_by_key(|(pattern, allow)| (pattern.len(), *allow))
            .is_none_or(|(_, allow)| *allow)
    }
}

/// Whether a pattern with `*` and a final `$` matches the beginning of a path.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix(b"$") {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        if p == pattern.len() && (!anchored || t == path.len()) {
            return true;
        }
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && t < path.len() && pattern[p] == path[t] {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star.filter(|(_, from)| *from < path.len()) {
            star = Some((at, from + 1));
            p = at + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_that_names_us_is_ours_alone() {
        let text = "User-agent: *\nDisallow: /\n\nUser-agent: Circular/1.0\nUser-agent: other\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 5\n";
        let robots = Robots::parse(text, "circular");
        assert!(robots.allows("/news"));
        assert!(!robots.allows("/private/x"));
        assert!(robots.allows("/private/open/x"));
        assert_eq!(robots.delay, Some(Duration::from_secs(5)));
        assert!(!Robots::parse(text, "somebody").allows("/news"));
    }

    #[test]
    fn patterns_have_stars_and_an_end() {
        let robots = Robots::parse(
            "User-agent: *\nDisallow: /*.pdf$\nDisallow: /search*page=\n",
            "circular",
        );
        assert!(!robots.allows("/a/b.pdf"));
        assert!(robots.allows("/a/b.pdf?x"));
        assert!(!robots.allows("/search?q=1&page=2"));
        assert!(robots.allows("/"));
        let hostile = format!("User-agent: *\nDisallow: {}b$\n", "*a".repeat(200));
        assert!(Robots::parse(&hostile, "circular").allows(&"a".repeat(2000)));
    }

    #[test]
    fn an_empty_rule_allows_all() {
        assert!(Robots::parse("User-agent: *\nDisallow:\n", "circular").allows("/x"));
        assert!(Robots::parse("<html>not robots</html>", "circular").allows("/x"));
    }
}
