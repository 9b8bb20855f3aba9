-- People who were entered for signing in by a file or by another system: they have a seat before
-- they first come.  way: 'import' or 'scim'.  gone: that system has taken them out, and no longer
-- sees them; the record stays.
CREATE TABLE gx_provision (
    user_id BIGINT PRIMARY KEY NOT NULL,
    way TEXT NOT NULL,
    at BIGINT NOT NULL,
    gone BIGINT NOT NULL
);
-- Keys of other systems that look after users here (SCIM).  mac: of the token; roles: those that
-- it may give and take, separated by commas; places: it may also say unit and manager.
CREATE TABLE gx_scim_key (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    mac TEXT NOT NULL,
    roles TEXT NOT NULL,
    places BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX gx_scim_key_mac ON gx_scim_key (mac);
