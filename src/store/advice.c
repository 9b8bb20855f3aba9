/* advice.c - see advice.h. */
#include "store/advice.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/list_int.h"
#include "store/store_int.h"

enum { PARTS_MAX = 4, TERMS_MAX = 16 };

struct advice {
    const struct gx_object *object;
    const struct gx_field *parts[PARTS_MAX];
    size_t count;
    bool fold_last; /* the last part is matched folded, not sorted */
    bool rank_last; /* the last part is a choice that is sorted by */
};

static bool is_text(const struct gx_field *f)
{
    return f->x.type == GX_TYPE_TEXT;
}

static bool add_part(struct advice *a, const struct gx_field *field)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->parts[i] == field)
            return true;
    if (a->count == PARTS_MAX || !field || field->part_count == 0)
        return false;
    a->parts[a->count++] = field;
    return true;
}

/* What is sorted by comes last, also when it is compared before. */
static bool add_last(struct advice *a, const struct gx_field *field)
{
    if (a->count == PARTS_MAX)
        return false;
    a->parts[a->count++] = field;
    return true;
}

/*
 * Equal terms first, then what the list is sorted by; without a sort, a range.  False when the sort
 * cannot be indexed (a path, a computed value, the title of a link).
 */
static bool think(const struct gx_list *list, struct advice *a)
{
    struct gx_expr_term terms[TERMS_MAX];
    size_t n = list->filter ? gx_expr_terms(list->filter, terms, TERMS_MAX) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct gx_field *f = gx_object_field(list->object, terms[i].field);
        if (terms[i].equal && f && !is_text(f))
            add_part(a, f);
    }
    const struct gx_expr *scoped = list->scope_filter;
    if (scoped && list->object->owner)
        add_part(a, list->object->owner);
    if (list->sort_count) {
        const struct gx_field *f = list->sorts[0].field;
        bool plain =
            f && list->sort_count == 1 && (f->x.type != GX_TYPE_LINK || f->slot == GX_SLOT_ID);
        a->rank_last = plain && f->x.type == GX_TYPE_CHOICE && f->choice_count > 0;
        return plain && (a->rank_last ? add_last(a, f) : add_part(a, f));
    }
    for (size_t i = 0; i < n && a->count == 0; i++) {
        const struct gx_field *f = gx_object_field(list->object, terms[i].field);
        bool same_text = terms[i].equal && f && is_text(f);
        if ((terms[i].range || terms[i].prefix || same_text) && f)
            add_part(a, f);
        a->fold_last = terms[i].prefix || same_text;
    }
    return a->count > 0;
}

static struct gx_str name_of(struct gx_arena *arena, const struct advice *a)
{
    struct gx_str key = a->object->id;
    for (size_t i = 0; i < a->count; i++)
        key = gx_arena_printf(arena, "%.*s.%.*s", GX_STR_ARG(key), GX_STR_ARG(a->parts[i]->id));
    const struct gx_field *last = a->rank_last ? a->parts[a->count - 1] : NULL;
    for (size_t i = 0; last && i < last->choice_count; i++) /* another order is another index */
        key =
            gx_arena_printf(arena, "%.*s|%.*s", GX_STR_ARG(key), GX_STR_ARG(last->choices[i].code));
    return gx_arena_printf(arena, "a_%016llx%s", (unsigned long long)gx_str_hash(key),
                           a->fold_last   ? "_fold"
                           : a->rank_last ? "_rank"
                                          : "");
}

/* What is built in the background lives on the heap, apart from the request. */
struct building {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_sqlb *sql;
    struct gx_str name;
};

static void index_sql(struct gx_sqlb *b, const struct advice *a, struct gx_str name)
{
    gx_sqlb_add(b, GX_SQL("CREATE INDEX IF NOT EXISTS "));
    gx_sqlb_name(b, name);
    gx_sqlb_add(b, GX_SQL(" ON "));
    gx_sqlb_name(b, a->object->x.table);
    gx_sqlb_add(b, GX_SQL(" ("));
    for (size_t i = 0; i < a->count; i++) {
        if (a->rank_last && i + 1 == a->count) {
            gx_sqlb_add(b, GX_SQL("("));
            gx_rank_sql(b, a->parts[i], GX_STR(""));
            gx_sqlb_add(b, GX_SQL("), "));
            continue;
        }
        if (!is_text(a->parts[i]))
            gx_sqlb_name(b, a->parts[i]->x.column);
        else if (a->fold_last)
            gx_sql_folded(b, GX_STR(""), a->parts[i]->x.column);
        else
            gx_sql_sorted(b, GX_STR(""), a->parts[i]->x.column);
        gx_sqlb_add(b, GX_SQL(", "));
    }
    gx_sqlb_add(b, GX_SQL("id) WHERE deleted_at IS NULL"));
}

static enum gx_code build(void *p, struct gx_conn *conn)
{
    struct building *job = p;
    struct gx_value values[] = { gx_value_text(job->name), gx_value_int(job->ctx.now_us) };
    GX_TRY(gx_db_exec(&job->ctx, conn, gx_sqlb_sql(job->sql), NULL, 0, NULL));
    return gx_db_exec(&job->ctx, conn,
                      GX_SQL("UPDATE gx_index_advice SET state = 'built', at = ?2 WHERE name = ?1"),
                      values, 2, NULL);
}

