//! A daemon on loopback, with a mail server that keeps what it gets.

use std::net::SocketAddr;

use circular::{demo::PostOffice, pipeline::Works, store::Store, time::Clock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

pub(crate) struct Daemon {
    pub(crate) address: SocketAddr,
    pub(crate) store: Store,
    pub(crate) post: PostOffice,
    stop: CancellationToken,
    task: JoinHandle<anyhow::Result<()>>,
    folder: tempfile::TempDir,
}

/// What a request was answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Daemon {
    /// Two digests, no sources; the clock stands at Monday, 16 November 2026, 8:00 UTC.
    pub(crate) async fn start() -> Self {
        Self::start_at(tempfile::tempdir().unwrap(), "2026-11-16T08:00:00Z").await
    }

    async fn start_at(folder: tempfile::TempDir, now: &str) -> Self {
        circular::fetch::install_crypto();
        let post = PostOffice::open().await.unwrap();
        let file = folder.path().join("feeds.toml");
        let text = format!(
            "[publication]\ntitle = \"The Circular\"\npublisher = \"The House\"\naddress = \"A\"\n\
             contact = \"contact@example.org\"\nbase_url = \"https://circular.example.org\"\n\
             language = \"en\"\ntimezone = \"UTC\"\n\
             [serve]\nproxies = [\"127.0.0.1/32\"]\n\
             [mail]\nfrom = \"The Circular <circular@example.org>\"\nserver = \"smtp+plaintext://{}\"\n\
             [[digest]]\nid = \"weekly\"\ntitle = \"This week\"\nschedule = \"0 7 * * MON\"\n\
             [[digest]]\nid = \"rights\"\ntitle = \"Rights <&> duties\"\nschedule = \"0 7 * * TUE\"\n\
             [[source]]\nname = \"S\"\nsection = \"S\"\nurl = \"http://127.0.0.1:9/feed\"\n",
            post.address()
        );
        std::fs::write(&file, text).unwrap();
        let root = env!("CARGO_MANIFEST_DIR");
        std::fs::copy(
            format!("{root}/areas.toml"),
            folder.path().join("areas.toml"),
        )
        .unwrap();
        let settings = circular::cli::load(&file).settings.unwrap();
        let clock = Clock::at(now.parse().unwrap());
        let works = Works::open(settings, clock).await.unwrap();
        let store = works.store.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(circular::serve::run(works, listener, stop.clone()));
        Self {
            address,
            store,
            post,
            stop,
            task,
            folder,
        }
    }

    /// The same house at another time.
    pub(crate) async fn again_at(self, now: &str) -> Self {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
        Self::start_at(self.folder, now).await
    }

    /// The folder of the archive.
    pub(crate) fn public(&self) -> std::path::PathBuf {
        self.folder.path().join("public")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.ask("POST", path, kind, body).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head[9..12].parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// Waits until so many mails have come, and gives the last one's token.
    pub(crate) async fn token_of_mail(&self, count: usize) -> String {
        for _ in 0..200 {
            if self.post.received().len() >= count {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let mails = self.post.received();
        assert_eq!(mails.len(), count);
        let mail = String::from_utf8(mails[count - 1].message.clone()).unwrap();
        let mail = mail.replace("=\r\n", "");
        let at = mail.find("/confirm/").expect("a link") + "/confirm/".len();
        mail[at..at + 32].to_owned()
    }

    /// Signs up and confirms; gives the reader's own token.
    pub(crate) async fn reader(&self, address: &str, form: &str) -> String {
        let count = self.post.received().len() + 1;
        let answer = self.post("/subscribe", form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let token = self.token_of_mail(count).await;
        assert_eq!(
            self.post(&format!("/confirm/{token}"), "").await.status,
            200
        );
        let reader = self.store.subscriber_by_address(address).await.unwrap();
        reader.unwrap().token
    }
}
