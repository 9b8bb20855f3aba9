/*
 * plan.c - what stands between the tables there are and the definitions: a list of steps.
 *
 * Steps only add: tables, columns, join tables, search tables, indexes.  A column whose field is
 * gone stays (its data may be wanted back) and is reported as kept; an index that no definition
 * asks for any more is dropped, as it holds nothing of its own.
 */
#include "base/assert.h"
#include "meta/tenant.h"

/*
 * Every commit makes a segment of the search table; they are merged when a level has AUTOMERGE
 * of them (FTS5's own value is 4, which writes each entry twice as often as 16 does).
 */
enum { AUTOMERGE = 16, CRISISMERGE = 64, CRISISMERGE_NEVER = 1999 };
enum { FOLDED_CHARS_MAX = 600 }; /* of four bytes each at worst */

struct planner {
    struct gx_ctx *ctx;
    struct gx_conn *conn;
    struct gx_map tables, columns, indexes; /* what is there: "t", "t.c", "i" */
    struct gx_plan_step *first, *last;
};

/* The names outlive the snapshot they come from, which a dry run frees. */
static void step(struct planner *p, enum gx_plan_kind kind, struct gx_str object,
                 struct gx_str name)
{
    struct gx_plan_step *s = GX_ARENA_NEW(p->ctx->arena, struct gx_plan_step);
    *s = (struct gx_plan_step){ .kind = kind,
                                .object = gx_arena_str(p->ctx->arena, object),
                                .name = gx_arena_str(p->ctx->arena, name) };
    if (p->last)
        p->last->next = s;
    else
        p->first = s;
    p->last = s;
}

static enum gx_code list_names(struct planner *p, struct gx_sql sql, struct gx_map *map)
{
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(p->ctx, p->conn, sql, NULL, 0, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(p->ctx, rows, &has)) == GX_OK && has)
        gx_map_set(map, p->ctx->arena, gx_arena_str(p->ctx->arena, gx_rows_text(rows, 0)), p);
    gx_rows_close(rows);
    return code;
}

static enum gx_code look(struct planner *p)
{
    if (gx_conn_dialect(p->conn) == GX_POSTGRES) {
        GX_TRY(list_names(p,
                          GX_SQL("SELECT relname FROM pg_catalog.pg_class WHERE relkind = 'r' "
                                 "AND relnamespace = current_schema()::regnamespace"),
                          &p->tables));
        GX_TRY(list_names(p,
                          GX_SQL("SELECT c.relname || '.' || a.attname FROM pg_catalog.pg_class c "
                                 "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
                                 "WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped "
                                 "AND c.relnamespace = current_schema()::regnamespace"),
                          &p->columns));
        return list_names(p,
                          GX_SQL("SELECT relname FROM pg_catalog.pg_class WHERE relkind = 'i' "
                                 "AND relnamespace = current_schema()::regnamespace"),
                          &p->indexes);
    }
    GX_TRY(
        list_names(p, GX_SQL("SELECT name FROM sqlite_schema WHERE type = 'table'"), &p->tables));
    GX_TRY(list_names(p,
                      GX_SQL("SELECT m.name || '.' || c.name FROM sqlite_schema m "
                             "JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"),
                      &p->columns));
    return list_names(p, GX_SQL("SELECT name FROM sqlite_schema WHERE type = 'index'"),
                      &p->indexes);
}

static struct gx_str dotted(struct planner *p, struct gx_str a, struct gx_str b)
{
    return gx_arena_printf(p->ctx->arena, "%.*s.%.*s", GX_STR_ARG(a), GX_STR_ARG(b));
}

/*
 * The title gets two indexes: how it is sorted, and how it is matched.  Other text is matched
 * more often than sorted: the other one is made when a list asks for it (store/advice.c).
 */
static bool is_text(const struct gx_field *f)
{
    return f->x.type == GX_TYPE_TEXT;
}

