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
