-- Deliveries are taken by when they are due and by id: an index that ends with the first has all that are
-- queued sorted each time a few are taken. A reader's deliveries are found by the longer one of two
-- indexes that begin with the reader.
DROP INDEX deliveries_queued;
CREATE INDEX deliveries_queued ON deliveries (next_attempt, id) WHERE state = 'queued';
DROP INDEX deliveries_by_subscriber;
