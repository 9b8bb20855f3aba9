/* seal_file.c - see seal_file.h. */
#include "store/seal_file.h"

#include <sodium.h>

#include "base/time.h"
#include "store/seal_int.h"

enum { PIECE_ENTRIES = 500, COLUMN_BY_NAME = 13, COLUMN_ABOUT_NAME };

static void key_hex(struct gx_jw *w, const char *key, const unsigned char *bytes, size_t n)
{
    char hex[2 * SEAL_SIGNATURE_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, bytes, n);
    gx_jw_key_str(w, key, gx_str_c(hex));
}

static void key_base64(struct gx_ctx *ctx, struct gx_jw *w, const char *key, struct gx_str bytes)
{
    size_t size = sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL);
    char *text = gx_arena_alloc(ctx->arena, size);
    sodium_bin2base64(text, size, (const unsigned char *)bytes.p, bytes.n,
                      sodium_base64_VARIANT_ORIGINAL);
    gx_jw_key_str(w, key, gx_str_c(text));
}

/* --- the first line */

/* The last seal whose entries are all before the period, and the head it has. */
static enum gx_code find_start(struct gx_scope *scope, struct gx_seal_file *f,
                               unsigned char *ret_head)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    struct seal before;
    int64_t low, first;
    bool has;
    GX_TRY(gx_audit_range(scope, &f->ask, &low, &f->high));
    struct gx_value from = gx_value_int(low + 1);
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT id FROM gx_seal WHERE last_seq >= ?1 ORDER BY id LIMIT 1"),
                     &from, 1, INT64_MAX, &first));
    if (first == INT64_MAX) /* nothing is sealed there: the newest head is all there is */
        GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT max(id) + 1 FROM gx_seal"), NULL, 0, 1, &first));
    f->seal_id = first - 1;
    seal_chain_begin(ret_head);
    GX_TRY(seal_read(ctx, conn, first - 2, &before, &has));
    if (has && before.id == first - 1) {
        memcpy(ret_head, before.head, GX_SEAL_HEAD_BYTES);
        f->seq = before.last_seq;
    }
    return GX_OK;
}

static void write_keys(struct gx_scope *scope, struct gx_jw *w)
{
    unsigned char keys[SEAL_KEYS_MAX][SEAL_PUBLIC_BYTES];
    size_t n = seal_keys_known(gx_scope_ctx(scope), gx_scope_tenant(scope), keys);
    gx_jw_key(w, GX_STR("keys"));
    gx_jw_array(w);
    for (size_t i = 0; i < n; i++) {
        char hex[2 * SEAL_PUBLIC_BYTES + 1];
        sodium_bin2hex(hex, sizeof hex, keys[i], SEAL_PUBLIC_BYTES);
        gx_jw_str(w, gx_str_c(hex));
    }
    gx_jw_array_end(w);
}

static void write_moment(struct gx_ctx *ctx, struct gx_jw *w, const char *key, int64_t us)
{
    gx_jw_key(w, gx_str_c(key));
    if (us)
        gx_jw_str(w, gx_moment_format(ctx->arena, us));
    else
        gx_jw_null(w);
}

static enum gx_code write_begin(struct gx_scope *scope, struct gx_seal_file *f, struct gx_buf *out)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    unsigned char head[GX_SEAL_HEAD_BYTES];
    struct gx_jw w = gx_jw(out);
    GX_TRY(find_start(scope, f, head));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "format", GX_STR("guanxi-audit 1"));
    gx_jw_key_str(&w, "tenant", gx_scope_tenant(scope)->name);
    write_moment(ctx, &w, "made_at", ctx->now_us);
    write_moment(ctx, &w, "from", f->ask.from_us);
    write_moment(ctx, &w, "to", f->ask.to_us);
    write_keys(scope, &w);
    key_hex(&w, "before", head, sizeof head);
    gx_jw_key_id(&w, "after_seal", f->seal_id);
    gx_jw_key_id(&w, "after", f->seq);
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
    f->begun = true;
    return GX_OK;
}

