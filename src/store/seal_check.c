/*
 * seal_check.c - does the log agree with its seals, and do the records agree with the log?
 *
 * Seal by seal: its signature, the entries against its marks (so that the first wrong one has a
 * name), the chain against its head.  A seal that is wrong is told once; the walk goes on from the
 * head it claims.  Each seal is read in a snapshot of its own, so that a long check keeps no old
 * one alive.
 */
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "base/assert.h"
#include "store/erase.h"
#include "store/record.h"
#include "store/seal_int.h"

struct check {
    struct gx_ctx *ctx;
    struct gx_ctx step; /* of one seal: its arena is emptied after each */
    struct gx_tenant *tenant;
    const struct gx_meta *meta;
    struct gx_conn *conn;
    struct gx_seal_check *c;
    unsigned char keys[SEAL_KEYS_MAX][SEAL_PUBLIC_BYTES];
    size_t key_count;
    struct gx_seal_head *anchors;
    size_t anchor_count;
    int64_t next_anchor;  /* entry at which the next one is to be compared */
    int64_t seal_id, seq; /* of the seal before */
    unsigned char head[GX_SEAL_HEAD_BYTES];
    bool lost; /* the head before is not known: a seal is missing */
};

static void say(struct check *k, const char *check, struct gx_str where, const char *detail)
{
    if (k->c->problems++ < GX_SEAL_PROBLEMS_MAX)
        k->c->problem(k->c->p, check, where, detail);
}

static struct gx_str entry_name(struct check *k, int64_t seq)
{
    return gx_arena_printf(k->step.arena, "entry %lld", (long long)seq);
}

static struct gx_str range_name(struct check *k, const struct seal *seal)
{
    return gx_arena_printf(k->step.arena, "seal %lld, entries %lld-%lld", (long long)seal->id,
                           (long long)seal->first_seq, (long long)seal->last_seq);
}

/* --- heads kept elsewhere */

static void meet_anchors(struct check *k, int64_t seq)
{
    k->next_anchor = INT64_MAX;
    for (size_t i = 0; i < k->anchor_count; i++) {
        struct gx_seal_head *a = &k->anchors[i];
        if (a->seq > seq && a->seq < k->next_anchor)
            k->next_anchor = a->seq;
        if (a->seq != seq)
            continue;
        a->seq = 0;
        if (memcmp(a->head, k->head, GX_SEAL_HEAD_BYTES) == 0)
            k->c->anchored = true;
        else
            say(k, "anchor", entry_name(k, seq),
                "the log up to here is not the one whose head was kept elsewhere");
    }
}

static void miss_anchors(struct check *k)
{
    for (size_t i = 0; i < k->anchor_count; i++) {
        const struct gx_seal_head *a = &k->anchors[i];
        if (a->seq > k->seq)
            say(k, "anchor", entry_name(k, k->seq + 1),
                "the log ends before the head that was kept elsewhere: its end is cut off");
        else if (a->seq > k->c->first_seq && a->seq > 0)
            say(k, "anchor", entry_name(k, a->seq),
                "the entry is missing at which the head was kept elsewhere");
    }
}

static bool add_anchor(struct check *k, struct gx_str line)
{
    unsigned char signer[SEAL_PUBLIC_BYTES];
    struct gx_seal_head head;
    if (!seal_line_read(line, &head, signer))
        return false;
    k->anchors[k->anchor_count++] = head;
    return true;
}

enum { ANCHORS_MAX = 1000 };

static void add_own(struct check *k, const char *end)
{
    char text[GX_SEAL_LINE_MAX];
    FILE *file = fopen(seal_path(k->ctx->arena, k->tenant, end), "re");
    size_t n = file ? fread(text, 1, sizeof text, file) : 0;
    if (file)
        fclose(file);
    struct gx_str rest = { text, n }, line;
    if (gx_str_split(&rest, '\n', &line))
        add_anchor(k, line);
}

