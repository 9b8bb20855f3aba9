/* facts.c - facts and bulk tables as packs declare them, read and checked; see facts.h. */
#include "report/facts.h"

#include "report/facts_int.h"

const char *const gx_fact_kind_names[GX_FACT_KINDS + 1] = { "count", "sum",  "min", "max",
                                                            "next",  "list", NULL };

enum gx_code facts_bad(struct facts_reading *r, const struct gx_json *node, const char *path,
                       enum gx_message message, struct gx_str a, struct gx_str b)
{
    const struct gx_str args[] = { { "", 0 }, a, b };
    size_t count = b.p ? 2 : a.p ? 1 : 0;
    enum gx_code code =
        gx_fail_args(r->ctx, GX_E_INVALID, gx_str_c(path), -1, message, args, count);
    r->ctx->last_error->file = gx_arena_str(r->ctx->arena, r->file);
    r->ctx->last_error->line = node ? node->line : 1;
    return code;
}

enum gx_code facts_keys(struct facts_reading *r, const struct gx_json *node,
                        const char *const *known)
{
    enum gx_code code = GX_OK;
    if (node->kind != GX_JSON_OBJECT)
        return facts_bad(r, node, "", GX_M_WRONG_TYPE, node->key, GX_STR("an object {…}"));
    for (const struct gx_json *k = node->first; k; k = k->next) {
        size_t i = 0;
        while (known[i] && !gx_str_is(k->key, known[i]))
            i++;
        if (!known[i])
            code = facts_bad(r, k, gx_arena_cstr(r->ctx->arena, k->key), GX_M_UNKNOWN_KEY, k->key,
                             (struct gx_str){ 0 });
    }
    return code;
}

