-- Keys that tell something only among items of about the same days begin with the number of the sixty
-- days (5,184,000,000 ms) in which the item lies, so that those of news lie together; those that last,
-- and identities, are negative. Of what was written before nobody can tell which it is: it is both.
DROP VIEW known_keys;

CREATE TABLE season_keys (
    hash BIGINT NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (hash, item)
) /* WITHOUT ROWID */;
INSERT INTO season_keys (hash, item)
    SELECT hash | (-9223372036854775807 - 1), item FROM item_keys
    UNION SELECT hash | (-9223372036854775807 - 1), item FROM fresh_keys
    UNION SELECT (CASE WHEN i.effective < 0 THEN 0 ELSE i.effective / 5184000000 END) * 281474976710656
        + (k.hash & 281474976710655), k.item FROM item_keys k JOIN items i ON i.no = k.item
    UNION SELECT (CASE WHEN i.effective < 0 THEN 0 ELSE i.effective / 5184000000 END) * 281474976710656
        + (k.hash & 281474976710655), k.item FROM fresh_keys k JOIN items i ON i.no = k.item
    ORDER BY 1, 2;
DELETE FROM fresh_keys;
DROP TABLE item_keys;
ALTER TABLE season_keys RENAME TO item_keys;

UPDATE forgotten SET hash = hash | (-9223372036854775807 - 1);

CREATE VIEW known_keys AS
    SELECT hash, item FROM item_keys UNION ALL SELECT hash, item FROM fresh_keys;
