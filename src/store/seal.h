/*
 * seal.h - the log sealed, so that nobody can change it afterwards without being found.
 *
 * A thread of its own reads what was committed since the last seal, chains the hash of each entry
 * to that of the one before (BLAKE2b), and within a second writes one row of gx_seal: how far, how
 * many, the head of the chain, and an Ed25519 signature by a key of this installation that lies
 * beside the database, never in it.  The path of a write does not know of it.
 *
 * A seal keeps eight bytes of each entry's hash, so that a check can name the entry, and eight of
 * the hash of the record's row as it stood then, so that a bit that flipped in a row is found too.
 *
 * Who cuts off the end of the log together with its seals leaves a chain that agrees: only a head
 * that is known elsewhere shows it.  The newest head stands beside the database, once an hour in
 * the program's own log, and wherever people keep the line of gx_seal_line().
 *
 * Layer: store.  Nothing here runs on the writer but the insert of a seal.
 */
#ifndef GX_STORE_SEAL_H
#define GX_STORE_SEAL_H

#include "access/scope.h"

enum {
    GX_SEAL_HEAD_BYTES = 32,
    GX_SEAL_ENTRIES_MAX = 4096, /* of one seal; many at once make several */
    GX_SEAL_LINE_MAX = 600,
    GX_SEAL_DAYS_MIN = 90, /* no rule of retention is shorter */
};

struct gx_sealer;
struct gx_erase_seal;

/* How far the log is sealed; seq 0: nothing is. */
struct gx_seal_head {
    int64_t id, seq, at, entries; /* entries: of the whole chain, removed ones too */
    unsigned char head[GX_SEAL_HEAD_BYTES];
};

/*
 * Begin to seal the tenant's log.  Makes the key when there is none yet.  GX_E_IO: the key's files
 * cannot be read or written.
 */
GX_NODISCARD enum gx_code gx_sealer_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_sealer **ret_sealer);
/* Seal what is left, and stop. */
void gx_sealer_stop(struct gx_sealer *sealer);
/* Seal everything that is committed by now; durable when it returns.  Not on the writer. */
GX_NODISCARD enum gx_code gx_seal_now(struct gx_ctx *ctx, struct gx_sealer *sealer);
/* The newest seal. */
GX_NODISCARD enum gx_code gx_seal_newest(struct gx_ctx *ctx, struct gx_conn *conn,
                                         struct gx_seal_head *ret_head);
/* The head as one signed line to keep elsewhere; in ctx->arena. */
struct gx_str gx_seal_line(struct gx_ctx *ctx, const struct gx_sealer *sealer,
                           const struct gx_seal_head *head);

/* What a check found; kept texts live in the arena of the check. */
struct gx_seal_check {
    /* Given: */
    struct gx_str anchors; /* lines of gx_seal_line(), may be empty */
    bool rows;             /* compare records with what the seals say of them */
    /* Called for each thing that is wrong, in the order of the log. */
    void (*problem)(void *p, const char *check, struct gx_str where, const char *detail);
    /* Called now and then; false stops the check.  May be NULL. */
    bool (*progress)(void *p, int64_t done, int64_t total);
    void *p;
    /* Found: */
    int64_t seals, entries, first_seq, last_seq;
    int64_t removed;                      /* entries a stub stands for */
    int64_t unsealed;                     /* entries after the last seal */
    int64_t records;                      /* rows that were compared */
    int64_t erased;                       /* entries that erasures have blanked */
    const struct gx_erase_seal *erasures; /* store/erase.h */
    size_t erasure_count;
    int64_t problems;
    bool anchored; /* a head that is kept elsewhere agrees */
};
enum { GX_SEAL_PROBLEMS_MAX = 50 };

/*
 * Check the chain against `conn`'s log, all of it.  GX_E_CANCELLED: progress() said stop.
 * GX_E_INVALID: an anchor is no such line.
 */
GX_NODISCARD enum gx_code gx_seal_verify(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         const struct gx_meta *meta, struct gx_conn *conn,
                                         struct gx_seal_check *check);

/*
 * Remove whole seals whose entries are all older than `before_us`, and leave one signed stub in
 * their place.  The newest seal always stays.  In pieces, each a write of its own.
 */
GX_NODISCARD enum gx_code gx_seal_remove(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         int64_t before_us, int64_t *ret_removed);

/* For how many days entries are kept; 0: for ever.  The sealer removes older ones once a day. */
GX_NODISCARD enum gx_code gx_seal_days(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_days);

/*
 * Sign a text that has nothing to do with the log, by the same key of this installation: the
 * public key and the signature in hex, in ctx->arena.  GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_seal_text(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                       struct gx_str text, struct gx_str *ret_signer,
                                       struct gx_str *ret_signature);

/* Copy the public keys, which a copy of the database is checked against.  GX_E_IO. */
GX_NODISCARD enum gx_code gx_seal_copy_keys(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                            const char *folder);

#endif
