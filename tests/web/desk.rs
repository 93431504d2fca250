//! A publication in a folder of its own, and editions for it.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use circular::{
    model::{
        AreaId, AreaTag, DatedFact, DigestId, Edition, EditionId, EditionState, EditionStory,
        Evidence, FactKind, Field, ItemId, Kind, Language, LanguageCode, Section, SectionHead,
        SourceId, StoryId,
    },
    pipeline::Works,
    time::Clock,
};

/// Monday, 16 November 2026, 7:00 UTC, and so many weeks.
pub(crate) fn week(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_794_812_400, 0).unwrap() + TimeDelta::weeks(number)
}

/// A publication without sources.
pub(crate) struct Desk {
    pub(crate) works: Works,
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("feeds.toml");
        let text = "[publication]\ntitle = \"Circular & co\"\npublisher = \"P\"\naddress = \"A\"\n\
            contact = \"c@example.org\"\nbase_url = \"https://circular.example.org\"\n\
            language = \"en\"\ntimezone = \"UTC\"\n\
            [[digest]]\nid = \"weekly\"\ntitle = \"This week\"\nschedule = \"0 7 * * MON\"\n\
            [[source]]\nname = \"The UN\"\nsection = \"United Nations\"\nurl = \"https://user:secret@un.example.org/feed\"\n";
        std::fs::write(&file, text).unwrap();
        let settings = circular::cli::load(&file).settings.unwrap();
        let works = Works::open(settings, Clock::at(week(0))).await.unwrap();
        Self { works, folder }
    }

    pub(crate) fn public(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.public().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    pub(crate) async fn freeze(&self, edition: &Edition) {
        self.works.store.freeze(edition, &[], None).await.unwrap();
    }

    pub(crate) async fn publish(&self) -> usize {
        circular::issue::publish(&self.works).await.unwrap()
    }
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// A story as real ones are: a title of some 75 characters, an address of some 90, two sentences.
pub(crate) fn story(number: usize) -> EditionStory {
    EditionStory {
        story: StoryId::new(format!("s{number:06}")),
        item: ItemId::new(format!("s{number:06}")),
        title: format!("Member states resume talks on exceptions for libraries, session {number}"),
        url: format!("https://news.example.org/en/story/2026/11/member-states-resume-talks-{number}"),
        summary: "The committee opened its session in Geneva with a text on preservation copies. \
            Delegations asked for a clause on lending across borders, which the chair will draft by Friday. \
            Observers from library associations spoke in the afternoon."
            .to_owned(),
        note: String::new(),
        source: SourceId::new("the-un"),
        source_name: "The UN".to_owned(),
        section: "United Nations".to_owned(),
        language: LanguageCode::parse("en"),
        kind: Kind::News,
        date: week(0) - TimeDelta::days(2),
        dates: Vec::new(),
        areas: vec![AreaTag {
            id: AreaId::new("copyright"),
            score: 0.9,
            evidence: vec![Evidence {
                term: "exceptions <b>".to_owned(),
                field: Field::Title,
            }],
        }],
        also: Vec::new(),
        updated: false,
        score: 1.0,
        why: String::new(),
    }
}

/// A story with a day.
pub(crate) fn dated(number: usize) -> EditionStory {
    EditionStory {
        dates: vec![DatedFact {
            what: FactKind::Deadline,
            date: week(4).date_naive(),
            until: None,
            time: None,
            words: String::new(),
        }],
        ..story(number)
    }
}

/// An edition of the weekly digest.
pub(crate) fn edition(number: i64, stories: Vec<EditionStory>) -> Edition {
    let to = week(number);
    Edition {
        id: EditionId::new(format!("weekly-{}", to.date_naive())),
        digest: DigestId::new("weekly"),
        title: "This week".to_owned(),
        subject: "A subject".to_owned(),
        language: Language::En,
        state: EditionState::Sent,
        date: to.date_naive(),
        from: to - TimeDelta::days(7),
        to,
        intro: String::new(),
        subject_by_hand: false,
        sections: vec![Section {
            head: SectionHead::Area(AreaId::new("copyright")),
            stories,
        }],
        left_out: Vec::new(),
        missing: Vec::new(),
    }
}
