/*
 * expiry_run.c - the work of a day, in pieces: what is due is found on a reader, and asked about
 * again on the writer, in the transaction that makes the reminder.
 */
#include "base/log.h"
#include "base/time.h"
#include "flow/expiry_int.h"

enum { PIECE = 100, PENDING_DAYS = 120, FOUND_DAYS = 365 };

struct piece {
    struct gx_ctx ctx;
    struct gx_arena arena;
    struct gx_tenant *tenant;
    const struct gx_expiry *expiry; /* as it was declared when the run began */
    size_t step;
    int64_t today;
    struct expiry_due due[PIECE];
    int64_t ids[PIECE][3]; /* reminder, activity, message */
    size_t count;
    struct gx_expiry_tally tally; /* of this piece */
};

static void begin(struct piece *p)
{
    gx_arena_reset(&p->arena);
    p->ctx.arena = &p->arena;
    gx_ctx_clear(&p->ctx);
    p->tally = (struct gx_expiry_tally){ 0 };
}

static struct gx_scope *scope_on(struct piece *p, struct gx_conn *conn)
{
    return gx_scope_system(&p->ctx, p->tenant, conn, "expiry");
}

/* As it is declared now, which may be not at all: definitions change while people work. */
static const struct gx_expiry *expiry_now(const struct piece *p, const struct gx_scope *scope)
{
    return gx_meta_expiry(gx_scope_meta(scope), p->expiry->name);
}

/* One that cannot be written does not hold up the others; the store's own troubles do. */
static enum gx_code outcome(struct piece *p, enum gx_code code)
{
    if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL || code == GX_E_CANCELLED)
        return code;
    if (code != GX_OK) {
        if (p->tally.failed++ == 0)
            gx_log_say(GX_LOG_ERROR, "expiry", gx_ctx_text(&p->ctx));
        gx_ctx_clear(&p->ctx);
    }
    return GX_OK;
}

static bool has_step(const struct piece *p, const struct gx_expiry *x)
{
    return x && p->step < x->step_count && x->steps[p->step].days == p->expiry->steps[p->step].days;
}

/* --- reminders */

struct one {
    struct piece *piece;
    struct gx_scope *scope;
    const struct expiry_asking *asking;
    struct expiry_due due;
    bool made, silent;
};

static enum gx_code remind_one(void *v, struct gx_conn *conn)
{
    struct one *o = v;
    struct expiry_case c;
    bool live;
    (void)conn;
    o->made = o->silent = false;
    GX_TRY(expiry_ask(o->asking, o->due, &c, &live));
    if (!live)
        return GX_OK;
    return expiry_make(o->scope, o->asking->expiry, o->piece->step, o->piece->today, &c, &o->made,
                       &o->silent);
}

static enum gx_code remind_piece(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    begin(p);
    struct gx_scope *scope = scope_on(p, conn);
    const struct gx_expiry *x = expiry_now(p, scope);
    struct expiry_asking asking;
    if (!has_step(p, x))
        return GX_OK; /* the next run knows */
    GX_TRY(expiry_ask_start(scope, x, &asking));
    for (size_t i = 0; i < p->count; i++) {
        struct one o = { .piece = p, .scope = scope, .asking = &asking, .due = p->due[i] };
        GX_TRY(outcome(p, gx_db_try(&p->ctx, conn, remind_one, &o)));
        p->tally.reminded += o.made && !o.silent;
        p->tally.silent += o.made && o.silent;
    }
    return GX_OK;
}

static void add(struct gx_expiry_tally *sum, const struct gx_expiry_tally *t)
{
    sum->reminded += t->reminded;
    sum->silent += t->silent;
    sum->renewed += t->renewed;
    sum->withdrawn += t->withdrawn;
    sum->failed += t->failed;
    sum->more |= t->more;
}

