//! `editions edit, approve, hold, drop, restore, move, note, send`: an editor's hand on a draft.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::{Call, Exit, deliveries::tell_mail, out::count, preview::named};
use crate::{
    config::{self, draft},
    edition::{Line, Revision},
    issue::{self, desk},
    model::{
        AreaId, DigestId, Edition, EditionId, EditionState, ItemId, LedgerState, SectionHead,
        StoryId,
    },
    pipeline::Works,
    render::Why,
};

/// Opens a draft in an editor, or takes it from a file, or prints it.
pub(super) async fn edit(
    call: &Call,
    id: &str,
    file: Option<&Path>,
    print: bool,
) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let desk = desk::open(&works, id).await?;
    let text = draft::text(&desk.draft, &desk.spare);
    if print {
        call.out.line(text.trim_end())?;
        return Ok(Exit::Done);
    }
    let path = match file {
        Some(path) => path.to_owned(),
        None => in_an_editor(&desk.draft.id, &text)?,
    };
    let written = std::fs::read_to_string(&path)
        .with_context(|| format!("`{}` cannot be read", path.display()))?;
    let known: Vec<&StoryId> = desk
        .draft
        .stories()
        .chain(&desk.spare)
        .map(|story| &story.story)
        .collect();
    let areas: Vec<AreaId> = works
        .settings
        .areas
        .iter()
        .map(|area| area.id.clone())
        .collect();
    let revision = match draft::read(&path, &written, &known, &areas) {
        Ok(revision) => revision.filter(|_| file.is_some() || written != text),
        Err(problems) => {
            call.out
                .warn(config::report(&problems, call.out.color()).trim_end());
            anyhow::bail!(
                "the draft is as it was; what you wrote is in `{path}`: mend it, then `circular editions edit {} --file {path}`",
                desk.draft.id,
                path = path.display(),
            );
        }
    };
    if let Some(revision) = revision {
        let draft = desk::revise(&works, &desk, &revision).await?;
        tell(call, &draft)?;
    } else {
        call.out
            .line(&format!("{}: nothing was changed", desk.draft.id))?;
    }
    if file.is_none() {
        // Left behind it would only be found by somebody else.
        let _ = std::fs::remove_file(&path);
    }
    Ok(Exit::Done)
}

fn tell(call: &Call, draft: &Edition) -> anyhow::Result<()> {
    call.out.line(&format!(
        "{}: {}; it goes out by `circular editions approve {}`",
        draft.id,
        count(draft.len(), "story", "stories"),
        draft.id
    ))
}

/// Writes a text into a file of its own and waits until the editor of `VISUAL` or `EDITOR` is closed.
fn in_an_editor(id: &EditionId, text: &str) -> anyhow::Result<PathBuf> {
    let set = |name| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.trim().is_empty())
    };
    let editor = set("VISUAL").or_else(|| set("EDITOR")).with_context(|| {
        format!(
            "no editor is known: set EDITOR, or take `circular editions edit {id} --print` and `--file FILE`"
        )
    })?;
    let mut file = tempfile::Builder::new()
        .prefix(&format!("{id}-"))
        .suffix(".toml")
        .tempfile()?;
    file.write_all(text.as_bytes())?;
    let path = file.into_temp_path().keep()?;
    // The value may hold arguments, such as `code --wait`.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let status = Command::new(program)
        .args(words)
        .arg(&path)
        .status()
        .with_context(|| format!("the editor `{editor}` cannot be started"))?;
    anyhow::ensure!(
        status.success(),
        "the editor `{editor}` ended with an error; the draft is as it was, and the file is `{}`",
        path.display()
    );
    Ok(path)
}

/// Puts a story off, sets it aside, or lets it wait again.
pub(super) async fn set(
    call: &Call,
    digest: &str,
    story: &str,
    state: LedgerState,
    until: Option<NaiveDate>,
) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let digest: DigestId = named(&works.settings, digest)?.id.clone();
    let story = named_story(&works, story).await?;
    let instant = until.map(|day| midnight(&works, day)).transpose()?;
    desk::set(&works, &digest, &story, &state, instant).await?;
    let until = until.map_or_else(String::new, |day| format!(" until {day}"));
    call.out
        .line(&format!("{story} in {digest}: {}{until}", state.as_str()))?;
    Ok(Exit::Done)
}

