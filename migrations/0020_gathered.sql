-- New keys gather as one value for all that a transaction brought, in the order in which they came, and
-- are known to each program by heart; many of them move to their places at once. Up to which value they
-- have moved is counted, so that every program sees whether it still knows what it should.
DROP VIEW known_keys;
INSERT INTO item_keys (hash, item) SELECT hash, item FROM fresh_keys WHERE 1 = 1 ON CONFLICT DO NOTHING;
DROP TABLE fresh_keys;

CREATE TABLE gathered_keys (
    id BIGINT PRIMARY KEY NOT NULL,
    pairs TEXT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('gathered', 0), ('settled', 0);
