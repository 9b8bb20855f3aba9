-- The log's seals: who altered, took away or put in an entry cannot make the heads agree again.
-- head: BLAKE2b chained over every entry up to last_seq; entries: how many that are.  marks: of
-- each entry of this seal its distance to the one before, eight bytes of its hash and eight of
-- the hash of its record's row (src/store/seal.h).  kind: 0 a seal, 1 a stub that stands for
-- entries removed by the rule of retention, 2 entries that appeared while the program was stopped.
CREATE TABLE gx_seal (
    id INTEGER PRIMARY KEY NOT NULL,
    kind BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    at BIGINT NOT NULL,
    head BLOB NOT NULL,
    marks BLOB NOT NULL,
    signer BLOB NOT NULL,
    signature BLOB NOT NULL
);
