/*
 * page.c - pages made of tiles: what stands on them, and what each tile says now.
 *
 * A page is data of the packs (packs/<pack>/pages).  The first answer names the tiles, so that a
 * screen can be drawn at once; each tile is then one question, however many lists and sums it has.
 * What the caller may not read is not there.
 */
#include "api/app.h"
#include "store/group.h"
#include "store/list.h"
#include "store/news.h"
#include "store/record.h"

static bool may_read(const struct gx_scope *scope, const struct gx_part *part)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    const struct gx_str texts[] = { part->filter, part->sort, part->fields, part->sum, part->by };
    for (size_t i = 0; i < GX_COUNT(texts); i++)
        if (gx_meta_hides(meta, texts[i]))
            return false;
    return gx_scope_level(scope, part->object, GX_RIGHT_READ) != GX_LEVEL_NONE;
}

static size_t readable_parts(const struct gx_scope *scope, const struct gx_tile *tile)
{
    size_t n = 0;
    for (size_t i = 0; i < tile->part_count; i++)
        n += may_read(scope, &tile->parts[i]);
    return n;
}

/* The only kind that asks nothing of the server. */
static bool is_recent(const struct gx_tile *tile)
{
    return gx_str_is(tile->kind, "recent");
}

static bool is_shown(const struct gx_scope *scope, const struct gx_tile *tile)
{
    return is_recent(tile) || readable_parts(scope, tile) > 0;
}

static void write_part(struct gx_jw *w, const struct gx_scope *scope, const struct gx_part *part)
{
    const struct gx_part *target =
        part->target && may_read(scope, part->target) ? part->target : NULL;
    gx_jw_object(w);
    gx_jw_key_str(w, "name", part->name);
    gx_meta_write_label(w, &part->label);
    gx_jw_key_str(w, "object", part->object->x.name);
    gx_jw_key_str(w, "filter", part->filter);
    gx_jw_key_str(w, "sort", part->sort);
    gx_jw_key_str(w, "fields", part->fields);
    gx_jw_key_str(w, "sum", part->sum);
    gx_jw_key_str(w, "by", part->by);
    gx_jw_key_str(w, "tone", part->tone);
    gx_jw_key_int(w, "limit", part->limit);
    gx_jw_key(w, GX_STR("set"));
    if (part->set)
        gx_json_write(w, part->set);
    else
        gx_jw_null(w);
    gx_jw_key(w, GX_STR("target"));
    if (target)
        write_part(w, scope, target);
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
}

static enum gx_code page_of(struct gx_req *req, const struct gx_page **ret_page)
{
    *ret_page = gx_meta_page(gx_scope_meta(req->scope), req->params[0]);
    if (*ret_page)
        return GX_OK;
    return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR("page"), GX_M_NO_PAGE, req->params[0]);
}

static enum gx_code page_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_page *page;
    GX_TRY(page_of(req, &page));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "page", page->name);
    gx_jw_key(&w, GX_STR("tiles"));
    gx_jw_array(&w);
    for (size_t i = 0; i < page->tile_count; i++) {
        const struct gx_tile *tile = &page->tiles[i];
        if (!is_shown(req->scope, tile))
            continue;
        gx_jw_object(&w);
        gx_jw_key_str(&w, "name", tile->name);
        gx_jw_key_str(&w, "kind", tile->kind);
        gx_jw_key_str(&w, "icon", tile->icon);
        gx_meta_write_label(&w, &tile->label);
        gx_jw_key(&w, GX_STR("parts"));
        gx_jw_array(&w);
        for (size_t k = 0; k < tile->part_count; k++)
            if (may_read(req->scope, &tile->parts[k]))
                write_part(&w, req->scope, &tile->parts[k]);
        gx_jw_array_end(&w);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    gx_reply_tagged(req);
    return GX_OK;
}

