-- Which records stand in which books.  object: the stable id of the object.
CREATE TABLE gx_book_record (
    object TEXT NOT NULL,
    record BIGINT NOT NULL,
    book BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by BIGINT NOT NULL,
    PRIMARY KEY (object, record, book)
);
CREATE INDEX gx_book_record_book ON gx_book_record (book, object, record);

-- A record shared by hand: with a user, a unit and those below it, or a role; one of the three.
-- edit: 1 or 0.  until: the last day it holds, as days since 1970; null: no end.
CREATE TABLE gx_share (
    id BIGINT PRIMARY KEY NOT NULL,
    object TEXT NOT NULL,
    record BIGINT NOT NULL,
    user_id BIGINT,
    unit_id BIGINT,
    role TEXT,
    edit BIGINT NOT NULL,
    until BIGINT,
    reason TEXT,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL
);
CREATE INDEX gx_share_record ON gx_share (object, record);
CREATE INDEX gx_share_user ON gx_share (user_id, object, record) WHERE user_id IS NOT NULL;
CREATE INDEX gx_share_unit ON gx_share (unit_id, object, record) WHERE unit_id IS NOT NULL;
CREATE INDEX gx_share_role ON gx_share (role, object, record) WHERE role IS NOT NULL;

-- Totals that were asked over records their asker may not read: what was asked, and how many
-- records it took, so that two of them cannot be held against each other.
CREATE TABLE gx_total_asked (
    seq INTEGER PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL,
    object TEXT NOT NULL,
    at BIGINT NOT NULL,
    filter TEXT NOT NULL
);
CREATE INDEX gx_total_asked_user ON gx_total_asked (user_id, object, at);
