//! Readers: who gets what of an edition, and when.
//!
//! Each reader gets the stories of their areas and languages that no earlier letter told them,
//! whichever digest it came from. Who wants a letter a week or a month gets it with the first edition
//! of the week or month, with all that waited since the last one. Readers who chose alike and were
//! told alike share one reading, so the cost of choosing grows with their kinds and not their number.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    deliver::mailbox_domain,
    edition,
    model::{
        Choices, Delivery, DeliveryId, DeliveryState, Digest, DigestId, Edition, EditionId, Format,
        Frequency, Language, Reading, StoryId, Subscriber, SubscriberState,
    },
    pipeline::{Works, hash},
    render::{Why, Words},
    store::Mailing,
};

/// On which day the overdue letters were last looked for.
const LOOKED: &str = "late-letters";

/// What goes out to the readers of an edition that is about to be frozen.
pub(super) async fn mailing(
    works: &Works,
    digest: &Digest,
    edition: &Edition,
) -> anyhow::Result<Mailing> {
    let now = works.clock.now();
    works
        .store
        .sync_recipients(&digest.id, &digest.recipients, now)
        .await?;
    let readers = works
        .store
        .subscribers(Some(&digest.id), Some(SubscriberState::Active))
        .await?;
    let mut awaiting = works.store.awaiting().await?;
    let mut mailing = Mailing::default();
    let mut due = Vec::new();
    for reader in readers {
        if is_due(works, &reader, edition::due) {
            let mut editions = awaiting.remove(&reader.id).unwrap_or_default();
            if !editions.is_empty() {
                mailing.served.push(reader.id.clone());
            }
            editions.push(edition.id.clone());
            due.push((reader, editions));
        } else {
            mailing.waits.push((reader.id, edition.id.clone()));
        }
    }
    let mut editions = editions_of(works, due.iter().flat_map(|(_, editions)| editions)).await?;
    editions.insert(edition.id.clone(), edition.clone());
    // Its own time, so that who gets it whole gets the edition itself.
    write(works, &mut mailing, due, &editions, edition.to).await?;
    Ok(mailing)
}

/// Sends what waits for a letter of the week or month that no edition came along to bring; looked for
/// once a day.
pub(super) async fn late_letters(works: &Works) -> anyhow::Result<()> {
    let today = day(works, works.clock.now()).to_string();
    if works.store.note(LOOKED).await?.as_deref() == Some(&today) {
        return Ok(());
    }
    let mut awaiting = works.store.awaiting().await?;
    if !awaiting.is_empty() {
        let readers = works
            .store
            .subscribers(None, Some(SubscriberState::Active))
            .await?;
        let mut late = Vec::new();
        for reader in readers {
            if is_due(works, &reader, edition::overdue)
                && let Some(editions) = awaiting.remove(&reader.id)
            {
                late.push((reader, editions));
            }
        }
        let editions = editions_of(works, late.iter().flat_map(|(_, editions)| editions)).await?;
        let mut mailing = Mailing {
            served: late.iter().map(|(reader, _)| reader.id.clone()).collect(),
            ..Mailing::default()
        };
        let now = works.clock.now();
        write(works, &mut mailing, late, &editions, now).await?;
        if !mailing.is_empty() {
            works.store.mail(&mailing, works.clock.now()).await?;
        }
    }
    works.store.set_note(LOOKED, &today).await?;
    Ok(())
}

/// What a delivery carries.
#[derive(Clone, Debug)]
pub struct Content {
    /// The edition, whole or as one kind of reader gets it.
    pub edition: Edition,
    /// The digests whose editions it is made of, each once.
    pub digests: Vec<DigestId>,
    /// The form it goes out in.
    pub format: Format,
    /// Why its readers get it.
    pub why: Why,
}

/// What the deliveries of an edition or a reading carry; `None` if it is not in the database.
///
/// # Errors
/// When the database fails.
pub async fn edition_of(works: &Works, id: &EditionId) -> anyhow::Result<Option<Content>> {
    if !id.is_reading() {
        let edition = works.store.edition(id).await?;
        return Ok(edition.map(|edition| {
            // One letter goes to those who subscribed and to those whom feeds.toml lists.
            let digest = super::digest_of(&works.settings, &edition.digest);
            let listed = digest.is_some_and(|digest| !digest.recipients.is_empty());
            let why = if listed { Why::Fixed } else { Why::Subscribed };
            Content {
                digests: vec![edition.digest.clone()],
                edition,
                format: Format::Html,
                why,
            }
        }));
    }
    let Some(reading) = works.store.reading(id).await? else {
        return Ok(None);
    };
    let editions = editions_of(works, reading.parts.iter().map(|part| &part.edition)).await?;
    let settings = &works.settings;
    let counted = |language: Language, count: usize| {
        Words::new(&settings.look, language).count("count.stories", count)
    };
    let title = &settings.publication.title;
    let edition = edition::compose(&reading, &editions, title, &counted);
    let digests: BTreeSet<DigestId> = editions.into_values().map(|one| one.digest).collect();
    Ok(edition.map(|edition| Content {
        edition,
        digests: digests.into_iter().collect(),
        format: reading.format,
        why: Why::Subscribed,
    }))
}