/* Those that were given, and those that lie beside the database. */
static enum gx_code read_anchors(struct check *k)
{
    struct gx_str rest = k->c->anchors, line;
    k->anchors = GX_ARENA_ARRAY(k->ctx->arena, struct gx_seal_head, ANCHORS_MAX + 2);
    while (k->anchor_count < ANCHORS_MAX && gx_str_split(&rest, '\n', &line)) {
        size_t at = gx_str_search(line, GX_STR("guanxi-head 1 "));
        line = at == SIZE_MAX ? gx_str_trim(line) : gx_str_trim(gx_str_from(line, at));
        while (line.n && line.p[line.n - 1] == '"') /* as it stands in the program's log */
            line.n--;
        if (line.n && !add_anchor(k, line))
            return gx_fail(k->ctx, GX_E_INVALID, GX_STR("anchors"), GX_M_SEAL_ANCHOR);
    }
    add_own(k, "head");
    add_own(k, "lost");
    return GX_OK;
}

/* --- one seal */

static bool is_known(const struct check *k, const struct seal *seal)
{
    for (size_t i = 0; i < k->key_count; i++)
        if (memcmp(k->keys[i], seal->signer, SEAL_PUBLIC_BYTES) == 0)
            return true;
    return false;
}

static bool check_signature(struct check *k, const struct seal *seal)
{
    static const unsigned char nothing[GX_SEAL_HEAD_BYTES];
    const unsigned char *before = seal->kind == SEAL_STUB ? nothing : k->head;
    if (!is_known(k, seal)) {
        say(k, "seal", range_name(k, seal), "signed by a key that is not known here");
        return false;
    }
    if (k->lost && seal->kind != SEAL_STUB)
        return true;
    if (!seal_is_signed(seal, before)) {
        say(k, "seal", range_name(k, seal), "the seal was altered: its signature is wrong");
        return false;
    }
    return true;
}

/* The first entry that is not what the marks say; true: all are. */
static bool compare(struct check *k, const struct seal_entry *entries, size_t count,
                    const struct seal_mark *marks, size_t mark_count)
{
    for (size_t i = 0; i < count || i < mark_count; i++) {
        int64_t is = i < count ? entries[i].mark.seq : INT64_MAX;
        int64_t was = i < mark_count ? marks[i].seq : INT64_MAX;
        if (is == was && entries[i].mark.entry == marks[i].entry)
            continue;
        if (is == was)
            say(k, "entry", entry_name(k, is), "altered after it was sealed");
        else if (is < was)
            say(k, "entry", entry_name(k, is), "put in after the log was sealed");
        else
            say(k, "entry", entry_name(k, was), "missing: it was there when the log was sealed");
        return false;
    }
    return true;
}

static enum gx_code check_record(struct check *k, struct seal_rows *rows,
                                 const struct seal_entry *e, const struct seal_mark *mark)
{
    struct gx_value values[] = { gx_value_int(e->record), gx_value_int(e->mark.seq) };
    int64_t later, version;
    uint64_t hash;
    bool known;
    GX_TRY(gx_db_int(&k->step, k->conn,
                     GX_SQL("SELECT seq FROM gx_change WHERE record = ?1 AND seq > ?2 LIMIT 1"),
                     values, 2, 0, &later));
    if (later || e->record <= 0)
        return GX_OK;
    GX_TRY(seal_row(&k->step, rows, e->object, e->record, &hash, &version, &known));
    if (!known || (mark->row == 0 && e->kind != GX_CHANGE_PURGE))
        return GX_OK;
    k->c->records++;
    struct gx_str where =
        gx_arena_printf(k->step.arena, "record %lld of %.*s, entry %lld", (long long)e->record,
                        GX_STR_ARG(e->object), (long long)e->mark.seq);
    if (e->kind == GX_CHANGE_PURGE && hash)
        say(k, "record", where, "it is there, though the log says it was removed for good");
    else if (e->kind != GX_CHANGE_PURGE && !hash)
        say(k, "record", where, "it is gone, and the log does not say why");
    else if (e->kind != GX_CHANGE_PURGE && hash != mark->row)
        say(k, "record", where, "its row is not what it was after its last entry in the log");
    return GX_OK;
}

static enum gx_code check_records(struct check *k, const struct seal_entry *entries,
                                  const struct seal_mark *marks, size_t count)
{
    struct seal_rows *rows = seal_rows_new(&k->step, k->meta, k->conn);
    for (size_t i = 0; i < count; i++)
        GX_TRY(check_record(k, rows, &entries[i], &marks[i]));
    return GX_OK;
}

