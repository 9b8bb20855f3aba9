/* bulk.c - see bulk.h. */
#include "store/bulk.h"

#include "base/assert.h"
#include "store/list_int.h"
#include "store/store_int.h"

enum { LOG_COLUMNS = 11, SEARCH_COLUMNS = 2 };

struct gx_bulk *gx_bulk_new(struct gx_arena *arena, size_t cap)
{
    struct gx_bulk *bulk = GX_ARENA_NEW(arena, struct gx_bulk);
    bulk->cap = cap;
    bulk->log = GX_ARENA_ARRAY(arena, struct gx_value, cap * LOG_COLUMNS);
    bulk->search = GX_ARENA_ARRAY(arena, struct gx_value, cap * SEARCH_COLUMNS);
    return bulk;
}

void gx_bulk_log(struct gx_bulk *bulk, const struct gx_value *values)
{
    gx_assert(bulk->log_count < bulk->cap);
    memcpy(bulk->log + LOG_COLUMNS * bulk->log_count++, values, LOG_COLUMNS * sizeof *values);
}

void gx_bulk_search(struct gx_arena *arena, struct gx_bulk *bulk, int64_t id, struct gx_str text)
{
    gx_assert(bulk->search_count < bulk->cap);
    struct gx_value *at = bulk->search + SEARCH_COLUMNS * bulk->search_count++;
    at[0] = gx_value_int(id);
    at[1] = gx_value_text(gx_search_words_pg(arena, text));
}

enum gx_code gx_bulk_write(const struct gx_scope *scope, const struct gx_object *object,
                           struct gx_bulk *bulk)
{
    static const struct gx_str log[] = {
        GX_STR_INIT("seq"),     GX_STR_INIT("at"),        GX_STR_INIT("by_user"),
        GX_STR_INIT("object"),  GX_STR_INIT("record"),    GX_STR_INIT("kind"),
        GX_STR_INIT("version"), GX_STR_INIT("import_id"), GX_STR_INIT("reason"),
        GX_STR_INIT("data"),    GX_STR_INIT("salt"),
    };
    static const struct gx_str search[] = { GX_STR_INIT("id"), GX_STR_INIT("t") };
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    _Static_assert(GX_COUNT(log) == LOG_COLUMNS, "as gx_log_add() writes them");
    if (bulk->search_count)
        GX_TRY(gx_db_load(ctx, conn, object->search_table, search, SEARCH_COLUMNS, bulk->search,
                          bulk->search_count));
    if (bulk->log_count)
        GX_TRY(gx_db_load(ctx, conn, GX_STR("gx_change"), log, LOG_COLUMNS, bulk->log,
                          bulk->log_count));
    bulk->log_count = bulk->search_count = 0;
    return GX_OK;
}
