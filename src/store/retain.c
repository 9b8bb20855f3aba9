/* retain.c - rules of retention: checked, kept, asked; see retain.h. */
#include "store/retain.h"

#include "base/assert.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/list_int.h"
#include "store/retain_int.h"

int64_t gx_retain_before(int64_t now_us, int32_t tz_offset_min, bool is_date, int64_t days)
{
    int64_t day = gx_date_of_moment(now_us, tz_offset_min) - days;
    return is_date ? day : day * GX_DAY_US - tz_offset_min * GX_MINUTE_US;
}

static enum gx_code wrong(struct gx_scope *scope, const char *path, struct gx_str what)
{
    return gx_fail(gx_scope_ctx(scope), GX_E_INVALID, gx_str_c(path), GX_M_BAD_FORMAT,
                   gx_str_c(path), what);
}

static bool is_time(const struct gx_field *f)
{
    return f && f->part_count > 0 && (f->x.type == GX_TYPE_DATE || f->x.type == GX_TYPE_MOMENT);
}

enum gx_code retain_check(struct gx_scope *scope, const struct gx_retain_rule *rule,
                          const struct gx_expr **ret_filter)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_meta *meta = gx_scope_meta(scope);
    bool blank = gx_str_is(rule->action, "blank");
    *ret_filter = NULL;
    if (rule->object->governs || gx_str_is(rule->object->x.name, "user"))
        return wrong(scope, "object", rule->object->x.name);
    if (!is_time(gx_object_any_field(rule->object, rule->field)))
        return wrong(scope, "field", rule->field);
    if (blank != (rule->fields.n > 0))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("fields"), GX_M_RETAIN_FIELDS);
    for (size_t i = 0; i < rule->fields.n; i++) {
        const struct gx_field *f = gx_object_any_field(rule->object, rule->fields.v[i]);
        if (!f || f->system || f->required || f->part_count == 0 || f->type->computed)
            return wrong(scope, "fields", rule->fields.v[i]);
    }
    if (!gx_str_trim(rule->filter).n)
        return GX_OK;
    enum gx_code code = gx_expr_parse(ctx, NULL, &meta->schema, rule->object->x.name, rule->filter,
                                      GX_TYPE_BOOL, ret_filter);
    if (code != GX_OK && ctx->last_error)
        ctx->last_error->path = GX_STR("filter");
    return code;
}

/* --- which records */

static void add_hold(struct gx_sqlb *b, struct gx_str column, struct gx_str own, bool *first)
{
    gx_sqlb_add(b, *first ? GX_SQL("h.") : GX_SQL(" OR h."));
    gx_sqlb_name(b, column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_column(b, GX_STR("t"), own);
    *first = false;
}

/* A hold on the record, or on the account or contact that it is about. */
static void and_hold(struct gx_sqlb *b, struct gx_scope *scope, const struct gx_object *object,
                     bool held)
{
    const struct gx_object *hold = gx_meta_object(gx_scope_meta(scope), GX_STR("legal_hold"));
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    bool first = true;
    for (size_t i = 0; hold && i < hold->field_count; i++) {
        const struct gx_field *link = &hold->fields[i];
        if (link->system || link->x.type != GX_TYPE_LINK || link->type->computed)
            continue;
        for (size_t k = 0; k <= object->field_count; k++) {
            const struct gx_field *f = k < object->field_count ? &object->fields[k] : NULL;
            bool self = !f && gx_str_is(object->x.name, link->x.object);
            bool points = f && !f->system && f->x.type == GX_TYPE_LINK && !f->type->computed &&
                          strcmp(f->x.object, link->x.object) == 0;
            if (!self && !points)
                continue;
            if (first) {
                gx_sqlb_add(b, held ? GX_SQL(" AND EXISTS (SELECT 1 FROM ")
                                    : GX_SQL(" AND NOT EXISTS (SELECT 1 FROM "));
                gx_sqlb_name(b, hold->x.table);
                gx_sqlb_add(b, GX_SQL(" h WHERE h.deleted_at IS NULL AND coalesce(h.until, "));
                gx_sqlb_bind(b, gx_value_int(GX_DATE_MAX));
                gx_sqlb_add(b, GX_SQL(") >= "));
                gx_sqlb_bind(b, gx_value_int(gx_date_of_moment(ctx->now_us, ctx->tz_offset_min)));
                gx_sqlb_add(b, GX_SQL(" AND ("));
            }
            add_hold(b, link->x.column, self ? GX_STR("id") : f->x.column, &first);
        }
    }
    if (!first)
        gx_sqlb_add(b, GX_SQL("))"));
    else if (held)
        gx_sqlb_add(b, GX_SQL(" AND 1 = 0"));
}

void retain_where(struct gx_sqlb *b, struct gx_scope *scope, const struct gx_object *object,
                  const struct gx_retain_rule *rule, const struct gx_expr *filter, int64_t bin_days,
                  bool held)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_field *field = rule ? gx_object_any_field(object, rule->field) : NULL;
    bool date = field && field->x.type == GX_TYPE_DATE;
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, rule ? GX_SQL(" t WHERE t.deleted_at IS NULL AND ")
                        : GX_SQL(" t WHERE t.deleted_at IS NOT NULL AND "));
    gx_sqlb_column(b, GX_STR("t"), field ? field->x.column : GX_STR("deleted_at"));
    gx_sqlb_add(b, GX_SQL(" < "));
    gx_sqlb_bind(b, gx_value_int(gx_retain_before(ctx->now_us, ctx->tz_offset_min, date,
                                                  rule ? rule->days : bin_days)));
    if (rule && gx_str_is(rule->action, "blank")) {
        gx_sqlb_add(b, GX_SQL(" AND ("));
        for (size_t i = 0; i < rule->fields.n; i++) {
            gx_sqlb_add(b, i ? GX_SQL(" OR ") : GX_SQL(""));
            gx_sqlb_column(b, GX_STR("t"),
                           gx_object_any_field(object, rule->fields.v[i])->x.column);
            gx_sqlb_add(b, GX_SQL(" IS NOT NULL"));
        }
        gx_sqlb_add(b, GX_SQL(")"));
    }
    if (filter) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filter, gx_scope_env(scope), GX_STR("t"));
    }
    and_hold(b, scope, object, held);
}

