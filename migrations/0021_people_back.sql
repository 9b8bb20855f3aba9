-- Which batches handed over what somebody owned who left, so that undoing one can take the person
-- back as well.
CREATE TABLE gx_leaving (
    batch BIGINT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL,
    at BIGINT NOT NULL
);