static void built(void *p, enum gx_code code)
{
    struct building *job = p;
    struct gx_log line;
    gx_log_begin(&line, code == GX_OK ? GX_LOG_INFO : GX_LOG_ERROR, "index_built");
    gx_log_str(&line, "index", job->name);
    gx_log_str(&line, "code", gx_str_c(gx_code_wire(code)));
    gx_log_end(&line);
    struct gx_arena arena = job->arena;
    gx_arena_free(&arena);
}

struct noting {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    const struct advice *advice;
    struct gx_str name, fields;
    int64_t took_us;
    bool asked;
};

static enum gx_code note(void *p, struct gx_conn *conn)
{
    struct noting *n = p;
    struct gx_value values[] = {
        gx_value_text(n->name),   gx_value_text(n->advice->object->id), gx_value_text(n->fields),
        gx_value_int(n->took_us), gx_value_int(n->ctx->now_us),
    };
    int64_t seen;
    GX_TRY(gx_db_int(n->ctx, conn, GX_SQL("SELECT seen FROM gx_index_advice WHERE name = ?1"),
                     values, 1, 0, &seen));
    n->asked = seen > 0;
    return gx_db_exec(n->ctx, conn,
                      GX_SQL("INSERT INTO gx_index_advice (name, object, fields, state, seen, "
                             "slowest_us, at) VALUES (?1, ?2, ?3, 'building', 1, ?4, ?5) "
                             "ON CONFLICT (name) DO UPDATE SET seen = gx_index_advice.seen + 1"),
                      values, GX_COUNT(values), NULL);
}

static void start_building(struct gx_scope *scope, const struct advice *a, struct gx_str name)
{
    struct gx_arena arena = { 0 };
    struct building *job = GX_ARENA_NEW(&arena, struct building);
    job->arena = arena;
    job->ctx = (struct gx_ctx){ .arena = &job->arena, .now_us = gx_scope_ctx(scope)->now_us };
    job->tenant = gx_scope_tenant(scope);
    job->name = gx_arena_str(&job->arena, name);
    job->sql = gx_sqlb_new(&job->arena, gx_db_dialect(job->tenant->db));
    index_sql(job->sql, a, name);
    gx_db_submit(job->tenant->db, build, built, job);
}

static struct gx_str field_names(struct gx_arena *arena, const struct advice *a)
{
    struct gx_str s = GX_STR("");
    for (size_t i = 0; i < a->count; i++)
        s = gx_arena_printf(arena, "%.*s%s%.*s", GX_STR_ARG(s), i ? ", " : "",
                            GX_STR_ARG(a->parts[i]->x.name));
    return s;
}

static bool is_slow(const struct gx_list *list, int64_t took_us)
{
    return took_us >= GX_LIST_SLOW_US && !list->has_cursor && !list->options.deleted;
}

/* *ret_can: an index can help; it is being built unless it was asked for before. */
static enum gx_code ask(struct gx_scope *scope, const struct gx_list *list, int64_t took_us,
                        struct noting *ret_noting, bool *ret_can)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct advice *a = GX_ARENA_NEW(ctx->arena, struct advice);
    a->object = list->object;
    *ret_can = think(list, a);
    struct gx_str name = name_of(ctx->arena, a);
    *ret_noting = (struct noting){ .ctx = ctx,
                                   .tenant = gx_scope_tenant(scope),
                                   .advice = a,
                                   .name = name,
                                   .fields = field_names(ctx->arena, a),
                                   .took_us = took_us };
    if (*ret_can && !gx_conn_is_writer(gx_scope_conn(scope))) {
        GX_TRY(gx_db_write(ctx, ret_noting->tenant->db, note, ret_noting));
        if (!ret_noting->asked)
            start_building(scope, a, name);
    }
    return GX_OK;
}

enum gx_code gx_advice_ask(struct gx_scope *scope, const struct gx_list *list, int64_t took_us,
                           bool *ret_building)
{
    struct noting n;
    *ret_building = false;
    if (is_slow(list, took_us))
        GX_TRY(ask(scope, list, took_us, &n, ret_building));
    return GX_OK;
}

enum gx_code gx_advice_give(struct gx_scope *scope, const struct gx_list *list, int64_t took_us,
                            struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct noting n;
    bool can;
    if (!is_slow(list, took_us)) {
        gx_jw_null(w);
        return GX_OK;
    }
    GX_TRY(ask(scope, list, took_us, &n, &can));
    gx_jw_object(w);
    gx_jw_key_int(w, "took_ms", took_us / 1000);
    gx_jw_key_str(w, "state",
                  can && !n.asked ? GX_STR("building")
                  : can           ? GX_STR("built")
                                  : GX_STR("none"));
    gx_jw_key_str(w, "index", n.fields);
    struct gx_error reason = { .message = can && !n.asked ? GX_M_ADVICE_BUILDING
                                          : can           ? GX_M_ADVICE_BUILT
                                                          : GX_M_ADVICE_NONE };
    gx_jw_key_str(w, "reason", gx_error_text(ctx->arena, &reason, ctx->lang));
    gx_jw_object_end(w);
    return GX_OK;
}
