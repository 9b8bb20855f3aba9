/* load_field.c - the fields of one object: what its file and all extensions declare. */
#include "meta/load_int.h"

#include "base/assert.h"
#include "base/decimal.h"

static struct gx_field_draft *add_draft(struct gx_loader *loader, struct gx_object_draft *draft)
{
    if (draft->field_count == draft->field_cap) {
        size_t cap = draft->field_cap ? draft->field_cap * 2 : 64;
        struct gx_field_draft *grown =
            GX_ARENA_ARRAY(loader->ctx->arena, struct gx_field_draft, cap);
        if (draft->field_count)
            memcpy(grown, draft->fields, draft->field_count * sizeof *grown);
        draft->fields = grown;
        draft->field_cap = cap;
    }
    struct gx_field_draft *f = &draft->fields[draft->field_count++];
    *f = (struct gx_field_draft){ 0 };
    return f;
}

static void add_system(struct gx_loader *loader, struct gx_object_draft *draft, const char *name,
                       const char *type, const char *en, const char *zh)
{
    struct gx_field_draft *d = add_draft(loader, draft);
    struct gx_field *f = &d->field;
    f->type = gx_type_find(gx_str_c(type));
    f->id = f->x.name = f->x.column = gx_str_c(name);
    f->x.type = f->type->expr;
    if (f->x.type == GX_TYPE_LINK)
        f->x.object =
            gx_str_is(f->id, "id") ? gx_arena_cstr(loader->arena, draft->object->x.name) : "user";
    f->part_count = 1;
    f->system = true;
    f->readonly = !gx_str_is(f->id, "owner");
    f->history = gx_str_is(f->id, "owner");
    f->label.text[GX_LANG_EN] = gx_str_c(en);
    f->label.text[GX_LANG_ZH_HANT] = gx_str_c(zh);
    f->indexed = gx_str_is(f->id, "owner");
}

static enum gx_code read_choices(struct gx_loader *loader, struct gx_field_draft *d)
{
    static const char *const known[] = { "code", "label", "color", NULL };
    const struct gx_json *list = gx_json_get(d->json, "choices");
    struct gx_str path = gx_load_path(loader, d->path, "choices");
    if (!list || list->kind != GX_JSON_ARRAY || list->count == 0)
        return gx_load_fail(loader, d->file, d->json, path, GX_M_REQUIRED, path);
    if (list->count > GX_CHOICES_MAX)
        return gx_load_fail(loader, d->file, list, path, GX_M_META_TOO_MANY);
    struct gx_choice *choices = GX_ARENA_ARRAY(loader->arena, struct gx_choice, list->count);
    size_t n = 0;
    for (const struct gx_json *k = list->first; k; k = k->next, n++) {
        struct gx_str at = gx_load_path_index(loader, path, n);
        GX_TRY(gx_load_keys(loader, d->file, k, at, known));
        choices[n] = (struct gx_choice){ .code = gx_json_get_str(k, "code", GX_STR("")),
                                         .label = gx_load_label(gx_json_get(k, "label")),
                                         .color = gx_json_get_str(k, "color", GX_STR("")) };
        if (choices[n].code.n == 0 || choices[n].code.n > 64 ||
            gx_str_find(choices[n].code, '|') < choices[n].code.n)
            return gx_load_fail(loader, d->file, k, at, GX_M_META_NAME, choices[n].code);
        for (size_t i = 0; i < n; i++)
            if (gx_str_eq(choices[i].code, choices[n].code))
                return gx_load_fail(loader, d->file, k, at, GX_M_META_TWICE, choices[n].code);
    }
    d->field.choices = choices;
    d->field.choice_count = n;
    return GX_OK;
}