/* --- entries */

static void write_cell(struct gx_ctx *ctx, struct gx_jw *w, const char *key, struct gx_value value)
{
    if (value.kind == GX_VALUE_BLOB) {
        key_base64(ctx, w, key, value.s);
        return;
    }
    gx_jw_key(w, gx_str_c(key));
    if (value.kind == GX_VALUE_INT)
        gx_jw_id(w, value.i);
    else if (value.kind == GX_VALUE_TEXT)
        gx_jw_str(w, value.s);
    else
        gx_jw_null(w);
}

/* For people; no part of what is hashed. */
static void write_plain(struct gx_ctx *ctx, struct gx_jw *w, const struct gx_audit_entry *e)
{
    gx_jw_key(w, GX_STR("plain"));
    gx_jw_object(w);
    gx_jw_key_str(w, "at", gx_moment_format(ctx->arena, e->at));
    gx_jw_key_str(w, "by", e->by_name);
    gx_jw_key_str(w, "kind", gx_audit_kind(e));
    gx_jw_key_str(w, "what", gx_audit_what(e));
    gx_jw_key_str(w, "title", e->record ? e->title : e->about_name);
    gx_jw_object_end(w);
}

static void write_columns(struct gx_ctx *ctx, struct gx_jw *w, const struct gx_rows *rows,
                          bool words)
{
    static const char *const names[] = { "seq",    "at",   "by_user", "object",
                                         "record", "kind", "version", "import_id",
                                         "reason", "data", "about",   "salt" };
    for (int i = 0; i < (int)GX_COUNT(names); i++) {
        struct gx_value value = gx_rows_value(rows, i);
        bool word = gx_str_is(gx_str_c(names[i]), "reason") ||
                    gx_str_is(gx_str_c(names[i]), "data") || gx_str_is(gx_str_c(names[i]), "salt");
        if (gx_str_is(gx_str_c(names[i]), "import_id") && value.kind == GX_VALUE_INT && value.i < 0)
            value.i = -value.i; /* its sign is not hashed */
        if (words || !word)
            write_cell(ctx, w, names[i], value);
    }
}

static struct gx_audit_entry entry_of(struct gx_ctx *ctx, const struct gx_rows *rows)
{
    return (struct gx_audit_entry){
        .seq = gx_rows_int(rows, 0),
        .at = gx_rows_int(rows, 1),
        .by = gx_rows_int(rows, 2),
        .object_id = gx_arena_str(ctx->arena, gx_rows_text(rows, 3)),
        .record = gx_rows_int(rows, 4),
        .kind = gx_rows_int(rows, 5),
        .data = gx_arena_str(ctx->arena, gx_rows_text(rows, 9)),
        .about = gx_rows_int(rows, 10),
        .by_name = gx_arena_str(ctx->arena, gx_rows_text(rows, COLUMN_BY_NAME)),
        .about_name = gx_arena_str(ctx->arena, gx_rows_text(rows, COLUMN_ABOUT_NAME)),
    };
}

/*
 * In full; or without its words, with their hash; or the hash of all of it.  What was hashed
 * together with its words (entries older than salts) cannot be shown without them.
 */
static enum gx_code write_entry(struct gx_scope *scope, struct gx_seal_file *f,
                                const struct gx_rows *rows, struct gx_buf *out)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_audit_entry e = entry_of(ctx, rows);
    struct seal_entry hashes = { 0 };
    struct gx_jw w = gx_jw(out);
    bool visible;
    seal_hash_row(rows, &hashes);
    GX_TRY(gx_audit_look(scope, &e, &visible));
    bool wanted = visible && gx_audit_wants(&f->ask, &e);
    bool whole = wanted && !hashes.erased && gx_audit_whole(scope, &e);
    bool columns = whole || (wanted && (hashes.salted || hashes.erased));
    gx_jw_object(&w);
    if (columns) {
        write_columns(ctx, &w, rows, whole);
        if (!whole && hashes.salted)
            key_hex(&w, "words", hashes.words_hash, sizeof hashes.words_hash);
        if (hashes.erased) {
            gx_jw_key_bool(&w, "erased", true);
            key_hex(&w, "hash", hashes.leaf, sizeof hashes.leaf);
        }
        write_plain(ctx, &w, &e);
    } else {
        gx_jw_key_id(&w, "seq", e.seq);
        key_hex(&w, "hash", hashes.leaf, sizeof hashes.leaf);
        gx_jw_key_str(&w, "why", wanted || !visible ? GX_STR("right") : GX_STR("asked"));
    }
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
    f->entries++;
    f->full += columns;
    f->seq = e.seq;
    return gx_buf_check(out);
}

