//! What the daemon writes into its log: ids, and nobody's address, name or links.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

use circular::demo::PostOffice;

use crate::house::House;

fn ask(address: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_readers_whole_life_leaves_no_address_in_the_log() {
    let post = PostOffice::open().await.unwrap();
    let mail = format!(
        "[mail]\nfrom = \"circular@example.org\"\nserver = \"smtp+plaintext://{}\"\n",
        post.address()
    );
    let house = House::new(&["nations-en.xml"], &mail).await;
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("circular"))
        .current_dir(house.path(""))
        .args(["-vv", "serve", "--listen", "127.0.0.1:0"])
        .env("RUST_LOG", "trace")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut log = Vec::new();
    let address = loop {
        let line = lines.next().unwrap().unwrap();
        log.push(line.clone());
        if let Some((_, address)) = line.split_once("serving on http://") {
            break address.to_owned();
        }
    };
    let reading = std::thread::spawn(move || {
        log.extend(lines.map_while(Result::ok));
        log
    });
    let form = "address=zoe.unlikely%40example.org&name=Zoe+Surname&digest=weekly";
    let life = tokio::task::spawn_blocking(move || {
        let page = ask(&address, "POST", "/subscribe", form);
        assert!(page.contains("Look into your mailbox"), "{page}");
        let link = |mail: &[u8], page: &str| {
            let mail = String::from_utf8_lossy(mail).replace("=\r\n", "");
            let at = mail.find(page).map(|at| at + page.len());
            at.map(|at| mail[at..at + 32].to_owned())
        };
        let token = loop {
            let mails = post.received();
            let asked = mails
                .iter()
                .find_map(|mail| link(&mail.message, "/confirm/"));
            if let Some(token) = asked {
                break token;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        let page = ask(&address, "POST", &format!("/confirm/{token}"), "");
        let own = link(page.as_bytes(), "/preferences/").unwrap();
        for path in ["preferences", "data", "unsubscribe"] {
            ask(&address, "GET", &format!("/{path}/{own}"), "");
        }
        ask(
            &address,
            "POST",
            &format!("/preferences/{own}"),
            "digest=weekly",
        );
        ask(&address, "POST", &format!("/unsubscribe/{own}"), "");
        [token, own]
    });
    let tokens = life.await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let log = reading.join().unwrap().join("\n");
    assert!(log.contains("a sign-up was confirmed"), "{log}");
    assert!(log.contains("a reader left"), "{log}");
    for secret in ["unlikely", "Surname", &tokens[0], &tokens[1]] {
        assert!(!log.contains(secret), "`{secret}` is in the log:\n{log}");
    }
}
