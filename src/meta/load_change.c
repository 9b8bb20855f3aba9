/*
 * load_change.c - what an extension changes of an object, instead of adding to it.
 *
 * "change" of an extension lays other values over what the object's own file and the extensions
 * before it say: labels, whether a field must be filled in, the choices, whole pages.  What a
 * value is (its type, its column, a formula) stays with who declared it.  null takes a key away.
 */
#include "meta/load_int.h"

static const struct gx_json *change_of(const struct gx_object_draft *draft, size_t part)
{
    return part ? gx_json_get(draft->parts[part], "change") : NULL;
}

static const struct gx_json *member(const struct gx_json *node, struct gx_str key)
{
    for (const struct gx_json *k = node ? node->first : NULL; k; k = k->next)
        if (gx_str_eq(k->key, key))
            return k;
    return NULL;
}

static void append(struct gx_arena *arena, struct gx_json *out, struct gx_json **tail,
                   const struct gx_json *child)
{
    struct gx_json *copy = GX_ARENA_NEW(arena, struct gx_json);
    *copy = *child;
    copy->next = NULL;
    if (*tail)
        (*tail)->next = copy;
    else
        out->first = copy;
    *tail = copy;
    out->count++;
}

/* A copy of `node` whose members are those of `over` where it has them; null leaves one out. */
static const struct gx_json *overlaid(struct gx_arena *arena, const struct gx_json *node,
                                      const struct gx_json *over)
{
    struct gx_json *out = GX_ARENA_NEW(arena, struct gx_json), *tail = NULL;
    *out = *node;
    out->first = NULL;
    out->count = 0;
    for (const struct gx_json *k = node->first; k; k = k->next)
        if (!member(over, k->key))
            append(arena, out, &tail, k);
    for (const struct gx_json *k = over->first; k; k = k->next)
        if (k->kind != GX_JSON_NULL)
            append(arena, out, &tail, k);
    return out;
}

const struct gx_json *gx_load_changed(struct gx_loader *loader, const struct gx_object_draft *draft,
                                      const char *list, const struct gx_json *node,
                                      struct gx_str *ret_file, struct gx_str *ret_path)
{
    struct gx_str name = gx_json_get_str(node, "name", GX_STR(""));
    for (size_t p = 1; node && p < draft->part_count; p++) {
        const struct gx_json *over = member(gx_json_get(change_of(draft, p), list), name);
        if (!over)
            continue;
        *ret_file = draft->part_files[p];
        *ret_path = gx_arena_printf(loader->ctx->arena, "change.%s.%.*s", list, GX_STR_ARG(name));
        node = over->kind == GX_JSON_NULL ? NULL : overlaid(loader->arena, node, over);
    }
    return node;
}

const struct gx_json *gx_load_changed_pages(struct gx_loader *loader,
                                            const struct gx_object_draft *draft,
                                            const struct gx_json *pages)
{
    static const struct gx_json nothing = { .kind = GX_JSON_OBJECT };
    for (size_t p = 1; p < draft->part_count; p++) {
        const struct gx_json *over = gx_json_get(change_of(draft, p), "pages");
        if (over)
            pages = overlaid(loader->arena, pages ? pages : &nothing, over);
    }
    return pages;
}

/* Every name under `list` is one of something that is declared. */
static enum gx_code check_names(struct gx_loader *loader, const struct gx_object_draft *draft,
                                size_t part, const char *list, const char *const *known)
{
    const struct gx_json *changes = gx_json_get(change_of(draft, part), list);
    struct gx_str file = draft->part_files[part];
    for (const struct gx_json *k = changes ? changes->first : NULL; k; k = k->next) {
        struct gx_str path =
            gx_arena_printf(loader->ctx->arena, "change.%s.%.*s", list, GX_STR_ARG(k->key));
        bool found = false;
        for (size_t p = 0; p < draft->part_count && !found; p++) {
            const struct gx_json *there = gx_json_get(draft->parts[p], list);
            for (const struct gx_json *d = there ? there->first : NULL; d && !found; d = d->next)
                found = gx_str_eq(gx_json_get_str(d, "name", GX_STR("")), k->key);
        }
        if (!found)
            return gx_load_fail(loader, file, k, path, GX_M_UNKNOWN_KEY, k->key);
        if (k->kind != GX_JSON_NULL)
            GX_TRY(gx_load_keys(loader, file, k, path, known));
    }
    return GX_OK;
}

static enum gx_code check_change(struct gx_loader *loader, const struct gx_object_draft *draft,
                                 size_t part)
{
    static const char *const known[] = { "label", "plural",    "icon",  "fields",
                                         "rules", "relations", "pages", NULL };
    static const char *const field[] = { "label",         "doc",    "help",    "required",
                                         "required_when", "when",   "default", "choices",
                                         "unique",        "index",  "history", "private",
                                         "readonly",      "search", "min",     "max",
                                         "on_delete",     NULL };
    static const char *const rule[] = { "check", "message", "field", "warn", NULL };
    static const char *const relation[] = { "label", NULL };
    static const char *const pages[] = { "list", "form", "phone", "card", "related", NULL };
    const struct gx_json *change = change_of(draft, part);
    struct gx_str file = draft->part_files[part];
    GX_TRY(gx_load_keys(loader, file, change, GX_STR("change"), known));
    const struct gx_json *shown = gx_json_get(change, "pages"), *of = gx_json_get(change, "fields");
    if (shown)
        GX_TRY(gx_load_keys(loader, file, shown, GX_STR("change.pages"), pages));
    for (const struct gx_json *k = of ? of->first : NULL; k; k = k->next)
        if (k->kind == GX_JSON_NULL)
            return gx_load_fail(loader, file, k, GX_STR("change.fields"), GX_M_REQUIRED, k->key);
    GX_TRY(check_names(loader, draft, part, "fields", field));
    GX_TRY(check_names(loader, draft, part, "rules", rule));
    return check_names(loader, draft, part, "relations", relation);
}

enum gx_code gx_load_changes(struct gx_loader *loader, struct gx_object_draft *draft)
{
    for (size_t p = 1; p < draft->part_count; p++) {
        const struct gx_json *change = change_of(draft, p);
        if (!change)
            continue;
        GX_TRY(check_change(loader, draft, p));
        if (gx_json_get(change, "label"))
            draft->object->label = gx_load_label(gx_json_get(change, "label"));
        if (gx_json_get(change, "plural"))
            draft->object->plural = gx_load_label(gx_json_get(change, "plural"));
        draft->object->icon = gx_json_get_str(change, "icon", draft->object->icon);
    }
    return GX_OK;
}
