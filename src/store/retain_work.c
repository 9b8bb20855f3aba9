/*
 * retain_work.c - the rules of retention kept: in pieces, each a write of its own, so that nobody
 * waits for a rule that has a million records to take.
 */
#include <sodium.h>

#include "base/log.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/erase_int.h"
#include "store/retain_int.h"

enum { PIECE_RECORDS = 50 };

struct piece {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct gx_retain_rule *rule; /* NULL: the bin's own rule, of `object` */
    const struct gx_object *object;
    int64_t bin_days;
    struct seal_key key;
    int64_t after, last; /* records up to `after` were tried; the last of this piece */
    int64_t done, run;   /* in this piece; in all */
    size_t found;
    struct gx_str problem;
};

struct one {
    struct piece *piece;
    struct gx_scope *scope;
    int64_t id, erasure;
    struct gx_write_options options;
};

/* Its values in the log go with it. */
static enum gx_code forget(struct one *o)
{
    struct gx_ctx *ctx = o->piece->ctx;
    struct erase_plan plan = { .scope = o->scope,
                               .ctx = ctx,
                               .conn = gx_scope_conn(o->scope),
                               .object = o->piece->object,
                               .record = o->id };
    struct erase_member self = { .object = o->piece->object, .id = o->id, .fate = ERASE_GOES };
    int64_t entries;
    plan.first = plan.last = &self;
    GX_TRY(erase_aside_record(ctx, plan.conn, o->id));
    return erase_log(&plan, o->erasure, &o->piece->key, &entries);
}

static enum gx_code empty(struct one *o)
{
    struct gx_input *input = gx_input_new(o->scope, o->piece->object);
    for (size_t i = 0; i < o->piece->rule->fields.n; i++) {
        const struct gx_field *f =
            gx_object_any_field(o->piece->object, o->piece->rule->fields.v[i]);
        input->given[f->index_in_object] = true;
        for (int part = 0; part < f->part_count; part++)
            input->v[f->slot + part] = GX_NULL_VALUE;
    }
    GX_TRY(gx_record_update(o->scope, o->id, 0, input, &o->options, NULL, NULL));
    return forget(o);
}

static enum gx_code take_one(void *p, struct gx_conn *conn)
{
    struct one *o = p;
    const struct gx_retain_rule *rule = o->piece->rule;
    (void)conn;
    if (rule && gx_str_is(rule->action, "bin"))
        return gx_record_delete(o->scope, o->piece->object, o->id, 0, &o->options);
    if (rule && gx_str_is(rule->action, "blank"))
        return empty(o);
    GX_TRY(forget(o));
    return gx_record_purge(o->scope, o->piece->object, o->id, &o->options);
}

