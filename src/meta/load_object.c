/* load_object.c - title, unique keys and relations of an object, and its expressions. */
#include "meta/load_int.h"

static enum gx_code read_uniques(struct gx_loader *loader, struct gx_object_draft *draft)
{
    struct gx_object *object = draft->object;
    size_t most = object->field_count;
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "unique");
        most += list ? list->count : 0;
    }
    struct gx_unique *uniques = GX_ARENA_ARRAY(loader->arena, struct gx_unique, most);
    size_t n = 0;
    for (size_t i = 0; i < object->field_count; i++)
        if (object->fields[i].unique) {
            const struct gx_field **one = GX_ARENA_NEW(loader->arena, const struct gx_field *);
            one[0] = &object->fields[i];
            uniques[n++] = (struct gx_unique){ .fields = one, .count = 1 };
        }
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "unique");
        for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
            struct gx_unique *u = &uniques[n++];
            u->fields = GX_ARENA_ARRAY(loader->arena, const struct gx_field *, k->count + 1);
            for (const struct gx_json *f = k->first; f; f = f->next) {
                u->fields[u->count] = gx_object_field(object, f->text);
                if (!u->fields[u->count] || u->fields[u->count]->part_count == 0)
                    return gx_load_fail(loader, draft->part_files[p], f, GX_STR("unique"),
                                        GX_M_UNKNOWN_KEY, f->text);
                u->count++;
            }
            if (u->count == 0)
                return gx_load_fail(loader, draft->part_files[p], k, GX_STR("unique"),
                                    GX_M_REQUIRED, GX_STR("unique"));
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct gx_str name = gx_arena_printf(loader->arena, "u_%.*s", GX_STR_ARG(object->x.table));
        for (size_t k = 0; k < uniques[i].count; k++)
            name = gx_arena_printf(loader->arena, "%.*s__%.*s", GX_STR_ARG(name),
                                   GX_STR_ARG(uniques[i].fields[k]->id));
        if (name.n > 63)
            name =
                gx_arena_printf(loader->arena, "u_%016llx", (unsigned long long)gx_str_hash(name));
        uniques[i].index = name;
    }
    object->uniques = uniques;
    object->unique_count = n;
    return GX_OK;
}

static enum gx_code read_relations(struct gx_loader *loader, struct gx_object_draft *draft)
{
    static const char *const known[] = { "name", "object", "field", "label", NULL };
    struct gx_object *object = draft->object;
    size_t most = 0, n = 0;
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "relations");
        most += list ? list->count : 0;
    }
    struct gx_relation *relations = GX_ARENA_ARRAY(loader->arena, struct gx_relation, most + 1);
    struct gx_expr_relation *xr = GX_ARENA_ARRAY(loader->arena, struct gx_expr_relation, most + 1);
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "relations");
        for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
            GX_TRY(gx_load_keys(loader, draft->part_files[p], k, GX_STR("relations"), known));
            struct gx_str file, path;
            const struct gx_json *shown =
                gx_load_changed(loader, draft, "relations", k, &file, &path);
            if (!shown)
                continue;
            struct gx_str to = gx_json_get_str(k, "object", GX_STR(""));
            struct gx_str field = gx_json_get_str(k, "field", GX_STR(""));
            const struct gx_object *other = gx_meta_object(loader->meta, to);
            const struct gx_field *link = other ? gx_object_field(other, field) : NULL;
            if (!other)
                return gx_load_fail(loader, draft->part_files[p], k, GX_STR("relations"),
                                    GX_M_META_NO_OBJECT, to);
            if (!link || link->x.type != GX_TYPE_LINK)
                return gx_load_fail(loader, draft->part_files[p], k, GX_STR("relations"),
                                    GX_M_UNKNOWN_KEY, field);
            xr[n] = (struct gx_expr_relation){
                .name = gx_json_get_str(k, "name", GX_STR("")),
                .object = gx_arena_cstr(loader->arena, to),
                .field = field,
            };
            relations[n] =
                (struct gx_relation){ xr[n], gx_load_label(gx_json_get(shown, "label")) };
            if (!gx_load_name_ok(xr[n].name))
                return gx_load_fail(loader, draft->part_files[p], k, GX_STR("relations"),
                                    GX_M_META_NAME, xr[n].name);
            n++;
        }
    }
    object->relations = relations;
    object->relation_count = n;
    object->x.relations = xr;
    object->x.relation_count = n;
    return GX_OK;
}

