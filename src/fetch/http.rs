//! HTTP: the clients that requests go by, one that leaves a host when it has answered and one that stays.
//!
//! Most hosts have one source, and an idle connection to each would cost memory and a descriptor.
//! Deliberate limit: no proxy, as it would resolve names behind the guard's back.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Client, RequestBuilder};
use url::Url;

use super::{FailureKind, FetchError, guard::Guard, host::LINGER};
use crate::model::FetchSettings;

/// Our name, as sites and their robots.txt know it.
pub(super) const PRODUCT: &str = "circular";

#[derive(Debug)]
pub(super) struct Http {
    agent: String,
    guard: Guard,
    connect_timeout: Duration,
    /// The most connections that stay with one host.
    most: usize,
    parting: Client,
    /// Made when a host is first asked twice in a row.
    staying: OnceLock<Client>,
}

impl Http {
    /// # Errors
    /// When the system gives no certificates or no sockets.
    pub(super) fn new(
        settings: &FetchSettings,
        contact: &str,
        guard: &Guard,
    ) -> Result<Self, FetchError> {
        let contact: String = contact.chars().filter(char::is_ascii_graphic).collect();
        let agent = format!(
            "{PRODUCT}/{} (+mailto:{contact})",
            env!("CARGO_PKG_VERSION")
        );
        let connect_timeout = settings.timeout.min(Duration::from_secs(15));
        let parting = client(&agent, guard, connect_timeout, 0).map_err(|e| {
            let sentence = format!("the HTTP client cannot start: {e}");
            FetchError::new(FailureKind::Protocol, false, sentence)
        })?;
        Ok(Self {
            agent,
            guard: guard.clone(),
            connect_timeout,
            most: settings.per_host.min(2),
            parting,
            staying: OnceLock::new(),
        })
    }

    /// A request that follows another one to its host goes by a connection that stays.
    pub(super) fn get(&self, url: &Url, follows: bool) -> RequestBuilder {
        let client = if follows {
            self.staying.get_or_init(|| {
                // The first client could be made of the same; without this one nothing is lost but speed.
                client(&self.agent, &self.guard, self.connect_timeout, self.most)
                    .unwrap_or_else(|_| self.parting.clone())
            })
        } else {
            &self.parting
        };
        client.get(url.clone())
    }
}

fn client(
    agent: &str,
    guard: &Guard,
    connect_timeout: Duration,
    idle: usize,
) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(agent)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .dns_resolver(Arc::new(guard.clone()))
        .no_proxy()
        .connect_timeout(connect_timeout)
        .pool_max_idle_per_host(idle)
        .pool_idle_timeout(LINGER)
        .tcp_nodelay(true)
        // One careless header line does not make a feed unreadable.
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        .build()
}