static struct gx_str index_name(struct gx_arena *arena, const struct gx_object *object,
                                const struct gx_field *f, const char *suffix)
{
    struct gx_str name = gx_arena_printf(arena, "i_%.*s__%.*s%s", GX_STR_ARG(object->x.table),
                                         GX_STR_ARG(f->id), suffix);
    if (name.n > 63)
        name = gx_arena_printf(arena, "i_%016llx", (unsigned long long)gx_str_hash(name));
    return name;
}

static bool wants_index(const struct gx_object *object, const struct gx_field *f)
{
    if (f->part_count == 0 || (f->system && f != object->owner))
        return false;
    return f->indexed || f == object->title;
}

/* An entry of PostgreSQL's B-tree holds a third of a page. */
static bool fits_index(const struct gx_conn *conn, const struct gx_field *f)
{
    return gx_conn_dialect(conn) == GX_SQLITE || !f->has_max || f->max <= FOLDED_CHARS_MAX;
}

static void plan_indexes(struct planner *p, const struct gx_object *object)
{
    for (size_t i = 0; i < object->unique_count; i++)
        if (!gx_map_get(&p->indexes, object->uniques[i].index))
            step(p, GX_PLAN_ADD_INDEX, object->x.name, object->uniques[i].index);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (!wants_index(object, f))
            continue;
        bool folds = is_text(f);
        struct gx_str name = index_name(p->ctx->arena, object, f, "");
        if ((!folds || f == object->title) && !gx_map_get(&p->indexes, name))
            step(p, GX_PLAN_ADD_INDEX, object->x.name, name);
        name = index_name(p->ctx->arena, object, f, "_fold");
        if (folds && fits_index(p->conn, f) && !gx_map_get(&p->indexes, name))
            step(p, GX_PLAN_ADD_INDEX, object->x.name, name);
    }
}

static void plan_kept(struct planner *p, const struct gx_object *object)
{
    struct gx_str prefix = gx_arena_printf(p->ctx->arena, "%.*s.", GX_STR_ARG(object->x.table));
    for (size_t i = 0; i < p->columns.cap; i++) {
        struct gx_map_slot *s = &p->columns.slots[i];
        if (!s->value || !gx_str_starts(s->key, prefix))
            continue;
        struct gx_str column = gx_str_from(s->key, prefix.n);
        size_t k = 0;
        while (k < object->column_count && !gx_str_eq(object->columns[k].name, column))
            k++;
        if (k == object->column_count && !gx_str_ends(column, GX_STR("_k")))
            step(p, GX_PLAN_KEEP_COLUMN, object->x.name, column);
    }
}

static void plan_object(struct planner *p, const struct gx_object *object)
{
    if (!gx_map_get(&p->tables, object->x.table)) {
        step(p, GX_PLAN_CREATE_TABLE, object->x.name, object->x.table);
    } else {
        for (size_t i = 0; i < object->column_count; i++)
            if (!gx_map_get(&p->columns, dotted(p, object->x.table, object->columns[i].name)))
                step(p, GX_PLAN_ADD_COLUMN, object->x.name, object->columns[i].name);
        plan_kept(p, object);
    }
    if (object->searched && !gx_map_get(&p->tables, object->search_table))
        step(p, GX_PLAN_CREATE_TABLE, object->x.name, object->search_table);
    for (size_t i = 0; i < object->field_count; i++)
        if (object->fields[i].x.type == GX_TYPE_LINKS &&
            !gx_map_get(&p->tables, object->fields[i].x.join_table))
            step(p, GX_PLAN_CREATE_JOIN, object->x.name, object->fields[i].x.join_table);
    plan_indexes(p, object);
}

enum gx_code gx_plan_make(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_meta *meta,
                          struct gx_plan_step **ret_steps)
{
    struct planner p = { .ctx = ctx, .conn = conn };
    GX_TRY(look(&p));
    for (size_t i = 0; i < meta->object_count; i++)
        plan_object(&p, meta->objects[i]);
    *ret_steps = p.first;
    return GX_OK;
}