static const struct gx_schema tile_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "kind", .type = GX_SCHEMA_STR, .required = true },
    { .name = "icon", .type = GX_SCHEMA_STR, .required = true },
    { .name = "label", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "parts", .type = GX_SCHEMA_NODE, .required = true },
    { 0 },
};
static const struct gx_schema page_out[] = {
    { .name = "page", .type = GX_SCHEMA_STR, .required = true },
    { .name = "tiles", .type = GX_SCHEMA_LIST, .fields = tile_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_page = {
    .doc = "The tiles of a page, as far as the caller may read what they show.",
    .method = GX_GET,
    .path = "/api/v1/page/{page}",
    .who = GX_WHO_SIGNED_IN,
    .out = page_out,
    .errors = { GX_E_NOT_FOUND },
    .handler = page_get,
};

/* --- what a tile says now */

static enum gx_code write_groups(struct gx_req *req, const struct gx_part *part, struct gx_jw *w)
{
    const struct gx_group_options options = {
        .filter = part->filter,
        .by = part->by,
        .sums = part->sum,
    };
    return gx_group(req->scope, part->object, &options, w);
}

static enum gx_code write_rows(struct gx_req *req, const struct gx_part *part, struct gx_jw *w)
{
    const struct gx_list_options options = {
        .filter = part->filter,
        .sort = part->sort,
        .fields = part->fields,
        .limit = part->limit,
        .may = gx_req_may(req),
    };
    struct gx_list *list;
    bool has;
    enum gx_code code;
    GX_TRY(gx_list_open(req->scope, part->object, &options, &list));
    while ((code = gx_list_next(list, &has)) == GX_OK && has)
        gx_list_json(list, w);
    gx_list_close(list);
    return code;
}

/* Nothing to count; members stay the same. */
static void write_no_groups(struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("groups"));
    gx_jw_array(w);
    gx_jw_array_end(w);
    gx_jw_key_bool(w, "complete", true);
    gx_jw_object_end(w);
}

static enum gx_code write_answer(struct gx_req *req, const struct gx_tile *tile,
                                 const struct gx_part *part, struct gx_jw *w)
{
    bool steps = gx_str_is(tile->kind, "steps");
    bool listed = steps || gx_str_is(tile->kind, "agenda") || gx_str_is(tile->kind, "alerts");
    gx_jw_object(w);
    gx_jw_key_str(w, "name", part->name);
    gx_jw_key(w, GX_STR("groups"));
    if (steps)
        write_no_groups(w);
    else
        GX_TRY(write_groups(req, part, w));
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    if (listed)
        GX_TRY(write_rows(req, part, w));
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("target"));
    if (part->target && may_read(req->scope, part->target))
        GX_TRY(write_groups(req, part->target, w));
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code write_news(struct gx_req *req, const struct gx_tile *tile, struct gx_jw *w)
{
    struct gx_part *follow = GX_ARENA_ARRAY(req->ctx->arena, struct gx_part, tile->part_count + 1);
    struct gx_news_options options = { .follow = follow, .cursor = gx_req_query(req, "cursor") };
    int64_t limit;
    GX_TRY(gx_req_query_int(req, "limit", GX_NEWS_LIMIT, 1, GX_NEWS_LIMIT_MAX, &limit));
    for (size_t i = 0; i < tile->part_count; i++)
        if (may_read(req->scope, &tile->parts[i]))
            follow[options.follow_count++] = tile->parts[i];
    options.limit = (int)limit;
    return gx_news(req->scope, &options, w);
}

static enum gx_code tile_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_page *page;
    GX_TRY(page_of(req, &page));
    const struct gx_tile *tile = gx_page_tile(page, req->params[1]);
    if (!tile || !is_shown(req->scope, tile))
        return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR("tile"), GX_M_NO_PAGE, req->params[1]);
    bool news = gx_str_is(tile->kind, "changes");
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("parts"));
    gx_jw_array(&w);
    for (size_t i = 0; i < tile->part_count && !news; i++)
        if (may_read(req->scope, &tile->parts[i]))
            GX_TRY(write_answer(req, tile, &tile->parts[i], &w));
    gx_jw_array_end(&w);
    if (news)
        GX_TRY(write_news(req, tile, &w));
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_query_param tile_query[] = {
    { .name = "cursor",
      .doc = "changes: the `next` of the page before.",
      .type = GX_SCHEMA_STR,
      .max = 40 },
    { .name = "limit",
      .doc = "changes: at most this many entries.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = GX_NEWS_LIMIT_MAX },
    { 0 },
};
static const struct gx_schema answer_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "groups",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .doc = "As GET /api/v1/{object}/groups answers for the part's filter, sum and by." },
    { .name = "rows", .type = GX_SCHEMA_NODE, .required = true, .doc = "agenda, alerts: records." },
    { .name = "target",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .nullable = true,
      .doc = "The same as `groups` of what the figure is held against." },
    { 0 },
};
static const struct gx_schema data_out[] = {
    { .name = "parts", .type = GX_SCHEMA_LIST, .fields = answer_out, .required = true },
    { .name = "rows",
      .type = GX_SCHEMA_NODE,
      .doc = "changes: entries of the log as {type, id, at, by, object, record, changes}." },
    { .name = "next", .type = GX_SCHEMA_STR, .nullable = true },
    { 0 },
};

const struct gx_route gx_route_page_tile = {
    .doc = "What a tile says now: records, counts, sums, or what others changed.",
    .method = GX_GET,
    .path = "/api/v1/page/{page}/{tile}",
    .who = GX_WHO_SIGNED_IN,
    .query = tile_query,
    .out = data_out,
    .errors = { GX_E_NOT_FOUND, GX_E_INVALID, GX_E_LIMIT },
    .handler = tile_get,
};
