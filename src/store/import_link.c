/*
 * import_link.c - which record does "GTXPro" in the column of a link mean?
 *
 * In this order: what somebody chose for this text; an id; a unique field (code, external id,
 * login …) exactly; the title, folded.  What is not found is counted and gets its nearest
 * titles as suggestions; with `accept_suggestions` the clearly nearest one is taken.
 */
#include <stdlib.h>

#include "base/id.h"
#include "base/text.h"
#include "store/import_int.h"
#include "store/list_int.h"

enum {
    NEAR_TITLES_MAX = 20000,
    SUGGESTIONS = 3,
    SUGGEST_AT_LEAST = 500,
    ACCEPT_AT_LEAST = 900, /* two companies may share all but two characters */
    ACCEPT_AHEAD = 80,     /* the second one must be this much further away */
    SHORT_CHARS_MIN = 2,   /* of a shortened name */
    SHORT_SCORE = 550,
    SHORT_SPAN = 200,
};

struct title {
    int64_t id; /* of a record; of a choice its place, from 1 */
    struct gx_str text, folded;
};

struct known {
    int64_t id;      /* 0: not found */
    bool left_empty; /* somebody said so */
    int64_t count;
    struct gx_str text;
    const struct gx_field *field;
    struct title near[SUGGESTIONS];
    int scores[SUGGESTIONS];
    int near_count;
    struct known *next; /* of those not found */
};

struct target {
    const struct gx_field *field;
    struct gx_map texts; /* → struct known */
    struct title *titles;
    size_t title_count;
    bool titles_read;
    struct target *next;
};

struct gx_linker {
    struct gx_arena *arena;
    const struct gx_import_plan *plan;
    struct target *targets;
    struct known *missing;
    size_t missing_count;
};

struct gx_linker *gx_linker_new(struct gx_arena *arena, const struct gx_import_plan *plan)
{
    struct gx_linker *linker = GX_ARENA_NEW(arena, struct gx_linker);
    linker->arena = arena;
    linker->plan = plan;
    return linker;
}

static struct target *target_of(struct gx_linker *linker, const struct gx_field *field)
{
    for (struct target *t = linker->targets; t; t = t->next)
        if (gx_str_eq(t->field->id, field->id))
            return t;
    struct target *t = GX_ARENA_NEW(linker->arena, struct target);
    t->field = field;
    t->next = linker->targets;
    linker->targets = t;
    return t;
}

static const struct gx_object *object_of(struct gx_scope *scope, const struct gx_field *field)
{
    return gx_meta_object(gx_scope_meta(scope), gx_str_c(field->x.object));
}

static void select_from(struct gx_sqlb *b, struct gx_scope *scope, const struct gx_object *to)
{
    gx_sqlb_add(b, GX_SQL("SELECT t.id, "));
    gx_title_sql(b, scope, to, GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, to->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL"));
    const struct gx_expr_env *env = gx_scope_env(scope);
    const struct gx_expr *filter = env->visible(env->visible_p, to->x.name);
    if (filter) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filter, env, GX_STR("t"));
    }
}

static enum gx_code first_id(struct gx_scope *scope, const struct gx_sqlb *b, int64_t *ret_id)
{
    return gx_db_int(gx_scope_ctx(scope), gx_scope_conn(scope), gx_sqlb_sql(b), b->values,
                     b->value_count, 0, ret_id);
}

static enum gx_code by_id(struct gx_scope *scope, const struct gx_object *to, struct gx_str text,
                          int64_t *ret_id)
{
    int64_t id;
    if (text.n < 12 || !gx_id_parse(text, &id))
        return GX_OK;
    struct gx_sqlb *b =
        gx_sqlb_new(gx_scope_ctx(scope)->arena, gx_conn_dialect(gx_scope_conn(scope)));
    select_from(b, scope, to);
    gx_sqlb_add(b, GX_SQL(" AND t.id = "));
    gx_sqlb_bind(b, gx_value_int(id));
    return first_id(scope, b, ret_id);
}