enum gx_code gx_plan_without_indexes(struct gx_ctx *ctx, struct gx_conn *conn,
                                     const struct gx_object *object,
                                     struct gx_plan_step **ret_steps)
{
    struct planner p = { .ctx = ctx, .conn = conn };
    GX_TRY(look(&p));
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        struct gx_str names[] = { index_name(ctx->arena, object, f, ""),
                                  index_name(ctx->arena, object, f, "_fold") };
        for (size_t k = 0; k < GX_COUNT(names); k++)
            if (gx_map_get(&p.indexes, names[k]))
                step(&p, GX_PLAN_DROP_INDEX, object->x.name, names[k]);
    }
    *ret_steps = p.first;
    return GX_OK;
}

static void column_type(struct gx_sqlb *b, const struct gx_column *column)
{
    gx_sqlb_name(b, column->name);
    if (column->kind == GX_VALUE_INT)
        gx_sqlb_add(b, GX_SQL(" BIGINT"));
    else
        gx_sqlb_add(b, b->dialect == GX_SQLITE ? GX_SQL(" TEXT") : GX_SQL(" TEXT COLLATE \"C\""));
}

static void shadow_type(struct gx_sqlb *b, const struct gx_column *column)
{
    gx_sqlb_name(b, column->shadow);
    gx_sqlb_add(b, GX_SQL(" TEXT COLLATE \"C\""));
}

static bool has_shadow(const struct gx_sqlb *b, const struct gx_column *column)
{
    return b->dialect == GX_POSTGRES && column->shadow.n > 0;
}

static void create_table(struct gx_sqlb *b, const struct gx_object *object)
{
    gx_sqlb_add(b, GX_SQL("CREATE TABLE "));
    gx_sqlb_name(b, object->x.table);
    /* INTEGER PRIMARY KEY is SQLite's row id itself. */
    gx_sqlb_add(b, b->dialect == GX_SQLITE ? GX_SQL(" (id INTEGER PRIMARY KEY NOT NULL")
                                           : GX_SQL(" (id BIGINT PRIMARY KEY NOT NULL"));
    for (size_t i = 1; i < object->column_count; i++) {
        gx_sqlb_add(b, GX_SQL(", "));
        column_type(b, &object->columns[i]);
        if (!has_shadow(b, &object->columns[i]))
            continue;
        gx_sqlb_add(b, GX_SQL(", "));
        shadow_type(b, &object->columns[i]);
    }
    gx_sqlb_add(b, GX_SQL(")"));
}

static void create_search(struct gx_sqlb *b, const struct gx_object *object)
{
    if (b->dialect == GX_SQLITE) {
        gx_sqlb_add(b, GX_SQL("CREATE VIRTUAL TABLE "));
        gx_sqlb_name(b, object->search_table);
        gx_sqlb_add(b, GX_SQL(" USING fts5(t, content='', contentless_delete=1, detail=none, "
                              "tokenize='guanxi')"));
    } else {
        gx_sqlb_add(b, GX_SQL("CREATE TABLE "));
        gx_sqlb_name(b, object->search_table);
        gx_sqlb_add(b, GX_SQL(" (id BIGINT PRIMARY KEY NOT NULL, t TSVECTOR)"));
    }
}

static void create_join(struct gx_sqlb *b, struct gx_str table)
{
    gx_sqlb_add(b, GX_SQL("CREATE TABLE "));
    gx_sqlb_name(b, table);
    gx_sqlb_add(b, GX_SQL(" (src BIGINT NOT NULL, dst BIGINT NOT NULL, position BIGINT NOT NULL, "
                          "PRIMARY KEY (src, dst))"));
}

