//! `bounce`: what came back, from standard input or a Maildir.
//!
//! The exit code is one that a mail server understands, as a mail alias calls it: 0 when the letter was
//! dealt with, even if it says nothing; 75 (try later) when it could not be looked at. It is never one
//! that would have the server send a bounce of a bounce.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde_json::json;

use super::{Call, Exit, args::BounceArgs, out::count};
use crate::{
    issue::{self, Came},
    model::DigestId,
    store::Store,
};

/// The most bytes of one letter.
const LARGEST: u64 = 16 << 20;

pub(crate) async fn bounce(call: &Call, args: &BounceArgs) -> Exit {
    let done = match &args.maildir {
        Some(folder) => maildir(call, folder).await,
        None => one(call, args.to.as_deref()).await,
    };
    match done {
        Ok(()) => Exit::Done,
        Err(e) => {
            call.out.warn(&format!("circular: {e:#}"));
            Exit::TryLater
        }
    }
}

async fn one(call: &Call, to: Option<&str>) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(LARGEST)
        .read_to_end(&mut bytes)
        .context("standard input cannot be read")?;
    // Whatever is beyond is a quote; a mail server that cannot hand it over would bounce it.
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())
        .context("standard input cannot be read")?;
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let to = to
        .map(str::to_owned)
        .or_else(|| set("ORIGINAL_RECIPIENT"))
        .or_else(|| set("RECIPIENT"));
    let (store, offered) = house(call).await?;
    let came = issue::bounce(&store, &bytes, to.as_deref(), &offered, call.clock.now()).await?;
    tell(call, None, &came)
}

/// Every letter that is new, or that nobody has seen, each marked as seen when it is dealt with.
async fn maildir(call: &Call, folder: &Path) -> anyhow::Result<()> {
    let (new, cur) = (folder.join("new"), folder.join("cur"));
    anyhow::ensure!(
        new.is_dir() && cur.is_dir(),
        "`{}` is no Maildir: it has no `new` and `cur`",
        folder.display()
    );
    let mut letters: Vec<PathBuf> = Vec::new();
    for folder in [&new, &cur] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() && !is_seen(&path) {
                letters.push(path);
            }
        }
    }
    letters.sort();
    let (store, offered) = house(call).await?;
    for letter in &letters {
        let mut bytes = Vec::new();
        match fs::File::open(letter) {
            Ok(file) => file.take(LARGEST).read_to_end(&mut bytes)?,
            // Another program has moved it meanwhile.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
            Err(e) => {
                let name = letter.display().to_string();
                return Err(e).with_context(|| format!("`{name}` cannot be read"));
            }
        };
        let came = issue::bounce(&store, &bytes, None, &offered, call.clock.now()).await?;
        let name = letter.file_name().unwrap_or_default().to_string_lossy();
        tell(call, Some(&name), &came)?;
        let plain = name.split_once(":2,").map_or(&*name, |(plain, _)| plain);
        fs::rename(letter, cur.join(format!("{plain}:2,S")))
            .with_context(|| format!("`{}` cannot be moved", letter.display()))?;
    }
    call.out.say(&format!(
        "{} read",
        count(letters.len(), "letter", "letters")
    ));
    Ok(())
}

/// The database, and the digests of feeds.toml.
async fn house(call: &Call) -> anyhow::Result<(Store, Vec<DigestId>)> {
    let settings = call.settings()?;
    let store = Store::open(&settings.paths.database).await?;
    let digests = settings.digests.into_iter().map(|digest| digest.id);
    Ok((store, digests.collect()))
}

fn is_seen(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split_once(":2,")
        .is_some_and(|(_, flags)| flags.contains('S'))
}

fn tell(call: &Call, letter: Option<&str>, came: &Came) -> anyhow::Result<()> {
    let sentence = came.sentence();
    if call.out.json {
        let (reader, state) = match came {
            Came::Changed(reader, state) => (Some(reader), Some(state.as_str())),
            Came::Left(reader, _) | Came::Counted(reader, _) => (Some(reader), None),
            Came::Nothing(_) => (None, None),
        };
        return call.out.object(&json!({
            "letter": letter, "subscriber": reader, "state": state, "said": sentence,
        }));
    }
    let sentence = match letter {
        Some(letter) => format!("{letter}: {sentence}"),
        None => sentence,
    };
    match came {
        Came::Nothing(_) => call.out.say(&sentence),
        _ => call.out.line(&sentence)?,
    }
    Ok(())
}