/* What was blanked in the log by a rule is signed as what was asked for by a person. */
static enum gx_code sign(struct piece *p, struct gx_conn *conn, int64_t erasure)
{
    unsigned char digest[GX_SEAL_HEAD_BYTES], signature[SEAL_SIGNATURE_BYTES];
    struct gx_str name = p->rule ? p->rule->name : GX_STR("recycle bin");
    int64_t entries;
    GX_TRY(erase_digest(p->ctx, conn, erasure, digest, &entries));
    if (!entries)
        return GX_OK;
    crypto_sign_detached(signature, NULL, digest, sizeof digest, p->key.secret);
    struct gx_value values[] = {
        gx_value_int(erasure),
        gx_value_text(p->object->id),
        gx_value_text(name),
        gx_value_int(p->ctx->now_us),
        gx_value_int(p->done),
        gx_value_int(entries),
        gx_value_blob((struct gx_str){ (char *)digest, sizeof digest }),
        gx_value_blob((struct gx_str){ (char *)p->key.public, sizeof p->key.public }),
        gx_value_blob((struct gx_str){ (char *)signature, sizeof signature }),
    };
    return gx_db_exec(p->ctx, conn,
                      GX_SQL("INSERT INTO gx_erasure (id, object, record, keep, state, reason, "
                             "asked_at, asked_by, done_at, removed, blanked, entries, digest, "
                             "signer, signature) VALUES (?1, ?2, 0, 0, 'done', ?3, ?4, 0, ?4, ?5, "
                             "0, ?6, ?7, ?8, ?9)"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code next_ids(struct piece *p, struct gx_scope *scope, int64_t *ids)
{
    const struct gx_expr *filter = NULL;
    struct gx_sqlb *b = gx_sqlb_new(p->ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    if (p->rule)
        GX_TRY(retain_check(scope, p->rule, &filter));
    gx_sqlb_add(b, GX_SQL("SELECT t.id"));
    retain_where(b, scope, p->object, p->rule, filter, p->bin_days, false);
    gx_sqlb_add(b, GX_SQL(" AND t.id > "));
    gx_sqlb_bind(b, gx_value_int(p->after));
    gx_sqlb_add(b, GX_SQL(" ORDER BY t.id LIMIT "));
    gx_sqlb_int(b, PIECE_RECORDS);
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_query(p->ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count,
                       &rows));
    p->found = 0;
    while ((code = gx_rows_next(p->ctx, rows, &has)) == GX_OK && has && p->found < PIECE_RECORDS)
        ids[p->found++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    p->last = p->found ? ids[p->found - 1] : p->after;
    return code;
}

static enum gx_code work_piece(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    struct gx_scope *scope = gx_scope_system(p->ctx, p->tenant, conn, "rule of retention");
    int64_t ids[PIECE_RECORDS];
    struct one o = { .piece = p, .scope = scope };
    p->done = 0;
    GX_TRY(next_ids(p, scope, ids));
    o.erasure = gx_id_next(&p->tenant->ids, p->ctx->now_us);
    for (size_t i = 0; i < p->found; i++) {
        o.id = ids[i];
        enum gx_code code = gx_db_try(p->ctx, conn, take_one, &o);
        if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL)
            return code;
        if (code == GX_OK) {
            p->done++;
        } else if (!p->problem.n) {
            struct gx_str text = gx_ctx_text(p->ctx);
            p->problem = (struct gx_str){ text.p, text.n < 500 ? text.n : 500 };
        }
        gx_ctx_clear(p->ctx);
    }
    return sign(p, conn, o.erasure);
}

static enum gx_code note_run(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    struct gx_value values[] = { gx_value_int(p->rule ? p->rule->id : 0),
                                 gx_value_int(p->ctx->now_us), gx_value_int(p->run),
                                 p->problem.n ? gx_value_text(p->problem) : GX_NULL_VALUE };
    struct gx_audit_note note = {
        .what = "privacy",
        .data = p->rule ? gx_arena_printf(p->ctx->arena, "{\"retention rule %lld\":[null,%lld]}",
                                          (long long)p->rule->id, (long long)p->run)
                        : gx_arena_printf(p->ctx->arena, "{\"recycle bin %.*s\":[null,%lld]}",
                                          GX_STR_ARG(p->object->x.name), (long long)p->run),
    };
    if (p->rule)
        GX_TRY(gx_db_exec(p->ctx, conn,
                          GX_SQL("UPDATE gx_retention SET ran_at = ?2, ran_count = ?3, "
                                 "problem = ?4 WHERE id = ?1"),
                          values, GX_COUNT(values), NULL));
    return p->run ? gx_audit_add(p->ctx, p->tenant, conn, &note) : GX_OK;
}

/* One piece; what went wrong is added to `problem` unless something is there already. */
static enum gx_code run_piece(struct piece *p, struct gx_arena *arena, struct gx_buf *problem)
{
    struct gx_ctx *ctx = p->ctx, own = *ctx;
    gx_arena_reset(arena);
    own.arena = arena;
    own.errors = own.last_error = NULL;
    own.error_count = 0;
    p->ctx = &own;
    p->problem = GX_STR("");
    enum gx_code code = gx_db_write(&own, p->tenant->db, work_piece, p);
    if (code != GX_OK)
        p->problem = gx_ctx_text(&own);
    if (!problem->n)
        gx_buf_add(problem, p->problem);
    p->run += code == GX_OK ? p->done : 0;
    p->after = p->last;
    p->ctx = ctx;
    return code;
}

/* A rule, or the bin of one object, to its end. */
static enum gx_code work_rule(struct piece *p, const atomic_bool *end)
{
    struct gx_arena arena = { 0 };
    struct gx_buf problem = { .max = 600 };
    enum gx_code code;
    p->run = p->after = p->last = 0;
    do
        code = run_piece(p, &arena, &problem);
    while (code == GX_OK && p->found == PIECE_RECORDS && !atomic_load(end));
    p->problem = gx_buf_str(&problem);
    code = gx_db_write(p->ctx, p->tenant->db, note_run, p);
    gx_buf_free(&problem);
    gx_arena_free(&arena);
    return code;
}

static enum gx_code work_all(struct piece *p, struct gx_retain_rule *rules, size_t count,
                             const struct gx_meta *meta, const atomic_bool *end)
{
    for (size_t i = 0; i < count && !atomic_load(end); i++) {
        p->rule = &rules[i];
        p->object = rules[i].object;
        GX_TRY(work_rule(p, end));
    }
    p->rule = NULL;
    for (size_t i = 0; p->bin_days && i < meta->object_count && !atomic_load(end); i++) {
        p->object = meta->objects[i];
        if (!gx_str_is(p->object->x.name, "user")) /* what people did stays theirs */
            GX_TRY(work_rule(p, end));
    }
    return GX_OK;
}

static enum gx_code note_day(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    return gx_setting_set(
        p->ctx, conn, GX_STR("retention_ran"),
        gx_arena_printf(p->ctx->arena, "%lld",
                        (long long)gx_date_of_moment(p->ctx->now_us, p->ctx->tz_offset_min)));
}

static enum gx_code read_setting(struct gx_ctx *ctx, struct gx_conn *conn, const char *key,
                                 int64_t *ret)
{
    struct gx_str text;
    *ret = 0;
    GX_TRY(gx_setting_get(ctx, conn, key, GX_STR("0"), &text));
    (void)!gx_str_int64(text, ret);
    return GX_OK;
}

enum gx_code gx_retain_work(struct gx_ctx *ctx, struct gx_tenant *tenant, bool now,
                            const atomic_bool *end)
{
    struct piece p = { .ctx = ctx, .tenant = tenant };
    struct gx_retain_rule *rules;
    struct gx_conn *conn;
    int64_t ran = 0;
    size_t count = 0;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    struct gx_scope *scope = gx_scope_system(ctx, tenant, conn, "rules of retention");
    enum gx_code code = read_setting(ctx, conn, "retention_ran", &ran);
    if (code == GX_OK)
        code = read_setting(ctx, conn, GX_SETTING_BIN_DAYS, &p.bin_days);
    if (code == GX_OK)
        code = retain_read(scope, &rules, &count);
    gx_db_reader_release(conn);
    GX_TRY(code);
    bool due = ran < gx_date_of_moment(ctx->now_us, ctx->tz_offset_min);
    if (!(now || due) || (!count && p.bin_days <= 0))
        return GX_OK;
    GX_TRY(seal_key_take(ctx, tenant, &p.key));
    code = work_all(&p, rules, count, gx_scope_meta(scope), end);
    sodium_memzero(&p.key, sizeof p.key);
    GX_TRY(code);
    return atomic_load(end) ? GX_E_CANCELLED : gx_db_write(ctx, tenant->db, note_day, &p);
}
