-- Erasing people (store/erase.h).  salt: with it, nobody can guess an entry's reason and data from
-- the hash of the entry; it goes together with them.
ALTER TABLE gx_change ADD COLUMN salt BLOB;

-- record: whom; object: its stable id.  state: asked, running, done, cancelled, failed.  keep: what
-- was said and done with the person stays, without their words.  left: files that are still to be
-- removed.  digest, signer, signature: over every entry of the log that was blanked by it.
CREATE TABLE gx_erasure (
    id BIGINT PRIMARY KEY NOT NULL,
    object TEXT NOT NULL,
    record BIGINT NOT NULL,
    keep BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    asked_at BIGINT NOT NULL,
    asked_by BIGINT NOT NULL,
    confirmed_at BIGINT,
    confirmed_by BIGINT,
    done_at BIGINT,
    scrubbed_at BIGINT,
    removed BIGINT NOT NULL,
    blanked BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    left_files TEXT,
    problem TEXT,
    digest BLOB,
    signer BLOB,
    signature BLOB
);
CREATE INDEX gx_erasure_state ON gx_erasure (state);

-- Entries whose reason and data were taken out.  leaf: their hash as it was sealed; rest: the hash
-- of what is left of them.
CREATE TABLE gx_erased_entry (
    seq BIGINT PRIMARY KEY NOT NULL,
    erasure BIGINT NOT NULL,
    leaf BLOB NOT NULL,
    rest BLOB NOT NULL
);
CREATE INDEX gx_erased_entry_erasure ON gx_erased_entry (erasure, seq);

-- For how long records are kept.  object: its stable id; field: whose date or time counts; action:
-- bin, purge or blank (the fields, as JSON).
CREATE TABLE gx_retention (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    object TEXT NOT NULL,
    filter TEXT NOT NULL,
    field TEXT NOT NULL,
    days BIGINT NOT NULL,
    action TEXT NOT NULL,
    fields TEXT NOT NULL,
    paused BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    ran_at BIGINT,
    ran_count BIGINT,
    problem TEXT
);
