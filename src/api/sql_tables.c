/* sql_tables.c - see sql_tables.h. */
#include "api/sql_tables.h"

#include "base/assert.h"

enum { COLUMNS_MAX = 400 };

struct making {
    struct gx_arena *arena;
    struct gx_guard_column *names;
    struct sql_column *columns;
    size_t count;
};

static const char *type_of(enum sql_kind kind)
{
    static const char *const types[] = { "BIGINT",    "BIGINT",  NULL,      "BOOLEAN", "DATE",
                                         "TIMESTAMP", "VARCHAR", "VARCHAR", "BIGINT",  "VARCHAR" };
    return types[kind];
}

static void add(struct making *m, struct gx_str name, const struct sql_column *column)
{
    if (m->count == COLUMNS_MAX)
        return;
    struct gx_str type = column->kind == SQL_SCALED
                             ? gx_arena_printf(m->arena, "DECIMAL(18,%d)", column->scale)
                             : gx_str_c(type_of(column->kind));
    m->names[m->count] = (struct gx_guard_column){
        .name = name,
        .type = type,
        .computed = column->field && column->field->type->computed,
    };
    m->columns[m->count++] = *column;
}

static struct gx_str with_suffix(struct making *m, const struct gx_field *field, const char *suffix)
{
    if (*suffix == 0)
        return field->x.name;
    suffix = strcmp(suffix, "_cur") == 0 ? "_currency" : suffix;
    return gx_arena_printf(m->arena, "%.*s%s", GX_STR_ARG(field->x.name), suffix);
}

static enum sql_kind number_kind(struct sql_column *c, int scale)
{
    c->scale = scale;
    return scale > 0 ? SQL_SCALED : SQL_WHOLE;
}

/* The kind of a field's first column; false: it has none that a table could hold. */
static bool kind_of(struct sql_column *c, enum gx_type type, int scale)
{
    switch (type) {
    case GX_TYPE_BOOL:
        c->kind = SQL_YES_NO;
        return true;
    case GX_TYPE_NUMBER:
        c->kind = number_kind(c, scale);
        return true;
    case GX_TYPE_MONEY:
        c->kind = number_kind(c, 4);
        return true;
    case GX_TYPE_DATE:
        c->kind = SQL_DATE;
        return true;
    case GX_TYPE_MOMENT:
        c->kind = SQL_MOMENT;
        return true;
    case GX_TYPE_DURATION:
        c->kind = SQL_SECONDS;
        return true;
    case GX_TYPE_TEXT:
    case GX_TYPE_CHOICE:
        c->kind = SQL_TEXT;
        return true;
    case GX_TYPE_CHOICES:
        c->kind = SQL_CHOICES;
        return true;
    case GX_TYPE_LINK:
        c->kind = SQL_ID;
        return true;
    case GX_TYPE_LINKS:
    case GX_TYPE_ANY:
        break;
    }
    return false;
}

/* A place has its degrees with so many digits. */
enum { DEGREE_SCALE = 6 };

static void add_parts(struct making *m, const struct gx_field *field,
                      const struct sql_column *first)
{
    const struct gx_type_def *type = field->type;
    for (int i = 1; i < type->part_count; i++) {
        struct sql_column c = { .field = field, .part = i, .kind = SQL_TEXT };
        if (type->parts[i].kind == GX_VALUE_INT)
            c.kind = number_kind(&c, first->scale);
        add(m, with_suffix(m, field, type->parts[i].suffix), &c);
    }
}

static void add_field(struct making *m, const struct gx_field *field)
{
    struct sql_column c = { .field = field };
    bool computed = field->type->computed && field->x.formula;
    bool masked = field->access == GX_FIELD_MASKED;
    enum gx_type type = computed ? gx_expr_type(field->x.formula) : field->x.type;
    int scale = computed ? gx_expr_scale(field->x.formula) : field->x.scale;
    bool place = !computed && field->part_count == 2 && type == GX_TYPE_NUMBER;
    if (field->access == GX_FIELD_HIDDEN || (field->type->computed && !field->x.formula) ||
        !kind_of(&c, type, place ? DEGREE_SCALE : scale))
        return;
    if (masked && c.kind != SQL_TEXT) /* there is nothing to show of it */
        return;
    add(m, field->x.name, &c);
    if (computed || masked)
        return;
    add_parts(m, field, &c);
    if (type == GX_TYPE_LINK) {
        struct sql_column title = { .field = field, .part = 1, .kind = SQL_TITLE };
        add(m, with_suffix(m, field, "_title"), &title);
    }
}

static void make_table(struct making *m, const struct gx_object *object, bool totals_only,
                       struct gx_guard_table *table, struct sql_table *ours)
{
    m->names = GX_ARENA_ARRAY(m->arena, struct gx_guard_column, COLUMNS_MAX);
    m->columns = GX_ARENA_ARRAY(m->arena, struct sql_column, COLUMNS_MAX);
    m->count = 0;
    add(m, GX_STR("id"), &(struct sql_column){ .kind = SQL_ID });
    for (size_t i = 0; i < object->field_count; i++)
        if (i != GX_SLOT_ID && i != GX_SLOT_VERSION && i != GX_SLOT_DELETED_AT)
            add_field(m, &object->fields[i]);
    *table = (struct gx_guard_table){ object->x.name, m->names, m->count, totals_only };
    *ours = (struct sql_table){ object, m->columns };
}

enum gx_code gx_sql_tables(struct gx_req *req, struct sql_tables **ret_tables)
{
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    struct making m = { .arena = req->ctx->arena };
    struct gx_guard_table *tables =
        GX_ARENA_ARRAY(m.arena, struct gx_guard_table, meta->object_count);
    struct sql_table *ours = GX_ARENA_ARRAY(m.arena, struct sql_table, meta->object_count);
    size_t n = 0;
    for (size_t i = 0; i < meta->object_count; i++) {
        const struct gx_object *object = meta->objects[i];
        bool read = gx_scope_level(req->scope, object, GX_RIGHT_READ) != GX_LEVEL_NONE;
        bool total = gx_scope_level(req->scope, object, GX_RIGHT_TOTAL) != GX_LEVEL_NONE;
        if (read || total) {
            make_table(&m, object, !read, &tables[n], &ours[n]);
            n++;
        }
    }
    *ret_tables = GX_ARENA_NEW(m.arena, struct sql_tables);
    **ret_tables = (struct sql_tables){ { tables, n }, ours };
    return GX_OK;
}

int64_t gx_sql_person(const struct gx_req *req)
{
    uint64_t tenant = gx_str_hash(gx_api(req)->tenant->name);
    return (int64_t)((tenant * 31 + (uint64_t)gx_scope_me(req->scope)) >> 1) | 1;
}
