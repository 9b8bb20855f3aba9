/* seal_hash.c - what is hashed: entries of the log, the chain over them, rows of records. */
#include <sodium.h>

#include "base/assert.h"
#include "base/map.h"
#include "db/ddl.h"
#include "store/seal_int.h"

/* --- values: a letter for the kind, then the length, then the bytes; so no two lists look alike */

static void add(crypto_generichash_state *state, struct gx_value value)
{
    unsigned char head[9];
    uint64_t n = value.kind == GX_VALUE_INT    ? (uint64_t)value.i
                 : value.kind == GX_VALUE_NULL ? 0
                                               : value.s.n;
    head[0] = (unsigned char)"NITB"[value.kind];
    for (size_t i = 0; i < 8; i++)
        head[1 + i] = (unsigned char)(n >> (8 * i));
    crypto_generichash_update(state, head, sizeof head);
    if (value.kind == GX_VALUE_TEXT || value.kind == GX_VALUE_BLOB)
        crypto_generichash_update(state, (const unsigned char *)value.s.p, value.s.n);
}

static uint64_t first_bytes(const unsigned char *hash)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++)
        value |= (uint64_t)hash[i] << (8 * i);
    return value;
}

void seal_chain_begin(unsigned char *head)
{
    static const char domain[] = "guanxi log 1";
    crypto_generichash(head, GX_SEAL_HEAD_BYTES, (const unsigned char *)domain, sizeof domain, NULL,
                       0);
}

void seal_chain_add(unsigned char *head, const unsigned char *leaf)
{
    unsigned char both[2 * GX_SEAL_HEAD_BYTES];
    memcpy(both, head, GX_SEAL_HEAD_BYTES);
    memcpy(both + GX_SEAL_HEAD_BYTES, leaf, GX_SEAL_HEAD_BYTES);
    crypto_generichash(head, GX_SEAL_HEAD_BYTES, both, sizeof both, NULL, 0);
}

/* --- entries */

enum column {
    COLUMN_IMPORT = 7,
    COLUMN_REASON,
    COLUMN_DATA,
    COLUMN_ABOUT,
    COLUMN_SALT,
    COLUMN_LEAF
};

static void begin(crypto_generichash_state *state)
{
    crypto_generichash_init(state, NULL, 0, GX_SEAL_HEAD_BYTES);
}

/* The sign of import_id says that an import was taken back, which happens later: not hashed. */
static void add_column(crypto_generichash_state *state, const struct gx_rows *rows, int i)
{
    struct gx_value value = gx_rows_value(rows, i);
    if (i == COLUMN_IMPORT && value.kind == GX_VALUE_INT && value.i < 0)
        value.i = -value.i;
    add(state, value);
}

/* Everything but reason and data. */
static void hash_rest(const struct gx_rows *rows, unsigned char *ret_rest)
{
    crypto_generichash_state state;
    begin(&state);
    for (int i = 0; i <= COLUMN_ABOUT; i++)
        if (i != COLUMN_REASON && i != COLUMN_DATA)
            add_column(&state, rows, i);
    crypto_generichash_final(&state, ret_rest, GX_SEAL_HEAD_BYTES);
}

/*
 * With a salt: over the rest and a salted hash of reason and data, which says nothing of them once
 * the salt is gone.  Without (nothing to hide, or written before there were salts): over all.
 */
static void hash_entry(const struct gx_rows *rows, struct seal_entry *e)
{
    crypto_generichash_state state;
    e->salted = gx_rows_value(rows, COLUMN_SALT).kind == GX_VALUE_BLOB;
    if (e->salted) {
        begin(&state);
        add_column(&state, rows, COLUMN_SALT);
        add_column(&state, rows, COLUMN_REASON);
        add_column(&state, rows, COLUMN_DATA);
        crypto_generichash_final(&state, e->words_hash, sizeof e->words_hash);
    }
    begin(&state);
    for (int i = 0; i <= COLUMN_ABOUT; i++)
        if (!e->salted || (i != COLUMN_REASON && i != COLUMN_DATA))
            add_column(&state, rows, i);
    if (e->salted)
        add(&state,
            gx_value_blob((struct gx_str){ (const char *)e->words_hash, sizeof e->words_hash }));
    crypto_generichash_final(&state, e->leaf, GX_SEAL_HEAD_BYTES);
}

