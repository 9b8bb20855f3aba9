/*
 * load_page.c - pages that are not about one object: packs/<pack>/pages/<page>.json.
 *
 * A page that several packs have is one page: tiles come in the order of the packs, and a tile that
 * is there already gets more parts, as an object gets more fields from extensions.
 */
#include "meta/load_int.h"

/* What the faces know how to show. */
static const char *const kinds[] = { "agenda",  "alerts", "figures", "groups",
                                     "changes", "recent", "steps" };

enum { PART_LIMIT = 5, PART_LIMIT_MAX = 50, TILES_MAX = 60, PARTS_MAX = 40 };

struct part_at {
    struct gx_str file, path;
    const struct gx_json *json;
    struct gx_part *part;
};

static enum gx_code check_expr(struct gx_loader *loader, const struct part_at *at, const char *key,
                               struct gx_str text, enum gx_type want)
{
    const struct gx_expr *expr;
    const struct gx_object_draft *draft = gx_load_draft(loader, at->part->object->x.name);
    const struct gx_json *node = gx_json_get(at->json, key);
    return gx_load_expr(loader, draft, at->file, node, gx_load_path(loader, at->path, key), text,
                        want, &expr);
}

/* "-at,account.name": each is an expression by itself. */
static enum gx_code check_list(struct gx_loader *loader, const struct part_at *at, const char *key,
                               struct gx_str list)
{
    struct gx_str rest = list, one;
    while (rest.n && gx_str_split(&rest, ',', &one)) {
        one = gx_str_trim(one);
        if (one.n && one.p[0] == '-')
            one = gx_str_from(one, 1);
        GX_TRY(check_expr(loader, at, key, one, GX_TYPE_ANY));
    }
    return GX_OK;
}

/* Only stored fields of the object can be ticked off with. */
static enum gx_code check_set(struct gx_loader *loader, const struct part_at *at)
{
    const struct gx_part *part = at->part;
    for (const struct gx_json *k = part->set ? part->set->first : NULL; k; k = k->next) {
        const struct gx_field *f = gx_object_field(part->object, k->key);
        if (!f || !f->type->from_json)
            return gx_load_fail(loader, at->file, k, gx_load_path(loader, at->path, "set"),
                                GX_M_UNKNOWN_KEY, k->key);
    }
    return GX_OK;
}

static enum gx_code read_part(struct gx_loader *loader, const struct part_at *at)
{
    static const char *const known[] = { "name",   "label",  "object", "filter", "sort",
                                         "fields", "sum",    "by",     "tone",   "limit",
                                         "set",    "target", NULL };
    const struct gx_json *json = at->json, *target = gx_json_get(json, "target");
    struct gx_part *p = at->part;
    GX_TRY(gx_load_keys(loader, at->file, json, at->path, known));
    struct gx_str object = gx_json_get_str(json, "object", GX_STR(""));
    p->object = gx_meta_object(loader->meta, object);
    if (!p->object)
        return gx_load_fail(loader, at->file, json, gx_load_path(loader, at->path, "object"),
                            GX_M_META_NO_OBJECT, object);
    p->name = gx_json_get_str(json, "name", object);
    p->label = gx_load_label(gx_json_get(json, "label"));
    p->filter = gx_json_get_str(json, "filter", GX_STR(""));
    p->sort = gx_json_get_str(json, "sort", GX_STR(""));
    p->fields = gx_json_get_str(json, "fields", GX_STR(""));
    p->sum = gx_json_get_str(json, "sum", GX_STR(""));
    p->by = gx_json_get_str(json, "by", GX_STR(""));
    p->tone = gx_json_get_str(json, "tone", GX_STR(""));
    p->limit = gx_json_get_int(json, "limit", PART_LIMIT);
    p->set = gx_json_get(json, "set");
    if (p->limit < 1 || p->limit > PART_LIMIT_MAX)
        return gx_load_fail(loader, at->file, json, gx_load_path(loader, at->path, "limit"),
                            GX_M_META_TOO_MANY);
    if (p->filter.n)
        GX_TRY(check_expr(loader, at, "filter", p->filter, GX_TYPE_BOOL));
    GX_TRY(check_list(loader, at, "sort", p->sort));
    GX_TRY(check_list(loader, at, "fields", p->fields));
    GX_TRY(check_list(loader, at, "sum", p->sum));
    GX_TRY(check_list(loader, at, "by", p->by));
    GX_TRY(check_set(loader, at));
    if (!target)
        return GX_OK;
    struct part_at inner = { at->file, gx_load_path(loader, at->path, "target"), target,
                             GX_ARENA_NEW(loader->arena, struct gx_part) };
    p->target = inner.part;
    return read_part(loader, &inner);
}

