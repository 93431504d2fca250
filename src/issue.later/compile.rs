//! Compiling: what waits becomes an edition, frozen with its deliveries in one transaction.

use chrono::{DateTime, Utc};

use crate::{
    edition::{self, Plan},
    model::{Delivery, DeliveryId, DeliveryState, Digest, Edition, EditionId, EditionState, Missing, SourceState},
    pipeline::{Works, first_window, hash, nominated},
    schedule::Schedule,
    store::{ItemFilter, Nomination},
};

/// What compiling one digest came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Compiled {
    /// An edition, frozen
    Frozen(Box<Edition>),
    /// Nothing waits: no edition was made
    Nothing,
}

/// Compiles the editions that the schedules ask for. A digest that never had one is due.
///
/// # Errors
/// When the database fails; what was frozen before stays.
pub async fn compile_due(works: &Works) -> anyhow::Result<Vec<Edition>> {
    let now = works.clock.now();
    let zone = works.settings.publication.timezone;
    let mut editions = Vec::new();
    for digest in &works.settings.digests {
        let schedule = Schedule::parse(&digest.schedule).map_err(anyhow::Error::msg)?;
        let mark = works.store.digest_mark(&digest.id).await?;
        if let Some(due) = schedule.due(mark, now, zone)
            && let Compiled::Frozen(edition) = compile_now(works, digest, Some(due)).await?
        {
            editions.push(*edition);
        }
    }
    Ok(editions)
}

/// Compiles a digest now and freezes it; `mark` is the scheduled time that this answers to.
///
/// # Errors
/// When the database fails, or a story went into another edition of the digest meanwhile; then
/// nothing has changed.
pub async fn compile_now(works: &Works, digest: &Digest, mark: Option<DateTime<Utc>>) -> anyhow::Result<Compiled> {
    let mut edition = draft(works, digest).await?;
    let never = works.store.last_edition_end(&digest.id).await?.is_none();
    if edition.is_empty() {
        // A first edition keeps being due until there is something to put into it.
        let mark = mark.filter(|_| !never);
        works.store.set_aside(&edition, mark).await?;
        return Ok(Compiled::Nothing);
    }
    edition.state = EditionState::Sent;
    let deliveries = deliveries(works, digest, &edition).await?;
    works.store.freeze(&edition, &deliveries, mark).await?;
    Ok(Compiled::Frozen(Box::new(edition)))
}

/// The edition as it would be now; nothing is stored but, for a digest's first one, which stories may wait.
///
/// # Errors
/// When the database fails.
pub async fn draft(works: &Works, digest: &Digest) -> anyhow::Result<Edition> {
    let now = works.clock.now();
    let publication = &works.settings.publication;
    let zone = publication.timezone;
    let end = works.store.last_edition_end(&digest.id).await?;
    if end.is_none() {
        nominate_stored(works, digest).await?;
    }
    let from = end.unwrap_or(now - first_window(digest, zone, now));
    let labels = works
        .settings
        .look
        .labels
        .get(&digest.language)
        .ok_or_else(|| anyhow::anyhow!("there are no labels for the language `{}`", digest.language))?;
    let date = now.with_timezone(&zone).date_naive();
    let plan = Plan {
        id: works.store.next_edition_id(&digest.id, date).await?,
        digest,
        areas: &works.settings.areas,
        labels,
        timezone: zone,
        from,
        now,
        missing: missing(works, from).await?,
    };
    let waiting = works.store.waiting(&digest.id).await?;
    Ok(edition::compile(&plan, waiting))
}

/// A digest that is new to feeds.toml finds what was stored before it: the stories of its first window.
async fn nominate_stored(works: &Works, digest: &Digest) -> anyhow::Result<()> {
    let now = works.clock.now();
    let zone = works.settings.publication.timezone;
    let since = now - first_window(digest, zone, now);
    let filter = ItemFilter { since: Some(since), limit: 5000, ..ItemFilter::default() };
    let digests = std::slice::from_ref(digest);
    let mut nominations = Vec::new();
    for row in works.store.items(&filter).await? {
        for (digest, state, why) in nominated(&row.item, digests, zone, true, now) {
            nominations.push((row.story.clone(), Nomination { digest, state, why }));
        }
    }
    works.store.nominate(&nominations, now).await?;
    Ok(())
}

/// The sources that could not be read in the window.
async fn missing(works: &Works, from: DateTime<Utc>) -> anyhow::Result<Vec<Missing>> {
    let healths = works.store.healths().await?;
    Ok(works
        .settings
        .sources
        .iter()
        .filter_map(|source| {
            let health = healths.iter().find(|health| health.id == source.id)?;
            let unread = matches!(health.state, SourceState::Failing | SourceState::Blocked | SourceState::Gone)
                && health.last_success.is_none_or(|time| time < from);
            unread.then(|| Missing {
                source: source.name.clone(),
                section: source.section.clone(),
                since: health.last_success,
            })
        })
        .collect())
}

/// One delivery for each reader of the digest.
async fn deliveries(works: &Works, digest: &Digest, edition: &Edition) -> anyhow::Result<Vec<Delivery>> {
    let now = works.clock.now();
    works.store.sync_recipients(&digest.id, &digest.recipients, now).await?;
    let domain = works
        .settings
        .mail
        .from_address
        .rsplit_once('@')
        .map_or_else(|| "localhost".to_owned(), |(_, domain)| domain.to_owned());
    Ok(works
        .store
        .readers(&digest.id)
        .await?
        .into_iter()
        .map(|subscriber| Delivery {
            id: delivery_id(&edition.id, subscriber.id.as_str()),
            edition: edition.id.clone(),
            message_id: format!("{}.{}@{domain}", edition.id, &hash(&[edition.id.as_str(), subscriber.id.as_str()])[..16]),
            subscriber: subscriber.id,
            address: subscriber.address,
            token: subscriber.token,
            state: DeliveryState::Queued,
            attempts: 0,
            next_attempt: now,
            reply: None,
        })
        .collect())
}

fn delivery_id(edition: &EditionId, subscriber: &str) -> DeliveryId {
    DeliveryId::new(&hash(&["delivery", edition.as_str(), subscriber])[..20])
}
