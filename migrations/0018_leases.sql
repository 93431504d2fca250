-- Who pulls which source, in a table of its own: it is as small as what is being pulled, where a mark
-- in each source's row had long rows written twice a pull and all of them read to find the few marked.
CREATE TABLE leases (
    source TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    ends BIGINT NOT NULL
) /* WITHOUT ROWID */;
ALTER TABLE sources DROP COLUMN lease_owner;
ALTER TABLE sources DROP COLUMN lease_until;

-- A round asks at its start for sources that were pulled in what is now the future, and for those that
-- rest; few ever are, and the index tells without a row.
DROP INDEX sources_by_next_fetch;
CREATE INDEX sources_by_next_fetch ON sources (next_fetch, last_fetch);
CREATE INDEX sources_resting ON sources (retry_after) WHERE retry_after IS NOT NULL;