/* A copy of a node with the children of both, so that the sources stay as they are. */
static struct gx_json *joined(struct gx_arena *arena, const struct gx_json *a,
                              const struct gx_json *b)
{
    struct gx_json *out = GX_ARENA_NEW(arena, struct gx_json), **tail = &out->first;
    *out = *a;
    out->first = out->next = NULL;
    out->count = a->count + b->count;
    const struct gx_json *lists[] = { a->first, b->first };
    for (size_t i = 0; i < GX_COUNT(lists); i++)
        for (const struct gx_json *k = lists[i]; k; k = k->next) {
            *tail = GX_ARENA_NEW(arena, struct gx_json);
            **tail = *k;
            (*tail)->next = NULL;
            tail = &(*tail)->next;
        }
    return out;
}

/* Extensions add to the end of each list of a page. */
static const struct gx_json *join_pages(struct gx_arena *arena, const struct gx_json *base,
                                        const struct gx_json *more)
{
    static const struct gx_json nothing = { .kind = GX_JSON_OBJECT };
    if (!base)
        return more;
    struct gx_json *out = joined(arena, base, &nothing);
    for (const struct gx_json *k = more->first; k; k = k->next) {
        struct gx_json *mine = out->first;
        while (mine && !gx_str_eq(mine->key, k->key))
            mine = mine->next;
        if (!mine) {
            out = joined(arena, out, &nothing);
            struct gx_json *added = GX_ARENA_NEW(arena, struct gx_json);
            *added = *k;
            added->next = out->first;
            out->first = added;
            out->count++;
        } else if (mine->kind == GX_JSON_ARRAY && k->kind == GX_JSON_ARRAY) {
            struct gx_json *next = mine->next;
            *mine = *joined(arena, mine, k);
            mine->next = next;
        }
    }
    return out;
}

enum gx_code gx_load_object_rest(struct gx_loader *loader, struct gx_object_draft *draft)
{
    struct gx_object *object = draft->object;
    struct gx_str title = gx_json_get_str(draft->json, "title", GX_STR("name"));
    object->title = gx_object_field(object, title);
    if (!object->title)
        return gx_load_fail(loader, draft->file, draft->json, GX_STR("title"), GX_M_UNKNOWN_KEY,
                            title);
    for (size_t p = 1; p < draft->part_count; p++) {
        const struct gx_json *more = gx_json_get(draft->parts[p], "pages");
        if (more)
            object->pages = join_pages(loader->arena, object->pages, more);
    }
    object->pages = gx_load_changed_pages(loader, draft, object->pages);
    GX_TRY(read_uniques(loader, draft));
    return read_relations(loader, draft);
}

enum gx_code gx_load_expr(struct gx_loader *loader, const struct gx_object_draft *draft,
                          struct gx_str file, const struct gx_json *node, struct gx_str path,
                          struct gx_str text, enum gx_type want, const struct gx_expr **ret_expr)
{
    size_t before = loader->ctx->error_count;
    enum gx_code code = gx_expr_parse(loader->ctx, loader->arena, &loader->meta->schema,
                                      draft->object->x.name, text, want, ret_expr);
    if (code != GX_OK && loader->ctx->error_count > before) {
        loader->ctx->last_error->path = gx_arena_str(loader->ctx->arena, path);
        gx_load_place(loader, file, node);
    }
    return code;
}

static enum gx_code one_formula(struct gx_loader *loader, struct gx_object_draft *draft,
                                struct gx_field_draft *d)
{
    struct gx_field *f = (struct gx_field *)&draft->object->fields[d->field.index_in_object];
    const struct gx_expr *expr;
    GX_TRY(gx_load_expr(loader, draft, d->file, d->json, gx_load_path(loader, d->path, "expr"),
                        f->x.formula_text, GX_TYPE_ANY, &expr));
    f->x.formula = expr;
    f->x.type = gx_expr_type(expr);
    f->x.scale = gx_expr_scale(expr);
    f->x.object = gx_expr_link_object(expr);
    draft->xf[draft->xf_count++] = f->x;
    draft->object->x.field_count = draft->xf_count;
    return GX_OK;
}

