/*
 * text_sql.c - texts as SQL compares them; see meta.h.
 *
 * SQLite calls functions of the program: gx_sort() gives the ICU key, gx_fold() the folded text.
 * PostgreSQL sorts by a collation of the same ICU rules (base/text_sort.c: Traditional Chinese by
 * stroke count, other scripts before it), not deterministic, so that equal means what equal
 * keys mean; and it keeps the folded text in a column beside the text.  Both sort by the first
 * GX_TEXT_SORT_CHARS_MAX characters, which also keeps entries of an index small.
 */
#include "base/text.h"
#include "meta/meta.h"

void gx_sql_sort_open(struct gx_sqlb *b)
{
    gx_sqlb_add(b, b->dialect == GX_SQLITE ? GX_SQL("gx_sort(") : GX_SQL("(left("));
}

void gx_sql_sort_close(struct gx_sqlb *b)
{
    if (b->dialect == GX_POSTGRES) {
        gx_sqlb_add(b, GX_SQL(", "));
        gx_sqlb_int(b, GX_TEXT_SORT_CHARS_MAX);
        gx_sqlb_add(b, GX_SQL(") COLLATE gx_sort"));
    }
    gx_sqlb_add(b, GX_SQL(")"));
}

static void column_of(struct gx_sqlb *b, struct gx_str alias, struct gx_str column)
{
    if (alias.n)
        gx_sqlb_column(b, alias, column);
    else
        gx_sqlb_name(b, column);
}

void gx_sql_sorted(struct gx_sqlb *b, struct gx_str alias, struct gx_str column)
{
    gx_sql_sort_open(b);
    column_of(b, alias, column);
    gx_sql_sort_close(b);
}

void gx_sql_folded(struct gx_sqlb *b, struct gx_str alias, struct gx_str column)
{
    if (b->dialect == GX_POSTGRES) {
        column_of(b, alias, gx_arena_printf(b->arena, "%.*s_k", GX_STR_ARG(column)));
        return;
    }
    gx_sqlb_add(b, GX_SQL("gx_fold("));
    column_of(b, alias, column);
    gx_sqlb_add(b, GX_SQL(")"));
}

enum gx_code gx_sql_sort_make(struct gx_ctx *ctx, struct gx_conn *conn)
{
    if (gx_conn_dialect(conn) != GX_POSTGRES)
        return GX_OK;
    return gx_db_exec(ctx, conn,
                      GX_SQL("CREATE COLLATION IF NOT EXISTS gx_sort (provider = icu, "
                             "locale = 'zh-Hant-u-co-stroke-kr-space-punct-symbol-currency-digit', "
                             "deterministic = false)"),
                      NULL, 0, NULL);
}
