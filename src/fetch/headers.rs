//! Headers: what an answer says besides its body.

use reqwest::{
    StatusCode,
    header::{ETAG, HeaderMap, HeaderName, LAST_MODIFIED},
};
use url::Url;

use crate::model::Validators;

/// The name of a bot wall that an error answer comes from, by its headers.
pub(super) fn wall(status: StatusCode, headers: &HeaderMap) -> Option<&'static str> {
    let says = |name: &'static str, value: &str| {
        headers.get(name).is_some_and(|text| {
            text.to_str()
                .is_ok_and(|text| text.to_ascii_lowercase().contains(value))
        })
    };
    if !matches!(status.as_u16(), 403 | 429 | 503) {
        return None;
    }
    if says("cf-mitigated", "challenge") {
        Some("Cloudflare")
    } else if headers.contains_key("x-amzn-waf-action") {
        Some("AWS WAF")
    } else if says("x-iinfo", "") || says("x-cdn", "incapsula") {
        Some("Imperva")
    } else if says("server", "akamaighost") && status == StatusCode::FORBIDDEN {
        Some("Akamai")
    } else if says("server", "ddos-guard") {
        Some("DDoS-Guard")
    } else {
        None
    }
}

pub(super) fn validators(headers: &HeaderMap, url: &Url) -> Validators {
    Validators {
        url: Some(url.clone()),
        etag: header(headers, &ETAG),
        last_modified: header(headers, &LAST_MODIFIED),
    }
}

/// A header's value, its bytes taken as the first 256 characters, so that none is lost on the way back.
pub(super) fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers
        .get(name)
        .map(|value| {
            value
                .as_bytes()
                .iter()
                .copied()
                .map(char::from)
                .collect::<String>()
        })
        .filter(|v| !v.is_empty())
}

pub(super) fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect()
}
