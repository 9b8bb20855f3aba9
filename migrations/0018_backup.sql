-- Backups that the server makes by itself: one row each, the newest hundred.
CREATE TABLE gx_backup (
    id BIGINT PRIMARY KEY NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    problem TEXT NOT NULL
);
