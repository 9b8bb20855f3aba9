-- Sessions and keys that people can look at and end one by one; when they were last used.
-- id: the handle on screens, as the token's hash is nobody's business.
ALTER TABLE gx_session ADD COLUMN id BIGINT;
ALTER TABLE gx_session ADD COLUMN used_at BIGINT;
UPDATE gx_session SET id = created_at;
CREATE INDEX gx_session_id ON gx_session (id);

-- must_change: the password was given out by somebody else and serves once.
ALTER TABLE gx_credential ADD COLUMN must_change BIGINT;
ALTER TABLE gx_credential ADD COLUMN signed_in_at BIGINT;

-- Entries of the log that are about no record (kinds 6 and 7) stand with record 0; about: the
-- user whose rights, password or keys they are about.
ALTER TABLE gx_change ADD COLUMN about BIGINT;
CREATE INDEX gx_change_about ON gx_change (about, seq) WHERE about IS NOT NULL;