/*
 * A formula sees stored fields and the formulas resolved before it, so rounds over all objects
 * give the right order by themselves; a round without progress is an error or a cycle.
 */
static enum gx_code resolve_formulas(struct gx_loader *loader)
{
    for (;;) {
        size_t left = 0, done = 0;
        struct gx_ctx *ctx = loader->ctx;
        struct gx_ctx saved = *ctx;
        for (size_t i = 0; i < loader->draft_count; i++) {
            struct gx_object_draft *draft = &loader->drafts[i];
            for (size_t k = 0; k < draft->field_count; k++) {
                struct gx_field_draft *d = &draft->fields[k];
                d->field.index_in_object = (int)k;
                if (!d->field.type->computed || draft->object->fields[k].x.formula)
                    continue;
                if (one_formula(loader, draft, d) == GX_OK)
                    done++;
                else
                    left++;
            }
        }
        if (left == 0)
            return GX_OK;
        if (done == 0)
            return GX_E_INVALID;
        struct gx_arena *arena = ctx->arena;
        *ctx = saved;
        ctx->arena = arena;
        if (ctx->last_error)
            ctx->last_error->next = NULL;
    }
}

/* A default that no record could take would make every new one fail. */
static enum gx_code check_default(struct gx_loader *loader, struct gx_field_draft *d,
                                  struct gx_field *f)
{
    struct gx_value parts[GX_TYPE_PARTS_MAX];
    struct gx_type_io io = {
        .ctx = loader->ctx,
        .field = f,
        .path = gx_load_path(loader, d->path, "default"),
        .currency = GX_STR("TWD"),
        .region = GX_STR("TW"),
    };
    if (!f->type->from_json)
        return gx_load_fail(loader, d->file, d->json, io.path, GX_M_READ_ONLY, f->x.name);
    if (f->default_json->kind == GX_JSON_NULL ||
        f->type->from_json(&io, f->default_json, parts) == GX_OK)
        return GX_OK;
    return gx_load_place(loader, d->file, f->default_json);
}

static enum gx_code field_expressions(struct gx_loader *loader, struct gx_object_draft *draft,
                                      struct gx_field_draft *d, struct gx_field *f)
{
    static const char *const keys[] = { "when", "required_when" };
    const struct gx_expr **slots[] = { &f->when, &f->required_when };
    for (size_t i = 0; i < GX_COUNT(keys); i++) {
        const struct gx_json *node = gx_json_get(d->json, keys[i]);
        if (node)
            GX_TRY(gx_load_expr(loader, draft, d->file, node,
                                gx_load_path(loader, d->path, keys[i]), node->text, GX_TYPE_BOOL,
                                slots[i]));
    }
    const struct gx_json *def = gx_json_get(d->json, "default");
    if (def && def->kind == GX_JSON_OBJECT && gx_json_get(def, "expr"))
        return gx_load_expr(loader, draft, d->file, def, gx_load_path(loader, d->path, "default"),
                            gx_json_get_str(def, "expr", GX_STR("")), f->x.type, &f->default_expr);
    f->default_json = def;
    return def ? check_default(loader, d, f) : GX_OK;
}