static enum gx_code by_unique(struct gx_scope *scope, const struct gx_object *to,
                              struct gx_str text, int64_t *ret_id)
{
    for (size_t i = 0; i < to->unique_count && *ret_id == 0; i++) {
        const struct gx_unique *u = &to->uniques[i];
        if (u->count != 1 || !gx_object_open_field(to, u->fields[0]->x.name) ||
            to->columns[u->fields[0]->slot].kind != GX_VALUE_TEXT)
            continue;
        struct gx_sqlb *b =
            gx_sqlb_new(gx_scope_ctx(scope)->arena, gx_conn_dialect(gx_scope_conn(scope)));
        select_from(b, scope, to);
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_sqlb_column(b, GX_STR("t"), u->fields[0]->x.column);
        gx_sqlb_add(b, GX_SQL(" = "));
        gx_sqlb_bind(b, gx_value_text(text));
        GX_TRY(first_id(scope, b, ret_id));
    }
    return GX_OK;
}

static enum gx_code by_title(struct gx_scope *scope, const struct gx_object *to, struct gx_str text,
                             int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    select_from(b, scope, to);
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_title_folded_sql(b, scope, to, GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_text(gx_text_fold(ctx->arena, text)));
    gx_sqlb_add(b, GX_SQL(" ORDER BY t.id LIMIT 1"));
    return first_id(scope, b, ret_id);
}

static struct title new_title(struct gx_linker *linker, int64_t id, struct gx_str text)
{
    return (struct title){ id, text, gx_text_fold(linker->arena, text) };
}

static enum gx_code read_titles(struct gx_linker *linker, struct gx_scope *scope, struct target *t,
                                const struct gx_object *to)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_rows *rows;
    bool has;
    select_from(b, scope, to);
    gx_sqlb_add(b, GX_SQL(" ORDER BY t.id DESC LIMIT "));
    gx_sqlb_bind(b, gx_value_int(NEAR_TITLES_MAX));
    GX_TRY(
        gx_db_query(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, &rows));
    t->titles = GX_ARENA_ARRAY(linker->arena, struct title, NEAR_TITLES_MAX);
    t->title_count = 0;
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has &&
           t->title_count < NEAR_TITLES_MAX)
        t->titles[t->title_count++] = new_title(linker, gx_rows_int(rows, 0),
                                                gx_arena_str(linker->arena, gx_rows_text(rows, 1)));
    gx_rows_close(rows);
    t->titles_read = true;
    return code;
}

/*
 * People shorten names: 鴻海 for 鴻海精密工業.  Worth a suggestion, but never taken unasked: there
 * may be others that begin so.
 */
static int shortened(struct gx_str a, struct gx_str b)
{
    struct gx_str shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;
    if (gx_text_length(shorter) < SHORT_CHARS_MIN ||
        !memmem(longer.p, longer.n, shorter.p, shorter.n))
        return 0;
    return SHORT_SCORE + (int)(SHORT_SPAN * shorter.n / longer.n);
}

static void rank(struct gx_linker *linker, struct known *k, const struct target *t)
{
    struct gx_str folded = gx_text_fold(linker->arena, k->text);
    for (size_t i = 0; i < t->title_count; i++) {
        int score = gx_text_near(t->titles[i].text, k->text);
        int part = score < SHORT_SCORE ? shortened(t->titles[i].folded, folded) : 0;
        score = part > score ? part : score;
        int at = k->near_count, same = 0;
        if (score < SUGGEST_AT_LEAST)
            continue;
        while (same < k->near_count && k->near[same].id != t->titles[i].id)
            same++;
        if (same < k->near_count && k->scores[same] >= score)
            continue; /* another name of what is there already */
        if (same < k->near_count) {
            for (; same + 1 < k->near_count; same++) {
                k->near[same] = k->near[same + 1];
                k->scores[same] = k->scores[same + 1];
            }
            at = --k->near_count;
        }
        while (at > 0 && k->scores[at - 1] < score)
            at--;
        if (at >= SUGGESTIONS)
            continue;
        int last = k->near_count < SUGGESTIONS ? k->near_count++ : SUGGESTIONS - 1;
        for (; last > at; last--) {
            k->near[last] = k->near[last - 1];
            k->scores[last] = k->scores[last - 1];
        }
        k->near[at] = t->titles[i];
        k->scores[at] = score;
    }
}