/* An entry that was blanked has the hash it had before. */
void seal_hash_row(const struct gx_rows *rows, struct seal_entry *e)
{
    struct gx_value leaf = gx_rows_value(rows, COLUMN_LEAF);
    e->erased = leaf.kind == GX_VALUE_BLOB && leaf.s.n == GX_SEAL_HEAD_BYTES;
    e->words = false;
    for (int i = COLUMN_REASON; i <= COLUMN_SALT; i++)
        e->words |= i != COLUMN_ABOUT && gx_rows_value(rows, i).kind != GX_VALUE_NULL;
    hash_rest(rows, e->rest);
    if (e->erased)
        memcpy(e->leaf, leaf.s.p, GX_SEAL_HEAD_BYTES);
    else
        hash_entry(rows, e);
    e->mark.entry = first_bytes(e->leaf);
}

enum gx_code seal_read_entries(struct gx_ctx *ctx, struct gx_conn *conn, int64_t after,
                               int64_t upto, size_t max, struct seal_entry **ret_entries,
                               size_t *ret_count)
{
    struct gx_value values[] = { gx_value_int(after), gx_value_int(upto),
                                 gx_value_int((int64_t)max) };
    struct seal_entry *entries = GX_ARENA_ARRAY(ctx->arena, struct seal_entry, max);
    struct gx_str object = GX_STR("");
    struct gx_rows *rows;
    size_t n = 0;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT " SEAL_ENTRY_COLUMNS
                              " FROM gx_change c LEFT JOIN gx_erased_entry e ON e.seq = c.seq "
                              "WHERE c.seq > ?1 AND c.seq <= ?2 ORDER BY c.seq LIMIT ?3"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < max) {
        struct seal_entry *e = &entries[n++];
        if (!gx_str_eq(object, gx_rows_text(rows, 3)))
            object = gx_arena_str(ctx->arena, gx_rows_text(rows, 3));
        e->mark.seq = gx_rows_int(rows, 0);
        e->at = gx_rows_int(rows, 1);
        e->object = object;
        e->record = gx_rows_int(rows, 4);
        e->kind = gx_rows_int(rows, 5);
        e->version = gx_rows_int(rows, 6);
        seal_hash_row(rows, e);
    }
    gx_rows_close(rows);
    *ret_entries = entries;
    *ret_count = n;
    return code;
}

/* --- seals */

static void take(unsigned char *to, struct gx_str bytes, size_t n)
{
    memset(to, 0, n);
    if (bytes.n == n)
        memcpy(to, bytes.p, n);
}

static struct gx_str blob(const struct gx_rows *rows, int column)
{
    struct gx_value value = gx_rows_value(rows, column);
    return value.kind == GX_VALUE_BLOB ? value.s : GX_STR("");
}

enum gx_code seal_read(struct gx_ctx *ctx, struct gx_conn *conn, int64_t after_id,
                       struct seal *ret_seal, bool *ret_has)
{
    struct gx_value value = gx_value_int(after_id);
    struct gx_rows *rows;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT id, kind, first_seq, last_seq, entries, at, head, signer, "
                              "signature, marks FROM gx_seal WHERE id > ?1 ORDER BY id LIMIT 1"),
                       &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_has);
    if (code == GX_OK && *ret_has) {
        struct seal *s = ret_seal;
        *s = (struct seal){ .id = gx_rows_int(rows, 0),
                            .kind = gx_rows_int(rows, 1),
                            .first_seq = gx_rows_int(rows, 2),
                            .last_seq = gx_rows_int(rows, 3),
                            .entries = gx_rows_int(rows, 4),
                            .at = gx_rows_int(rows, 5) };
        take(s->head, blob(rows, 6), sizeof s->head);
        take(s->signer, blob(rows, 7), sizeof s->signer);
        take(s->signature, blob(rows, 8), sizeof s->signature);
        s->marks = gx_arena_str(ctx->arena, blob(rows, 9));
    }
    gx_rows_close(rows);
    return code;
}

/* --- marks: the distance in 7-bit groups, then both hashes */

enum { MARK_BYTES_MAX = 10 + 16, MARK_BYTES_MIN = 1 + 16 };

static unsigned char *put(unsigned char *to, uint64_t value)
{
    for (size_t i = 0; i < 8; i++)
        *to++ = (unsigned char)(value >> (8 * i));
    return to;
}

struct gx_str seal_marks_pack(struct gx_arena *arena, const struct seal_entry *entries,
                              size_t count, int64_t after_seq)
{
    unsigned char *start = gx_arena_alloc(arena, count * MARK_BYTES_MAX + 1), *to = start;
    for (size_t i = 0; i < count; i++) {
        uint64_t step = (uint64_t)(entries[i].mark.seq - after_seq);
        after_seq = entries[i].mark.seq;
        for (; step > 127; step >>= 7)
            *to++ = (unsigned char)(step | 128);
        *to++ = (unsigned char)step;
        to = put(put(to, entries[i].mark.entry), entries[i].mark.row);
    }
    return (struct gx_str){ (char *)start, (size_t)(to - start) };
}

