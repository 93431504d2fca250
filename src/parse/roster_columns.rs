//! Columns: what the first line of a roster may call them.

use csv::ByteRecord;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Address,
    Name,
    LastName,
    Language,
    Digests,
    Areas,
    Languages,
    Frequency,
    Format,
    State,
    LeftAt,
    CleanedAt,
    ConsentAt,
    ConsentHow,
}

/// Names in small letters without anything between them: ours, listmonk's, Mailchimp's, and what
/// people write. Of two for one thing, the one that stands later here wins.
const NAMES: [(&str, Column); 28] = [
    ("mail", Column::Address),
    ("email", Column::Address),
    ("emailaddress", Column::Address),
    ("address", Column::Address),
    ("firstname", Column::Name),
    ("fname", Column::Name),
    ("fullname", Column::Name),
    ("name", Column::Name),
    ("lname", Column::LastName),
    ("lastname", Column::LastName),
    ("lang", Column::Language),
    ("language", Column::Language),
    ("lists", Column::Digests),
    ("digest", Column::Digests),
    ("digests", Column::Digests),
    ("areas", Column::Areas),
    ("languages", Column::Languages),
    ("frequency", Column::Frequency),
    ("format", Column::Format),
    ("status", Column::State),
    ("state", Column::State),
    ("unsubtime", Column::LeftAt),
    ("cleantime", Column::CleanedAt),
    ("optintime", Column::ConsentAt),
    ("confirmtime", Column::ConsentAt),
    ("consentat", Column::ConsentAt),
    ("consent", Column::ConsentHow),
    ("consenthow", Column::ConsentHow),
];

/// The columns that a first line names, each with its place; one for each thing, and in the order in
/// which a line is put together.
pub(super) fn columns(names: &ByteRecord) -> Vec<(usize, Column)> {
    let mut found: Vec<(Column, usize, usize)> = names
        .iter()
        .enumerate()
        .filter_map(|(place, name)| {
            let name: String = String::from_utf8_lossy(name)
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric())
                .collect();
            let rank = NAMES.iter().position(|(known, _)| *known == name)?;
            Some((NAMES[rank].1, rank, place))
        })
        .collect();
    found.sort_by_key(|(column, rank, _)| (*column, std::cmp::Reverse(*rank)));
    found.dedup_by_key(|(column, ..)| *column);
    found
        .into_iter()
        .map(|(column, _, place)| (place, column))
        .collect()
}
