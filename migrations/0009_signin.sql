-- Sessions: when the person last proved to be it; how they came in; a browser that was not known
-- and that nobody has looked at yet; an API key that may only read.
ALTER TABLE gx_session ADD COLUMN fresh_at BIGINT;
ALTER TABLE gx_session ADD COLUMN way TEXT;
ALTER TABLE gx_session ADD COLUMN unseen BIGINT;
ALTER TABLE gx_session ADD COLUMN read_only BIGINT;
UPDATE gx_session SET fresh_at = created_at;

-- Codes of an authenticator application.  secret: sealed with the key of the installation, which
-- is not in the database.  last_step: of the newest code that was taken; none serves twice.
CREATE TABLE gx_totp (
    user_id BIGINT PRIMARY KEY NOT NULL,
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    confirmed_at BIGINT
);
-- Codes for when the second factor is lost, each good once; mac: keyed hash.
CREATE TABLE gx_recovery (
    user_id BIGINT NOT NULL,
    mac TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, mac)
);
-- Passkeys (WebAuthn).  credential and public_key: base64url; rp: host it was made for.
CREATE TABLE gx_passkey (
    id BIGINT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL,
    credential TEXT NOT NULL,
    public_key TEXT NOT NULL,
    rp TEXT NOT NULL,
    counter BIGINT NOT NULL,
    name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX gx_passkey_credential ON gx_passkey (credential);
CREATE INDEX gx_passkey_user ON gx_passkey (user_id);
-- What a role asks of the people who have it; role '*' is everybody.
CREATE TABLE gx_role_rule (
    role TEXT PRIMARY KEY NOT NULL,
    second_factor BIGINT NOT NULL
);
-- Challenges that were answered: each serves once.
CREATE TABLE gx_once (
    mac TEXT PRIMARY KEY NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX gx_once_expires ON gx_once (expires_at);
-- Links for setting a password, good once; mac: of the secret in the link.
CREATE TABLE gx_link (
    mac TEXT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX gx_link_user ON gx_link (user_id);
-- Who somebody is at a provider of sign-in (OpenID Connect).
CREATE TABLE gx_identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX gx_identity_user ON gx_identity (user_id);