static enum gx_code read_process(struct gx_loader *loader, struct gx_field_draft *d)
{
    struct gx_str name = gx_json_get_str(d->json, "process", GX_STR(""));
    for (size_t i = 0; i < loader->meta->process_count; i++)
        if (gx_str_eq(loader->meta->processes[i]->name, name))
            d->field.process = loader->meta->processes[i];
    if (!d->field.process)
        return gx_load_fail(loader, d->file, d->json, gx_load_path(loader, d->path, "process"),
                            GX_M_META_NO_PROCESS, name);
    size_t n = d->field.process->state_count;
    struct gx_choice *choices = GX_ARENA_ARRAY(loader->arena, struct gx_choice, n);
    for (size_t i = 0; i < n; i++)
        choices[i] = d->field.process->states[i].choice;
    d->field.choices = choices;
    d->field.choice_count = n;
    return GX_OK;
}

static enum gx_code read_target(struct gx_loader *loader, struct gx_field_draft *d)
{
    struct gx_str to = gx_str_is(gx_str_c(d->field.type->name), "file")
                           ? GX_STR("file")
                           : gx_json_get_str(d->json, "to", GX_STR(""));
    const struct gx_object *object = gx_meta_object(loader->meta, to);
    if (!object)
        return gx_load_fail(loader, d->file, d->json, gx_load_path(loader, d->path, "to"),
                            GX_M_META_NO_OBJECT, to);
    d->field.x.object = gx_arena_cstr(loader->arena, object->x.name);
    struct gx_str on = gx_json_get_str(d->json, "on_delete", GX_STR("clear"));
    d->field.on_delete = gx_str_is(on, "refuse")    ? GX_ON_DELETE_REFUSE
                         : gx_str_is(on, "cascade") ? GX_ON_DELETE_CASCADE
                                                    : GX_ON_DELETE_CLEAR;
    return GX_OK;
}

static void copy_choices(struct gx_loader *loader, struct gx_field *f)
{
    struct gx_expr_choice *list =
        GX_ARENA_ARRAY(loader->arena, struct gx_expr_choice, f->choice_count);
    for (size_t i = 0; i < f->choice_count; i++) {
        list[i].code = f->choices[i].code;
        memcpy(list[i].label, f->choices[i].label.text, sizeof list[i].label);
    }
    f->x.choices = list;
    f->x.choice_count = f->choice_count;
}

static enum gx_code read_bound(struct gx_loader *loader, struct gx_field_draft *d, const char *key,
                               int64_t *ret_value, bool *ret_has)
{
    const struct gx_json *node = gx_json_get(d->json, key);
    if (!node)
        return GX_OK;
    if (!gx_decimal_parse(node->text, d->field.x.scale, ret_value))
        return gx_load_fail(loader, d->file, node, gx_load_path(loader, d->path, key),
                            GX_M_BAD_FORMAT, gx_str_c(key), node->text);
    *ret_has = true;
    return GX_OK;
}

static enum gx_search_kind search_kind(const struct gx_json *json, const struct gx_type_def *type)
{
    struct gx_str s = gx_json_get_str(json, "search", GX_STR(""));
    if (gx_str_is(s, "name"))
        return GX_SEARCH_NAME;
    if (gx_str_is(s, "text"))
        return GX_SEARCH_TEXT;
    if (gx_str_is(s, "none"))
        return GX_SEARCH_NONE;
    bool code = gx_str_is(gx_str_c(type->name), "phone") ||
                gx_str_is(gx_str_c(type->name), "email") ||
                gx_str_is(gx_str_c(type->name), "autonumber");
    return code || s.n ? GX_SEARCH_CODE : GX_SEARCH_NONE;
}