static enum gx_code count(struct gx_scope *scope, const struct gx_retain_rule *rule,
                          const struct gx_expr *filter, bool held, int64_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT count(*)"));
    retain_where(b, scope, rule->object, rule, filter, 0, held);
    GX_TRY(gx_buf_check(&b->text));
    return gx_db_int(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, 0,
                     ret_count);
}

enum gx_code gx_retain_preview(struct gx_scope *scope, const struct gx_retain_rule *rule,
                               struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr *filter;
    int64_t n, held;
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(retain_check(scope, rule, &filter));
    GX_TRY(count(scope, rule, filter, false, &n));
    GX_TRY(count(scope, rule, filter, true, &held));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT t.id, "));
    gx_title_sql(b, scope, rule->object, GX_STR("t"));
    retain_where(b, scope, rule->object, rule, filter, 0, false);
    gx_sqlb_add(b, GX_SQL(" ORDER BY t.id LIMIT "));
    gx_sqlb_int(b, GX_RETAIN_EXAMPLES);
    GX_TRY(
        gx_db_query(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, &rows));
    gx_jw_object(w);
    gx_jw_key_int(w, "count", n);
    gx_jw_key_int(w, "held", held);
    gx_jw_key(w, GX_STR("examples"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "title", gx_rows_text(rows, 1));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return code;
}

/* --- kept in the store */

static struct gx_str fields_text(struct gx_arena *arena, const struct gx_strs *fields)
{
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < fields->n; i++) {
        gx_buf_addz(&out, i ? "," : "");
        gx_buf_add(&out, fields->v[i]);
    }
    struct gx_str text = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static struct gx_strs fields_of(struct gx_arena *arena, struct gx_str text)
{
    struct gx_strs fields = { GX_ARENA_ARRAY(arena, struct gx_str, text.n / 2 + 1), 0 };
    struct gx_str piece;
    while (gx_str_split(&text, ',', &piece))
        if (piece.n)
            fields.v[fields.n++] = piece;
    return fields;
}

static enum gx_code note(struct gx_scope *scope, int64_t id, const char *was, const char *is)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_audit_note n = {
        .by = gx_scope_me(scope),
        .what = "privacy",
        .data = gx_arena_printf(ctx->arena, "{\"retention rule %lld\":[%s,%s]}", (long long)id, was,
                                is),
    };
    return gx_audit_add(ctx, gx_scope_tenant(scope), gx_scope_conn(scope), &n);
}

