-- The receiving domain of a delivery, by which sending is paced; deliveries that were queued before
-- have none and are paced together. How often one that was in doubt was sent again by itself.
ALTER TABLE deliveries ADD COLUMN domain TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN repeats BIGINT NOT NULL DEFAULT 0;
CREATE INDEX deliveries_refused ON deliveries (id) WHERE state = 'refused';
CREATE INDEX deliveries_queued_of ON deliveries (edition) WHERE state = 'queued';

-- Editions that are not sent before a person says so, and why. `released` is when that was.
CREATE TABLE outbox_holds (
    edition TEXT NOT NULL PRIMARY KEY,
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    released BIGINT
);

-- What came back, or was refused: at most one row of a kind for an edition and a reader.
CREATE TABLE bounces (
    subscriber TEXT NOT NULL,
    edition TEXT NOT NULL,
    -- hard, soft, complaint
    kind TEXT NOT NULL,
    said TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (subscriber, edition, kind)
);
CREATE INDEX deliveries_by_reader ON deliveries (subscriber, next_attempt);

-- When the next message may go, by receiving domain, or over all ('') : where several machines share
-- the work. Microseconds UTC.
CREATE TABLE outbox_turns (
    name TEXT NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);