fn is_due(
    works: &Works,
    reader: &Subscriber,
    rule: fn(Frequency, Option<NaiveDate>, NaiveDate) -> bool,
) -> bool {
    let last = reader.last_letter.map(|time| day(works, time));
    let today = day(works, works.clock.now());
    rule(reader.choices.frequency, last, today)
}

/// The day in the publication's time zone.
fn day(works: &Works, time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&works.settings.publication.timezone)
        .date_naive()
}

/// The frozen editions of the ids, those that are there.
async fn editions_of(
    works: &Works,
    ids: impl Iterator<Item = &EditionId>,
) -> anyhow::Result<BTreeMap<EditionId, Edition>> {
    let mut editions = BTreeMap::new();
    for id in ids.collect::<BTreeSet<_>>() {
        if let Some(edition) = works.store.edition(id).await? {
            editions.insert(id.clone(), edition);
        }
    }
    Ok(editions)
}

/// What readers must have in common to share a letter.
#[derive(PartialEq, Eq, Hash)]
struct Kind {
    editions: Vec<EditionId>,
    told: BTreeSet<StoryId>,
    choices: Choices,
    language: Option<Language>,
}

/// Adds the letters of readers, each of whom gets something of their editions, oldest first.
async fn write(
    works: &Works,
    mailing: &mut Mailing,
    due: Vec<(Subscriber, Vec<EditionId>)>,
    editions: &BTreeMap<EditionId, Edition>,
    to: DateTime<Utc>,
) -> anyhow::Result<()> {
    let stories: BTreeSet<StoryId> = editions
        .values()
        .flat_map(Edition::stories)
        .map(|story| story.story.clone())
        .collect();
    let stories: Vec<StoryId> = stories.into_iter().collect();
    let letters = works.store.letters_with(&stories).await?;
    let mut written: HashMap<Kind, Option<Letter>> = HashMap::new();
    for (reader, ids) in due {
        let frequency = reader.choices.frequency;
        let kind = Kind {
            editions: ids,
            told: letters.told(&reader.id),
            choices: Choices {
                frequency: Frequency::default(),
                ..reader.choices.clone()
            },
            language: reader.language,
        };
        let letter = written.entry(kind).or_insert_with_key(|kind| {
            let letter = letter(kind, editions, to, day(works, to));
            if let Some(reading) = letter.as_ref().and_then(|letter| letter.reading.clone()) {
                mailing.readings.push(reading);
            }
            letter
        });
        let Some(letter) = letter else { continue };
        if frequency != Frequency::Each {
            mailing.told.push(reader.id.clone());
        }
        mailing.deliveries.push(delivery(works, letter, reader));
    }
    Ok(())
}

/// A letter, by the id that its deliveries carry.
struct Letter {
    id: EditionId,
    /// `None` where it is an edition as it is.
    reading: Option<Reading>,
}

/// What a kind of reader gets; `None` if there is nothing for them.
fn letter(
    kind: &Kind,
    editions: &BTreeMap<EditionId, Edition>,
    to: DateTime<Utc>,
    date: NaiveDate,
) -> Option<Letter> {
    let editions: Vec<&Edition> = kind
        .editions
        .iter()
        .filter_map(|id| editions.get(id))
        .collect();
    let parts = edition::parts(&editions, &kind.choices, &kind.told);
    let newest = &parts.last()?.edition;
    let newest = editions.iter().find(|edition| edition.id == *newest)?;
    let language = kind.language.unwrap_or(newest.language);
    let format = kind.choices.format;
    let whole = parts.len() == 1 && parts[0].stories.len() == newest.len() && newest.to == to;
    if whole && language == newest.language && format == Format::Html {
        return Some(Letter {
            id: newest.id.clone(),
            reading: None,
        });
    }
    let told = format!("{to} {parts:?}");
    let mark = hash(&["reading", language.code(), format.as_str(), &told]);
    let id = EditionId::new(format!("{}~{}", newest.id, &mark[..16]));
    Some(Letter {
        id: id.clone(),
        reading: Some(Reading {
            id,
            language,
            format,
            to,
            date,
            parts,
        }),
    })
}

fn delivery(works: &Works, letter: &Letter, reader: Subscriber) -> Delivery {
    let edition = letter.id.whole();
    let domain = mailbox_domain(&works.settings.mail.from_address).unwrap_or("localhost");
    let own = hash(&["delivery", edition.as_str(), reader.id.as_str()]);
    Delivery {
        // Deliveries go out by id: those of one letter together, so that it is rendered once.
        id: DeliveryId::new(format!(
            "{}{}",
            &hash(&[letter.id.as_str()])[..6],
            &own[..14]
        )),
        edition: letter.id.clone(),
        message_id: format!(
            "{edition}.{}@{domain}",
            &hash(&[edition.as_str(), reader.id.as_str()])[..16]
        ),
        subscriber: reader.id,
        address: reader.address,
        token: reader.token,
        state: DeliveryState::Queued,
        attempts: 0,
        next_attempt: works.clock.now(),
        reply: None,
    }
}
