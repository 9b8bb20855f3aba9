-- What somebody usually reads in an hour of the week (0: Monday, midnight, UTC): records given out,
-- and records in files, as a mean that follows slowly.  Small: a row only for hours with any.
CREATE TABLE gx_usual (
    user_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    records BIGINT NOT NULL,
    exported BIGINT NOT NULL,
    PRIMARY KEY (user_id, hour)
);
-- Unusual reading or taking out, one of a person and hour at the most.  kind: 'read' or 'export'.
CREATE TABLE gx_alert (
    id BIGINT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    hour_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    records BIGINT NOT NULL,
    usual BIGINT NOT NULL,
    done_at BIGINT,
    done_by BIGINT
);
CREATE UNIQUE INDEX gx_alert_once ON gx_alert (user_id, hour_at);
CREATE INDEX gx_alert_open ON gx_alert (done_at, id);