static enum gx_code check_entries(struct check *k, const struct seal *seal, bool sound)
{
    struct seal_mark *marks = NULL;
    struct seal_entry *entries;
    size_t count, mark_count = 0;
    bool readable =
        seal_marks_unpack(k->step.arena, seal->marks, seal->first_seq - 1, &marks, &mark_count);
    GX_TRY(seal_read_entries(&k->step, k->conn, k->seq, seal->last_seq, mark_count + 1, &entries,
                             &count));
    k->c->entries += (int64_t)count;
    if (!sound && !readable)
        return GX_OK;
    if (!compare(k, entries, count, marks, mark_count))
        return GX_OK;
    for (size_t i = 0; i < count; i++) {
        seal_chain_add(k->head, entries[i].leaf);
        if (entries[i].mark.seq == k->next_anchor && !k->lost)
            meet_anchors(k, entries[i].mark.seq);
    }
    if (!k->lost && sound && memcmp(k->head, seal->head, GX_SEAL_HEAD_BYTES) != 0)
        say(k, "seal", range_name(k, seal), "the head of the chain does not agree");
    return k->c->rows && sound ? check_records(k, entries, marks, count) : GX_OK;
}

static enum gx_code check_seal(struct check *k, const struct seal *seal)
{
    bool stub = seal->kind == SEAL_STUB;
    if (!stub && seal->id != k->seal_id + 1) {
        say(k, "seal",
            gx_arena_printf(k->step.arena, "seal %lld, entry %lld", (long long)k->seal_id + 1,
                            (long long)k->seq + 1),
            "the seal is missing");
        k->lost = true;
        k->seq = seal->first_seq - 1;
    }
    bool sound = check_signature(k, seal);
    if (stub) {
        k->c->removed = sound ? seal->entries : 0;
    } else {
        if (seal->kind == SEAL_FOUND)
            say(k, "entry", range_name(k, seal), "put in while the program was stopped");
        GX_TRY(check_entries(k, seal, sound));
    }
    memcpy(k->head, seal->head, GX_SEAL_HEAD_BYTES);
    k->lost = false;
    k->seal_id = seal->id;
    k->seq = seal->last_seq;
    if (k->c->seals++ == 0)
        k->c->first_seq = stub ? seal->last_seq : seal->first_seq;
    k->c->last_seq = seal->last_seq;
    meet_anchors(k, seal->last_seq);
    return GX_OK;
}

static enum gx_code next_seal(struct check *k, bool *ret_has)
{
    struct seal seal;
    bool own_snapshot = !gx_conn_is_writer(k->conn);
    gx_arena_reset(k->step.arena);
    gx_ctx_clear(&k->step);
    if (own_snapshot)
        GX_TRY(gx_conn_begin_read(&k->step, k->conn));
    enum gx_code code = seal_read(&k->step, k->conn, k->seal_id, &seal, ret_has);
    if (code == GX_OK && *ret_has)
        code = check_seal(k, &seal);
    if (own_snapshot)
        gx_conn_end_read(k->conn);
    return code;
}

/* Nothing may stand before the first seal, or among what a stub says was removed. */
static enum gx_code check_before(struct check *k)
{
    struct seal first;
    int64_t seq;
    bool has;
    GX_TRY(gx_db_int(k->ctx, k->conn, GX_SQL("SELECT min(seq) FROM gx_change"), NULL, 0, INT64_MAX,
                     &seq));
    GX_TRY(seal_read(k->ctx, k->conn, 0, &first, &has));
    if (has && seq <= (first.kind == SEAL_STUB ? first.last_seq : 0))
        say(k, "entry", entry_name(k, seq), "put in after the log was sealed");
    return GX_OK;
}

/* --- entries that were blanked: each by a request that is signed, and nothing put in their place
 */

static bool is_sound(const struct gx_erase_seal *seals, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (seals[i].id == id)
            return seals[i].sound;
    return false;
}

