/*
 * erase_log.c - entries of the log without their words, and still under their seals.
 *
 * An entry keeps its number, time, author, kind and record; reason, data and salt go.  Its hash as
 * it was sealed stands in gx_erased_entry from then on, so the chain agrees; and the hash of what
 * is left, so that this cannot be altered either.  Seals hold hashes of rows, too: those of the
 * person's rows are set to zero, and the seal is signed again (its head does not depend on them).
 */
#include <sodium.h>

#include "store/erase_int.h"

static struct gx_value bytes(const void *p, size_t n)
{
    return gx_value_blob((struct gx_str){ p, n });
}

static enum gx_code blank(struct erase_plan *plan, int64_t erasure, int64_t seq)
{
    struct seal_entry *entry;
    struct gx_value key = gx_value_int(seq);
    size_t count;
    GX_TRY(seal_read_entries(plan->ctx, plan->conn, seq - 1, seq, 1, &entry, &count));
    if (count != 1 || entry->erased)
        return GX_OK;
    struct gx_value values[] = { key, gx_value_int(erasure), bytes(entry->leaf, sizeof entry->leaf),
                                 bytes(entry->rest, sizeof entry->rest) };
    GX_TRY(gx_db_exec(plan->ctx, plan->conn,
                      GX_SQL("INSERT INTO gx_erased_entry (seq, erasure, leaf, rest) "
                             "VALUES (?1, ?2, ?3, ?4)"),
                      values, GX_COUNT(values), NULL));
    return gx_db_exec(plan->ctx, plan->conn,
                      GX_SQL("UPDATE gx_change SET reason = NULL, data = NULL, salt = NULL "
                             "WHERE seq = ?1"),
                      &key, 1, NULL);
}

/* Numbers, growing. */
struct seqs {
    int64_t *v;
    size_t n, cap;
};

static void push(struct gx_arena *arena, struct seqs *s, int64_t seq)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        int64_t *more = GX_ARENA_ARRAY(arena, int64_t, s->cap);
        if (s->n)
            memcpy(more, s->v, s->n * sizeof *more);
        s->v = more;
    }
    s->v[s->n++] = seq;
}

/* Entries of a record with words in them; of somebody else's (and of none) only with the person's.
 */
static enum gx_code find(struct erase_plan *plan, int64_t record, bool own, struct seqs *blanks,
                         struct seqs *all)
{
    struct gx_value key = gx_value_int(record);
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(plan->ctx, plan->conn,
                       GX_SQL("SELECT seq, reason, data, salt FROM gx_change WHERE record = ?1"),
                       &key, 1, &rows));
    while ((code = gx_rows_next(plan->ctx, rows, &has)) == GX_OK && has) {
        struct gx_str reason = gx_rows_text(rows, 1), data = gx_rows_text(rows, 2);
        bool any = reason.n || data.n || gx_rows_value(rows, 3).kind != GX_VALUE_NULL;
        if (record)
            push(plan->ctx->arena, all, gx_rows_int(rows, 0));
        if (any && (own || erase_words_in(plan, reason) || erase_words_in(plan, data)))
            push(plan->ctx->arena, blanks, gx_rows_int(rows, 0));
    }
    gx_rows_close(rows);
    return code;
}

/* --- hashes of rows in the seals */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The seal that has this entry; *ret_id 0: it is not sealed yet. */
static enum gx_code seal_of(struct erase_plan *plan, int64_t seq, int64_t *ret_id)
{
    int64_t low, high, last;
    GX_TRY(
        gx_db_int(plan->ctx, plan->conn, GX_SQL("SELECT min(id) FROM gx_seal"), NULL, 0, 0, &low));
    GX_TRY(
        gx_db_int(plan->ctx, plan->conn, GX_SQL("SELECT max(id) FROM gx_seal"), NULL, 0, 0, &high));
    for (high++; low < high;) {
        struct gx_value middle = gx_value_int(low + (high - low) / 2);
        GX_TRY(gx_db_int(plan->ctx, plan->conn,
                         GX_SQL("SELECT last_seq FROM gx_seal WHERE id = ?1"), &middle, 1,
                         INT64_MAX, &last));
        if (last < seq)
            low = middle.i + 1;
        else
            high = middle.i;
    }
    struct gx_value id = gx_value_int(low);
    return gx_db_int(plan->ctx, plan->conn, GX_SQL("SELECT id FROM gx_seal WHERE id = ?1"), &id, 1,
                     0, ret_id);
}

static enum gx_code head_before(struct erase_plan *plan, int64_t id, unsigned char *ret_head)
{
    struct seal before;
    bool has;
    seal_chain_begin(ret_head);
    GX_TRY(seal_read(plan->ctx, plan->conn, id - 2, &before, &has));
    if (has && before.id == id - 1)
        memcpy(ret_head, before.head, GX_SEAL_HEAD_BYTES);
    return GX_OK;
}

