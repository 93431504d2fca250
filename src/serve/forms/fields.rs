//! Fields: what a form sends, each value cleaned of what could do anything but be read.

use axum::body::Bytes;

use crate::{
    model::{AreaId, Choices, Digest, DigestId, Format, Frequency, Language, LanguageCode},
    pipeline::Works,
    text,
};

/// The fields of a form, in order; a name may come more than once.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`. Whatever else comes has no fields that are known.
    pub(super) fn read(body: &Bytes) -> Self {
        let pairs = url::form_urlencoded::parse(body);
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The first value of a name, on one line; empty if there is none.
    pub(super) fn line(&self, name: &str) -> String {
        text::line(self.raw(name))
    }

    /// The first value of a name as it came.
    pub(super) fn raw(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The digests that are ticked; others than those of feeds.toml are passed over.
    pub(super) fn digests(&self, digests: &[Digest]) -> Vec<DigestId> {
        let ticked = |digest: &&Digest| self.all("digest").any(|id| id == digest.id.as_str());
        digests
            .iter()
            .filter(ticked)
            .map(|digest| digest.id.clone())
            .collect()
    }

    /// The other choices; what is not known counts as not chosen.
    pub(super) fn choices(&self, works: &Works) -> Choices {
        let ticked = |id: &AreaId| self.all("area").any(|area| area == id.as_str());
        let areas = works.settings.areas.iter().map(|area| &area.id);
        let languages = Language::ALL.into_iter();
        Choices {
            areas: areas.filter(|id| ticked(id)).cloned().collect(),
            languages: languages
                .filter(|one| self.all("stories").any(|code| code == one.code()))
                .map(LanguageCode::from)
                .collect(),
            frequency: Frequency::parse(self.raw("frequency")).unwrap_or_default(),
            format: Format::parse(self.raw("format")).unwrap_or_default(),
        }
    }

    /// The language of letters; `None` is each digest's own.
    pub(super) fn language(&self) -> Option<Language> {
        Language::from_tag(self.raw("language"))
    }
}
