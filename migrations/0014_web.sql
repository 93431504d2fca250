-- The archive: what each frozen edition told, and where in the archive it stands. Made from the
-- editions, and made again whenever it is missing.

-- when the pages of the edition were last written; NULL: they have to be
ALTER TABLE editions ADD COLUMN archived BIGINT;
CREATE INDEX editions_to_archive ON editions (window_to) WHERE archived IS NULL AND frozen IS NOT NULL;

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