static enum gx_code read_type(struct gx_loader *loader, struct gx_field_draft *d)
{
    struct gx_field *f = &d->field;
    struct gx_str type = gx_json_get_str(d->json, "type", GX_STR(""));
    f->type = gx_type_find(type);
    if (!f->type)
        return gx_load_fail(loader, d->file, d->json, gx_load_path(loader, d->path, "type"),
                            GX_M_META_NO_TYPE, type);
    f->x.type = f->type->expr;
    f->part_count = f->type->part_count;
    bool number = f->x.type == GX_TYPE_NUMBER && !gx_str_is(type, "integer");
    int64_t scale = gx_json_get_int(d->json, "scale", number ? 2 : 0);
    if (scale < 0 || scale > 6)
        return gx_load_fail(loader, d->file, d->json, gx_load_path(loader, d->path, "scale"),
                            GX_M_TOO_LARGE, GX_STR("scale"), GX_STR("6"));
    f->x.scale = f->x.type == GX_TYPE_MONEY ? GX_MONEY_SCALE : (int)scale;
    if (gx_str_is(type, "location"))
        f->x.scale = 7;
    if (gx_str_is(type, "choice") || gx_str_is(type, "choices"))
        GX_TRY(read_choices(loader, d));
    if (gx_str_is(type, "process"))
        GX_TRY(read_process(loader, d));
    if (f->choice_count)
        copy_choices(loader, f);
    if (f->x.type == GX_TYPE_LINK || f->x.type == GX_TYPE_LINKS)
        GX_TRY(read_target(loader, d));
    if (f->type->computed)
        f->x.formula_text = gx_json_get_str(d->json, "expr", GX_STR(""));
    GX_TRY(read_bound(loader, d, "min", &f->min, &f->has_min));
    return read_bound(loader, d, "max", &f->max, &f->has_max);
}

static enum gx_code read_field(struct gx_loader *loader, struct gx_object_draft *draft,
                               struct gx_field_draft *d, bool custom)
{
    static const char *const known[] = {
        "name",      "id",       "type",     "label",         "doc",     "help",    "max",
        "min",       "scale",    "required", "unique",        "default", "index",   "history",
        "private",   "readonly", "when",     "required_when", "search",  "choices", "to",
        "on_delete", "format",   "expr",     "returns",       "process", NULL
    };
    struct gx_field *f = &d->field;
    GX_TRY(gx_load_keys(loader, d->file, d->json, d->path, known));
    f->json = d->json;
    f->x.name = gx_json_get_str(d->json, "name", GX_STR(""));
    f->id = gx_json_get_str(d->json, "id", f->x.name);
    if (!gx_load_name_ok(f->x.name) || !gx_load_name_ok(f->id))
        return gx_load_fail(loader, d->file, d->json, gx_load_path(loader, d->path, "name"),
                            GX_M_META_NAME, f->x.name);
    for (struct gx_field_draft *o = draft->fields; o < d; o++)
        if (gx_str_eq(o->field.x.name, f->x.name) || gx_str_eq(o->field.id, f->id))
            return gx_load_fail(loader, d->file, d->json, gx_load_path(loader, d->path, "name"),
                                GX_M_META_TWICE, f->x.name);
    f->label = gx_load_label(gx_json_get(d->json, "label"));
    f->help = gx_load_label(gx_json_get(d->json, gx_json_get(d->json, "help") ? "help" : "doc"));
    f->required = gx_json_get_bool(d->json, "required", false);
    f->unique = gx_json_get_bool(d->json, "unique", false);
    f->indexed = gx_json_get_bool(d->json, "index", false);
    f->history = gx_json_get_bool(d->json, "history", draft->object->history);
    f->private_ = gx_json_get_bool(d->json, "private", false);
    f->readonly = gx_json_get_bool(d->json, "readonly", false);
    f->custom = custom;
    GX_TRY(read_type(loader, d));
    if (gx_str_is(gx_str_c(f->type->name), "autonumber"))
        f->number_format = gx_json_get_str(d->json, "format", GX_STR("{00000}"));
    if (f->part_count)
        f->x.column = f->id;
    else if (f->unique)
        return gx_load_fail(loader, d->file, d->json, gx_load_path(loader, d->path, "unique"),
                            GX_M_READ_ONLY, f->x.name);
    if (f->x.type == GX_TYPE_LINKS) {
        f->x.list_column = f->id;
        f->x.join_table = gx_arena_printf(loader->arena, "%.*s__%.*s",
                                          GX_STR_ARG(draft->object->x.table), GX_STR_ARG(f->id));
    }
    if (f->x.type == GX_TYPE_LINK)
        f->indexed = true;
    f->search = search_kind(d->json, f->type);
    return GX_OK;
}

