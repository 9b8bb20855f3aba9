-- Providers of sign-in (OpenID Connect).  secret: sealed with the key of the installation.
-- domains, roles: separated by commas.  second: 'own', 'claim' or 'trust' (src/access/provider.h).
CREATE TABLE gx_provider (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    scopes TEXT NOT NULL,
    claim TEXT NOT NULL,
    domains TEXT NOT NULL,
    roles TEXT NOT NULL,
    second TEXT NOT NULL,
    acr TEXT NOT NULL,
    creates BIGINT NOT NULL,
    links_email BIGINT NOT NULL,
    inside BIGINT NOT NULL,
    active BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
ALTER TABLE gx_identity ADD COLUMN id BIGINT;
ALTER TABLE gx_identity ADD COLUMN name TEXT;
ALTER TABLE gx_identity ADD COLUMN used_at BIGINT;