/* The next of them, up to `upto`; *ret_count fewer than PIECE_ENTRIES: that were all. */
static enum gx_code write_entries(struct gx_scope *scope, struct gx_seal_file *f, int64_t upto,
                                  struct gx_buf *out, int *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(f->seq), gx_value_int(upto),
                                 gx_value_int(PIECE_ENTRIES) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    *ret_count = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT " SEAL_ENTRY_COLUMNS ", u.display_name, p.display_name "
                              "FROM gx_change c LEFT JOIN gx_erased_entry e ON e.seq = c.seq "
                              "LEFT JOIN \"user\" u ON u.id = c.by_user "
                              "LEFT JOIN \"user\" p ON p.id = c.about "
                              "WHERE c.seq > ?1 AND c.seq <= ?2 ORDER BY c.seq LIMIT ?3"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        if ((code = write_entry(scope, f, rows, out)) != GX_OK)
            break;
        ++*ret_count;
    }
    gx_rows_close(rows);
    return code;
}

/* --- seals */

static void write_seal(struct gx_ctx *ctx, const struct seal *s, struct gx_buf *out)
{
    struct gx_jw w = gx_jw(out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "seal", s->id);
    gx_jw_key_int(&w, "kind", s->kind);
    gx_jw_key_id(&w, "first", s->first_seq);
    gx_jw_key_id(&w, "last", s->last_seq);
    gx_jw_key_id(&w, "entries", s->entries);
    gx_jw_key_id(&w, "at", s->at);
    key_hex(&w, "head", s->head, sizeof s->head);
    key_hex(&w, "signer", s->signer, sizeof s->signer);
    key_hex(&w, "signature", s->signature, sizeof s->signature);
    key_base64(ctx, &w, "marks", s->marks);
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
}

static enum gx_code write_end(struct gx_scope *scope, struct gx_seal_file *f, struct gx_buf *out)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_seal_head head;
    struct gx_jw w = gx_jw(out);
    GX_TRY(gx_seal_newest(ctx, gx_scope_conn(scope), &head));
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "end", true);
    gx_jw_key_int(&w, "seals", f->seals);
    gx_jw_key_int(&w, "entries", f->entries);
    gx_jw_key_int(&w, "full", f->full);
    gx_jw_key_str(&w, "head", head.seq ? gx_seal_line(ctx, f->sealer, &head) : GX_STR(""));
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
    return gx_buf_check(out);
}

enum gx_code gx_seal_file_piece(struct gx_scope *scope, struct gx_seal_file *f, struct gx_buf *out,
                                bool *ret_more)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct seal seal;
    bool has;
    int count = 0;
    if (!f->begun)
        GX_TRY(write_begin(scope, f, out));
    GX_TRY(seal_read(ctx, gx_scope_conn(scope), f->seal_id, &seal, &has));
    has = has && f->seq + 1 < f->high;
    *ret_more = has;
    if (!has)
        return write_end(scope, f, out);
    if (seal.kind != SEAL_STUB)
        GX_TRY(write_entries(scope, f, seal.last_seq, out, &count));
    if (count == PIECE_ENTRIES)
        return GX_OK;
    write_seal(ctx, &seal, out);
    f->seals++;
    f->seal_id = seal.id;
    f->seq = seal.last_seq;
    return gx_buf_check(out);
}
