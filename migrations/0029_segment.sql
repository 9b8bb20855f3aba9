-- Lists that were frozen from a segment.  The rule is kept as it was then: text is what was asked,
-- all of it; rule the segment's own part.  position: the runner's progress of handing over.
CREATE TABLE gx_segment_list (
    id BIGINT PRIMARY KEY NOT NULL,
    segment BIGINT NOT NULL,
    name TEXT NOT NULL,
    object TEXT NOT NULL,
    state TEXT NOT NULL,
    rule TEXT NOT NULL,
    text TEXT NOT NULL,
    out_lists TEXT NOT NULL,
    exclude TEXT NOT NULL,
    seed TEXT NOT NULL,
    control BIGINT NOT NULL,
    cells TEXT NOT NULL,
    source TEXT NOT NULL,
    fresh_at BIGINT,
    matched BIGINT,
    total BIGINT NOT NULL,
    counts TEXT NOT NULL,
    entered BIGINT,
    gone BIGINT,
    auto BIGINT NOT NULL,
    task TEXT,
    tasks BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    frozen_at BIGINT,
    took_us BIGINT,
    problem TEXT
);
CREATE INDEX gx_segment_list_segment ON gx_segment_list (segment, id);
CREATE INDEX gx_segment_list_state ON gx_segment_list (state, id);
-- Who is in it: narrow, and outside the log, since a list of many thousands is one act.
-- task: the task that a rep was given; 0: refused.
CREATE TABLE gx_segment_member (
    list BIGINT NOT NULL,
    record BIGINT NOT NULL,
    cell TEXT NOT NULL,
    task BIGINT,
    PRIMARY KEY (list, record)
);
CREATE INDEX gx_segment_member_record ON gx_segment_member (record);
-- Who came into a segment and who left it, from one list to the next.
CREATE TABLE gx_segment_event (
    list BIGINT NOT NULL,
    record BIGINT NOT NULL,
    entered BIGINT NOT NULL,
    PRIMARY KEY (list, record)
);
CREATE INDEX gx_segment_event_record ON gx_segment_event (record);
