//! Rosters: lists of readers as CSV, ours and those that listmonk, Mailchimp and spreadsheets write.
//!
//! [`Roster`] reads a line at a time, so that its memory does not grow with the file, and says of each
//! bad line what is wrong with it. The first line names the columns; unknown ones are passed over.
//! Deliberate limits: UTF-8 only; a record is at most a megabyte, quoted line breaks included.

use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
    rc::Rc,
};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use csv::{ByteRecord, ReaderBuilder};

use super::roster_columns::{Column, columns};
use crate::{
    model::{
        AreaId, Choices, DigestId, Format, Frequency, Language, LanguageCode, SubscriberState,
    },
    text,
};

/// The most bytes of one record.
const LONGEST: usize = 1_000_000;

/// A line of a roster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterLine {
    /// Where it begins in the file; the first line is 1.
    pub line: u64,
    /// The address, its domain in A-labels.
    pub address: String,
    /// The name.
    pub name: Option<String>,
    /// The language of what is written to them.
    pub language: Option<Language>,
    /// The digests; empty where the file names none.
    pub digests: Vec<DigestId>,
    /// What of these, and how.
    pub choices: Choices,
    /// Whether they get anything; never pending.
    pub state: SubscriberState,
    /// When they agreed.
    pub consent_at: Option<DateTime<Utc>>,
    /// How they agreed.
    pub consent_how: Option<String>,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {sentence}")]
pub struct RosterProblem {
    /// Where the record begins; the first line is 1.
    pub line: u64,
    /// What is wrong and how to mend it.
    pub sentence: String,
    /// Whether nothing after it can be read.
    pub last: bool,
}

/// What a line may name.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The digests of feeds.toml.
    pub digests: &'a [DigestId],
    /// The areas of areas.toml.
    pub areas: &'a [AreaId],
}

/// A roster that is being read.
pub struct Roster<'a, R: Read> {
    reader: csv::Reader<Guarded<BufReader<R>>>,
    read: Rc<Cell<usize>>,
    columns: Vec<(usize, Column)>,
    width: usize,
    known: Known<'a>,
    over: bool,
}

impl<'a, R: Read> Roster<'a, R> {
    /// Reads the first line, and from it what separates columns: a comma, a semicolon or a tab.
    ///
    /// # Errors
    /// When there is no first line, or it names no column of addresses.
    pub fn new(file: R, known: Known<'a>) -> Result<Self, RosterProblem> {
        let fail = |sentence: String| RosterProblem {
            line: 1,
            sentence,
            last: true,
        };
        let mut file = BufReader::with_capacity(64 * 1024, file);
        let start = file.fill_buf().map_err(|e| fail(lower(&e)))?;
        let first = start.split(|b| *b == b'\n').next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|mark| (first.split(|b| b == mark).count(), *mark == b','))
            .unwrap_or(b',');
        let read = Rc::new(Cell::new(0));
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(Guarded {
                file,
                read: Rc::clone(&read),
                last: b'\n',
            });
        let names = reader
            .byte_headers()
            .map_err(|e| fail(sentence_of(&e)))?
            .clone();
        let columns = columns(&names);
        if !columns.iter().any(|(_, column)| *column == Column::Address) {
            return Err(fail(
                "no column is called `address` or `email`: the first line names the columns"
                    .to_owned(),
            ));
        }
        Ok(Self {
            reader,
            read,
            columns,
            width: names.len(),
            known,
            over: false,
        })
    }

    /// Whether the file says which digests its readers get.
    pub fn names_digests(&self) -> bool {
        self.columns
            .iter()
            .any(|(_, column)| *column == Column::Digests)
    }

    fn line(&self, record: &ByteRecord) -> Result<RosterLine, String> {
        if record.len() != self.width {
            return Err(format!(
                "its number of fields is {}, and the first line has {}: is a comma or a quotation mark missing?",
                record.len(),
                self.width
            ));
        }
        let mut line = RosterLine {
            state: SubscriberState::Active,
            ..RosterLine::default()
        };
        for (at, column) in &self.columns {
            let text = std::str::from_utf8(&record[*at])
                .map_err(|_| "it is not in UTF-8: save the file as `CSV UTF-8`".to_owned())?;
            let text = unarmed(text.trim());
            if !text.is_empty() {
                self.take(*column, text, &mut line)?;
            } else if *column == Column::Address {
                return Err("it has no address".to_owned());
            }
        }
        Ok(line)
    }

    fn take(&self, column: Column, value: &str, line: &mut RosterLine) -> Result<(), String> {
        let shown = || text::line(value);
        match column {
            Column::Address => {
                line.address = text::mail_address(value).ok_or_else(|| {
                    format!(
                        "`{}` is no mail address; write it as `ana@example.org`",
                        shown()
                    )
                })?;
            }
            Column::Name => line.name = Some(name(value)),
            Column::LastName => {
                let first = line.name.take().unwrap_or_default();
                line.name = Some(name(&format!("{first} {value}")));
            }
            Column::Language => {
                line.language = Some(Language::from_tag(value).ok_or_else(|| {
                    format!(
                        "`{}` is none of the languages ar, zh, en, fr, de, ru and es",
                        shown()
                    )
                })?);
            }
            Column::Digests => {
                line.digests = listed(value, |id| {
                    let id = DigestId::new(id);
                    self.known.digests.contains(&id).then_some(id)
                })
                .map_err(|id| format!("there is no digest `{id}`"))?;
            }
            Column::Areas => {
                line.choices.areas = listed(value, |id| {
                    let id = AreaId::new(id);
                    self.known.areas.contains(&id).then_some(id)
                })
                .map_err(|id| format!("there is no area `{id}`"))?;
            }
            Column::Languages => {
                line.choices.languages = listed(value, LanguageCode::parse)
                    .map_err(|code| format!("`{code}` is no code of a language, such as `fr`"))?;
            }
            Column::Frequency => {
                line.choices.frequency = Frequency::parse(&value.to_lowercase())
                    .ok_or_else(|| format!("`{}` is none of each, weekly and monthly", shown()))?;
            }
            Column::Format => {
                line.choices.format = Format::parse(&value.to_lowercase())
                    .ok_or_else(|| format!("`{}` is neither html nor text", shown()))?;
            }
            Column::State => line.state = state(value)?,
            Column::LeftAt => line.state = SubscriberState::Unsubscribed,
            Column::CleanedAt => line.state = SubscriberState::Bounced,
            Column::ConsentAt => {
                line.consent_at = Some(time(value).ok_or_else(|| {
                    format!(
                        "`{}` is no time; write it as `2026-11-16T08:00:00Z`",
                        shown()
                    )
                })?);
            }
            Column::ConsentHow => line.consent_how = Some(name(value)),
        }
        Ok(())
    }
}

