-- Identities of items that were forgotten as old, so that a feed which lists them still brings
-- nothing new: the hash that stands in item_keys while an item is stored.
CREATE TABLE forgotten (
    hash BIGINT NOT NULL PRIMARY KEY
);