bool facts_name_ok(struct gx_str name)
{
    bool ok = name.n > 0 && name.n <= GX_NAME_BYTES_MAX && name.p[0] >= 'a' && name.p[0] <= 'z';
    for (size_t i = 0; i < name.n && ok; i++)
        ok = (name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') ||
             name.p[i] == '_';
    return ok;
}

struct gx_label facts_label(const struct gx_json *node)
{
    struct gx_label label = { 0 };
    if (node && node->kind == GX_JSON_OBJECT) {
        label.text[GX_LANG_EN] = gx_json_get_str(node, "en", GX_STR(""));
        label.text[GX_LANG_ZH_HANT] = gx_json_get_str(node, "zh-Hant", label.text[GX_LANG_EN]);
    }
    return label;
}

/* --- columns of the rows */

/* A field by its name, or a stored column: *ret_column as it is in the warehouse. */
static enum gx_code find_column(struct facts_reading *r, const struct gx_json *node,
                                const struct gx_object *object, const struct gx_bulk *bulk,
                                struct gx_str name, struct gx_str *ret_column)
{
    for (size_t i = 0; object && i < object->column_count; i++) {
        const struct gx_column *c = &object->columns[i];
        if (gx_str_eq(c->name, name) ||
            (c->part == 0 && c->field && gx_str_eq(c->field->x.name, name))) {
            *ret_column = c->name;
            return GX_OK;
        }
    }
    for (size_t i = 0; bulk && i < bulk->column_count; i++)
        if (gx_str_eq(bulk->columns[i].name, name)) {
            *ret_column = bulk->columns[i].name;
            return GX_OK;
        }
    return facts_bad(r, node, "", GX_M_FACT_COLUMN, name,
                     object ? object->x.name
                     : bulk ? bulk->name
                            : GX_STR(""));
}

static const struct gx_bulk *bulk_of(const struct gx_facts *all, const struct gx_fact *f)
{
    return f->object ? NULL : gx_facts_bulk(all, gx_str_from(f->table, sizeof "bulk_" - 1));
}

static enum gx_code read_where(struct facts_reading *r, const struct gx_fact *f,
                               const struct gx_json *node, struct gx_fact_where *where,
                               size_t *ret_count)
{
    for (const struct gx_json *k = node ? node->first : NULL; k; k = k->next) {
        bool not = gx_str_starts(k->key, GX_STR("!"));
        if (*ret_count == GX_FACT_WHERE_MAX)
            return facts_bad(r, k, "where", GX_M_META_TOO_MANY, (struct gx_str){ 0 },
                             (struct gx_str){ 0 });
        if (k->kind != GX_JSON_ARRAY || !k->first)
            return facts_bad(r, k, "where", GX_M_WRONG_TYPE, k->key, GX_STR("[\"…\"]"));
        struct gx_fact_where *w = &where[(*ret_count)++];
        *w = (struct gx_fact_where){ .any = k, .not = not };
        GX_TRY(find_column(r, k, f->object, bulk_of(r->all, f), gx_str_from(k->key, not ),
                           &w->column));
    }
    return GX_OK;
}

static enum gx_code read_kind(struct facts_reading *r, const struct gx_json *node,
                              enum gx_fact_kind *ret_kind)
{
    struct gx_str text = gx_json_get_str(node, "kind", GX_STR(""));
    for (int i = 0; i < GX_FACT_KINDS; i++)
        if (gx_str_is(text, gx_fact_kind_names[i])) {
            *ret_kind = (enum gx_fact_kind)i;
            return GX_OK;
        }
    return facts_bad(r, node, "kind", GX_M_FACT_WORD, text,
                     GX_STR("count, sum, min, max, next, list"));
}

static enum gx_code read_fact_column(struct facts_reading *r, struct gx_fact *f,
                                     const struct gx_json *node)
{
    static const char *const known[] = { "name", "label", "doc", "kind", "of", "where", NULL };
    GX_TRY(facts_keys(r, node, known));
    if (f->column_count == GX_FACT_COLUMNS_MAX)
        return facts_bad(r, node, "columns", GX_M_META_TOO_MANY, (struct gx_str){ 0 },
                         (struct gx_str){ 0 });
    struct gx_fact_column *c = &f->columns[f->column_count++];
    c->name = gx_json_get_str(node, "name", GX_STR(""));
    c->label = facts_label(gx_json_get(node, "label"));
    if (!facts_name_ok(c->name) || gx_str_is(c->name, "id"))
        return facts_bad(r, node, "name", GX_M_META_NAME, c->name, (struct gx_str){ 0 });
    for (size_t i = 0; i + 1 < f->column_count; i++)
        if (gx_str_eq(f->columns[i].name, c->name))
            return facts_bad(r, node, "name", GX_M_META_TWICE, c->name, (struct gx_str){ 0 });
    GX_TRY(read_kind(r, node, &c->kind));
    if (c->kind != GX_FACT_COUNT)
        GX_TRY(find_column(r, node, f->object, bulk_of(r->all, f),
                           gx_json_get_str(node, "of", GX_STR("")), &c->of));
    return read_where(r, f, gx_json_get(node, "where"), c->where, &c->where_count);
}

/* --- from the rows to whom they are about */

static enum gx_code step(struct facts_reading *r, const struct gx_json *node,
                         const struct gx_object *object, const struct gx_bulk *bulk,
                         struct gx_str name, struct gx_fact_step *ret)
{
    const struct gx_field *f = object ? gx_object_any_field(object, name) : NULL;
    *ret = (struct gx_fact_step){ 0 };
    if (f && f->x.type == GX_TYPE_LINK && !f->type->computed) {
        ret->object = gx_meta_object(r->meta, gx_str_c(f->x.object));
        ret->column = f->x.column;
    }
    for (size_t i = 0; bulk && i < bulk->column_count; i++)
        if (gx_str_eq(bulk->columns[i].name, name) && bulk->columns[i].type == GX_BULK_LINK) {
            ret->object = bulk->columns[i].to;
            ret->column = name;
        }
    if (!ret->object)
        return facts_bad(r, node, "path", GX_M_FACT_PATH, name, GX_STR("…"));
    ret->table = ret->object->x.table;
    return GX_OK;
}

static enum gx_code read_path(struct facts_reading *r, struct gx_fact *f,
                              const struct gx_json *root, struct gx_str about)
{
    const struct gx_json *path = gx_json_get(root, "path");
    const struct gx_object *at = f->object;
    const struct gx_bulk *bulk = bulk_of(r->all, f);
    for (const struct gx_json *k = path ? path->first : NULL; k; k = k->next) {
        if (f->path_count == GX_FACT_PATH_MAX)
            return facts_bad(r, k, "path", GX_M_META_TOO_MANY, (struct gx_str){ 0 },
                             (struct gx_str){ 0 });
        struct gx_fact_step *s = &f->path[f->path_count++];
        GX_TRY(step(r, k, at, bulk, k->text, s));
        at = s->object;
        bulk = NULL;
    }
    if (f->path_count == 0 || !gx_str_eq(at->x.name, about))
        return facts_bad(r, path ? path : root, "path", GX_M_FACT_PATH,
                         path && path->first ? path->first->text : GX_STR(""), about);
    return GX_OK;
}

static enum gx_code read_by(struct facts_reading *r, struct gx_fact *f, const struct gx_json *by)
{
    static const char *const known[] = { "date", "period", "line", NULL };
    struct gx_str line, link;
    if (!by)
        return GX_OK;
    GX_TRY(facts_keys(r, by, known));
    f->by_period = gx_json_get_str(by, "period", GX_STR("month"));
    if (!gx_str_is(f->by_period, "month") && !gx_str_is(f->by_period, "quarter") &&
        !gx_str_is(f->by_period, "year"))
        return facts_bad(r, by, "by.period", GX_M_FACT_WORD, f->by_period,
                         GX_STR("month, quarter, year"));
    GX_TRY(find_column(r, by, f->object, bulk_of(r->all, f),
                       gx_json_get_str(by, "date", GX_STR("")), &f->by_date));
    line = gx_json_get_str(by, "line", GX_STR(""));
    if (line.n == 0)
        return GX_OK;
    size_t dot = gx_str_find(line, '.');
    if (dot == line.n)
        return find_column(r, by, f->object, bulk_of(r->all, f), line, &f->by_line);
    link = (struct gx_str){ line.p, dot };
    GX_TRY(step(r, by, f->object, bulk_of(r->all, f), link, &f->line_link));
    return find_column(r, by, f->line_link.object, NULL, gx_str_from(line, dot + 1), &f->by_line);
}

static enum gx_code read_fact(struct facts_reading *r, const struct gx_json *root)
{
    static const char *const known[] = { "facts", "label", "doc",     "about", "rows",
                                         "path",  "where", "columns", "by",    NULL };
    struct gx_fact *f = GX_ARENA_NEW(r->arena, struct gx_fact), **last = &r->all->facts;
    struct gx_str rows = gx_json_get_str(root, "rows", GX_STR(""));
    GX_TRY(facts_keys(r, root, known));
    f->name = gx_json_get_str(root, "facts", GX_STR(""));
    f->label = facts_label(gx_json_get(root, "label"));
    f->doc = gx_json_get_str(root, "doc", GX_STR(""));
    if (!facts_name_ok(f->name))
        return facts_bad(r, root, "facts", GX_M_META_NAME, f->name, (struct gx_str){ 0 });
    for (; *last; last = &(*last)->next)
        if (gx_str_eq((*last)->name, f->name))
            return facts_bad(r, root, "facts", GX_M_META_TWICE, f->name, (struct gx_str){ 0 });
    f->object = gx_meta_object(r->meta, rows);
    if (!f->object && !gx_facts_bulk(r->all, rows))
        return facts_bad(r, root, "rows", GX_M_META_NO_OBJECT, rows, (struct gx_str){ 0 });
    f->table =
        f->object ? f->object->x.table : gx_arena_printf(r->arena, "bulk_%.*s", GX_STR_ARG(rows));
    GX_TRY(read_path(r, f, root, gx_json_get_str(root, "about", GX_STR("account"))));
    GX_TRY(read_where(r, f, gx_json_get(root, "where"), f->where, &f->where_count));
    const struct gx_json *columns = gx_json_get(root, "columns");
    for (const struct gx_json *k = columns ? columns->first : NULL; k; k = k->next)
        GX_TRY(read_fact_column(r, f, k));
    if (f->column_count == 0)
        return facts_bad(r, root, "columns", GX_M_REQUIRED, GX_STR("columns"),
                         (struct gx_str){ 0 });
    GX_TRY(read_by(r, f, gx_json_get(root, "by")));
    *last = f;
    return GX_OK;
}

/* --- all of them */

struct file {
    struct file *next;
    struct gx_str path;
    const struct gx_json *root;
};

static enum gx_code parse(struct facts_reading *r, const struct gx_meta_source *source,
                          struct file **last)
{
    struct gx_ctx own = *r->ctx; /* the tree lives as long as what is read from it */
    struct gx_json *root;
    own.arena = r->arena;
    gx_ctx_clear(&own);
    r->file = gx_arena_str(r->arena, source->path);
    if (gx_json_read(&own, gx_arena_str(r->arena, source->json), &root) != GX_OK) {
        struct gx_str words = gx_ctx_text(&own);
        return facts_bad(r, NULL, "", GX_M_WRONG_TYPE, words, GX_STR("JSON"));
    }
    *last = GX_ARENA_NEW(r->arena, struct file);
    **last = (struct file){ .path = r->file, .root = root };
    return GX_OK;
}

enum gx_code gx_facts_load(struct gx_ctx *ctx, struct gx_arena *arena, const struct gx_meta *meta,
                           const struct gx_meta_source *sources, size_t count,
                           const struct gx_facts **ret_facts)
{
    struct facts_reading r = {
        .ctx = ctx, .arena = arena, .meta = meta, .all = GX_ARENA_NEW(arena, struct gx_facts)
    };
    struct file *first = NULL, **last = &first;
    uint64_t hash = 0;
    enum gx_code code = GX_OK, one;
    for (size_t i = 0; i < count; i++) {
        if (gx_str_search(sources[i].path, GX_STR("/facts/")) == SIZE_MAX)
            continue;
        hash = hash * 31 + gx_str_hash(sources[i].json);
        one = parse(&r, &sources[i], last);
        if (one != GX_OK)
            code = one;
        else
            last = &(*last)->next;
    }
    for (int pass = 0; pass < 2; pass++) /* bulk tables first: facts are made of them */
        for (const struct file *f = first; f; f = f->next) {
            bool bulk = gx_json_get(f->root, "bulk") != NULL;
            r.file = f->path;
            one = bulk != (pass == 0) ? GX_OK
                  : bulk              ? facts_read_bulk(&r, f->root)
                                      : read_fact(&r, f->root);
            if (one != GX_OK)
                code = one;
        }
    r.all->hash = gx_arena_printf(arena, "%016llx-%.*s", (unsigned long long)hash,
                                  GX_STR_ARG(first ? meta->version : GX_STR("")));
    *ret_facts = r.all;
    return code;
}

const struct gx_bulk *gx_facts_bulk(const struct gx_facts *facts, struct gx_str name)
{
    for (const struct gx_bulk *b = facts ? facts->bulks : NULL; b; b = b->next)
        if (gx_str_eq(b->name, name))
            return b;
    return NULL;
}

enum gx_code gx_facts_of(struct gx_ctx *ctx, struct gx_arena *arena, struct gx_conn *conn,
                         const struct gx_meta *meta, const struct gx_facts **ret_facts)
{
    enum { PACKS_MAX = 64, OWN_MAX = 200 };
    struct gx_str packs[PACKS_MAX];
    struct gx_meta_source *embedded;
    struct gx_rows *rows;
    size_t pack_count = 0;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL("SELECT name FROM gx_pack ORDER BY position"), NULL, 0,
                       &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && pack_count < PACKS_MAX)
        packs[pack_count++] = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    GX_TRY(code);
    size_t count = gx_meta_embedded(ctx->arena, packs, pack_count, &embedded);
    struct gx_meta_source *all = GX_ARENA_ARRAY(ctx->arena, struct gx_meta_source, count + OWN_MAX);
    memcpy(all, embedded, count * sizeof *all);
    size_t max = count + OWN_MAX;
    GX_TRY(
        gx_db_query(ctx, conn,
                    GX_SQL("SELECT path, json FROM gx_definition WHERE path > 'custom/facts/' AND "
                           "path < 'custom/facts0' ORDER BY path"),
                    NULL, 0, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && count < max)
        all[count++] =
            (struct gx_meta_source){ .path = gx_arena_str(ctx->arena, gx_rows_text(rows, 0)),
                                     .json = gx_arena_str(ctx->arena, gx_rows_text(rows, 1)),
                                     .custom = true };
    gx_rows_close(rows);
    GX_TRY(code);
    return gx_facts_load(ctx, arena, meta, all, count, ret_facts);
}
