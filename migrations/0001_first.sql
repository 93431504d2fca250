-- The first schema. One set of statements for SQLite and PostgreSQL: columns are TEXT, BIGINT and
-- DOUBLE PRECISION only, times are milliseconds UTC, yes and no are 1 and 0, ids are text.

-- What the database knows of a source; a source that left feeds.toml stays with present = 0.
CREATE TABLE sources (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL DEFAULT '',
    section TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    priority BIGINT NOT NULL DEFAULT 0,
    present BIGINT NOT NULL DEFAULT 1,
    paused BIGINT NOT NULL DEFAULT 0,
    added BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'new',
    moved_to TEXT,
    moving_to TEXT,
    moving_count BIGINT NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    last_status BIGINT,
    last_fetch BIGINT,
    last_success BIGINT,
    last_new BIGINT,
    -- 0 is at once
    next_fetch BIGINT NOT NULL DEFAULT 0,
    retry_after BIGINT,
    items BIGINT NOT NULL DEFAULT 0,
    failures BIGINT NOT NULL DEFAULT 0,
    problem TEXT,
    rhythm DOUBLE PRECISION,
    notified BIGINT,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    -- the last pulls, newest first, one line each, cut to a fixed length by the statement that adds one
    log TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sources_by_next_fetch ON sources (next_fetch);

-- One row an item, its place in a story included, because an item is in exactly one story.
-- `no` is given out in rising order by us: short to refer to, and newest first without a sort.
-- The long text comes last, so that SQLite need not read it to reach the rest.
CREATE TABLE items (
    no BIGINT NOT NULL UNIQUE,
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    story TEXT NOT NULL,
    relation TEXT NOT NULL,
    -- the item that it was held against, how alike they are, why in words, and the person if one decided
    held_against TEXT,
    likeness DOUBLE PRECISION NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    decided_by TEXT,
    -- 1: a person said that it is told apart from others
    apart BIGINT NOT NULL DEFAULT 0,
    identity TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    url TEXT,
    language TEXT,
    kind TEXT NOT NULL,
    published BIGINT,
    first_seen BIGINT NOT NULL,
    effective BIGINT NOT NULL,
    -- when a later version of it was stored
    changed BIGINT,
    title TEXT NOT NULL,
    -- JSON; empty where there is none
    areas TEXT NOT NULL DEFAULT '',
    dates TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '',
    summary TEXT NOT NULL DEFAULT '',
    -- folded words to search in
    folded TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT ''
);
CREATE INDEX items_by_effective ON items (effective, no);
CREATE INDEX items_by_source ON items (source, effective);
CREATE INDEX items_by_story ON items (story);

-- What an item can be found by: 64 bits of a hash over the kind of the key and its value.
CREATE TABLE item_keys (
    hash BIGINT NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (hash, item)
);

-- Areas that a person gave (1) or took (0); they outlast every new tagging.
CREATE TABLE corrections (
    item TEXT NOT NULL,
    area TEXT NOT NULL,
    given BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    decided BIGINT NOT NULL,
    PRIMARY KEY (item, area)
);

-- For each digest and story one state.
CREATE TABLE ledger (
    digest TEXT NOT NULL,
    story TEXT NOT NULL,
    -- waiting, held, dropped, in
    state TEXT NOT NULL,
    edition TEXT,
    since BIGINT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (story, digest)
);
CREATE INDEX ledger_waiting ON ledger (digest) WHERE state IN ('waiting', 'held');

-- `body` is the whole edition as JSON; the columns are what is asked for without it.
CREATE TABLE editions (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    subject TEXT NOT NULL,
    day TEXT NOT NULL,
    window_from BIGINT NOT NULL,
    window_to BIGINT NOT NULL,
    stories BIGINT NOT NULL,
    -- when its stories moved in the ledger; NULL for a draft
    frozen BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX editions_by_digest ON editions (digest, window_to);
CREATE INDEX editions_by_time ON editions (window_to);

CREATE TABLE subscribers (
    id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    -- the address in lower case: one reader an address
    address_key TEXT NOT NULL UNIQUE,
    name TEXT,
    language TEXT,
    state TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);

-- Who gets which digest; fixed = 1 where feeds.toml lists the address.
CREATE TABLE subscriptions (
    subscriber TEXT NOT NULL,
    digest TEXT NOT NULL,
    fixed BIGINT NOT NULL DEFAULT 0,
    since BIGINT NOT NULL,
    PRIMARY KEY (subscriber, digest)
);
CREATE INDEX subscriptions_by_digest ON subscriptions (digest);

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    edition TEXT NOT NULL,
    subscriber TEXT NOT NULL,
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt BIGINT NOT NULL,
    reply TEXT,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL DEFAULT 0,
    settled BIGINT,
    UNIQUE (edition, subscriber)
);
CREATE INDEX deliveries_queued ON deliveries (next_attempt) WHERE state = 'queued';
CREATE INDEX deliveries_sending ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_unsure ON deliveries (id) WHERE state = 'unsure';
CREATE INDEX deliveries_by_subscriber ON deliveries (subscriber);

-- Small facts about the whole, and the last instant of each digest's schedule that was dealt with.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Numbers given out in blocks.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('item', 0);

-- Who does what right now; a lock ends by itself.
CREATE TABLE locks (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);
