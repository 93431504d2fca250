//! Shape: what the items of a document have in common, by which a source is known again.

use std::collections::BTreeMap;

use url::Url;

use crate::model::Item;

/// What is kept of a document's items when they have gone their ways.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// How many there are.
    pub items: usize,
    /// The host that most of them are on; empty where they have none.
    pub host: String,
    /// The mean number of seconds between those that say when they were published; `None` for fewer than three.
    pub gap: Option<f64>,
}

impl Shape {
    /// The shape of these items.
    pub fn of(items: &[Item]) -> Self {
        Self {
            items: items.len(),
            host: usual_host(items),
            gap: gap(items),
        }
    }
}

fn usual_host(items: &[Item]) -> String {
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    for item in items {
        if let Some(host) = item.url.as_ref().and_then(Url::host_str) {
            *hosts.entry(bare(host)).or_default() += 1;
        }
    }
    let most = hosts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or_else(String::new, |(host, _)| host.to_owned())
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

fn gap(items: &[Item]) -> Option<f64> {
    let mut times: Vec<i64> = items
        .iter()
        .filter_map(|item| item.published)
        .map(|t| t.timestamp())
        .collect();
    times.sort_unstable();
    times.dedup();
    let (first, last) = (times.first()?, times.last()?);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
    (times.len() >= 3).then(|| (last - first) as f64 / (times.len() - 1) as f64)
}