static enum gx_code find_piece(struct piece *p, struct expiry_due after, size_t max)
{
    struct gx_conn *conn;
    begin(p);
    GX_TRY(gx_db_reader(&p->ctx, p->tenant->db, &conn));
    struct gx_scope *scope = scope_on(p, conn);
    const struct gx_expiry *x = expiry_now(p, scope);
    p->count = 0;
    enum gx_code code =
        has_step(p, x) ? expiry_next(scope, x, p->step, p->today, after, p->due, max, &p->count)
                       : GX_OK;
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code remind_step(struct piece *p, int64_t *left, const atomic_bool *end,
                                struct gx_expiry_tally *sum)
{
    struct expiry_due after = { 0, GX_DATE_MIN };
    for (;;) {
        size_t max = *left < PIECE ? (size_t)(*left > 0 ? *left : 1) : PIECE;
        if (atomic_load(end))
            return GX_E_CANCELLED;
        GX_TRY(find_piece(p, after, max));
        if (!p->count)
            return GX_OK;
        if (*left <= 0) {
            sum->more = true;
            return GX_OK;
        }
        GX_TRY(gx_db_write(&p->ctx, p->tenant->db, remind_piece, p));
        after = p->due[p->count - 1];
        *left -= p->tally.reminded + p->tally.silent;
        add(sum, &p->tally);
    }
}

/* --- what turned out to be renewed */

static enum gx_code find_renewed(struct piece *p, struct gx_scope *scope, int64_t after)
{
    const struct gx_expiry *x = expiry_now(p, scope);
    p->count = 0;
    if (!x || !x->found)
        return GX_OK;
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), x->object);
    struct gx_str column = gx_object_any_field(object, x->field)->x.column, t = GX_STR("t");
    struct gx_sqlb *b = gx_sqlb_new(&p->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    gx_sqlb_add(b, GX_SQL("SELECT t.id FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL AND t.id > "));
    gx_sqlb_bind(b, gx_value_int(after));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" >= "));
    gx_sqlb_bind(b, gx_value_int(p->today - FOUND_DAYS));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" <= "));
    gx_sqlb_bind(b, gx_value_int(p->today + x->steps[0].days));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, x->found, gx_scope_env(scope), t);
    gx_sqlb_add(b, GX_SQL(" ORDER BY t.id LIMIT "));
    gx_sqlb_int(b, PIECE);
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_query(&p->ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count,
                       &rows));
    while ((code = gx_rows_next(&p->ctx, rows, &has)) == GX_OK && has && p->count < PIECE)
        p->due[p->count++] = (struct expiry_due){ gx_rows_int(rows, 0), 0 };
    gx_rows_close(rows);
    return code;
}

static enum gx_code settle_one(void *v, struct gx_conn *conn)
{
    struct one *o = v;
    (void)conn;
    return expiry_settle(o->scope, expiry_now(o->piece, o->scope), o->due.record);
}

/* Found and settled in one transaction. */
static enum gx_code settle_piece(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    int64_t after = p->ids[0][0];
    begin(p);
    struct gx_scope *scope = scope_on(p, conn);
    GX_TRY(find_renewed(p, scope, after));
    for (size_t i = 0; i < p->count; i++) {
        struct one o = { .piece = p, .scope = scope, .due = p->due[i] };
        int64_t failed = p->tally.failed;
        GX_TRY(outcome(p, gx_db_try(&p->ctx, conn, settle_one, &o)));
        p->tally.renewed += p->tally.failed == failed;
    }
    return GX_OK;
}

static enum gx_code settle_all(struct piece *p, const atomic_bool *end, struct gx_expiry_tally *sum)
{
    int64_t after = 0;
    for (;;) {
        struct gx_conn *conn;
        begin(p);
        GX_TRY(gx_db_reader(&p->ctx, p->tenant->db, &conn));
        enum gx_code code = find_renewed(p, scope_on(p, conn), after);
        gx_db_reader_release(conn);
        GX_TRY(code);
        if (!p->count)
            return GX_OK;
        if (atomic_load(end))
            return GX_E_CANCELLED;
        p->ids[0][0] = after;
        GX_TRY(gx_db_write(&p->ctx, p->tenant->db, settle_piece, p));
        add(sum, &p->tally);
        if (!p->count)
            return GX_OK;
        after = p->due[p->count - 1].record;
    }
}

/* --- what is no longer needed */