impl<R: Read> Iterator for Roster<'_, R> {
    type Item = Result<RosterLine, RosterProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let mut record = ByteRecord::new();
        self.read.set(0);
        let line = self.reader.position().line();
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                // Empty lines before it are passed over: its place is counted from its end.
                let within = record.as_slice().split(|b| *b == b'\n').count();
                let end = self.reader.position().line();
                let line = end.saturating_sub(within as u64);
                Some(match self.line(&record) {
                    Ok(read) => Ok(RosterLine { line, ..read }),
                    Err(sentence) => Err(RosterProblem {
                        line,
                        sentence,
                        last: false,
                    }),
                })
            }
            Err(error) => {
                self.over = true;
                Some(Err(RosterProblem {
                    line,
                    sentence: sentence_of(&error),
                    last: true,
                }))
            }
        }
    }
}

/// The file as it is counted in lines: each ends in one LF, the last one too. Stops reading when one
/// record does not end.
struct Guarded<R> {
    file: R,
    read: Rc<Cell<usize>>,
    last: u8,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.get() > LONGEST {
            return Err(io::Error::other(
                "the record does not end within a megabyte: is a quotation mark not closed?",
            ));
        }
        loop {
            let count = self.file.read(buffer)?;
            if count == 0 {
                let missing = usize::from(self.last != b'\n' && !buffer.is_empty());
                buffer[..missing].fill(b'\n');
                self.last = b'\n';
                return Ok(missing);
            }
            self.read.set(self.read.get() + count);
            let mut kept = 0;
            for at in 0..count {
                if buffer[at] != b'\r' {
                    buffer[kept] = buffer[at];
                    kept += 1;
                }
            }
            if kept > 0 {
                self.last = buffer[kept - 1];
                return Ok(kept);
            }
        }
    }
}

fn sentence_of(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => lower(error),
        _ => error.to_string(),
    }
}

fn lower(error: &io::Error) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// A field without the apostrophe that keeps a spreadsheet from taking it for a formula.
fn unarmed(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => text,
    }
}

fn name(value: &str) -> String {
    text::line(value).chars().take(200).collect()
}

/// The values of a list, separated by spaces, commas, semicolons or bars; or the first unknown one.
fn listed<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    value
        .split([' ', ',', ';', '|'])
        .filter(|one| !one.is_empty())
        .map(|one| read(one).ok_or_else(|| text::line(one)))
        .collect()
}

fn state(value: &str) -> Result<SubscriberState, String> {
    Ok(match value.to_lowercase().as_str() {
        "active" | "enabled" | "subscribed" | "confirmed" => SubscriberState::Active,
        "paused" | "disabled" => SubscriberState::Paused,
        "unsubscribed" | "blocklisted" | "blacklisted" => SubscriberState::Unsubscribed,
        "bounced" | "cleaned" => SubscriberState::Bounced,
        "complained" => SubscriberState::Complained,
        "pending" | "unconfirmed" => {
            return Err("they have not confirmed: ask them to sign up".to_owned());
        }
        _ => {
            return Err(format!(
                "`{}` is none of active, paused, unsubscribed, bounced and complained",
                text::line(value)
            ));
        }
    })
}

fn time(value: &str) -> Option<DateTime<Utc>> {
    let day = || {
        NaiveDate::parse_from_str(value, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    };
    DateTime::parse_from_rfc3339(value)
        .map(|time| time.to_utc())
        .ok()
        .or_else(|| {
            NaiveDateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S")
                .ok()
                .or_else(day)
                .map(|time| time.and_utc())
        })
}
