-- Sign-ups for a trial, for a day: how often, from where, and which were the same one twice.
-- kind: 0 a name was looked at, 1 a try, 2 a tenant was made. token: of the form, so that a double
-- click makes one tenant.
CREATE TABLE gx_signup (
    id BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    address TEXT NOT NULL,
    kind BIGINT NOT NULL,
    name TEXT NOT NULL,
    token TEXT NOT NULL
);
CREATE INDEX gx_signup_at ON gx_signup (at);
