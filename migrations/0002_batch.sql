-- Changes of many records at once.  plan: what was asked, as JSON; position: where the walk over
-- the matching records is; the entries of the log carry the id as their import_id.
CREATE TABLE gx_batch (
    id INTEGER PRIMARY KEY NOT NULL,
    object TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    plan TEXT NOT NULL,
    position TEXT,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    same BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    finished_at BIGINT,
    problem TEXT
);
CREATE INDEX gx_batch_state ON gx_batch (state);
CREATE INDEX gx_batch_user ON gx_batch (created_by, id);

-- Records that were refused, and those that undoing left as they are, with their reasons.
CREATE TABLE gx_batch_row (
    batch_id BIGINT NOT NULL,
    record BIGINT NOT NULL,
    action TEXT NOT NULL,
    title TEXT,
    detail TEXT,
    PRIMARY KEY (batch_id, action, record)
);