enum gx_code gx_load_fields(struct gx_loader *loader, struct gx_object_draft *draft)
{
    add_system(loader, draft, "id", "link", "Id", "編號");
    add_system(loader, draft, "version", "integer", "Version", "版次");
    add_system(loader, draft, "created_at", "datetime", "Created", "建立時間");
    add_system(loader, draft, "created_by", "link", "Created by", "建立者");
    add_system(loader, draft, "updated_at", "datetime", "Changed", "修改時間");
    add_system(loader, draft, "updated_by", "link", "Changed by", "修改者");
    add_system(loader, draft, "deleted_at", "datetime", "Deleted", "刪除時間");
    if (gx_json_get_bool(draft->json, "owned", true))
        add_system(loader, draft, "owner", "link", "Owner", "負責人");
    enum gx_code code = GX_OK;
    for (size_t p = 0; p < draft->part_count; p++) {
        const struct gx_json *list = gx_json_get(draft->parts[p], "fields");
        bool custom = gx_str_starts(draft->part_files[p], GX_STR("custom/"));
        size_t i = 0;
        for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next, i++) {
            if (draft->field_count >= GX_OBJECT_FIELDS_MAX)
                return gx_load_fail(loader, draft->part_files[p], k, GX_STR("fields"),
                                    GX_M_META_TOO_MANY);
            struct gx_field_draft *d = add_draft(loader, draft);
            d->file = draft->part_files[p];
            d->path = gx_load_path_index(loader, GX_STR("fields"), i);
            d->json = gx_load_changed(loader, draft, "fields", k, &d->file, &d->path);
            enum gx_code one = read_field(loader, draft, d, custom);
            if (one != GX_OK)
                code = one;
        }
    }
    return code;
}

/* INSERT INTO t (columns, shadows) VALUES (?1, …) */
static void make_shadow_insert(struct gx_loader *loader, struct gx_object *object)
{
    struct gx_sqlb *b = gx_sqlb_new(loader->arena, GX_POSTGRES);
    gx_sqlb_add(b, GX_SQL("INSERT INTO "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" ("));
    for (size_t i = 0; i < object->column_count; i++) {
        gx_sqlb_add(b, i ? GX_SQL(",") : GX_SQL(""));
        gx_sqlb_name(b, object->columns[i].name);
    }
    for (size_t i = 0; i < object->column_count; i++) {
        if (!object->columns[i].shadow.n)
            continue;
        gx_sqlb_add(b, GX_SQL(","));
        gx_sqlb_name(b, object->columns[i].shadow);
        object->shadow_count++;
    }
    gx_sqlb_add(b, GX_SQL(") VALUES ("));
    for (size_t i = 0; i < object->column_count + object->shadow_count; i++) {
        gx_sqlb_add(b, i ? GX_SQL(",") : GX_SQL(""));
        gx_sqlb_bind(b, GX_NULL_VALUE);
    }
    gx_sqlb_add(b, GX_SQL(")"));
    object->insert_shadows = gx_sqlb_sql(b);
}

