-- How many deliveries there are, kept by those who write and delete them, so that nobody has to count
-- what was sent in years; and indexes by which editions and drafts are counted without their bodies.
INSERT INTO counters (name, value) SELECT 'delivery', COUNT(*) FROM deliveries;
CREATE INDEX editions_out ON editions (digest, window_to) WHERE frozen IS NOT NULL;
CREATE INDEX editions_drafts ON editions (window_to) WHERE frozen IS NULL;