static void indexed_value(struct gx_sqlb *b, const struct gx_field *f, bool fold)
{
    if (!is_text(f))
        gx_sqlb_name(b, f->x.column);
    else if (fold)
        gx_sql_folded(b, GX_STR(""), f->x.column);
    else
        gx_sql_sorted(b, GX_STR(""), f->x.column);
}

static bool create_unique(struct gx_sqlb *b, const struct gx_object *object, struct gx_str name)
{
    for (size_t i = 0; i < object->unique_count; i++) {
        const struct gx_unique *u = &object->uniques[i];
        if (!gx_str_eq(u->index, name))
            continue;
        gx_sqlb_add(b, GX_SQL("CREATE UNIQUE INDEX "));
        gx_sqlb_name(b, name);
        gx_sqlb_add(b, GX_SQL(" ON "));
        gx_sqlb_name(b, object->x.table);
        gx_sqlb_add(b, GX_SQL(" ("));
        for (size_t k = 0; k < u->count; k++) {
            if (k)
                gx_sqlb_add(b, GX_SQL(", "));
            gx_sqlb_name(b, u->fields[k]->x.column);
        }
        gx_sqlb_add(b, GX_SQL(") WHERE deleted_at IS NULL"));
        if (u->count == 1) {
            gx_sqlb_add(b, GX_SQL(" AND "));
            gx_sqlb_name(b, u->fields[0]->x.column);
            gx_sqlb_add(b, GX_SQL(" IS NOT NULL"));
        }
        return true;
    }
    return false;
}

static void create_index(struct gx_sqlb *b, struct gx_ctx *ctx, const struct gx_object *object,
                         struct gx_str name)
{
    if (create_unique(b, object, name))
        return;
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        bool fold = gx_str_eq(name, index_name(ctx->arena, object, f, "_fold"));
        if (!fold && !gx_str_eq(name, index_name(ctx->arena, object, f, "")))
            continue;
        gx_sqlb_add(b, GX_SQL("CREATE INDEX "));
        gx_sqlb_name(b, name);
        gx_sqlb_add(b, GX_SQL(" ON "));
        gx_sqlb_name(b, object->x.table);
        gx_sqlb_add(b, GX_SQL(" ("));
        indexed_value(b, f, fold);
        gx_sqlb_add(b, GX_SQL(", id) WHERE deleted_at IS NULL"));
        /* What is only looked up by value needs no place for records without one. */
        if (f != object->title && f != object->owner && (fold || f->x.type == GX_TYPE_LINK)) {
            gx_sqlb_add(b, GX_SQL(" AND "));
            indexed_value(b, f, fold);
            gx_sqlb_add(b, GX_SQL(" IS NOT NULL"));
        }
        return;
    }
    gx_assert(!"a step names an index that no definition has");
}

/* INSERT INTO account_fts(account_fts, rank) VALUES('automerge', 16) */
enum gx_code gx_plan_search_command(struct gx_ctx *ctx, struct gx_conn *conn,
                                    const struct gx_object *object, struct gx_sql command,
                                    int64_t value)
{
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_add(b, GX_SQL("INSERT INTO "));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(" ("));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(", rank) VALUES ("));
    gx_sqlb_add(b, command);
    gx_sqlb_add(b, GX_SQL(", "));
    gx_sqlb_bind(b, gx_value_int(value));
    gx_sqlb_add(b, GX_SQL(")"));
    return gx_db_exec(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, NULL);
}

enum gx_code gx_plan_search_merging(struct gx_ctx *ctx, struct gx_conn *conn,
                                    const struct gx_object *object, bool on)
{
    if (!object->searched || gx_conn_dialect(conn) != GX_SQLITE)
        return GX_OK;
    GX_TRY(gx_plan_search_command(ctx, conn, object, GX_SQL("'automerge'"), on ? AUTOMERGE : 0));
    return gx_plan_search_command(ctx, conn, object, GX_SQL("'crisismerge'"),
                                  on ? CRISISMERGE : CRISISMERGE_NEVER);
}