/// The beginning of a day in the publication's time zone.
fn midnight(works: &Works, day: NaiveDate) -> anyhow::Result<DateTime<Utc>> {
    let zone = works.settings.publication.timezone;
    day.and_time(NaiveTime::MIN)
        .and_local_timezone(zone)
        .earliest()
        .or_else(|| {
            day.and_hms_opt(3, 0, 0)?
                .and_local_timezone(zone)
                .earliest()
        })
        .map(|time| time.to_utc())
        .with_context(|| format!("`{day}` is no day in {zone}"))
}

/// A story by its own id or by one of its items'.
async fn named_story(works: &Works, id: &str) -> anyhow::Result<StoryId> {
    Ok(match works.store.item(&ItemId::new(id)).await? {
        Some(row) => row.story,
        None => StoryId::new(id),
    })
}

/// Moves a story of a draft: `first`, `up`, `down`, `last`, or into a section.
pub(super) async fn shift(call: &Call, id: &str, story: &str, place: &str) -> anyhow::Result<Exit> {
    revise(call, id, story, |works, revision, at| {
        let last = revision.stories.len() - 1;
        let mut line: Line = revision.stories.remove(at);
        let to = match place {
            "first" => 0,
            "up" => at.saturating_sub(1),
            "down" => (at + 1).min(last),
            "last" => last,
            word => {
                let head = SectionHead::parse(word);
                if let SectionHead::Area(id) = &head {
                    let known = works.settings.areas.iter().any(|area| area.id == *id);
                    anyhow::ensure!(
                        known,
                        "`{word}` is no place: take `first`, `up`, `down`, `last`, `top`, `calls`, `other` or an area"
                    );
                }
                line.section = head;
                let after = revision
                    .stories
                    .iter()
                    .rposition(|other| other.section == line.section);
                after.map_or(at, |after| after + 1)
            }
        };
        if matches!(place, "first" | "up" | "down" | "last") {
            // A story that moves past another one moves into its section.
            let neighbour = match place {
                "up" | "first" => revision.stories.get(to),
                _ => to.checked_sub(1).and_then(|before| revision.stories.get(before)),
            };
            if let Some(neighbour) = neighbour {
                line.section = neighbour.section.clone();
            }
        }
        revision.stories.insert(to, line);
        Ok(())
    })
    .await
}

/// Sets the editor's remark on a story of a draft; an empty one takes it away.
pub(super) async fn remark(call: &Call, id: &str, story: &str, text: &str) -> anyhow::Result<Exit> {
    revise(call, id, story, |_, revision, at| {
        revision.stories[at].note = crate::text::line(text);
        Ok(())
    })
    .await
}

async fn revise(
    call: &Call,
    id: &str,
    story: &str,
    change: impl FnOnce(&Works, &mut Revision, usize) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let desk = desk::open(&works, id).await?;
    let story = named_story(&works, story).await?;
    let mut revision = Revision::of(&desk.draft);
    let at = revision
        .stories
        .iter()
        .position(|line| line.story == story)
        .with_context(|| {
            format!(
                "`{story}` is not in the draft; `circular editions show {} --json` names what is",
                desk.draft.id
            )
        })?;
    change(&works, &mut revision, at)?;
    let draft = desk::revise(&works, &desk, &revision).await?;
    tell(call, &draft)?;
    Ok(Exit::Done)
}

/// Lets a draft go out, or sends a copy of any edition to one address.
pub(super) async fn send(call: &Call, id: &str, to: Option<&str>) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let id = EditionId::new(id);
    let edition: Edition = works.store.edition(&id).await?.with_context(|| {
        format!("there is no edition `{id}`; `circular editions list` names them")
    })?;
    if let Some(address) = to {
        let reply = issue::send_copy(&works, &edition, address, Why::Test).await?;
        call.out
            .line(&format!("a copy of {id} went to {address}: {reply}"))?;
        return Ok(Exit::Done);
    }
    let stories = if edition.state == EditionState::Sent {
        edition.len()
    } else {
        issue::approve(&works, &id).await?.len()
    };
    issue::publish(&works).await?;
    let delivered = issue::deliver(&works).await?;
    call.out.line(&format!(
        "{id} went out: {}, {} accepted",
        count(stories, "story", "stories"),
        count(usize::try_from(delivered.accepted)?, "mail", "mails")
    ))?;
    Ok(tell_mail(call, &delivered))
}

/// Lets a draft go out; one that has gone out already is an error.
pub(super) async fn approve(call: &Call, id: &str) -> anyhow::Result<Exit> {
    let (_, store) = call.reading().await?;
    let edition = store.edition(&EditionId::new(id)).await?;
    anyhow::ensure!(
        edition.is_none_or(|edition| edition.state != EditionState::Sent),
        "`{id}` has gone out already"
    );
    send(call, id, None).await
}
