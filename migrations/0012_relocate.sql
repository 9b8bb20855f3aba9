-- How records are converted on their way from one market to another: JSON, as an administrator
-- wrote it.
CREATE TABLE gx_relocation (
    name TEXT PRIMARY KEY NOT NULL,
    definition TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL
);

-- What was there before a change of many records, where the log of changes does not say all of it:
-- whole rows, shares and places in books.  head: the record that the change was asked for; version:
-- what it left.
CREATE TABLE gx_batch_before (
    seq INTEGER PRIMARY KEY NOT NULL,
    batch_id BIGINT NOT NULL,
    head BIGINT NOT NULL,
    object TEXT NOT NULL,
    record BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX gx_batch_before_head ON gx_batch_before (batch_id, head, seq);
