/* right.c - the words for rights and levels. */
#include "meta/meta.h"

const char *const gx_right_names[GX_RIGHT_COUNT + 1] = {
    [GX_RIGHT_READ] = "read",     [GX_RIGHT_CREATE] = "create", [GX_RIGHT_EDIT] = "edit",
    [GX_RIGHT_DELETE] = "delete", [GX_RIGHT_EXPORT] = "export", [GX_RIGHT_IMPORT] = "import",
    [GX_RIGHT_PURGE] = "purge",   [GX_RIGHT_TOTAL] = "total",
};

const char *const gx_level_names[GX_LEVEL_COUNT + 1] = {
    [GX_LEVEL_NONE] = "none", [GX_LEVEL_OWN] = "own",   [GX_LEVEL_TEAM] = "team",
    [GX_LEVEL_UNIT] = "unit", [GX_LEVEL_BOOK] = "book", [GX_LEVEL_ALL] = "all",
};

const char *const gx_field_access_names[GX_FIELD_ACCESS_COUNT + 1] = {
    [GX_FIELD_WRITE] = "write",
    [GX_FIELD_READ] = "read",
    [GX_FIELD_MASKED] = "masked",
    [GX_FIELD_HIDDEN] = "hidden",
};

bool gx_field_access_read(struct gx_str text, enum gx_field_access *ret_access)
{
    for (int a = 0; a < GX_FIELD_ACCESS_COUNT; a++)
        if (gx_str_is(text, gx_field_access_names[a])) {
            *ret_access = (enum gx_field_access)a;
            return true;
        }
    return false;
}

struct title {
    const struct gx_object *object;
    const struct gx_field *field;
    bool has;
};

static void in_title(void *p, struct gx_str object, struct gx_str field)
{
    struct title *t = p;
    t->has |= gx_str_eq(object, t->object->x.name) && gx_str_eq(field, t->field->x.name);
}

bool gx_field_may_hide(const struct gx_object *object, const struct gx_field *field,
                       enum gx_field_access access)
{
    if (access < GX_FIELD_MASKED)
        return true;
    struct title t = { object, field, field == object->title };
    if (object->title->x.formula)
        gx_expr_uses(object->title->x.formula, in_title, &t);
    bool text = field->x.type == GX_TYPE_TEXT && field->part_count > 0 &&
                strcmp(field->type->name, "address") != 0;
    return !field->system && !t.has && (access == GX_FIELD_HIDDEN || text);
}

bool gx_right_is_graded(enum gx_right right)
{
    return right != GX_RIGHT_CREATE && right != GX_RIGHT_IMPORT;
}

bool gx_level_read(const struct gx_json *node, enum gx_level *ret_level)
{
    if (node->kind == GX_JSON_BOOL) {
        *ret_level = node->truth ? GX_LEVEL_ALL : GX_LEVEL_NONE;
        return true;
    }
    for (int l = 0; node->kind == GX_JSON_STRING && l < GX_LEVEL_COUNT; l++)
        if (gx_str_is(node->text, gx_level_names[l])) {
            *ret_level = (enum gx_level)l;
            return true;
        }
    return false;
}
