-- The archive: what each frozen edition told, and where in the archive it stands. Made from the
-- editions, and made again whenever it is missing.

-- The number that an edition got when it was filed: rising, so that an archive knows what it has
-- not written yet. NULL: it has yet to be filed.
ALTER TABLE editions ADD COLUMN shelved BIGINT;
CREATE INDEX editions_to_shelve ON editions (window_to) WHERE shelved IS NULL AND frozen IS NOT NULL;
CREATE INDEX editions_by_shelving ON editions (shelved);
INSERT INTO counters (name, value) VALUES ('edition', 0);

-- One row for each time that a story was told. `body` is the story as the edition has it, as JSON.
CREATE TABLE tellings (
    story TEXT NOT NULL,
    edition TEXT NOT NULL,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    day TEXT NOT NULL,
    told BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (story, edition)
);

-- Where a story is found: by its month, areas, section, source, language and digest. A story stands
-- once on a shelf, at its first telling, so that the pages of past months stay as they are.
CREATE TABLE shelved (
    shelf TEXT NOT NULL,
    value TEXT NOT NULL,
    story TEXT NOT NULL,
    edition TEXT NOT NULL,
    month TEXT NOT NULL,
    told BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (shelf, value, story)
);
CREATE INDEX shelved_by_time ON shelved (shelf, value, told, place);
CREATE INDEX shelved_by_month ON shelved (shelf, value, month, told, place);

-- How many stories a shelf holds of a month, so that nothing has to be counted.
CREATE TABLE shelves (
    shelf TEXT NOT NULL,
    value TEXT NOT NULL,
    month TEXT NOT NULL,
    stories BIGINT NOT NULL,
    PRIMARY KEY (shelf, value, month)
);
