-- Records of the demo data that was loaded in the browser, in the order in which they were made, so
-- that all of it can be taken away again.  What a person made since is not here.
CREATE TABLE gx_demo_record (
    seq INTEGER PRIMARY KEY NOT NULL,
    object TEXT NOT NULL,
    record BIGINT NOT NULL
);
