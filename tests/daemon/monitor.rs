//! What a monitor reads: alive, ready, metrics by Prometheus's rules.

use std::collections::{HashMap, HashSet};

use crate::house::House;

/// The rules that `promtool check metrics` goes by, and those of the text format.
fn prove(text: &str) -> HashMap<String, f64> {
    let mut kinds: HashMap<&str, &str> = HashMap::new();
    let mut helped = HashSet::new();
    let mut values = HashMap::new();
    let mut ended: HashSet<&str> = HashSet::new();
    let mut current = "";
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect(line);
            assert!(!help.is_empty() && helped.insert(name), "{line}");
            continue;
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect(line);
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(
                helped.contains(name) && kinds.insert(name, kind).is_none(),
                "{line}"
            );
            assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
            ended.insert(current);
            assert!(!ended.contains(name), "a family in two places: {line}");
            current = name;
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect(line);
        let name = sample.split_once('{').map_or(sample, |(name, labels)| {
            assert!(labels.ends_with("\"}") && labels.contains("=\""), "{line}");
            name
        });
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{line}"
        );
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| {
                name.strip_suffix(end)
                    .filter(|name| kinds.get(name) == Some(&"histogram"))
            })
            .unwrap_or(name);
        assert_eq!(family, current, "a sample stands with its family: {line}");
        let value: f64 = value.parse().expect(line);
        assert!(
            values.insert(sample.to_owned(), value).is_none(),
            "twice: {line}"
        );
    }
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_keep_the_rules_and_tell_no_address() {
    let house = House::new().await;
    house.write("[[source]]\nname = \"Away\"\nsection = \"S\"\nurl = \"http://127.0.0.1:1/\"\n");
    let daemon = house.serve(&[]);
    let answer = daemon.get_until("/metrics", "circular_deliveries{state=\"accepted\"} 1");
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    assert!(!text.contains('@') && !text.contains("http"), "{text}");
    let values = prove(text);
    for (sample, value) in [
        ("circular_pulls_total{outcome=\"ok\"}", 1.0),
        ("circular_pulls_total{outcome=\"failed\"}", 1.0),
        ("circular_pull_duration_seconds_count", 2.0),
        ("circular_pull_duration_seconds_bucket{le=\"+Inf\"}", 2.0),
        ("circular_editions{digest=\"weekly\"}", 1.0),
        ("circular_edition_age_seconds{digest=\"weekly\"}", 0.0),
        ("circular_sources{state=\"ok\"}", 1.0),
        ("circular_sources{state=\"failing\"}", 1.0),
        ("circular_deliveries{state=\"queued\"}", 0.0),
        ("circular_configuration_broken", 0.0),
    ] {
        assert_eq!(values.get(sample), Some(&value), "{sample}\n{text}");
    }
    let new = values.get("circular_entries_total{result=\"new\"}");
    assert!(values["circular_items"] > 0.0);
    assert_eq!(values.get("circular_items"), new);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_that_it_lives_and_is_ready() {
    let house = House::new().await;
    let daemon = house.serve(&[]);
    assert!(daemon.get("/healthz").ends_with("alive\n"));
    assert!(daemon.get("/readyz").ends_with("ready\n"));
    let health = daemon.get_until("/health", "\"accepted\":1");
    assert!(
        health.contains("\"daemon\":\"process ") && health.contains("\"attention\":[]"),
        "{health}"
    );
    let (code, said, _) = house.call(&["health"]);
    assert_eq!(code, 0);
    assert!(said.contains("daemon: process "), "{said}");
}
