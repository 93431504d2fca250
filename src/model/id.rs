//! Names for things: one type a noun, so that a story's id is never taken for an item's.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; whoever makes an id answers for its form.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id! {
    /// A policy area of `areas.toml`, such as `open-access`.
    AreaId
    /// A source of `feeds.toml`, such as `un-news-culture`.
    SourceId
    /// An item: a hash of its source and of its identity within it, the same at every pull.
    ItemId
    /// A story: the id of the item that opened it.
    StoryId
    /// A digest of `feeds.toml`, such as `weekly`.
    DigestId
    /// An edition: `DIGEST-YYYY-MM-DD`, with `-2`, `-3` for further ones of that day.
    EditionId
    /// A subscriber: a random id that tells nothing about the address.
    SubscriberId
    /// A delivery: a hash of its edition and its subscriber.
    DeliveryId
}