enum gx_code gx_retain_save(struct gx_scope *scope, const struct gx_retain_rule *rule,
                            int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    const struct gx_expr *filter;
    int64_t n, changed = 1;
    GX_TRY(retain_check(scope, rule, &filter));
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_retention"), NULL, 0, 0, &n));
    if (!rule->id && n >= GX_RETAIN_RULES_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_TOO_BIG,
                       gx_arena_printf(ctx->arena, "%d", GX_RETAIN_RULES_MAX));
    *ret_id = rule->id ? rule->id : gx_id_next(&gx_scope_tenant(scope)->ids, ctx->now_us);
    struct gx_value values[] = {
        gx_value_int(*ret_id),
        gx_value_text(rule->name),
        gx_value_text(rule->object->id),
        gx_value_text(gx_str_trim(rule->filter)),
        gx_value_text(rule->field),
        gx_value_int(rule->days),
        gx_value_text(rule->action),
        gx_value_text(fields_text(ctx->arena, &rule->fields)),
        gx_value_int(rule->paused),
        gx_value_int(ctx->now_us),
        gx_value_int(gx_scope_me(scope)),
    };
    if (rule->id)
        GX_TRY(gx_db_exec(ctx, conn,
                          GX_SQL("UPDATE gx_retention SET name = ?2, object = ?3, filter = ?4, "
                                 "field = ?5, days = ?6, action = ?7, fields = ?8, paused = ?9, "
                                 "changed_at = ?10, changed_by = ?11 WHERE id = ?1"),
                          values, GX_COUNT(values), &changed));
    else
        GX_TRY(gx_db_exec(ctx, conn,
                          GX_SQL("INSERT INTO gx_retention (id, name, object, filter, field, days, "
                                 "action, fields, paused, changed_at, changed_by) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
                          values, GX_COUNT(values), NULL));
    if (!changed)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                       gx_arena_printf(ctx->arena, "%lld", (long long)rule->id));
    return note(scope, *ret_id, rule->id ? "\"\"" : "null",
                gx_arena_printf(ctx->arena, "\"%.*s %lld %s\"", GX_STR_ARG(rule->object->x.name),
                                (long long)rule->days, rule->paused ? "paused" : "on")
                    .p);
}

enum gx_code gx_retain_remove(struct gx_scope *scope, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value key = gx_value_int(id);
    int64_t changed;
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope), GX_SQL("DELETE FROM gx_retention WHERE id = ?1"),
                      &key, 1, &changed));
    if (!changed)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                       gx_arena_printf(ctx->arena, "%lld", (long long)id));
    return note(scope, id, "\"\"", "null");
}

static const struct gx_object *object_of(struct gx_scope *scope, struct gx_str id)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    for (size_t i = 0; i < meta->object_count; i++)
        if (gx_str_eq(meta->objects[i]->id, id))
            return meta->objects[i];
    return NULL;
}

#define RULE_COLUMNS                                                                               \
    "SELECT id, name, object, filter, field, days, action, fields, paused, ran_at, ran_count, "    \
    "problem FROM gx_retention ORDER BY id"

static struct gx_retain_rule take(struct gx_scope *scope, const struct gx_rows *rows)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    return (struct gx_retain_rule){
        .id = gx_rows_int(rows, 0),
        .name = gx_arena_str(arena, gx_rows_text(rows, 1)),
        .object = object_of(scope, gx_rows_text(rows, 2)),
        .filter = gx_arena_str(arena, gx_rows_text(rows, 3)),
        .field = gx_arena_str(arena, gx_rows_text(rows, 4)),
        .days = gx_rows_int(rows, 5),
        .action = gx_arena_str(arena, gx_rows_text(rows, 6)),
        .fields = fields_of(arena, gx_arena_str(arena, gx_rows_text(rows, 7))),
        .paused = gx_rows_int(rows, 8) != 0,
    };
}

enum gx_code retain_read(struct gx_scope *scope, struct gx_retain_rule **ret_rules,
                         size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_retain_rule *rules =
        GX_ARENA_ARRAY(ctx->arena, struct gx_retain_rule, GX_RETAIN_RULES_MAX);
    struct gx_rows *rows;
    enum gx_code code;
    size_t n = 0;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope), GX_SQL(RULE_COLUMNS), NULL, 0, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < GX_RETAIN_RULES_MAX) {
        rules[n] = take(scope, rows);
        n += rules[n].object && !rules[n].paused;
    }
    gx_rows_close(rows);
    *ret_rules = rules;
    *ret_count = n;
    return code;
}

enum gx_code gx_retain_list(struct gx_scope *scope, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope), GX_SQL(RULE_COLUMNS), NULL, 0, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_retain_rule rule = take(scope, rows);
        gx_jw_object(w);
        gx_jw_key_id(w, "id", rule.id);
        gx_jw_key_str(w, "name", rule.name);
        gx_jw_key_str(w, "object", rule.object ? rule.object->x.name : gx_rows_text(rows, 2));
        gx_jw_key_str(w, "filter", rule.filter);
        gx_jw_key_str(w, "field", rule.field);
        gx_jw_key_int(w, "days", rule.days);
        gx_jw_key_str(w, "action", rule.action);
        gx_jw_key(w, GX_STR("fields"));
        gx_jw_array(w);
        for (size_t i = 0; i < rule.fields.n; i++)
            gx_jw_str(w, rule.fields.v[i]);
        gx_jw_array_end(w);
        gx_jw_key_bool(w, "paused", rule.paused);
        gx_jw_key(w, GX_STR("ran_at"));
        if (gx_rows_int(rows, 9))
            gx_jw_str(w, gx_moment_format(ctx->arena, gx_rows_int(rows, 9)));
        else
            gx_jw_null(w);
        gx_jw_key_int(w, "ran_count", gx_rows_int(rows, 10));
        gx_jw_key_str(w, "problem", gx_rows_text(rows, 11));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    return code;
}
