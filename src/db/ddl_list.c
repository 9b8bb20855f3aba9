/* ddl_list.c - which columns and indexes a table has; see ddl.h. */
#include "db/ddl.h"

/* The array with room for one more element of `size` bytes; it doubles at powers of two. */
static void *grow(struct gx_arena *arena, void *array, size_t count, size_t size)
{
    if (count & (count - 1))
        return array;
    void *larger = gx_arena_zalloc(arena, count ? count * 2 : 1, size);
    if (count)
        memcpy(larger, array, count * size);
    return larger;
}

static enum gx_ddl_kind kind_of(struct gx_str type)
{
    static const struct {
        const char *type;
        enum gx_ddl_kind kind;
    } kinds[] = {
        { "text", GX_DDL_TEXT },     { "blob", GX_DDL_BLOB },    { "bytea", GX_DDL_BLOB },
        { "smallint", GX_DDL_BOOL }, { "boolean", GX_DDL_BOOL },
    };
    for (size_t i = 0; i < GX_COUNT(kinds); i++)
        if (gx_str_ieq(type, gx_str_c(kinds[i].type)))
            return kinds[i].kind;
    return GX_DDL_INT;
}

/* PostgreSQL: fold the shadow columns into their own. */
static size_t merge_shadows(struct gx_ddl_column *columns, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct gx_ddl_column *of = NULL;
        struct gx_str name = columns[i].name;
        bool may_be = columns[i].kind == GX_DDL_TEXT && gx_str_ends(name, GX_STR("_k"));
        for (size_t k = 0; may_be && k < kept; k++)
            if (columns[k].kind == GX_DDL_TEXT && columns[k].name.n + 2 == name.n &&
                gx_str_starts(name, columns[k].name))
                of = &columns[k];
        if (of)
            of->folded = true;
        else
            columns[kept++] = columns[i];
    }
    return kept;
}

enum gx_code gx_ddl_columns(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                            struct gx_ddl_column **ret_columns, size_t *ret_count)
{
    struct gx_value name = gx_value_text(table);
    struct gx_rows *rows = NULL;
    bool pg = gx_conn_dialect(conn) == GX_POSTGRES, has = false;
    GX_TRY(gx_db_query(
        ctx, conn,
        pg ? GX_SQL("SELECT a.attname, pg_catalog.format_type(a.atttypid, NULL), a.attnotnull, "
                    "EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid "
                    "AND i.indisprimary AND a.attnum = ANY (i.indkey)) "
                    "FROM pg_catalog.pg_attribute a "
                    "JOIN pg_catalog.pg_class t ON t.oid = a.attrelid "
                    "JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace "
                    "WHERE n.nspname = current_schema() AND t.relname = ?1 AND a.attnum > 0 "
                    "AND NOT a.attisdropped AND t.relkind IN ('r', 'p') ORDER BY a.attnum")
           : GX_SQL("SELECT name, type, \"notnull\", pk > 0 FROM pragma_table_xinfo(?1) "
                    "ORDER BY cid"),
        &name, 1, &rows));
    struct gx_ddl_column *columns = NULL;
    size_t count = 0;
    enum gx_code code = GX_OK;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        columns = grow(ctx->arena, columns, count, sizeof *columns);
        columns[count++] = (struct gx_ddl_column){
            .name = gx_arena_str(ctx->arena, gx_rows_text(rows, 0)),
            .kind = kind_of(gx_rows_text(rows, 1)),
            .not_null = gx_rows_int(rows, 2),
            .primary_key = gx_rows_int(rows, 3),
        };
    }
    gx_rows_close(rows);
    GX_TRY(code);
    *ret_columns = columns;
    *ret_count = pg ? merge_shadows(columns, count) : count;
    return GX_OK;
}

enum gx_code gx_ddl_indexes(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                            struct gx_ddl_found_index **ret_indexes, size_t *ret_count)
{
    struct gx_value name = gx_value_text(table);
    struct gx_rows *rows = NULL;
    bool has = false;
    GX_TRY(gx_db_query(
        ctx, conn,
        gx_conn_dialect(conn) == GX_POSTGRES
            ? GX_SQL("SELECT c.relname, i.indisunique FROM pg_catalog.pg_index i "
                     "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
                     "JOIN pg_catalog.pg_class t ON t.oid = i.indrelid "
                     "JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace "
                     "WHERE n.nspname = current_schema() AND t.relname = ?1 AND NOT EXISTS "
                     "(SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid "
                     "AND k.contype IN ('p', 'u', 'x')) ORDER BY c.relname")
            : GX_SQL("SELECT name, \"unique\" FROM pragma_index_list(?1) WHERE origin = 'c' "
                     "ORDER BY name"),
        &name, 1, &rows));
    struct gx_ddl_found_index *indexes = NULL;
    size_t count = 0;
    enum gx_code code = GX_OK;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        indexes = grow(ctx->arena, indexes, count, sizeof *indexes);
        indexes[count].name = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
        indexes[count++].unique = gx_rows_int(rows, 1);
    }
    gx_rows_close(rows);
    GX_TRY(code);
    *ret_indexes = indexes;
    *ret_count = count;
    return GX_OK;
}