static enum gx_code check_blank(struct check *k, int64_t seq, struct gx_str rest)
{
    struct seal_entry *e;
    size_t count;
    GX_TRY(seal_read_entries(&k->step, k->conn, seq - 1, seq, 1, &e, &count));
    if (count && (e->words || rest.n != sizeof e->rest || memcmp(e->rest, rest.p, rest.n) != 0))
        say(k, "entry", entry_name(k, seq), "altered after it was erased");
    return GX_OK;
}

static enum gx_code check_blanks(struct check *k, const struct gx_erase_seal *seals, size_t count)
{
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(k->ctx, k->conn,
                       GX_SQL("SELECT seq, erasure, rest FROM gx_erased_entry ORDER BY seq"), NULL,
                       0, &rows));
    while ((code = gx_rows_next(k->ctx, rows, &has)) == GX_OK && has) {
        int64_t seq = gx_rows_int(rows, 0);
        gx_arena_reset(k->step.arena);
        k->c->erased++;
        if (!is_sound(seals, count, gx_rows_int(rows, 1)))
            say(k, "entry", entry_name(k, seq), "blanked, and no signed request says so");
        struct gx_str rest = gx_arena_str(k->step.arena, gx_rows_text(rows, 2));
        GX_TRY(check_blank(k, seq, rest));
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code check_erasures(struct check *k)
{
    struct gx_erase_seal *seals;
    size_t count;
    GX_TRY(gx_erase_check(k->ctx, k->tenant, k->conn, &seals, &count));
    for (size_t i = 0; i < count; i++)
        if (!seals[i].sound)
            say(k, "erasure",
                gx_arena_printf(k->ctx->arena, "erasure %lld", (long long)seals[i].id),
                "what it blanked is not what was signed");
    k->c->erasures = seals;
    k->c->erasure_count = count;
    return check_blanks(k, seals, count);
}

static enum gx_code walk(struct check *k)
{
    int64_t total;
    bool has = true;
    GX_TRY(check_before(k));
    GX_TRY(gx_db_int(k->ctx, k->conn, GX_SQL("SELECT max(last_seq) FROM gx_seal"), NULL, 0, 0,
                     &total));
    while (has) {
        enum gx_code code = next_seal(k, &has);
        if (code != GX_OK)
            return gx_fail(k->ctx, code, GX_STR(""), GX_M_SEAL_FAILED, gx_ctx_text(&k->step));
        if (k->c->progress && !k->c->progress(k->c->p, k->seq, total))
            return gx_fail(k->ctx, GX_E_CANCELLED, GX_STR(""), GX_M_NONE);
    }
    return GX_OK;
}

enum gx_code gx_seal_verify(struct gx_ctx *ctx, struct gx_tenant *tenant,
                            const struct gx_meta *meta, struct gx_conn *conn,
                            struct gx_seal_check *check)
{
    struct gx_arena arena = { 0 };
    struct check *k = GX_ARENA_NEW(ctx->arena, struct check);
    *k = (struct check){ .ctx = ctx, .tenant = tenant, .meta = meta, .conn = conn, .c = check };
    k->step = (struct gx_ctx){ .arena = &arena, .now_us = ctx->now_us };
    gx_assert(check->problem);
    seal_chain_begin(k->head);
    k->key_count = seal_keys_known(ctx, tenant, k->keys);
    GX_TRY(read_anchors(k));
    meet_anchors(k, 0);
    enum gx_code code = walk(k);
    if (code == GX_OK) {
        miss_anchors(k);
        code = check_erasures(k);
    }
    if (code == GX_OK) {
        struct gx_value value = gx_value_int(k->seq);
        code = gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_change WHERE seq > ?1"), &value,
                         1, 0, &check->unsealed);
    }
    gx_arena_free(&arena);
    return code;
}

/* --- retention */

enum gx_code gx_seal_days(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_days)
{
    struct gx_str text;
    GX_TRY(gx_setting_get(ctx, conn, "audit_days", GX_STR("0"), &text));
    bool good = gx_str_int64(text, ret_days) && *ret_days >= GX_SEAL_DAYS_MIN;
    *ret_days = good ? *ret_days : 0;
    return GX_OK;
}

struct removing {
    struct gx_ctx *ctx;
    struct seal_key key;
    int64_t before_us;
    int64_t removed;
    bool more;
};

