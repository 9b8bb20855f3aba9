/* ddl.c - statements that change the schema; see ddl.h. */
#include "db/ddl.h"

#include "base/assert.h"

static const struct gx_sql types[][2] = {
    [GX_DDL_INT] = { [GX_SQLITE] = { GX_STR_INIT(" BIGINT") },
                     [GX_POSTGRES] = { GX_STR_INIT(" BIGINT") } },
    [GX_DDL_TEXT] = { [GX_SQLITE] = { GX_STR_INIT(" TEXT") },
                      [GX_POSTGRES] = { GX_STR_INIT(" TEXT COLLATE \"C\"") } },
    [GX_DDL_BLOB] = { [GX_SQLITE] = { GX_STR_INIT(" BLOB") },
                      [GX_POSTGRES] = { GX_STR_INIT(" BYTEA") } },
    [GX_DDL_BOOL] = { [GX_SQLITE] = { GX_STR_INIT(" SMALLINT") },
                      [GX_POSTGRES] = { GX_STR_INIT(" SMALLINT") } },
};

static struct gx_sqlb *builder(struct gx_ctx *ctx, const struct gx_conn *conn, struct gx_sql start)
{
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_add(b, start);
    return b;
}

static enum gx_code run(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_sqlb *b)
{
    gx_assert(gx_conn_is_writer(conn) && b->value_count == 0); /* nothing can be bound here */
    return gx_db_exec(ctx, conn, gx_sqlb_sql(b), NULL, 0, NULL);
}

static struct gx_str shadow_of(struct gx_ctx *ctx, struct gx_str column)
{
    return gx_arena_printf(ctx->arena, "%.*s_k", GX_STR_ARG(column));
}

/* The one place where a value becomes SQL text: a constant of the schema. */
static void add_constant(struct gx_sqlb *b, struct gx_value value)
{
    gx_assert(value.kind == GX_VALUE_INT || value.kind == GX_VALUE_TEXT);
    if (value.kind == GX_VALUE_INT) {
        gx_sqlb_int(b, value.i);
        return;
    }
    gx_sqlb_add(b, GX_SQL("'"));
    for (size_t i = 0; i < value.s.n; i++) {
        gx_assert(value.s.p[i] != 0);
        if (value.s.p[i] == '\'')
            gx_buf_addc(&b->text, '\'');
        gx_buf_addc(&b->text, value.s.p[i]);
    }
    gx_sqlb_add(b, GX_SQL("'"));
}

static void add_column(struct gx_sqlb *b, const struct gx_ddl_column *c)
{
    gx_assert(!c->folded || c->kind == GX_DDL_TEXT);
    gx_sqlb_name(b, c->name);
    gx_sqlb_add(b, types[c->kind][b->dialect]);
    if (c->not_null || c->primary_key)
        gx_sqlb_add(b, GX_SQL(" NOT NULL"));
    if (c->otherwise.kind != GX_VALUE_NULL) {
        gx_sqlb_add(b, GX_SQL(" DEFAULT "));
        add_constant(b, c->otherwise);
    }
}

static bool has_shadow(const struct gx_conn *conn, const struct gx_ddl_column *c)
{
    return c->folded && gx_conn_dialect(conn) == GX_POSTGRES;
}

static struct gx_ddl_column shadow(struct gx_ctx *ctx, const struct gx_ddl_column *c)
{
    return (struct gx_ddl_column){ .name = shadow_of(ctx, c->name), .kind = GX_DDL_TEXT };
}

/* Creating. */

/* On SQLite a whole number that is the key alone is the row's own number: no second index. */
static bool is_rowid(const struct gx_sqlb *b, const struct gx_ddl_table *table, size_t key_count,
                     const struct gx_ddl_column *c)
{
    return b->dialect == GX_SQLITE && !table->without_rowid && key_count == 1 && c->primary_key &&
           c->kind == GX_DDL_INT;
}

static void add_key(struct gx_sqlb *b, const struct gx_ddl_table *table)
{
    bool first = true;
    gx_sqlb_add(b, GX_SQL(", PRIMARY KEY ("));
    for (size_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].primary_key)
            continue;
        if (!first)
            gx_sqlb_add(b, GX_SQL(", "));
        gx_sqlb_name(b, table->columns[i].name);
        first = false;
    }
    gx_sqlb_add(b, GX_SQL(")"));
}