static enum gx_code keep_marks(struct erase_plan *plan, struct seal *seal,
                               const struct seal_mark *marks, size_t count,
                               const struct seal_key *key)
{
    unsigned char before[GX_SEAL_HEAD_BYTES];
    struct seal_entry *entries = GX_ARENA_ARRAY(plan->ctx->arena, struct seal_entry, count);
    for (size_t i = 0; i < count; i++)
        entries[i].mark = marks[i];
    seal->marks = seal_marks_pack(plan->ctx->arena, entries, count, seal->first_seq - 1);
    GX_TRY(head_before(plan, seal->id, before));
    seal_sign(seal, before, key);
    struct gx_value values[] = { gx_value_int(seal->id), gx_value_blob(seal->marks),
                                 bytes(seal->signer, sizeof seal->signer),
                                 bytes(seal->signature, sizeof seal->signature) };
    return gx_db_exec(plan->ctx, plan->conn,
                      GX_SQL("UPDATE gx_seal SET marks = ?2, signer = ?3, signature = ?4 "
                             "WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* Those of `all` from *at on that one seal has. */
static enum gx_code forget_in(struct erase_plan *plan, int64_t id, const struct seqs *all,
                              size_t *at, const struct seal_key *key)
{
    struct seal seal;
    struct seal_mark *marks;
    size_t count;
    bool has, changed = false;
    GX_TRY(seal_read(plan->ctx, plan->conn, id - 1, &seal, &has));
    size_t from = *at;
    while (*at < all->n && all->v[*at] <= seal.last_seq)
        ++*at;
    if (seal.kind == SEAL_STUB ||
        !seal_marks_unpack(plan->ctx->arena, seal.marks, seal.first_seq - 1, &marks, &count))
        return GX_OK;
    for (size_t i = 0, k = from; i < count; i++) {
        while (k < *at && all->v[k] < marks[i].seq)
            k++;
        if (k < *at && all->v[k] == marks[i].seq && marks[i].row) {
            marks[i].row = 0;
            changed = true;
        }
    }
    return changed ? keep_marks(plan, &seal, marks, count, key) : GX_OK;
}

static enum gx_code forget_rows(struct erase_plan *plan, struct seqs *all,
                                const struct seal_key *key)
{
    int64_t id;
    if (all->n)
        qsort(all->v, all->n, sizeof *all->v, by_number);
    for (size_t at = 0; at < all->n;) {
        GX_TRY(seal_of(plan, all->v[at], &id));
        if (!id)
            return GX_OK; /* the rest is not sealed yet: only what is there now will be */
        GX_TRY(forget_in(plan, id, all, &at, key));
    }
    return GX_OK;
}

enum gx_code erase_log(struct erase_plan *plan, int64_t erasure, const struct seal_key *key,
                       int64_t *ret_entries)
{
    struct seqs blanks = { 0 }, all = { 0 };
    for (const struct erase_member *m = plan->first; m; m = m->next)
        GX_TRY(find(plan, m->id, m->fate != ERASE_SCRUB, &blanks, &all));
    GX_TRY(find(plan, 0, false, &blanks, &all));
    for (size_t i = 0; i < blanks.n; i++)
        GX_TRY(blank(plan, erasure, blanks.v[i]));
    *ret_entries = (int64_t)blanks.n;
    return forget_rows(plan, &all, key);
}

enum gx_code erase_digest(struct gx_ctx *ctx, struct gx_conn *conn, int64_t erasure,
                          unsigned char *ret_digest, int64_t *ret_entries)
{
    static const char domain[] = "guanxi erasure 1";
    struct gx_value key = gx_value_int(erasure);
    crypto_generichash_state state;
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    *ret_entries = 0;
    crypto_generichash_init(&state, NULL, 0, GX_SEAL_HEAD_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)domain, sizeof domain);
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT seq, leaf, rest FROM gx_erased_entry WHERE erasure = ?1 "
                              "ORDER BY seq"),
                       &key, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        int64_t numbers[2] = { erasure, gx_rows_int(rows, 0) };
        crypto_generichash_update(&state, (const unsigned char *)numbers, sizeof numbers);
        for (int i = 1; i <= 2; i++) {
            struct gx_str part = gx_rows_text(rows, i);
            int64_t n = (int64_t)part.n;
            crypto_generichash_update(&state, (const unsigned char *)&n, sizeof n);
            crypto_generichash_update(&state, (const unsigned char *)part.p, part.n);
        }
        ++*ret_entries;
    }
    gx_rows_close(rows);
    crypto_generichash_final(&state, ret_digest, GX_SEAL_HEAD_BYTES);
    return code;
}
