//! Discovering: what stands at an address that is no source yet, and where its feeds are.

use std::sync::Arc;

use url::Url;

use super::{Document, Reading, Works, hash, read, sift};
use crate::{
    fetch::{Accept, Answer, Request, discover::guesses},
    model::{Entry, LanguageCode, PageRules, Source, SourceHealth, SourceId, Validators},
    parse::{self, FeedLink, Parsed},
};

/// What stands at an address.
pub enum Found {
    /// Items
    Items(Box<Document>),
    /// A page that announces feeds
    Feeds(Vec<FeedLink>),
    /// A page that rules could read
    Rules(Vec<(PageRules, Vec<Entry>)>),
    /// Nothing, and why
    Nothing(String),
}

/// A feed that was found and read.
#[derive(Clone, Debug)]
pub struct FoundFeed {
    /// Its address.
    pub url: Url,
    /// Its title; may be empty.
    pub title: String,
    /// The language that it names.
    pub language: Option<LanguageCode>,
    /// How many items it lists.
    pub items: usize,
}

/// A source made of nothing but an address.
pub fn stranger(url: &Url) -> Source {
    Source {
        id: SourceId::new(&hash(&[url.as_str()])[..12]),
        name: url.to_string(),
        section: url.host_str().unwrap_or_default().to_owned(),
        url: url.clone(),
        language: None,
        areas: Vec::new(),
        priority: 0,
        every: None,
        page: None,
        coordinator: None,
        paused: false,
    }
}

/// Reads an address as a source would be; where that gives nothing, looks at the page.
///
/// # Errors
/// Never because of the network: that is [`Found::Nothing`].
pub async fn look(works: &Works, source: &Source) -> anyhow::Result<Found> {
    let asked = Arc::new(source.clone());
    let health = SourceHealth::new(source.id.clone());
    let pulled = read(works, Arc::clone(&asked), health).await;
    let failure = match pulled.reading {
        Ok(Reading::Document(mut document)) if !document.items.is_empty() => {
            match sift::judge_all(works, &asked, &mut document).await {
                Ok(()) => return Ok(Found::Items(document)),
                Err(failure) => failure.sentence,
            }
        }
        Ok(Reading::Document(document)) => super::no_items(&document),
        Ok(Reading::Unchanged { .. }) => "it answers that nothing has changed".to_owned(),
        Err(failure) => failure.sentence,
    };
    let Some((url, bytes, content_type)) = page(works, &source.url).await else {
        return Ok(Found::Nothing(failure));
    };
    let document = parse::Document {
        bytes: &bytes,
        content_type: content_type.as_deref(),
        url: &url,
        now: works.clock.now(),
    };
    let feeds = parse::links(&document);
    if !feeds.is_empty() && source.page.is_none() {
        return Ok(Found::Feeds(feeds));
    }
    let proposals = parse::propose(&document);
    Ok(if proposals.is_empty() {
        Found::Nothing(failure)
    } else {
        Found::Rules(proposals)
    })
}

async fn page(works: &Works, url: &Url) -> Option<(Url, Vec<u8>, Option<String>)> {
    let request = Request {
        url,
        validators: &Validators::default(),
        accept: Accept::Page,
    };
    match works.client.get(&request).await {
        Ok(Answer::Fetched(fetched)) => {
            let body = fetched.body.unpack().ok()?;
            Some((fetched.url, body, fetched.content_type))
        }
        _ => None,
    }
}

/// The feeds behind an address, best first: the address itself, what its page announces, and where
/// software of its kind keeps them.
///
/// # Errors
/// Never because of the network: what cannot be read is no feed.
pub async fn discover(works: &Works, url: &Url) -> anyhow::Result<Vec<FoundFeed>> {
    if let Some(feed) = feed(works, url).await {
        return Ok(vec![feed]);
    }
    let mut candidates: Vec<Url> = Vec::new();
    if let Some((base, bytes, content_type)) = page(works, url).await {
        let document = parse::Document {
            bytes: &bytes,
            content_type: content_type.as_deref(),
            url: &base,
            now: works.clock.now(),
        };
        candidates.extend(
            parse::links(&document)
                .into_iter()
                .map(|link| link.url)
                .take(10),
        );
    }
    let mut found: Vec<FoundFeed> = Vec::new();
    for announced in [true, false] {
        if !announced {
            if !found.is_empty() {
                break;
            }
            candidates = guesses(url);
        }
        for candidate in &candidates {
            if found.iter().all(|known| known.url != *candidate) {
                found.extend(feed(works, candidate).await);
            }
        }
    }
    Ok(found)
}

async fn feed(works: &Works, url: &Url) -> Option<FoundFeed> {
    let request = Request {
        url,
        validators: &Validators::default(),
        accept: Accept::Feed,
    };
    let Ok(Answer::Fetched(fetched)) = works.client.get(&request).await else {
        return None;
    };
    let body = fetched.body.unpack().ok()?;
    let document = parse::Document {
        bytes: &body,
        content_type: fetched.content_type.as_deref(),
        url: &fetched.url,
        now: works.clock.now(),
    };
    let Parsed {
        title,
        language,
        entries,
        ..
    } = parse::feed(&document).ok()?;
    Some(FoundFeed {
        url: fetched.permanent.unwrap_or_else(|| url.clone()),
        title,
        language,
        items: entries.len(),
    })
}
