-- What a reader chose, how they agreed, and what each of them was told.

-- Lists of ids and codes stand in one text with spaces between; empty means all.
ALTER TABLE subscribers ADD COLUMN areas TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN languages TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN frequency TEXT NOT NULL DEFAULT 'each';
ALTER TABLE subscribers ADD COLUMN format TEXT NOT NULL DEFAULT 'html';
-- when, by which way and to which words they agreed
ALTER TABLE subscribers ADD COLUMN consent_at BIGINT;
ALTER TABLE subscribers ADD COLUMN consent_how TEXT;
ALTER TABLE subscribers ADD COLUMN consent_wording TEXT;
-- when the last letter of one who gets a letter a week or a month was queued
ALTER TABLE subscribers ADD COLUMN last_letter BIGINT;
CREATE INDEX subscribers_pending ON subscribers (created) WHERE state = 'pending';

-- 1: feeds.toml lists the address, and the reader does not want this digest
ALTER TABLE subscriptions ADD COLUMN declined BIGINT NOT NULL DEFAULT 0;

-- The sentences that people agreed to, each once.
CREATE TABLE wordings (
    id TEXT NOT NULL PRIMARY KEY,
    language TEXT NOT NULL,
    wording TEXT NOT NULL
);

-- Who left or was erased: a keyed hash of the address, and nothing else of the person.
CREATE TABLE gone (
    address_hash TEXT NOT NULL PRIMARY KEY,
    -- unsubscribed, erased
    why TEXT NOT NULL,
    since BIGINT NOT NULL
);

-- Sign-ups that wait for the button in their mail. The token is in the mail alone; here is its hash.
CREATE TABLE signups (
    id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    token_hash TEXT UNIQUE,
    -- JSON: what they ticked
    wanted TEXT NOT NULL,
    wording TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt BIGINT NOT NULL,
    -- waiting, mailed, failed, used
    state TEXT NOT NULL
);
CREATE INDEX signups_by_address ON signups (address_key, created);
CREATE INDEX signups_by_end ON signups (expires);
CREATE INDEX signups_waiting ON signups (next_attempt) WHERE state = 'waiting';
-- Counts every sign-up, so that one that leads to nothing costs what the others cost.
INSERT INTO counters (name, value) VALUES ('signup', 0);

-- An edition, or several, as one kind of reader gets them; `body` is JSON.
CREATE TABLE readings (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE TABLE reading_parts (
    edition TEXT NOT NULL,
    reading TEXT NOT NULL,
    PRIMARY KEY (edition, reading)
);

-- Editions that wait for the next letter of one who gets a letter a week or a month.
CREATE TABLE awaiting (
    subscriber TEXT NOT NULL,
    edition TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (subscriber, edition)
);

CREATE INDEX ledger_told ON ledger (story) WHERE state = 'in';
