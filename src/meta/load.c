/*
 * load.c - from JSON sources to a checked snapshot; see load_int.h for the passes.
 *
 * The folder of a source says what it is: …/objects/x.json, …/extend/x.json,
 * …/processes/x.json, …/pages/x.json, …/expiry/x.json, …/roles.json, …/pack.json.
 */
#include "meta/load_int.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/text.h"

enum gx_code gx_load_place(struct gx_loader *loader, struct gx_str file, const struct gx_json *node)
{
    struct gx_error *error = loader->ctx->last_error;
    error->file = gx_arena_str(loader->ctx->arena, file);
    error->line = node ? node->line : 1;
    return error->code;
}

struct gx_str gx_load_path(struct gx_loader *loader, struct gx_str path, const char *key)
{
    return gx_arena_printf(loader->ctx->arena, "%.*s%s%s", GX_STR_ARG(path), path.n ? "." : "",
                           key);
}

struct gx_str gx_load_path_index(struct gx_loader *loader, struct gx_str path, size_t i)
{
    return gx_arena_printf(loader->ctx->arena, "%.*s[%zu]", GX_STR_ARG(path), i);
}

enum gx_code gx_load_keys(struct gx_loader *loader, struct gx_str file, const struct gx_json *node,
                          struct gx_str path, const char *const *known)
{
    if (node->kind != GX_JSON_OBJECT)
        return gx_load_fail(loader, file, node, path, GX_M_WRONG_TYPE, path,
                            GX_STR("an object {…}"));
    enum gx_code code = GX_OK;
    for (const struct gx_json *k = node->first; k; k = k->next) {
        size_t i = 0, best = 0;
        int best_score = 0;
        for (; known[i] && !gx_str_is(k->key, known[i]); i++) {
            int score = gx_text_near(gx_str_c(known[i]), k->key);
            if (score > best_score) {
                best_score = score;
                best = i;
            }
        }
        if (known[i])
            continue;
        struct gx_str where = gx_load_path(loader, path, gx_arena_cstr(loader->ctx->arena, k->key));
        if (best_score >= 600)
            code = gx_load_fail(loader, file, k, where, GX_M_UNKNOWN_KEY_NEAR, k->key,
                                gx_str_c(known[best]));
        else
            code = gx_load_fail(loader, file, k, where, GX_M_UNKNOWN_KEY, k->key);
    }
    return code;
}

struct gx_label gx_load_label(const struct gx_json *node)
{
    struct gx_label label = { 0 };
    if (!node)
        return label;
    if (node->kind == GX_JSON_STRING) {
        label.text[GX_LANG_EN] = label.text[GX_LANG_ZH_HANT] = node->text;
    } else {
        label.text[GX_LANG_EN] = gx_json_get_str(node, "en", GX_STR(""));
        label.text[GX_LANG_ZH_HANT] = gx_json_get_str(node, "zh-Hant", label.text[GX_LANG_EN]);
    }
    return label;
}

bool gx_load_name_ok(struct gx_str name)
{
    if (name.n == 0 || name.n > GX_NAME_BYTES_MAX || name.p[0] < 'a' || name.p[0] > 'z')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return !gx_str_starts(name, GX_STR("gx_"));
}

struct gx_object_draft *gx_load_draft(struct gx_loader *loader, struct gx_str object)
{
    for (size_t i = 0; i < loader->draft_count; i++)
        if (gx_str_eq(loader->drafts[i].object->x.name, object))
            return &loader->drafts[i];
    return NULL;
}

static bool has_piece(struct gx_str path, const char *piece)
{
    return gx_str_search(path, gx_str_c(piece)) != SIZE_MAX;
}

/*
 * First pieces of addresses under /api/v1/ that are not objects: a record list of such a name
 * could not be reached.  A test holds them against the routes.
 */
static bool is_address(struct gx_str name)
{
    static const char *const words[] = {
        "admin",  "backup",     "batch",  "definition", "demo",    "events",
        "health", "import",     "meta",   "migrate",    "openapi", "operator",
        "page",   "relocation", "search", "session",    "setup",   "signin",
        "signup", "verify",     "house",  "expiry",     "sql",     "segment_list",
    };
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_str_is(name, words[i]))
            return true;
    return false;
}