bool seal_marks_unpack(struct gx_arena *arena, struct gx_str packed, int64_t after_seq,
                       struct seal_mark **ret_marks, size_t *ret_count)
{
    const unsigned char *p = (const unsigned char *)packed.p, *end = p + packed.n;
    struct seal_mark *marks =
        GX_ARENA_ARRAY(arena, struct seal_mark, packed.n / MARK_BYTES_MIN + 1);
    size_t n = 0;
    while (p < end) {
        uint64_t step = 0;
        int shift = 0;
        while (p < end && *p & 128 && shift < 56) {
            step |= (uint64_t)(*p++ & 127) << shift;
            shift += 7;
        }
        if (end - p < MARK_BYTES_MIN || *p & 128)
            return false;
        step |= (uint64_t)*p++ << shift;
        after_seq = (int64_t)((uint64_t)after_seq + step);
        marks[n++] = (struct seal_mark){ after_seq, first_bytes(p), first_bytes(p + 8) };
        p += 16;
    }
    *ret_marks = marks;
    *ret_count = n;
    return true;
}

/* --- rows of records */

struct seal_rows {
    struct gx_arena *arena;
    struct gx_conn *conn;
    const struct gx_meta *meta;
    struct gx_map tables; /* by the object's id */
};

struct table {
    struct gx_sql sql; /* version, then every column but the id by its name */
    struct gx_ddl_column *columns;
    size_t column_count;
};

struct seal_rows *seal_rows_new(struct gx_ctx *ctx, const struct gx_meta *meta,
                                struct gx_conn *conn)
{
    struct seal_rows *rows = GX_ARENA_NEW(ctx->arena, struct seal_rows);
    rows->arena = ctx->arena;
    rows->conn = conn;
    rows->meta = meta;
    return rows;
}

static enum gx_code find_table(struct gx_ctx *ctx, struct seal_rows *rows, struct gx_str object,
                               struct table **ret_table)
{
    const struct gx_object *found = NULL;
    *ret_table = gx_map_get(&rows->tables, object);
    for (size_t i = 0; i < rows->meta->object_count && !found; i++)
        if (gx_str_eq(rows->meta->objects[i]->id, object))
            found = rows->meta->objects[i];
    if (*ret_table || !found)
        return GX_OK;
    struct table *t = GX_ARENA_NEW(rows->arena, struct table);
    struct gx_sqlb *b = gx_sqlb_new(rows->arena, gx_conn_dialect(rows->conn));
    GX_TRY(gx_ddl_columns(ctx, rows->conn, found->x.table, &t->columns, &t->column_count));
    gx_sqlb_add(b, GX_SQL("SELECT version"));
    for (size_t i = 0; i < t->column_count; i++) {
        gx_sqlb_add(b, GX_SQL(", "));
        gx_sqlb_name(b, t->columns[i].name);
    }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, found->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE id = ?1"));
    GX_TRY(gx_buf_check(&b->text));
    t->sql = gx_sqlb_sql(b);
    gx_map_set(&rows->tables, rows->arena, gx_arena_str(rows->arena, object), t);
    *ret_table = t;
    return GX_OK;
}

/* Columns without a value are left out, so that a new one changes nothing. */
static uint64_t hash_row(const struct table *t, const struct gx_rows *row)
{
    crypto_generichash_state state;
    unsigned char hash[16];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < t->column_count; i++) {
        struct gx_value value = gx_rows_value(row, (int)i + 1);
        if (value.kind == GX_VALUE_NULL)
            continue;
        add(&state, gx_value_text(t->columns[i].name));
        add(&state, value);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    uint64_t sum = first_bytes(hash);
    return sum ? sum : 1;
}

enum gx_code seal_row(struct gx_ctx *ctx, struct seal_rows *rows, struct gx_str object,
                      int64_t record, uint64_t *ret_hash, int64_t *ret_version, bool *ret_known)
{
    struct gx_value key = gx_value_int(record);
    struct table *t;
    struct gx_rows *row;
    bool has;
    GX_TRY(find_table(ctx, rows, object, &t));
    *ret_known = t != NULL;
    *ret_hash = 0;
    *ret_version = 0;
    if (!t)
        return GX_OK;
    GX_TRY(gx_db_query(ctx, rows->conn, t->sql, &key, 1, &row));
    enum gx_code code = gx_rows_next(ctx, row, &has);
    if (code == GX_OK && has) {
        *ret_version = gx_rows_int(row, 0);
        *ret_hash = hash_row(t, row);
    }
    gx_rows_close(row);
    return code;
}