static enum gx_code read_parts(struct gx_loader *loader, struct gx_tile *tile, struct gx_str file,
                               const struct gx_json *json, struct gx_str path)
{
    const struct gx_json *list = gx_json_get(json, "parts");
    size_t more = list ? list->count : 0, i = 0;
    if (tile->part_count + more > PARTS_MAX)
        return gx_load_fail(loader, file, json, path, GX_M_META_TOO_MANY);
    struct gx_part *parts = GX_ARENA_ARRAY(loader->arena, struct gx_part, PARTS_MAX);
    if (tile->part_count)
        memcpy(parts, tile->parts, tile->part_count * sizeof *parts);
    tile->parts = parts;
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        struct part_at at = {
            .file = file,
            .path = gx_load_path_index(loader, gx_load_path(loader, path, "parts"), i++),
            .json = k,
            .part = &parts[tile->part_count],
        };
        *at.part = (struct gx_part){ .limit = 0 };
        GX_TRY(read_part(loader, &at));
        tile->part_count++;
    }
    return GX_OK;
}

static bool is_kind(struct gx_str kind)
{
    for (size_t i = 0; i < GX_COUNT(kinds); i++)
        if (gx_str_is(kind, kinds[i]))
            return true;
    return false;
}

static enum gx_code read_tile(struct gx_loader *loader, struct gx_page *page, struct gx_str file,
                              const struct gx_json *json, struct gx_str path)
{
    static const char *const known[] = { "tile", "kind", "label", "icon", "parts", NULL };
    GX_TRY(gx_load_keys(loader, file, json, path, known));
    struct gx_str name = gx_json_get_str(json, "tile", GX_STR(""));
    struct gx_tile *tile = (struct gx_tile *)gx_page_tile(page, name);
    if (!gx_load_name_ok(name))
        return gx_load_fail(loader, file, json, gx_load_path(loader, path, "tile"), GX_M_META_NAME,
                            name);
    if (!tile) {
        struct gx_str kind = gx_json_get_str(json, "kind", GX_STR(""));
        if (!is_kind(kind))
            return gx_load_fail(loader, file, json, gx_load_path(loader, path, "kind"),
                                GX_M_META_NO_TILE, kind);
        if (page->tile_count == TILES_MAX)
            return gx_load_fail(loader, file, json, path, GX_M_META_TOO_MANY);
        tile = &page->tiles[page->tile_count++];
        *tile = (struct gx_tile){ .name = name,
                                  .kind = kind,
                                  .icon = gx_json_get_str(json, "icon", GX_STR("")),
                                  .label = gx_load_label(gx_json_get(json, "label")) };
    }
    return read_parts(loader, tile, file, json, path);
}

static struct gx_page *page_of(struct gx_loader *loader, struct gx_str name)
{
    struct gx_meta *meta = loader->meta;
    for (size_t i = 0; i < meta->page_count; i++)
        if (gx_str_eq(meta->pages[i].name, name))
            return &meta->pages[i];
    struct gx_page *page = &meta->pages[meta->page_count++];
    *page = (struct gx_page){
        .name = name,
        .tiles = GX_ARENA_ARRAY(loader->arena, struct gx_tile, TILES_MAX),
    };
    return page;
}

enum gx_code gx_load_pages(struct gx_loader *loader)
{
    static const char *const known[] = { "page", "tiles", NULL };
    enum gx_code code = GX_OK;
    loader->meta->pages = GX_ARENA_ARRAY(loader->arena, struct gx_page, loader->page_count + 1);
    for (size_t i = 0; i < loader->page_count; i++) {
        const struct gx_json *json = loader->page_json[i], *tiles = gx_json_get(json, "tiles");
        struct gx_str file = loader->page_files[i];
        struct gx_str name = gx_json_get_str(json, "page", GX_STR(""));
        size_t n = 0;
        GX_TRY(gx_load_keys(loader, file, json, GX_STR(""), known));
        if (!gx_load_name_ok(name))
            return gx_load_fail(loader, file, json, GX_STR("page"), GX_M_META_NAME, name);
        for (const struct gx_json *k = tiles ? tiles->first : NULL; k; k = k->next) {
            struct gx_str path = gx_load_path_index(loader, GX_STR("tiles"), n++);
            enum gx_code one = read_tile(loader, page_of(loader, name), file, k, path);
            if (one != GX_OK)
                code = one;
        }
    }
    return code;
}
