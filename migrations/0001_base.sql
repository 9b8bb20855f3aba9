-- System tables of a tenant.  Objects of packs have tables of their own, made by meta/publish.c.
-- Times are UTC microseconds, ids 63-bit; both are given by the program.

CREATE TABLE gx_setting (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

-- A tenant's own objects, fields, processes and roles: the same JSON as a pack file.
CREATE TABLE gx_definition (
    path TEXT PRIMARY KEY NOT NULL,
    json TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL
);

CREATE TABLE gx_pack (
    name TEXT PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL,
    installed_at BIGINT NOT NULL
);

-- The one log.  kind: 1 create, 2 update, 3 delete, 4 restore, 5 purge, 6 meta, 7 sign-in.
-- data: {"field": [old, new], …} as JSON; null where the record itself says it.
CREATE TABLE gx_change (
    seq INTEGER PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    by_user BIGINT NOT NULL,
    object TEXT NOT NULL,
    record BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    version BIGINT NOT NULL,
    import_id BIGINT,
    reason TEXT,
    data TEXT
);
CREATE INDEX gx_change_record ON gx_change (record, seq);
CREATE INDEX gx_change_import ON gx_change (import_id, seq) WHERE import_id IS NOT NULL;

CREATE TABLE gx_counter (
    name TEXT PRIMARY KEY NOT NULL,
    value BIGINT NOT NULL
);

CREATE TABLE gx_credential (
    user_id BIGINT PRIMARY KEY NOT NULL,
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE gx_user_role (
    user_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, role)
);

-- token_hash: BLAKE2b of the secret; the secret itself is nowhere.
CREATE TABLE gx_session (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    name TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    csrf TEXT NOT NULL
);
CREATE INDEX gx_session_user ON gx_session (user_id);

CREATE TABLE gx_idempotency (
    user_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status BIGINT NOT NULL,
    reply TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX gx_idempotency_at ON gx_idempotency (at);

CREATE TABLE gx_import (
    id INTEGER PRIMARY KEY NOT NULL,
    object TEXT NOT NULL,
    file_name TEXT NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL,
    plan TEXT NOT NULL,
    row_done BIGINT NOT NULL,
    row_total BIGINT NOT NULL,
    created_count BIGINT NOT NULL,
    updated_count BIGINT NOT NULL,
    same_count BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    finished_at BIGINT,
    problem TEXT
);

-- Rows of the dry run's diff and rows that failed, until the import is removed.
CREATE TABLE gx_import_row (
    import_id BIGINT NOT NULL,
    row BIGINT NOT NULL,
    action TEXT NOT NULL,
    title TEXT,
    detail TEXT,
    cells TEXT,
    PRIMARY KEY (import_id, row)
);

-- How the columns of a file of this shape were mapped last time.
CREATE TABLE gx_import_memory (
    object TEXT NOT NULL,
    columns_hash BLOB NOT NULL,
    plan TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (object, columns_hash)
);

-- Lists that took long, and what was done about it.
CREATE TABLE gx_index_advice (
    name TEXT PRIMARY KEY NOT NULL,
    object TEXT NOT NULL,
    fields TEXT NOT NULL,
    state TEXT NOT NULL,
    seen BIGINT NOT NULL,
    slowest_us BIGINT NOT NULL,
    at BIGINT NOT NULL
);