enum { REMOVE_SEALS = 50 };

static enum gx_code remove_upto(struct removing *r, struct gx_conn *conn, struct seal *last,
                                int64_t first_seq, int64_t *ret_count)
{
    static const unsigned char nothing[GX_SEAL_HEAD_BYTES];
    struct gx_value seq = gx_value_int(last->last_seq), id = gx_value_int(last->id);
    last->kind = SEAL_STUB;
    last->first_seq = first_seq;
    last->at = r->ctx->now_us;
    last->marks = GX_STR("");
    seal_sign(last, nothing, &r->key);
    struct gx_value values[] = {
        id,
        gx_value_int(last->kind),
        gx_value_int(last->first_seq),
        gx_value_int(last->at),
        gx_value_blob(GX_STR("")),
        gx_value_blob((struct gx_str){ (char *)last->signer, SEAL_PUBLIC_BYTES }),
        gx_value_blob((struct gx_str){ (char *)last->signature, SEAL_SIGNATURE_BYTES }),
    };
    GX_TRY(gx_db_exec(r->ctx, conn, GX_SQL("DELETE FROM gx_change WHERE seq <= ?1"), &seq, 1,
                      ret_count));
    GX_TRY(gx_db_exec(r->ctx, conn, GX_SQL("DELETE FROM gx_seal WHERE id < ?1"), &id, 1, NULL));
    return gx_db_exec(r->ctx, conn,
                      GX_SQL("UPDATE gx_seal SET kind = ?2, first_seq = ?3, at = ?4, marks = ?5, "
                             "signer = ?6, signature = ?7 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code is_old(struct removing *r, struct gx_conn *conn, const struct seal *seal,
                           bool *ret_old)
{
    struct gx_value seq = gx_value_int(seal->last_seq);
    int64_t at;
    GX_TRY(gx_db_int(r->ctx, conn, GX_SQL("SELECT at FROM gx_change WHERE seq = ?1"), &seq, 1,
                     INT64_MAX, &at));
    *ret_old = seal->kind == SEAL_STUB || at < r->before_us;
    return GX_OK;
}

/* The seals from the oldest on that are old enough, but never the newest one. */
static enum gx_code remove_piece(void *p, struct gx_conn *conn)
{
    struct removing *r = p;
    struct seal last = { 0 }, seal;
    int64_t first_seq = 0, newest, id = 0, count = 0;
    bool has = true, old = true;
    GX_TRY(gx_db_int(r->ctx, conn, GX_SQL("SELECT max(id) FROM gx_seal"), NULL, 0, 0, &newest));
    for (int n = 0; n <= REMOVE_SEALS && old; n++) {
        GX_TRY(seal_read(r->ctx, conn, id, &seal, &has));
        if (!has || seal.id >= newest)
            old = false;
        else
            GX_TRY(is_old(r, conn, &seal, &old));
        if (!old)
            break;
        first_seq = first_seq ? first_seq : seal.first_seq;
        id = seal.id;
        last = seal;
    }
    r->more = false;
    r->removed = 0;
    if (last.id == 0 || last.kind == SEAL_STUB)
        return GX_OK;
    GX_TRY(remove_upto(r, conn, &last, first_seq, &count));
    r->removed = count;
    r->more = old;
    return GX_OK;
}

enum gx_code gx_seal_remove(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t before_us,
                            int64_t *ret_removed)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx step = { .arena = &arena, .now_us = ctx->now_us };
    struct removing r = { .ctx = &step, .before_us = before_us, .more = true };
    int64_t removed = 0;
    enum gx_code code = seal_key_take(ctx, tenant, &r.key);
    while (code == GX_OK && r.more) {
        gx_arena_reset(&arena);
        gx_ctx_clear(&step);
        code = gx_db_write(&step, tenant->db, remove_piece, &r);
        if (code != GX_OK)
            (void)gx_fail(ctx, code, GX_STR(""), GX_M_SEAL_FAILED, gx_ctx_text(&step));
        removed += r.removed;
    }
    sodium_memzero(&r.key, sizeof r.key);
    gx_arena_free(&arena);
    *ret_removed = removed;
    return code;
}