/* One subcommand each: PostgreSQL's rule for stores that may be a cluster (docs/STORE.md). */
static enum gx_code add_column(struct gx_ctx *ctx, struct gx_conn *conn,
                               const struct gx_object *object, struct gx_str name)
{
    for (size_t i = 0; i < object->column_count; i++) {
        const struct gx_column *column = &object->columns[i];
        if (!gx_str_eq(column->name, name))
            continue;
        for (int shadow = 0; shadow < 2; shadow++) {
            struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
            gx_sqlb_add(b, GX_SQL("ALTER TABLE "));
            gx_sqlb_name(b, object->x.table);
            gx_sqlb_add(b, GX_SQL(" ADD COLUMN "));
            if (shadow && !has_shadow(b, column))
                continue;
            if (shadow)
                shadow_type(b, column);
            else
                column_type(b, column);
            GX_TRY(gx_db_exec(ctx, conn, gx_sqlb_sql(b), NULL, 0, NULL));
        }
    }
    return GX_OK;
}

/* PostgreSQL: the index of the words. */
static enum gx_code index_search(struct gx_ctx *ctx, struct gx_conn *conn,
                                 const struct gx_object *object)
{
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    if (b->dialect != GX_POSTGRES)
        return GX_OK;
    gx_sqlb_add(b, GX_SQL("CREATE INDEX "));
    gx_sqlb_name(b, gx_arena_printf(ctx->arena, "w_%016llx",
                                    (unsigned long long)gx_str_hash(object->search_table)));
    gx_sqlb_add(b, GX_SQL(" ON "));
    gx_sqlb_name(b, object->search_table);
    gx_sqlb_add(b, GX_SQL(" USING gin (t)"));
    return gx_db_exec(ctx, conn, gx_sqlb_sql(b), NULL, 0, NULL);
}

static enum gx_code run(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_object *object,
                        const struct gx_plan_step *s)
{
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    switch (s->kind) {
    case GX_PLAN_CREATE_TABLE:
        if (gx_str_eq(s->name, object->search_table)) {
            create_search(b, object);
            GX_TRY(gx_db_exec(ctx, conn, gx_sqlb_sql(b), NULL, 0, NULL));
            GX_TRY(index_search(ctx, conn, object));
            return gx_plan_search_merging(ctx, conn, object, true);
        }
        create_table(b, object);
        break;
    case GX_PLAN_ADD_COLUMN:
        return add_column(ctx, conn, object, s->name);
    case GX_PLAN_CREATE_JOIN:
        create_join(b, s->name);
        GX_TRY(gx_db_exec(ctx, conn, gx_sqlb_sql(b), NULL, 0, NULL));
        b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
        gx_sqlb_add(b, GX_SQL("CREATE INDEX "));
        gx_sqlb_name(
            b, gx_arena_printf(ctx->arena, "j_%016llx", (unsigned long long)gx_str_hash(s->name)));
        gx_sqlb_add(b, GX_SQL(" ON "));
        gx_sqlb_name(b, s->name);
        gx_sqlb_add(b, GX_SQL(" (dst, src)"));
        break;
    case GX_PLAN_ADD_INDEX:
        create_index(b, ctx, object, s->name);
        break;
    case GX_PLAN_DROP_INDEX:
        gx_sqlb_add(b, GX_SQL("DROP INDEX "));
        gx_sqlb_name(b, s->name);
        break;
    case GX_PLAN_KEEP_COLUMN:
        return GX_OK;
    }
    return gx_db_exec(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, NULL);
}

enum gx_code gx_plan_run(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_meta *meta,
                         const struct gx_plan_step *steps)
{
    for (const struct gx_plan_step *s = steps; s; s = s->next) {
        const struct gx_object *object = gx_meta_object(meta, s->object);
        gx_assert(object);
        GX_TRY(run(ctx, conn, object, s));
    }
    return GX_OK;
}
