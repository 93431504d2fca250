-- What outlives an answer without a body: which address gave the validators, what the source last
-- said of itself (JSON), and since when it has been in trouble.
ALTER TABLE sources ADD COLUMN validated TEXT;
ALTER TABLE sources ADD COLUMN profile TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN troubled BIGINT;
