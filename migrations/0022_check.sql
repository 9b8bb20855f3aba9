-- Checks of the store that people asked for, and drills of restoring: one row each.
-- kind: verify, drill.  state: waiting, running, done, failed, cancelled.  result: what was found,
-- as JSON.
CREATE TABLE gx_check (
    id BIGINT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    by_user BIGINT NOT NULL,
    anchor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    problems BIGINT NOT NULL,
    result TEXT,
    problem TEXT NOT NULL
);
-- The newest entry of the log when a backup was begun: what has not changed since needs no other.
ALTER TABLE gx_backup ADD COLUMN seq BIGINT;
