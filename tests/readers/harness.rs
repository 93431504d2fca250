//! A publication with digests, stories to put into them, and a mail server that keeps what it gets.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use circular::{
    demo::PostOffice,
    issue,
    model::{
        AreaId, AreaTag, Choices, DigestId, Evidence, Field, Item, ItemId, Kind, LanguageCode,
        LedgerState, Placement, Relation, SourceHealth, SourceId, SourceState, StoryId,
        SubscriberState,
    },
    pipeline::Works,
    store::{NewItem, NewSubscriber, Round},
    time::Clock,
};

/// A publication at work.
pub(crate) struct House {
    pub(crate) works: Works,
    pub(crate) post: PostOffice,
    pub(crate) folder: tempfile::TempDir,
}

/// A story as a test wants it: its number, areas, language, and the digests it waits in.
pub(crate) struct Told {
    pub(crate) number: usize,
    pub(crate) areas: Vec<&'static str>,
    pub(crate) language: &'static str,
    pub(crate) digests: Vec<&'static str>,
}

/// The address of a story, as it stands in a letter.
pub(crate) fn address(number: usize) -> String {
    format!("https://news.example.org/story-{number:05}")
}

impl House {
    /// With digests of these ids, each compiled when the test says so.
    pub(crate) async fn new(digests: &[&str]) -> Self {
        circular::fetch::install_crypto();
        let post = PostOffice::open().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut text = format!(
            "[publication]\ntitle = \"Circular\"\npublisher = \"P\"\naddress = \"A\"\n\
             contact = \"c@example.org\"\nbase_url = \"https://circular.example.org\"\n\
             language = \"en\"\ntimezone = \"Europe/Amsterdam\"\n\
             [mail]\nfrom = \"c@example.org\"\nserver = \"smtp+plaintext://{}\"\n",
            post.address()
        );
        for digest in digests {
            text += &format!(
                "[[digest]]\nid = \"{digest}\"\ntitle = \"The {digest}\"\nschedule = \"0 7 1 1 *\"\n\
                 max_items = 200\nmax_per_source = 200\n"
            );
        }
        text += "[[source]]\nname = \"S\"\nsection = \"S\"\nurl = \"https://s.example.org/feed\"\n";
        let file = folder.path().join("feeds.toml");
        std::fs::write(&file, text).unwrap();
        let loaded = circular::cli::load(&file);
        assert!(loaded.settings.is_some(), "{:?}", loaded.problems);
        let clock = Clock::at("2026-11-16T07:00:00Z".parse().unwrap());
        let works = Works::open(loaded.settings.unwrap(), clock).await.unwrap();
        Self {
            works,
            post,
            folder,
        }
    }

    /// Puts the clock there.
    pub(crate) fn at(&mut self, time: &str) -> DateTime<Utc> {
        let time = time.parse().unwrap();
        self.works.clock = Clock::at(time);
        time
    }

    /// Lets stories wait.
    pub(crate) async fn tell(&self, stories: &[Told]) {
        let now = self.works.clock.now();
        let health = SourceHealth {
            state: SourceState::Ok,
            ..SourceHealth::new(SourceId::new("s"))
        };
        let new = stories.iter().map(|told| item(told, now)).collect();
        let round = Round {
            new,
            ..Round::quiet(health)
        };
        self.works.store.record(&[round]).await.unwrap();
    }

    /// Compiles a digest and delivers.
    pub(crate) async fn send(&self, digest: &str) {
        let digest = issue::digest_of(&self.works.settings, &DigestId::new(digest)).unwrap();
        issue::compile_now(&self.works, digest, None).await.unwrap();
        self.deliver().await;
    }

    /// Makes a first edition of digests while nobody reads them: a digest that never had one takes
    /// in all that is stored.
    pub(crate) async fn open(&self, digests: &[&'static str]) {
        for (number, digest) in (99_990..).zip(digests) {
            let told = Told {
                number,
                areas: Vec::new(),
                language: "en",
                digests: vec![digest],
            };
            self.tell(&[told]).await;
            self.send(digest).await;
        }
    }

    pub(crate) async fn deliver(&self) {
        let report = issue::deliver(&self.works).await.unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!((report.refused, report.unsure), (0, 0));
    }

    pub(crate) async fn subscribe(&self, address: &str, digests: &[&str], choices: Choices) {
        let new = NewSubscriber {
            address: address.to_owned(),
            digests: digests.iter().map(|id| DigestId::new(*id)).collect(),
            state: SubscriberState::Active,
            choices: Some(choices),
            ..NewSubscriber::default()
        };
        let now = self.works.clock.now();
        self.works.store.add_subscriber(&new, now).await.unwrap();
    }

    /// The numbers of the stories that each reader was told, letter by letter.
    pub(crate) fn letters(&self) -> BTreeMap<String, Vec<BTreeSet<usize>>> {
        let mut letters: BTreeMap<String, Vec<BTreeSet<usize>>> = BTreeMap::new();
        for mail in self.post.received() {
            let text = text_part(&mail.message);
            let told = text
                .match_indices("https://news.example.org/story-")
                .map(|(at, start)| text[at + start.len()..][..5].parse().unwrap())
                .collect();
            let to = mail.to.into_iter().next().expect("a recipient");
            letters.entry(to).or_default().push(told);
        }
        letters
    }
}

/// The text part of a mail, decoded.
pub(crate) fn text_part(message: &[u8]) -> String {
    let message = std::str::from_utf8(message).unwrap();
    let at = message.find("text/plain").expect("a text part");
    let quoted = message[..message.find("\r\n\r\n").unwrap()].contains("multipart")
        || message.contains("Content-Transfer-Encoding: quoted-printable");
    let part = &message[at..];
    let body = part.split_once("\r\n\r\n").unwrap().1;
    let body = body.split("\r\n--=_").next().unwrap();
    assert!(quoted, "the test reads quoted-printable only");
    body.replace("=\r\n", "").replace("=3D", "=")
}

fn item(told: &Told, now: DateTime<Utc>) -> NewItem {
    let id = format!("item-{:05}", told.number);
    let item = Item {
        id: ItemId::new(&id),
        source: SourceId::new("s"),
        key: id.clone(),
        url: address(told.number).parse().ok(),
        title: format!("Story number {}", told.number),
        summary: "What it is about.".to_owned(),
        text: String::new(),
        language: LanguageCode::parse(told.language),
        kind: Kind::News,
        published: Some(now),
        first_seen: now,
        effective: now,
        authors: Vec::new(),
        categories: Vec::new(),
        image: None,
        enclosures: Vec::new(),
        alternates: Vec::new(),
        areas: told.areas.iter().map(|area| tag(area)).collect(),
        dates: Vec::new(),
    };
    NewItem {
        keys: Vec::new(),
        placement: Placement {
            story: StoryId::new(&id),
            relation: Relation::New,
            of: None,
            likeness: 0.0,
            reason: String::new(),
        },
        ledger: told
            .digests
            .iter()
            .map(|digest| (DigestId::new(*digest), LedgerState::Waiting))
            .collect(),
        item,
    }
}

fn tag(area: &str) -> AreaTag {
    AreaTag {
        id: AreaId::new(area),
        score: 0.9,
        evidence: vec![Evidence {
            term: area.to_owned(),
            field: Field::Title,
        }],
    }
}