static enum gx_code declare(struct gx_loader *loader, struct gx_str file, struct gx_str pack,
                            const struct gx_json *json)
{
    static const char *const known[] = { "object", "id",          "label",  "plural",    "doc",
                                         "icon",   "title",       "owned",  "search",    "history",
                                         "fields", "unique",      "rules",  "relations", "pages",
                                         "access", "convert",     "shared", "retired",   "sharing",
                                         "locked", "append_only", NULL };
    GX_TRY(gx_load_keys(loader, file, json, GX_STR(""), known));
    struct gx_str name = gx_json_get_str(json, "object", GX_STR(""));
    struct gx_str id = gx_json_get_str(json, "id", name);
    if (!gx_load_name_ok(name) || !gx_load_name_ok(id))
        return gx_load_fail(loader, file, json, GX_STR("object"), GX_M_META_NAME, name);
    /* Tables of ours beside those of objects are called x_fts… and x__field. */
    if (has_piece(id, "_fts") || has_piece(id, "__") || gx_str_starts(id, GX_STR("sqlite_")))
        return gx_load_fail(loader, file, json, GX_STR("id"), GX_M_META_NAME, id);
    for (size_t i = 0; i < loader->draft_count; i++)
        if (gx_str_eq(loader->drafts[i].object->id, id))
            return gx_load_fail(loader, file, json, GX_STR("id"), GX_M_META_TWICE, id);
    if (is_address(name))
        return gx_load_fail(loader, file, json, GX_STR("object"), GX_M_META_RESERVED, name);
    if (gx_load_draft(loader, name))
        return gx_load_fail(loader, file, json, GX_STR("object"), GX_M_META_TWICE, name);
    if (loader->draft_count >= GX_META_OBJECTS_MAX)
        return gx_load_fail(loader, file, json, GX_STR("object"), GX_M_META_TOO_MANY);
    struct gx_object *object = GX_ARENA_NEW(loader->arena, struct gx_object);
    object->x.name = name;
    object->x.table = id;
    object->x.deleted_column = GX_STR("deleted_at");
    object->id = id;
    object->index = (int)loader->draft_count;
    object->pack = pack;
    object->label = gx_load_label(gx_json_get(json, "label"));
    object->plural = gx_load_label(gx_json_get(json, "plural"));
    object->icon = gx_json_get_str(json, "icon", GX_STR(""));
    object->doc = gx_json_get_str(json, "doc", GX_STR(""));
    object->append_only = gx_json_get_bool(json, "append_only", false);
    object->searched = gx_json_get_bool(json, "search", true);
    object->history = gx_json_get_bool(json, "history", true);
    object->pages = gx_json_get(json, "pages");
    object->search_table = gx_arena_printf(loader->arena, "%.*s_fts", GX_STR_ARG(id));
    struct gx_object_draft *draft = &loader->drafts[loader->draft_count++];
    *draft = (struct gx_object_draft){ .object = object, .json = json, .file = file };
    draft->parts[0] = json;
    draft->part_files[0] = file;
    draft->part_count = 1;
    return GX_OK;
}

static enum gx_code extend(struct gx_loader *loader, struct gx_str file, const struct gx_json *json)
{
    static const char *const known[] = { "extend",  "fields",  "unique",    "rules",
                                         "pages",   "access",  "relations", "change",
                                         "retired", "sharing", NULL };
    GX_TRY(gx_load_keys(loader, file, json, GX_STR(""), known));
    struct gx_str name = gx_json_get_str(json, "extend", GX_STR(""));
    struct gx_object_draft *draft = gx_load_draft(loader, name);
    if (!draft)
        return gx_load_fail(loader, file, json, GX_STR("extend"), GX_M_META_NO_OBJECT, name);
    if (draft->part_count == GX_COUNT(draft->parts))
        return gx_load_fail(loader, file, json, GX_STR("extend"), GX_M_META_TOO_MANY);
    draft->parts[draft->part_count] = json;
    draft->part_files[draft->part_count++] = file;
    return GX_OK;
}

static struct gx_str pack_of(const struct gx_meta_source *source)
{
    if (source->custom || !gx_str_starts(source->path, GX_STR("packs/")))
        return GX_STR("");
    struct gx_str rest = gx_str_from(source->path, 6);
    return (struct gx_str){ rest.p, gx_str_find(rest, '/') };
}

