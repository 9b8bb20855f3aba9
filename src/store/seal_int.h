/*
 * seal_int.h - what the files of the seal share: keys, hashes, the marks of a seal.
 *
 * Layer: store, private to seal*.c.
 */
#ifndef GX_STORE_SEAL_INT_H
#define GX_STORE_SEAL_INT_H

#include "store/seal.h"

enum {
    SEAL_PUBLIC_BYTES = 32,
    SEAL_SECRET_BYTES = 64,
    SEAL_SIGNATURE_BYTES = 64,
    SEAL_KEYS_MAX = 64,
};

enum seal_kind { SEAL_USUAL, SEAL_STUB, SEAL_FOUND };

/* One row of gx_seal. */
struct seal {
    int64_t id, kind, first_seq, last_seq, entries, at;
    unsigned char head[GX_SEAL_HEAD_BYTES];
    unsigned char signer[SEAL_PUBLIC_BYTES];
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    struct gx_str marks;
};

/* What a seal says of one entry. */
struct seal_mark {
    int64_t seq;
    uint64_t entry, row; /* row 0: nothing is said of the record */
};

/* One entry of the log as it stands. */
struct seal_entry {
    struct seal_mark mark;
    unsigned char leaf[GX_SEAL_HEAD_BYTES];
    unsigned char rest[GX_SEAL_HEAD_BYTES]; /* hash of all but reason and data */
    bool erased;                            /* blanked: `leaf` is kept, not made of what is there */
    bool words;                             /* there is a reason, data, or a salt */
    bool salted;                            /* the hash is made with that of the words: */
    unsigned char words_hash[GX_SEAL_HEAD_BYTES];
    int64_t at, kind, record, version;
    struct gx_str object; /* its stable id, in the arena */
};

/* seal_key.c */
struct seal_key {
    unsigned char public[SEAL_PUBLIC_BYTES], secret[SEAL_SECRET_BYTES];
};
/* The installation's key; made when there is none. */
GX_NODISCARD enum gx_code seal_key_take(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                        struct seal_key *ret_key);
/* All keys whose seals are believed; at most SEAL_KEYS_MAX. */
size_t seal_keys_known(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                       unsigned char (*ret_keys)[SEAL_PUBLIC_BYTES]);
/*
 * Only on PostgreSQL, where several servers write one log: GX_E_INVALID when the newest seal is by
 * a key that this folder does not know.  Nothing is sealed upon what cannot be checked.
 */
GX_NODISCARD enum gx_code seal_newest_known(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                            struct gx_conn *conn);
/* What a seal's signature is made over; `before`: the head of the seal before (a stub: zeros). */
void seal_sign(struct seal *seal, const unsigned char *before, const struct seal_key *key);
bool seal_is_signed(const struct seal *seal, const unsigned char *before);
/* "main.audit.head" in the tenant's folder, and the like. */
const char *seal_path(struct gx_arena *arena, const struct gx_tenant *tenant, const char *end);
/* Any line of "key=value" signed, and is it?  And what follows " key=" up to the next space. */
struct gx_str seal_text_sign(struct gx_arena *arena, struct gx_str text,
                             const struct seal_key *key);
bool seal_text_is_signed(struct gx_str line, unsigned char *ret_signer);
struct gx_str seal_text_member(struct gx_str line, struct gx_str key);
/* The signed line of a head, and back.  False: it is none, or its signature is wrong. */
struct gx_str seal_line_make(struct gx_ctx *ctx, struct gx_str tenant,
                             const struct gx_seal_head *head, const struct seal_key *key);
bool seal_line_read(struct gx_str line, struct gx_seal_head *ret_head, unsigned char *ret_signer);

/* seal_hash.c */
/* What is hashed of an entry, in this order, and the hash that an erased one has kept. */
#define SEAL_ENTRY_COLUMNS                                                                         \
    "c.seq, c.at, c.by_user, c.object, c.record, c.kind, c.version, c.import_id, c.reason, "       \
    "c.data, c.about, c.salt, e.leaf"
/* The hashes of a row that begins with these columns. */
void seal_hash_row(const struct gx_rows *rows, struct seal_entry *e);
/* The chain before the first entry. */
void seal_chain_begin(unsigned char *head);
void seal_chain_add(unsigned char *head, const unsigned char *leaf);
/*
 * At most `max` entries after `after`, up to `upto`, in order, in ctx->arena.  Without the hashes
 * of rows.
 */
GX_NODISCARD enum gx_code seal_read_entries(struct gx_ctx *ctx, struct gx_conn *conn, int64_t after,
                                            int64_t upto, size_t max,
                                            struct seal_entry **ret_entries, size_t *ret_count);
/* The next seal after `id`; *ret_has false: there is none.  Marks in ctx->arena. */
GX_NODISCARD enum gx_code seal_read(struct gx_ctx *ctx, struct gx_conn *conn, int64_t after_id,
                                    struct seal *ret_seal, bool *ret_has);
struct gx_str seal_marks_pack(struct gx_arena *arena, const struct seal_entry *entries,
                              size_t count, int64_t after_seq);
/* False: these are no marks.  *ret_marks in the arena. */
bool seal_marks_unpack(struct gx_arena *arena, struct gx_str packed, int64_t after_seq,
                       struct seal_mark **ret_marks, size_t *ret_count);

/* Rows of records, by the columns their tables have now. */
struct seal_rows;
struct seal_rows *seal_rows_new(struct gx_ctx *ctx, const struct gx_meta *meta,
                                struct gx_conn *conn);
/*
 * The hash of a record's row and its version; *ret_hash 0: no such row, *ret_known false: no such
 * object.
 */
GX_NODISCARD enum gx_code seal_row(struct gx_ctx *ctx, struct seal_rows *rows, struct gx_str object,
                                   int64_t record, uint64_t *ret_hash, int64_t *ret_version,
                                   bool *ret_known);

#endif