static enum gx_code read_rules(struct gx_loader *loader, struct gx_object_draft *draft)
{
    static const char *const known[] = { "name", "check", "message", "field", "warn", NULL };
    size_t most = 0, n = 0;
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "rules");
        most += list ? list->count : 0;
    }
    struct gx_rule *rules = GX_ARENA_ARRAY(loader->arena, struct gx_rule, most + 1);
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "rules");
        size_t i = 0;
        for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next, i++) {
            struct gx_str file = draft->part_files[p];
            struct gx_str path = gx_load_path_index(loader, GX_STR("rules"), i);
            GX_TRY(gx_load_keys(loader, file, k, path, known));
            const struct gx_json *rule = gx_load_changed(loader, draft, "rules", k, &file, &path);
            if (!rule)
                continue;
            rules[n].name = gx_json_get_str(rule, "name", GX_STR(""));
            rules[n].message = gx_load_label(gx_json_get(rule, "message"));
            rules[n].field = gx_json_get_str(rule, "field", GX_STR(""));
            rules[n].warn = gx_json_get_bool(rule, "warn", false);
            GX_TRY(gx_load_expr(loader, draft, file, rule, gx_load_path(loader, path, "check"),
                                gx_json_get_str(rule, "check", GX_STR("")), GX_TYPE_BOOL,
                                &rules[n].check));
            n++;
        }
    }
    draft->object->rules = rules;
    draft->object->rule_count = n;
    return GX_OK;
}

/* What "own" means: owner, else the user itself, else who made it. */
static enum gx_code own_filters(struct gx_loader *loader, struct gx_object_draft *draft)
{
    struct gx_object *object = draft->object;
    struct gx_str own = object->owner                       ? GX_STR("owner = me")
                        : gx_str_is(object->x.name, "user") ? GX_STR("id = me")
                                                            : GX_STR("created_by = me");
    struct gx_ctx *ctx = loader->ctx;
    GX_TRY(gx_expr_parse(ctx, loader->arena, &loader->meta->schema, object->x.name, own,
                         GX_TYPE_BOOL, &object->own));
    struct gx_str shared = gx_json_get_str(draft->json, "shared", GX_STR(""));
    object->own_read = object->own;
    if (shared.n)
        GX_TRY(gx_expr_parse(
            ctx, loader->arena, &loader->meta->schema, object->x.name,
            gx_arena_printf(ctx->arena, "%.*s or %.*s", GX_STR_ARG(own), GX_STR_ARG(shared)),
            GX_TYPE_BOOL, &object->own_read));
    return gx_expr_parse(ctx, loader->arena, &loader->meta->schema, object->x.name, GX_STR("false"),
                         GX_TYPE_BOOL, &object->nobody);
}

static enum gx_code read_sharing_one(struct gx_loader *loader, const struct gx_object_draft *draft,
                                     struct gx_str file, const struct gx_json *node,
                                     struct gx_str path, struct gx_sharing *ret_sharing)
{
    static const char *const known[] = { "name", "label", "when", "to", "rights", NULL };
    static const char *const known_to[] = { "role", "unit", NULL };
    const struct gx_json *to = gx_json_get(node, "to");
    struct gx_str rights = gx_json_get_str(node, "rights", GX_STR("read"));
    GX_TRY(gx_load_keys(loader, file, node, path, known));
    if (to)
        GX_TRY(gx_load_keys(loader, file, to, gx_load_path(loader, path, "to"), known_to));
    struct gx_sharing s = {
        .name = gx_json_get_str(node, "name", GX_STR("")),
        .label = gx_load_label(gx_json_get(node, "label")),
        .role = gx_json_get_str(to, "role", GX_STR("")),
        .unit = gx_json_get_str(to, "unit", GX_STR("")),
        .edit = gx_str_is(rights, "edit"),
    };
    if (!gx_load_name_ok(s.name))
        return gx_load_fail(loader, file, node, path, GX_M_META_NAME, s.name);
    if (!s.edit && !gx_str_is(rights, "read"))
        return gx_load_fail(loader, file, node, path, GX_M_META_LEVEL, rights);
    if ((s.role.n > 0) == (s.unit.n > 0))
        return gx_load_fail(loader, file, node, path, GX_M_SHARING_TO, s.name);
    GX_TRY(gx_load_expr(loader, draft, file, node, gx_load_path(loader, path, "when"),
                        gx_json_get_str(node, "when", GX_STR("")), GX_TYPE_BOOL, &s.when));
    *ret_sharing = s;
    return GX_OK;
}