static bool clearly_nearest(const struct known *k)
{
    return k->near_count > 0 && k->scores[0] >= ACCEPT_AT_LEAST &&
           (k->near_count == 1 || k->scores[0] - k->scores[1] >= ACCEPT_AHEAD);
}

/*
 * What somebody chose for this text of this field: an id, or the code of a choice; "" when nothing
 * was said, or when it is to be left empty.
 */
static struct gx_str chosen(const struct gx_linker *linker, struct known *k)
{
    const struct gx_json *list = linker->plan->links, *texts = NULL;
    for (const struct gx_json *f = list ? list->first : NULL; f; f = f->next)
        if (gx_str_eq(f->key, k->field->x.name))
            texts = f;
    for (const struct gx_json *t = texts ? texts->first : NULL; t; t = t->next) {
        if (!gx_str_eq(t->key, k->text))
            continue;
        k->left_empty = t->kind == GX_JSON_NULL;
        if (t->kind == GX_JSON_STRING)
            return t->text;
    }
    return GX_STR("");
}

static enum gx_code look_up(struct gx_linker *linker, struct gx_scope *scope, struct target *t,
                            struct known *k)
{
    const struct gx_object *to = object_of(scope, t->field);
    k->id = 0;
    if (gx_id_parse(chosen(linker, k), &k->id) || k->left_empty)
        return GX_OK;
    if (!k->id)
        GX_TRY(by_id(scope, to, k->text, &k->id));
    if (!k->id)
        GX_TRY(by_unique(scope, to, k->text, &k->id));
    if (!k->id)
        GX_TRY(by_title(scope, to, k->text, &k->id));
    return GX_OK;
}

static void remember_missing(struct gx_linker *linker, struct known *k)
{
    if (linker->plan->accept_suggestions && clearly_nearest(k))
        k->id = k->near[0].id;
    k->next = linker->missing;
    linker->missing = k;
    linker->missing_count++;
}

static enum gx_code suggest(struct gx_linker *linker, struct gx_scope *scope, struct target *t,
                            struct known *k)
{
    if (!t->titles_read)
        GX_TRY(read_titles(linker, scope, t, object_of(scope, t->field)));
    rank(linker, k, t);
    remember_missing(linker, k);
    return GX_OK;
}

void gx_linker_forget(struct gx_linker *linker, const struct gx_field *field, struct gx_str text)
{
    struct target *t = target_of(linker, field);
    struct known *k = gx_map_get(&t->texts, text);
    if (k)
        k->id = -1; /* look again */
    t->titles_read = false;
}

enum gx_code gx_linker_find(struct gx_linker *linker, struct gx_scope *scope,
                            const struct gx_field *field, struct gx_str text, bool quiet,
                            int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct target *t = target_of(linker, field);
    struct known *k = gx_map_get(&t->texts, text);
    bool fresh = !k;
    if (fresh) {
        k = GX_ARENA_NEW(linker->arena, struct known);
        k->text = gx_arena_str(linker->arena, text);
        k->field = field;
        gx_map_set(&t->texts, linker->arena, k->text, k);
    }
    if (fresh || k->id < 0 || (quiet && k->id == 0)) {
        bool asked_before = k->near_count > 0;
        GX_TRY(look_up(linker, scope, t, k));
        if (!k->id && !k->left_empty && !quiet && !asked_before)
            GX_TRY(suggest(linker, scope, t, k));
    } else if (!k->id && !k->left_empty && !quiet && k->count == 0) {
        GX_TRY(suggest(linker, scope, t, k)); /* it was only asked for quietly so far */
    }
    if (!quiet)
        k->count++;
    *ret_id = k->id;
    if (k->id || k->left_empty || quiet)
        return GX_OK;
    struct gx_str label = gx_label_text(&field->label, ctx->lang);
    return k->near_count ? gx_fail(ctx, GX_E_INVALID, field->x.name, GX_M_LINK_NEAR, label, text,
                                   k->near[0].text)
                         : gx_fail(ctx, GX_E_INVALID, field->x.name, GX_M_LINK_NONE, label, text);
}

