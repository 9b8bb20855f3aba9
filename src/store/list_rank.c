/*
 * list_rank.c - the place of a choice in the order in which it was declared.
 *
 * Lists sort by it and advice.c builds indexes on it, so both take the very same text.  A code that
 * is not among the choices any more comes after all others, an empty value stays empty.
 */
#include "store/list_int.h"

void gx_rank_sql(struct gx_sqlb *b, const struct gx_field *field, struct gx_str alias)
{
    gx_sqlb_add(b, GX_SQL("CASE WHEN "));
    for (size_t i = 0; i <= field->choice_count; i++) {
        if (alias.n)
            gx_sqlb_column(b, alias, field->x.column);
        else
            gx_sqlb_name(b, field->x.column);
        if (i == 0) {
            gx_sqlb_add(b, GX_SQL(" IS NULL THEN NULL"));
        } else {
            gx_sqlb_add(b, GX_SQL(" = "));
            gx_sqlb_text(b, field->choices[i - 1].code);
            gx_sqlb_add(b, GX_SQL(" THEN "));
            gx_sqlb_int(b, (int64_t)i);
        }
        gx_sqlb_add(b, i < field->choice_count ? GX_SQL(" WHEN ") : GX_SQL(" ELSE "));
    }
    gx_sqlb_int(b, (int64_t)field->choice_count + 1);
    gx_sqlb_add(b, GX_SQL(" END"));
}