static enum gx_code find_over(struct piece *p, struct gx_scope *scope, int64_t after)
{
    const struct gx_expiry *x = expiry_now(p, scope);
    p->count = 0;
    if (!x)
        return GX_OK;
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), x->object);
    struct gx_sqlb *b = gx_sqlb_new(&p->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    gx_sqlb_add(b, GX_SQL("SELECT r.id, r.activity, r.message FROM gx_expiry_reminder r WHERE "
                          "r.pending = 1 AND r.expiry = "));
    gx_sqlb_bind(b, gx_value_text(x->name));
    gx_sqlb_add(b, GX_SQL(" AND r.id > "));
    gx_sqlb_bind(b, gx_value_int(after));
    gx_sqlb_add(b, GX_SQL(" AND NOT EXISTS (SELECT 1 FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = r.record AND t.deleted_at IS NULL AND r.due = "));
    gx_sqlb_column(b, GX_STR("t"), gx_object_any_field(object, x->field)->x.column);
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, x->live, gx_scope_env(scope), GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(") ORDER BY r.id LIMIT "));
    gx_sqlb_int(b, PIECE);
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_query(&p->ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count,
                       &rows));
    while ((code = gx_rows_next(&p->ctx, rows, &has)) == GX_OK && has && p->count < PIECE) {
        for (int i = 0; i < 3; i++)
            p->ids[p->count][i] = gx_rows_int(rows, i);
        p->count++;
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code withdraw_piece(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    begin(p);
    struct gx_scope *scope = scope_on(p, conn);
    for (size_t i = 0; i < p->count; i++)
        GX_TRY(outcome(p, expiry_withdraw(scope, p->ids[i][0], p->ids[i][1], p->ids[i][2],
                                          &p->tally.withdrawn)));
    struct gx_value values[] = { gx_value_text(p->expiry->name),
                                 gx_value_int(p->today - PENDING_DAYS) };
    return gx_db_exec(&p->ctx, conn,
                      GX_SQL("UPDATE gx_expiry_reminder SET pending = 0 WHERE expiry = ?1 AND "
                             "pending = 1 AND made_on < ?2"),
                      values, 2, NULL);
}

static enum gx_code withdraw_all(struct piece *p, const atomic_bool *end,
                                 struct gx_expiry_tally *sum)
{
    int64_t after = 0;
    for (;;) {
        struct gx_conn *conn;
        begin(p);
        GX_TRY(gx_db_reader(&p->ctx, p->tenant->db, &conn));
        enum gx_code code = find_over(p, scope_on(p, conn), after);
        gx_db_reader_release(conn);
        GX_TRY(code);
        if (!p->count)
            return GX_OK;
        if (atomic_load(end))
            return GX_E_CANCELLED;
        GX_TRY(gx_db_write(&p->ctx, p->tenant->db, withdraw_piece, p));
        add(sum, &p->tally);
        after = p->ids[p->count - 1][0];
    }
}

/* --- a day */

static enum gx_code note_day(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    begin(p);
    return gx_setting_set(
        &p->ctx, conn, gx_arena_printf(&p->arena, "expiry_ran_%.*s", GX_STR_ARG(p->expiry->name)),
        gx_arena_printf(&p->arena, "%lld", (long long)p->today));
}

/* When it ran last, and how many of today's largest number are left. */
static enum gx_code read_state(struct piece *p, int64_t *ret_ran, int64_t *ret_left)
{
    struct gx_conn *conn;
    struct gx_str text;
    int64_t made = 0;
    begin(p);
    GX_TRY(gx_db_reader(&p->ctx, p->tenant->db, &conn));
    struct gx_str key = gx_arena_printf(&p->arena, "expiry_ran_%.*s", GX_STR_ARG(p->expiry->name));
    struct gx_value values[] = { gx_value_text(p->expiry->name), gx_value_int(p->today) };
    enum gx_code code =
        gx_setting_get(&p->ctx, conn, gx_arena_cstr(&p->arena, key), GX_STR(""), &text);
    if (code == GX_OK)
        code = gx_db_int(&p->ctx, conn,
                         GX_SQL("SELECT count(*) FROM gx_expiry_reminder WHERE expiry = ?1 AND "
                                "made_on = ?2"),
                         values, 2, 0, &made);
    gx_db_reader_release(conn);
    *ret_ran = GX_DATE_MIN;
    if (code == GX_OK && text.n)
        (void)!gx_str_int64(text, ret_ran);
    *ret_left = p->expiry->daily_max - made;
    return code;
}

static enum gx_code work_expiry(struct piece *p, bool now, int64_t *max, const atomic_bool *end,
                                struct gx_expiry_tally *sum)
{
    int64_t ran, left;
    GX_TRY(withdraw_all(p, end, sum));
    GX_TRY(read_state(p, &ran, &left));
    if (!now && ran >= p->today)
        return GX_OK;
    GX_TRY(settle_all(p, end, sum));
    GX_TRY(withdraw_all(p, end, sum));
    int64_t allowed = left < *max ? left : *max, before = allowed;
    struct gx_expiry_tally own = { 0 };
    for (size_t i = p->expiry->step_count; i-- > 0;) {
        p->step = i;
        GX_TRY(remind_step(p, &allowed, end, &own));
    }
    *max -= before - allowed;
    add(sum, &own);
    /* Cut short by the caller, not by the day's own number: the day is not over. */
    return own.more && left > before ? GX_OK : gx_db_write(&p->ctx, p->tenant->db, note_day, p);
}

enum gx_code gx_expiry_work(struct gx_ctx *ctx, struct gx_tenant *tenant, bool now, int64_t max,
                            const atomic_bool *end, struct gx_expiry_tally *ret_tally)
{
    struct gx_meta *meta = gx_tenant_meta(tenant);
    struct piece *p = GX_ARENA_NEW(ctx->arena, struct piece);
    struct gx_expiry_tally sum = { 0 };
    enum gx_code code = GX_OK;
    p->ctx = *ctx;
    p->tenant = tenant;
    p->today = gx_date_of_moment(ctx->now_us, ctx->tz_offset_min);
    for (size_t i = 0; i < meta->expiry_count && code == GX_OK; i++) {
        p->expiry = &meta->expiries[i];
        code = work_expiry(p, now, &max, end, &sum);
    }
    if (code != GX_OK && code != GX_E_CANCELLED)
        gx_log_say(GX_LOG_ERROR, "expiry", gx_ctx_text(&p->ctx));
    gx_arena_free(&p->arena);
    gx_meta_unref(meta);
    *ret_tally = sum;
    return code == GX_OK ? GX_OK : gx_fail(ctx, code, GX_STR(""), GX_M_NONE);
}
