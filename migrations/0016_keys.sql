-- Keys are hashes, so each belongs to a page of its own in a large table, and writing a key there alone
-- writes the page. New ones gather in a small table and move to the large one many at a time, in its
-- order. Both hold nothing but their primary key, which SQLite keeps once where it is told to.
CREATE TABLE lean_keys (
    hash BIGINT NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (hash, item)
) /* WITHOUT ROWID */;
INSERT INTO lean_keys (hash, item) SELECT hash, item FROM item_keys ORDER BY hash, item;
DROP TABLE item_keys;
ALTER TABLE lean_keys RENAME TO item_keys;

CREATE TABLE fresh_keys (
    hash BIGINT NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (hash, item)
) /* WITHOUT ROWID */;

-- All keys, wherever they are; one that was written anew may stand in both.
CREATE VIEW known_keys AS
    SELECT hash, item FROM item_keys UNION ALL SELECT hash, item FROM fresh_keys;