/* The two statements that every record needs, made once: they name every column. */
static void make_statements(struct gx_loader *loader, struct gx_object *object)
{
    struct gx_sqlb *insert = gx_sqlb_new(loader->arena, GX_SQLITE); /* good for both */
    struct gx_sqlb *select = gx_sqlb_new(loader->arena, GX_SQLITE);
    gx_sqlb_add(insert, GX_SQL("INSERT INTO "));
    gx_sqlb_name(insert, object->x.table);
    gx_sqlb_add(insert, GX_SQL(" ("));
    gx_sqlb_add(select, GX_SQL("SELECT "));
    for (size_t i = 0; i < object->column_count; i++) {
        gx_sqlb_add(insert, i ? GX_SQL(",") : GX_SQL(""));
        gx_sqlb_name(insert, object->columns[i].name);
        gx_sqlb_add(select, i ? GX_SQL(",") : GX_SQL(""));
        gx_sqlb_name(select, object->columns[i].name);
    }
    gx_sqlb_add(insert, GX_SQL(") VALUES ("));
    for (size_t i = 0; i < object->column_count; i++) {
        gx_sqlb_add(insert, i ? GX_SQL(",") : GX_SQL(""));
        gx_sqlb_bind(insert, GX_NULL_VALUE);
    }
    gx_sqlb_add(insert, GX_SQL(")"));
    gx_sqlb_add(select, GX_SQL(" FROM "));
    gx_sqlb_name(select, object->x.table);
    gx_sqlb_add(select, GX_SQL(" WHERE id = "));
    gx_sqlb_bind(select, GX_NULL_VALUE);
    make_shadow_insert(loader, object);
    struct gx_sqlb *search = gx_sqlb_new(loader->arena, GX_SQLITE);
    gx_sqlb_add(search, GX_SQL("INSERT INTO "));
    gx_sqlb_name(search, object->search_table);
    gx_sqlb_add(search, GX_SQL(" (rowid, t) VALUES (?1, ?2)"));
    object->search_insert = gx_sqlb_sql(search);
    object->insert = gx_sqlb_sql(insert);
    object->select = gx_sqlb_sql(select);
}

/* Stored columns first (system ones at their fixed slots), then LINKS, then computed fields. */
enum gx_code gx_load_layout(struct gx_loader *loader, struct gx_object_draft *draft)
{
    struct gx_object *object = draft->object;
    size_t n = draft->field_count;
    struct gx_field *fields = GX_ARENA_ARRAY(loader->arena, struct gx_field, n);
    struct gx_column *columns =
        GX_ARENA_ARRAY(loader->arena, struct gx_column, n * GX_TYPE_PARTS_MAX);
    size_t slot = 0;
    for (size_t i = 0; i < n; i++) {
        fields[i] = draft->fields[i].field;
        fields[i].index_in_object = (int)i;
        fields[i].slot = (int)slot;
        for (int part = 0; part < fields[i].part_count; part++)
            columns[slot++] = (struct gx_column){
                .name = gx_arena_printf(loader->arena, "%.*s%s", GX_STR_ARG(fields[i].id),
                                        fields[i].type->parts[part].suffix),
                .field = &fields[i],
                .part = part,
                .kind = fields[i].type->parts[part].kind,
                .shadow = part == 0 && fields[i].x.type == GX_TYPE_TEXT &&
                                  fields[i].type->parts[part].kind == GX_VALUE_TEXT
                              ? gx_arena_printf(loader->arena, "%.*s%s_k", GX_STR_ARG(fields[i].id),
                                                fields[i].type->parts[part].suffix)
                              : GX_STR(""),
            };
    }
    object->column_count = slot;
    for (size_t i = 0; i < n; i++)
        if (fields[i].part_count == 0)
            fields[i].slot = (int)slot++;
    for (size_t i = 0; i < object->column_count; i++)
        for (size_t k = 0; k < i; k++)
            if (gx_str_eq(columns[i].name, columns[k].name))
                return gx_load_fail(loader, draft->file, draft->json, GX_STR("fields"),
                                    GX_M_META_TWICE, columns[i].name);
    object->fields = fields;
    object->field_count = n;
    object->columns = columns;
    make_statements(loader, object);
    object->slot_count = slot;
    for (size_t i = 0; i < n; i++)
        gx_map_set(&object->by_name, loader->arena, fields[i].x.name, &fields[i]);
    object->all = object->by_name;
    object->owner = gx_object_field(object, GX_STR("owner"));
    gx_assert(!object->owner || object->owner->slot == GX_SLOT_OWNER);
    draft->xf = GX_ARENA_ARRAY(loader->arena, struct gx_expr_field, n);
    for (size_t i = 0; i < n; i++)
        if (!fields[i].type->computed)
            draft->xf[draft->xf_count++] = fields[i].x;
    object->x.fields = draft->xf;
    object->x.field_count = draft->xf_count;
    return GX_OK;
}
