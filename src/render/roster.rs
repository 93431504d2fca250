//! Rosters: readers as CSV, with the columns that `subscribers import` reads.

use csv::WriterBuilder;

use crate::model::{AreaId, DigestId, LanguageCode, Subscriber};

/// The columns, in order.
pub const COLUMNS: [&str; 11] = [
    "address",
    "name",
    "language",
    "digests",
    "areas",
    "languages",
    "frequency",
    "format",
    "state",
    "consent_at",
    "consent_how",
];

/// Readers as CSV (RFC 4180), the names of the columns first. A field that a spreadsheet would take
/// for a formula begins with an apostrophe, which the import takes off again.
pub fn roster(readers: &[Subscriber]) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    // Writing into memory cannot fail, and every record has the same number of fields.
    let _ = writer.write_record(COLUMNS);
    for reader in readers {
        let consent = reader.consent.as_ref();
        let fields = [
            reader.address.clone(),
            reader.name.clone().unwrap_or_default(),
            reader
                .language
                .map_or("", |language| language.code())
                .to_owned(),
            joined(&reader.digests, DigestId::as_str),
            joined(&reader.choices.areas, AreaId::as_str),
            joined(&reader.choices.languages, LanguageCode::as_str),
            reader.choices.frequency.as_str().to_owned(),
            reader.choices.format.as_str().to_owned(),
            reader.state.as_str().to_owned(),
            consent.map_or_else(String::new, |consent| {
                consent
                    .at
                    .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            }),
            consent.map_or_else(String::new, |consent| consent.how.clone()),
        ];
        let _ = writer.write_record(fields.map(harmless));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn joined<T>(values: &[T], text: impl Fn(&T) -> &str) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// What no spreadsheet computes.
fn harmless(field: String) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{field}")
    } else {
        field
    }
}
