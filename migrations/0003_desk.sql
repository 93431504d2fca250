-- Until when a person has put a story off; NULL is until the next edition.
ALTER TABLE ledger ADD COLUMN until BIGINT;