static enum gx_code parse_source(struct gx_loader *loader, const struct gx_meta_source *source,
                                 struct gx_json **ret_json)
{
    struct gx_ctx own = *loader->ctx; /* the tree must live as long as the snapshot */
    own.arena = loader->arena;
    gx_ctx_clear(&own);
    enum gx_code code = gx_json_read(&own, gx_arena_str(loader->arena, source->json), ret_json);
    if (code == GX_OK)
        return GX_OK;
    const struct gx_error *e = own.errors;
    struct gx_str args[8] = { { "", 0 } };
    for (size_t i = 0; e && i < e->arg_count && i < 7; i++)
        args[i + 1] = e->args[i];
    int64_t line = 1;
    if (e && e->arg_count > 1 && gx_str_int64(e->args[1], &line) && line < 1)
        line = 1;
    gx_fail_args(loader->ctx, code, e ? e->path : GX_STR(""), -1, e ? e->message : GX_M_NONE, args,
                 e ? e->arg_count : 0);
    loader->ctx->last_error->file = gx_arena_str(loader->ctx->arena, source->path);
    loader->ctx->last_error->line = line;
    return code;
}

/* pack.json: what matters at run time is the menu; objects are checked when all are known. */
static enum gx_code read_pack(struct gx_loader *loader, struct gx_str file,
                              const struct gx_json *json)
{
    static const char *const known[] = {
        "pack", "version", "requires", "label", "doc", "menu", NULL
    };
    struct gx_meta *meta = loader->meta;
    GX_TRY(gx_load_keys(loader, file, json, GX_STR(""), known));
    const struct gx_json *menu = gx_json_get(json, "menu");
    size_t more = menu ? menu->count : 0;
    struct gx_str *grown =
        GX_ARENA_ARRAY(loader->arena, struct gx_str, meta->menu_count + more + 1);
    if (meta->menu_count)
        memcpy(grown, meta->menu, meta->menu_count * sizeof *grown);
    meta->menu = grown;
    for (const struct gx_json *k = menu ? menu->first : NULL; k; k = k->next)
        meta->menu[meta->menu_count++] = k->text;
    return GX_OK;
}

static enum gx_code sort_sources(struct gx_loader *loader, const struct gx_meta_source *sources,
                                 size_t count)
{
    const struct gx_json **later = GX_ARENA_ARRAY(loader->arena, const struct gx_json *, count);
    struct gx_str *later_files = GX_ARENA_ARRAY(loader->arena, struct gx_str, count);
    size_t later_count = 0;
    enum gx_code code = GX_OK;
    for (size_t i = 0; i < count; i++) {
        struct gx_json *json;
        struct gx_str path = gx_arena_str(loader->arena, sources[i].path);
        enum gx_code one = parse_source(loader, &sources[i], &json);
        if (one != GX_OK) {
            code = one;
            continue;
        }
        if (has_piece(path, "/objects/")) {
            one = declare(loader, path, gx_arena_str(loader->arena, pack_of(&sources[i])), json);
        } else if (has_piece(path, "/extend/")) {
            later[later_count] = json;
            later_files[later_count++] = path;
        } else if (has_piece(path, "/processes/")) {
            loader->process_json[loader->process_count] = json;
            loader->process_files[loader->process_count++] = path;
        } else if (has_piece(path, "/pages/")) {
            loader->page_json[loader->page_count] = json;
            loader->page_files[loader->page_count++] = path;
        } else if (has_piece(path, "/expiry/")) {
            loader->expiry_json[loader->expiry_count] = json;
            loader->expiry_files[loader->expiry_count++] = path;
        } else if (gx_str_ends(path, GX_STR("/pack.json"))) {
            one = read_pack(loader, path, json);
        } else if (gx_str_ends(path, GX_STR("/roles.json")) || has_piece(path, "/roles/")) {
            loader->role_json[loader->role_count] = json;
            loader->role_files[loader->role_count++] = path;
        }
        if (one != GX_OK)
            code = one;
    }
    for (size_t i = 0; i < later_count; i++) {
        enum gx_code one = extend(loader, later_files[i], later[i]);
        if (one != GX_OK)
            code = one;
    }
    for (size_t i = 0; i < loader->draft_count; i++) {
        enum gx_code one = gx_load_changes(loader, &loader->drafts[i]);
        if (one != GX_OK)
            code = one;
    }
    return code;
}

