//! Readers from the shell: lists in and out, one person's data, and nobody brought back.

use std::{fs, path::Path};

use crate::house::House;

const NOW: &str = "2026-11-16T08:00:00Z";

fn write(house: &House, text: impl AsRef<[u8]>) {
    fs::write(house.path("list.csv"), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_in_and_comes_out_with_every_bad_line_named() {
    let house = House::new(&[], "").await;
    let list = "\u{feff}Address;Name;Language;Digests;Areas;Languages;Frequency;Format;State\r\n\
        ana@example.org;Ana;fr;weekly;;fr en;monthly;text;\r\n\
        nobody;;;weekly;;;;;\r\n\
        info@bücherei.example;\"=cmd|' /C calc'!A1\";;weekly;;;;;active\r\n\
        \r\n\
        bo@example.org;;xx;weekly;;;;;\r\n\
        bo@example.org;;;nothing;;;;;\r\n\
        bo@example.org;;;weekly;;;daily;;\r\n\
        bo@example.org\r\n\
        cy@example.org;;;weekly;;;;;pending\r\n\
        +di@example.org;Di;;weekly;;;;;\r\n\
        ANA@example.org;;;weekly;;;;;\r\n";
    write(&house, list);
    let dry = house
        .run(NOW, &["subscribers", "import", "list.csv", "--dry-run"])
        .await;
    assert!(
        !house.path("data/circular.db").exists(),
        "a dry run makes nothing"
    );
    let said = house.run(NOW, &["subscribers", "import", "list.csv"]).await;
    assert_eq!(said.err, dry.err);
    assert_eq!(dry.out, format!("would be: {}", said.out));
    assert_eq!(
        said.err,
        "list.csv:3: `nobody` is no mail address; write it as `ana@example.org`\n\
         list.csv:6: `xx` is none of the languages ar, zh, en, fr, de, ru and es\n\
         list.csv:7: there is no digest `nothing`\n\
         list.csv:8: `daily` is none of each, weekly and monthly\n\
         list.csv:9: its number of fields is 1, and the first line has 9: is a comma or a quotation mark missing?\n\
         list.csv:10: they have not confirmed: ask them to sign up\n"
    );
    assert_eq!(
        said.out,
        "3 readers new, 1 known already, 0 noted as gone, 6 lines not taken\n"
    );
    assert_eq!(said.code, 1);

    let export = house.run(NOW, &["subscribers", "export"]).await.out;
    assert_eq!(
        export,
        "address,name,language,digests,areas,languages,frequency,format,state,consent_at,consent_how\n\
         '+di@example.org,Di,,weekly,,,each,html,active,2026-11-16T08:00:00Z,import of list.csv\n\
         ana@example.org,Ana,fr,weekly,,fr en,monthly,text,active,2026-11-16T08:00:00Z,import of list.csv\n\
         info@xn--bcherei-n2a.example,'=cmd|' /C calc'!A1,,weekly,,,each,html,active,2026-11-16T08:00:00Z,import of list.csv\n"
    );
    // What comes out goes in again and is the same.
    let other = House::new(&[], "").await;
    fs::write(other.path("again.csv"), &export).unwrap();
    let said = other
        .run(NOW, &["subscribers", "import", "again.csv"])
        .await;
    assert_eq!(said.code, 0, "{}", said.err);
    let again = other.run(NOW, &["subscribers", "export"]).await.out;
    assert_eq!(again, export);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_other_programs_are_understood() {
    let house = House::new(&[], "").await;
    write(
        &house,
        "uuid,email,name,attributes,status,created_at,updated_at\n\
         1-2,l1@example.org,Lis,\"{\"\"city\"\": \"\"Rome\"\"}\",enabled,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n\
         1-3,l2@example.org,Lin,{},blocklisted,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z\n",
    );
    let none = house.run(NOW, &["subscribers", "import", "list.csv"]).await;
    assert_eq!(
        none.err,
        "circular: `list.csv` has no column `digests`; name what its readers get with --digest\n"
    );
    let said = house
        .run(
            NOW,
            &[
                "subscribers",
                "import",
                "list.csv",
                "--digest",
                "weekly",
                "--json",
            ],
        )
        .await;
    assert_eq!(
        said.out,
        "{\"bad\":0,\"dry_run\":false,\"gone\":1,\"known\":0,\"new\":1}
"
    );

    write(
        &house,
        "\"Email Address\",\"First Name\",\"Last Name\",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LANG,NOTES,TAGS\n\
         m1@example.org,Mia,Moore,2,\"2024-03-01 10:00:00\",1.2.3.4,\"2024-03-01 10:05:00\",1.2.3.4,es,,\"\"\"a\"\",\"\"b\"\"\"\n\
         l2@example.org,Lin,,2,,,,,,,\n",
    );
    let said = house
        .run(
            NOW,
            &["subscribers", "import", "list.csv", "--digest", "weekly"],
        )
        .await;
    assert_eq!(
        said.err,
        "list.csv:3: `l2@example.org` left or was erased; --readmit with --consent brings back those who agreed anew\n"
    );
    let list = house.run(NOW, &["subscribers", "list", "--json"]).await.out;
    let mia = list.lines().find(|line| line.contains("m1@")).unwrap();
    let mia: serde_json::Value = serde_json::from_str(mia).unwrap();
    assert_eq!(mia["name"], "Mia Moore");
    assert_eq!(mia["language"], "es");
    assert_eq!(mia["consent"]["at"], "2024-03-01T10:05:00Z");
}

/// Whether a word stands anywhere in the files of a folder.
fn found_in(folder: &Path, word: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes
            .windows(word.len())
            .any(|window| window == word.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_handed_over_and_erased_without_a_trace() {
    let house = House::new(&["nations-en.xml"], "").await;
    house
        .run(
            NOW,
            &[
                "subscribers",
                "add",
                "zoe.unlikely@example.org",
                "--digest",
                "weekly",
                "--name",
                "Zoe",
                "--consent",
                "asked at the desk",
            ],
        )
        .await;
    house.run(NOW, &["run"]).await;
    assert!(found_in(&house.path("data"), "zoe.unlikely"));
    let said = house
        .run(NOW, &["subscribers", "export", "ZOE.unlikely@example.org"])
        .await;
    let person: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(person["consent"]["how"], "asked at the desk");
    assert_eq!(person["letters"][0]["edition"], "weekly-2026-11-16");
    assert_eq!(person["letters"][0]["state"], "accepted");

    let dry = house
        .run(
            NOW,
            &[
                "subscribers",
                "erase",
                "zoe.unlikely@example.org",
                "--dry-run",
            ],
        )
        .await;
    assert!(
        dry.out
            .starts_with("would be erased: the subscriber, 1 letter blanked"),
        "{}",
        dry.out
    );
    assert!(found_in(&house.path("data"), "zoe.unlikely"));
    let said = house
        .run(NOW, &["subscribers", "erase", "zoe.unlikely@example.org"])
        .await;
    assert!(
        said.out.starts_with("erased: the subscriber"),
        "{} {}",
        said.out,
        said.err
    );
    assert!(
        !found_in(&house.path("data"), "zoe.unlikely"),
        "a trace is left"
    );

    let none = house
        .run(NOW, &["subscribers", "export", "zoe.unlikely@example.org"])
        .await;
    assert_eq!(
        none.err,
        "circular: nothing is held about `zoe.unlikely@example.org`\n"
    );
    let add = [
        "subscribers",
        "add",
        "zoe.unlikely@example.org",
        "--digest",
        "weekly",
    ];
    let said = house.run(NOW, &add).await;
    assert_eq!(
        said.err,
        "circular: `zoe.unlikely@example.org` was erased on 2026-11-16; add --readmit if they asked for it anew\n"
    );
    write(&house, "email\nzoe.unlikely@example.org\n");
    let import = ["subscribers", "import", "list.csv", "--digest", "weekly"];
    assert_eq!(house.run(NOW, &import).await.code, 1);
    let anew = [&import[..], &["--readmit", "--consent", "asked anew"]].concat();
    assert_eq!(house.run(NOW, &anew).await.code, 0);
    let list = house
        .run(NOW, &["subscribers", "list", "weekly", "--state", "active"])
        .await
        .out;
    assert!(list.contains("zoe.unlikely@example.org"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_stays_as_a_hash_and_no_list_brings_them_back() {
    let more = "[[digest]]\nid = \"second\"\ntitle = \"S\"\nschedule = \"0 7 * * TUE\"\nrecipients = [\"gone.unlikely@example.org\"]\n";
    let house = House::new(&["nations-en.xml"], more).await;
    house
        .run(
            NOW,
            &[
                "subscribers",
                "add",
                "gone.unlikely@example.org",
                "--digest",
                "weekly",
            ],
        )
        .await;
    let said = house
        .run(NOW, &["subscribers", "remove", "Gone.unlikely@example.org"])
        .await;
    assert_eq!(said.code, 0, "{}", said.err);
    house.run(NOW, &["run"]).await;
    let list = house.run(NOW, &["subscribers", "list", "--json"]).await.out;
    assert!(!list.contains("gone.unlikely"), "{list}");
    assert!(list.contains("\"address\":null"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_lines_go_in_and_the_bad_ones_are_named() {
    let house = House::new(&[], "").await;
    let mut list = String::from("email,name\n");
    for number in 0..100_000 {
        match number % 1000 {
            7 => list.push_str("no address,x\n"),
            8 => list.push_str("a@b@c.org,\"two\nlines\"\n"),
            9 => list += &format!("same@example.org,{number}\n"),
            _ => list += &format!("reader-{number}@example.org,Reader {number}\n"),
        }
    }
    write(&house, list);
    let import = ["subscribers", "import", "list.csv", "--digest", "weekly"];
    let said = house.run(NOW, &import).await;
    assert_eq!(
        said.out,
        "99701 readers new, 99 known already, 0 noted as gone, 200 lines not taken\n"
    );
    assert_eq!(said.err.lines().count(), 200);
    assert!(
        said.err
            .starts_with("list.csv:9: `no address` is no mail address"),
        "{}",
        &said.err[..200]
    );
    // A mark that is never closed ends the reading, not the memory.
    write(
        &house,
        format!("email\na@example.org\n\"{}", "x".repeat(3_000_000)),
    );
    let said = house.run(NOW, &import).await;
    assert_eq!(
        said.err,
        "list.csv:3: the record does not end within a megabyte: is a quotation mark not closed?\n"
    );
    assert!(said.out.starts_with("1 reader new"), "{}", said.out);
}
