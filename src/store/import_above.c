/* import_above.c - rows of a dry run that would find what a row above them makes. */
#include "base/map.h"
#include "base/text.h"
#include "store/import_int.h"

/* Of the record a row would make: what the dry run said of it, shortened to a number. */
struct made {
    uint64_t changes;
};

struct gx_import_rows_above {
    struct gx_arena *arena;
    struct gx_map rows; /* match fields → struct made */
};

struct gx_import_rows_above *gx_rows_above_new(struct gx_arena *arena)
{
    struct gx_import_rows_above *above = GX_ARENA_NEW(arena, struct gx_import_rows_above);
    above->arena = arena;
    return above;
}

/* The values as one text, folded as matching does; "" when one is missing. */
static struct gx_str key_of(struct gx_arena *arena, const struct gx_field *const *match,
                            size_t count, const struct gx_input *input)
{
    struct gx_buf out = { 0 };
    bool whole = count > 0;
    for (size_t i = 0; i < count; i++) {
        struct gx_value v = input->v[match[i]->slot];
        whole &= v.kind == GX_VALUE_TEXT || v.kind == GX_VALUE_INT;
        if (v.kind == GX_VALUE_TEXT)
            gx_buf_add(&out, gx_text_fold(arena, v.s));
        else
            gx_buf_addi(&out, v.i);
        gx_buf_addc(&out, '\x1f');
    }
    struct gx_str key = whole ? gx_arena_str(arena, gx_buf_str(&out)) : GX_STR("");
    gx_buf_free(&out);
    return key;
}

const char *gx_rows_above_put(struct gx_import_rows_above *above,
                              const struct gx_field *const *match, size_t match_count,
                              const struct gx_input *input, struct gx_str changes)
{
    struct gx_str key = key_of(above->arena, match, match_count, input);
    struct made *made = key.n ? gx_map_get(&above->rows, key) : NULL;
    uint64_t now = gx_str_hash(changes);
    if (key.n == 0)
        return NULL;
    if (made) {
        bool same = made->changes == now;
        made->changes = now;
        return same ? "same" : "update";
    }
    made = GX_ARENA_NEW(above->arena, struct made);
    made->changes = now;
    gx_map_set(&above->rows, above->arena, key, made);
    return NULL;
}