/* "sharing" of the object and of its extensions. */
static enum gx_code read_sharing(struct gx_loader *loader, struct gx_object_draft *draft)
{
    size_t most = 0, n = 0;
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "sharing");
        most += list ? list->count : 0;
    }
    struct gx_sharing *sharing = GX_ARENA_ARRAY(loader->arena, struct gx_sharing, most + 1);
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "sharing");
        for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
            struct gx_str path = gx_load_path_index(loader, GX_STR("sharing"), n);
            GX_TRY(read_sharing_one(loader, draft, draft->part_files[p], k, path, &sharing[n]));
            for (size_t i = 0; i < n; i++)
                if (gx_str_eq(sharing[i].name, sharing[n].name))
                    return gx_load_fail(loader, draft->part_files[p], k, path, GX_M_META_TWICE,
                                        sharing[n].name);
            n++;
        }
    }
    draft->object->sharing = sharing;
    draft->object->sharing_count = n;
    return GX_OK;
}

/* "locked" of the object. */
static enum gx_code read_locked(struct gx_loader *loader, struct gx_object_draft *draft)
{
    static const char *const known[] = { "when", "except", "keep", "message", NULL };
    const struct gx_json *node = gx_json_get(draft->json, "locked");
    struct gx_str path = GX_STR("locked");
    if (!node)
        return GX_OK;
    GX_TRY(gx_load_keys(loader, draft->file, node, path, known));
    struct gx_lock *lock = GX_ARENA_NEW(loader->arena, struct gx_lock);
    const struct gx_json *except = gx_json_get(node, "except");
    lock->message = gx_load_label(gx_json_get(node, "message"));
    lock->keep = gx_json_get_bool(node, "keep", false);
    lock->except = GX_ARENA_ARRAY(loader->arena, bool, draft->object->field_count);
    for (const struct gx_json *k = except ? except->first : NULL; k; k = k->next) {
        const struct gx_field *field = gx_object_field(draft->object, k->text);
        if (!field)
            return gx_load_fail(loader, draft->file, k, path, GX_M_UNKNOWN_KEY, k->text);
        lock->except[field->index_in_object] = true;
    }
    draft->object->locked = lock;
    return gx_load_expr(loader, draft, draft->file, node, gx_load_path(loader, path, "when"),
                        gx_json_get_str(node, "when", GX_STR("")), GX_TYPE_BOOL, &lock->when);
}

/* The link to the account that a record belongs to: named like it, else the first. */
static const struct gx_field *account_link(const struct gx_object *object)
{
    const struct gx_field *first = NULL;
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (f->x.type != GX_TYPE_LINK || !f->part_count || strcmp(f->x.object, "account") != 0)
            continue;
        if (!first || gx_str_is(f->x.name, "account"))
            first = f;
    }
    return gx_str_is(object->x.name, "account") ? NULL : first;
}

static bool governs(struct gx_str object)
{
    static const char *const names[] = { "user",        "unit",         "book",
                                         "book_member", "account_team", "delegation" };
    for (size_t i = 0; i < GX_COUNT(names); i++)
        if (gx_str_is(object, names[i]))
            return true;
    return false;
}

enum gx_code gx_load_expressions(struct gx_loader *loader)
{
    GX_TRY(resolve_formulas(loader));
    for (size_t i = 0; i < loader->draft_count; i++)
        GX_TRY(own_filters(loader, &loader->drafts[i]));
    enum gx_code code = GX_OK;
    for (size_t i = 0; i < loader->draft_count; i++) {
        struct gx_object_draft *draft = &loader->drafts[i];
        for (size_t k = 0; k < draft->field_count; k++) {
            if (!draft->fields[k].json)
                continue;
            struct gx_field *f = (struct gx_field *)&draft->object->fields[k];
            enum gx_code one = field_expressions(loader, draft, &draft->fields[k], f);
            if (one != GX_OK)
                code = one;
            if (f->process)
                one = gx_load_moves(loader, draft, f);
            if (one != GX_OK)
                code = one;
        }
        draft->object->account = account_link(draft->object);
        draft->object->governs = governs(draft->object->x.name);
        enum gx_code one = read_rules(loader, draft);
        if (one != GX_OK)
            code = one;
        one = read_sharing(loader, draft);
        if (one != GX_OK)
            code = one;
        one = read_locked(loader, draft);
        if (one != GX_OK)
            code = one;
    }
    return code;
}