static struct gx_str hash_of(struct gx_arena *arena, const struct gx_meta_source *sources,
                             size_t count)
{
    crypto_generichash_state state;
    unsigned char hash[16];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < count; i++) {
        const unsigned char *json = (const unsigned char *)sources[i].json.p;
        crypto_generichash_update(&state, (const unsigned char *)sources[i].path.p,
                                  sources[i].path.n);
        crypto_generichash_update(&state, json, sources[i].json.n);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    char hex[2 * sizeof hash + 1];
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return gx_arena_str(arena, gx_str_c(hex));
}

static const struct gx_expr_object *find_object(const void *p, struct gx_str name)
{
    const struct gx_object *object = gx_meta_object(p, name);
    return object ? &object->x : NULL;
}

static enum gx_code load(struct gx_loader *loader, const struct gx_meta_source *sources,
                         size_t count)
{
    struct gx_meta *meta = loader->meta;
    GX_TRY(sort_sources(loader, sources, count));
    meta->object_count = loader->draft_count;
    meta->objects = GX_ARENA_ARRAY(loader->arena, const struct gx_object *, meta->object_count + 1);
    for (size_t i = 0; i < loader->draft_count; i++) {
        struct gx_object *object = loader->drafts[i].object;
        meta->objects[i] = object;
        gx_map_set(&meta->by_name, loader->arena, object->x.name, object);
    }
    meta->schema = (struct gx_expr_schema){ .p = meta, .object = find_object };
    GX_TRY(gx_load_processes(loader));
    enum gx_code code = GX_OK;
    for (size_t i = 0; i < loader->draft_count; i++) {
        enum gx_code one = gx_load_fields(loader, &loader->drafts[i]);
        if (one == GX_OK)
            one = gx_load_layout(loader, &loader->drafts[i]);
        if (one != GX_OK)
            code = one;
    }
    GX_TRY(code);
    for (size_t i = 0; i < loader->draft_count; i++) {
        enum gx_code one = gx_load_object_rest(loader, &loader->drafts[i]);
        if (one != GX_OK)
            code = one;
    }
    GX_TRY(code);
    GX_TRY(gx_load_expressions(loader));
    for (size_t i = 0; i < loader->draft_count; i++) {
        enum gx_code one = gx_load_convert(loader, &loader->drafts[i]);
        if (one != GX_OK)
            code = one;
    }
    GX_TRY(code);
    GX_TRY(gx_load_pages(loader));
    GX_TRY(gx_load_roles(loader));
    GX_TRY(gx_load_expiries(loader));
    meta->version = hash_of(loader->arena, sources, count);
    return GX_OK;
}

enum gx_code gx_meta_load(struct gx_ctx *ctx, const struct gx_meta_source *sources, size_t count,
                          struct gx_meta **ret_meta)
{
    struct gx_arena arena = { 0 };
    struct gx_meta *meta = GX_ARENA_NEW(&arena, struct gx_meta);
    meta->arena = arena;
    meta->references = 1;
    gx_meta_notes_start(meta);
    struct gx_loader loader = { .ctx = ctx, .meta = meta, .arena = &meta->arena };
    loader.drafts = GX_ARENA_ARRAY(ctx->arena, struct gx_object_draft, GX_META_OBJECTS_MAX);
    loader.process_json = GX_ARENA_ARRAY(ctx->arena, const struct gx_json *, count + 1);
    loader.process_files = GX_ARENA_ARRAY(ctx->arena, struct gx_str, count + 1);
    loader.page_json = GX_ARENA_ARRAY(ctx->arena, const struct gx_json *, count + 1);
    loader.page_files = GX_ARENA_ARRAY(ctx->arena, struct gx_str, count + 1);
    loader.expiry_json = GX_ARENA_ARRAY(ctx->arena, const struct gx_json *, count + 1);
    loader.expiry_files = GX_ARENA_ARRAY(ctx->arena, struct gx_str, count + 1);
    loader.role_json = GX_ARENA_ARRAY(ctx->arena, const struct gx_json *, count + 1);
    loader.role_files = GX_ARENA_ARRAY(ctx->arena, struct gx_str, count + 1);
    enum gx_code code = load(&loader, sources, count);
    if (code != GX_OK) {
        gx_meta_unref(meta);
        return code;
    }
    *ret_meta = meta;
    return GX_OK;
}