/* Codes and labels of a choice field as titles, so that they are ranked like records. */
static void list_choices(struct gx_linker *linker, struct target *t)
{
    const struct gx_field *f = t->field;
    t->titles =
        GX_ARENA_ARRAY(linker->arena, struct title, f->choice_count * (GX_LANG_COUNT + 1) + 1);
    for (size_t i = 0; i < f->choice_count; i++) {
        t->titles[t->title_count++] = new_title(linker, (int64_t)i + 1, f->choices[i].code);
        for (int l = 0; l < GX_LANG_COUNT; l++)
            t->titles[t->title_count++] =
                new_title(linker, (int64_t)i + 1, f->choices[i].label.text[l]);
    }
    t->titles_read = true;
}

static int64_t place_of(struct gx_linker *linker, const struct gx_field *field, struct gx_str text)
{
    struct gx_str folded = gx_text_fold(linker->arena, text);
    for (size_t i = 0; i < field->choice_count; i++) {
        struct gx_str names[] = { field->choices[i].code, field->choices[i].label.text[0],
                                  field->choices[i].label.text[1] };
        for (size_t k = 0; k < GX_COUNT(names); k++)
            if (names[k].n && gx_str_eq(gx_text_fold(linker->arena, names[k]), folded))
                return (int64_t)i + 1;
    }
    return 0;
}

enum gx_code gx_linker_choice(struct gx_linker *linker, struct gx_scope *scope,
                              const struct gx_field *field, struct gx_str text,
                              struct gx_str *ret_code)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct target *t = target_of(linker, field);
    struct known *k = gx_map_get(&t->texts, text);
    if (!k) {
        k = GX_ARENA_NEW(linker->arena, struct known);
        k->text = gx_arena_str(linker->arena, text);
        k->field = field;
        struct gx_str mine = chosen(linker, k);
        k->id = k->left_empty ? 0 : place_of(linker, field, mine.n ? mine : text);
        gx_map_set(&t->texts, linker->arena, k->text, k);
        if (!t->titles_read)
            list_choices(linker, t);
        if (!k->id && !k->left_empty) {
            rank(linker, k, t);
            remember_missing(linker, k);
        }
    }
    k->count++;
    if (k->id || k->left_empty) {
        *ret_code = k->id ? field->choices[k->id - 1].code : GX_STR("");
        return GX_OK;
    }
    struct gx_str label = gx_label_text(&field->label, ctx->lang);
    return k->near_count
               ? gx_fail(ctx, GX_E_INVALID, field->x.name, GX_M_NOT_A_CHOICE_NEAR, label, text,
                         k->near[0].text)
               : gx_fail(ctx, GX_E_INVALID, field->x.name, GX_M_NOT_A_CHOICE, label, text);
}

static void write_key(struct gx_jw *w, const struct known *k, int64_t id)
{
    if (k->field->choice_count)
        gx_jw_str(w, k->field->choices[id - 1].code);
    else
        gx_jw_id(w, id);
}

void gx_linker_report(const struct gx_linker *linker, struct gx_jw *w)
{
    int shown = 0;
    gx_jw_array(w);
    for (const struct known *k = linker->missing; k && shown < GX_IMPORT_LINKS_SHOWN_MAX;
         k = k->next) {
        shown++;
        gx_jw_object(w);
        gx_jw_key_str(w, "field", k->field->x.name);
        gx_jw_key_str(w, "text", k->text);
        gx_jw_key_int(w, "count", k->count);
        gx_jw_key(w, GX_STR("taken"));
        if (k->id > 0)
            write_key(w, k, k->id);
        else
            gx_jw_null(w);
        gx_jw_key(w, GX_STR("suggestions"));
        gx_jw_array(w);
        for (int i = 0; i < k->near_count; i++) {
            gx_jw_object(w);
            gx_jw_key(w, GX_STR("id"));
            write_key(w, k, k->near[i].id);
            gx_jw_key_str(w, "title", k->near[i].text);
            gx_jw_key_int(w, "score", k->scores[i]);
            gx_jw_object_end(w);
        }
        gx_jw_array_end(w);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}