enum gx_code gx_ddl_create_table(struct gx_ctx *ctx, struct gx_conn *conn,
                                 const struct gx_ddl_table *table)
{
    size_t key_count = 0;
    bool needs_key = false;
    struct gx_sqlb *b = builder(ctx, conn, GX_SQL("CREATE TABLE "));
    gx_assert(table->column_count > 0);
    for (size_t i = 0; i < table->column_count; i++)
        key_count += table->columns[i].primary_key;
    gx_assert(key_count > 0 || !table->without_rowid);
    gx_sqlb_name(b, table->name);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct gx_ddl_column *c = &table->columns[i];
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(" ("));
        if (is_rowid(b, table, key_count, c)) {
            gx_sqlb_name(b, c->name);
            gx_sqlb_add(b, GX_SQL(" INTEGER PRIMARY KEY NOT NULL"));
            continue;
        }
        add_column(b, c);
        needs_key |= c->primary_key;
        if (has_shadow(conn, c)) {
            struct gx_ddl_column second = shadow(ctx, c);
            gx_sqlb_add(b, GX_SQL(", "));
            add_column(b, &second);
        }
    }
    if (needs_key)
        add_key(b, table);
    gx_sqlb_add(b, table->without_rowid && b->dialect == GX_SQLITE ? GX_SQL(") WITHOUT ROWID")
                                                                   : GX_SQL(")"));
    return run(ctx, conn, b);
}

static enum gx_code add_one(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                            const struct gx_ddl_column *column)
{
    struct gx_sqlb *b = builder(ctx, conn, GX_SQL("ALTER TABLE "));
    gx_sqlb_name(b, table);
    gx_sqlb_add(b, GX_SQL(" ADD COLUMN "));
    add_column(b, column);
    return run(ctx, conn, b);
}

enum gx_code gx_ddl_add_column(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                               const struct gx_ddl_column *column)
{
    gx_assert(!column->primary_key);
    gx_assert(!column->not_null || column->otherwise.kind != GX_VALUE_NULL);
    GX_TRY(add_one(ctx, conn, table, column));
    if (!has_shadow(conn, column))
        return GX_OK;
    struct gx_ddl_column second = shadow(ctx, column);
    return add_one(ctx, conn, table, &second);
}

enum gx_code gx_ddl_create_index(struct gx_ctx *ctx, struct gx_conn *conn,
                                 const struct gx_ddl_index *index)
{
    struct gx_sqlb *b = builder(
        ctx, conn, index->unique ? GX_SQL("CREATE UNIQUE INDEX ") : GX_SQL("CREATE INDEX "));
    gx_assert(index->part_count > 0);
    gx_sqlb_name(b, index->name);
    gx_sqlb_add(b, GX_SQL(" ON "));
    gx_sqlb_name(b, index->table);
    for (size_t i = 0; i < index->part_count; i++) {
        const struct gx_ddl_part *part = &index->parts[i];
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(" ("));
        if (part->expression) {
            gx_sqlb_add(b, GX_SQL("("));
            part->expression(part->p, b);
            gx_sqlb_add(b, GX_SQL(")"));
        } else {
            gx_sqlb_name(b, part->column);
        }
        if (part->descending)
            gx_sqlb_add(b, GX_SQL(" DESC"));
    }
    gx_sqlb_add(b, GX_SQL(")"));
    if (index->where) {
        gx_sqlb_add(b, GX_SQL(" WHERE "));
        gx_sqlb_append(b, index->where);
    }
    return run(ctx, conn, b);
}

/* Dropping. */

static enum gx_code drop(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql start,
                         struct gx_str name)
{
    struct gx_sqlb *b = builder(ctx, conn, start);
    gx_sqlb_name(b, name);
    return run(ctx, conn, b);
}

enum gx_code gx_ddl_drop_table(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table)
{
    return drop(ctx, conn, GX_SQL("DROP TABLE "), table);
}

enum gx_code gx_ddl_drop_index(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str index)
{
    return drop(ctx, conn, GX_SQL("DROP INDEX "), index);
}

static enum gx_code drop_one(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                             struct gx_str column)
{
    struct gx_sqlb *b = builder(ctx, conn, GX_SQL("ALTER TABLE "));
    gx_sqlb_name(b, table);
    gx_sqlb_add(b, GX_SQL(" DROP COLUMN "));
    gx_sqlb_name(b, column);
    return run(ctx, conn, b);
}

enum gx_code gx_ddl_drop_column(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                                const struct gx_ddl_column *column)
{
    GX_TRY(drop_one(ctx, conn, table, column->name));
    return has_shadow(conn, column) ? drop_one(ctx, conn, table, shadow_of(ctx, column->name))
                                    : GX_OK;
}
