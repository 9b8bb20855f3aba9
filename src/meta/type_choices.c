/* type_choices.c - several of a list, stored as "|a|b|" in the declared order. */
#include "meta/type_int.h"

/* One flag per declared choice → the stored text, or null for none. */
static struct gx_value pack(struct gx_type_io *io, const bool *chosen)
{
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < io->field->choice_count; i++) {
        if (!chosen[i])
            continue;
        if (out.n == 0)
            gx_buf_addc(&out, '|');
        gx_buf_add(&out, io->field->choices[i].code);
        gx_buf_addc(&out, '|');
    }
    struct gx_value value = GX_NULL_VALUE;
    if (out.n)
        value = gx_value_text(gx_arena_str(io->ctx->arena, gx_buf_str(&out)));
    gx_buf_free(&out);
    return value;
}

static enum gx_code choose(struct gx_type_io *io, struct gx_str text, bool *chosen)
{
    struct gx_str code;
    GX_TRY(gx_type_choice(io, text, &code));
    for (size_t i = 0; i < io->field->choice_count; i++)
        if (gx_str_eq(io->field->choices[i].code, code))
            chosen[i] = true;
    return GX_OK;
}

/* "a; b", "a|b" or "a,b" (a comma only if the whole text is no choice of its own). */
static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    bool *chosen = GX_ARENA_ARRAY(io->ctx->arena, bool, io->field->choice_count + 1);
    char sep = gx_str_find(text, ';') < text.n ? ';' : gx_str_find(text, '|') < text.n ? '|' : ',';
    struct gx_str piece;
    while (gx_str_split(&text, sep, &piece)) {
        piece = gx_str_trim(piece);
        if (piece.n)
            GX_TRY(choose(io, piece, chosen));
    }
    parts[0] = pack(io, chosen);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    if (node->kind != GX_JSON_ARRAY)
        return gx_type_wrong(io, "a list of choices", "選項清單");
    bool *chosen = GX_ARENA_ARRAY(io->ctx->arena, bool, io->field->choice_count + 1);
    for (const struct gx_json *k = node->first; k; k = k->next) {
        struct gx_str text;
        GX_TRY(gx_type_string(io, k, &text));
        GX_TRY(choose(io, text, chosen));
    }
    parts[0] = pack(io, chosen);
    return GX_OK;
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    struct gx_str rest = parts[0].s, code;
    gx_jw_array(w);
    while (gx_str_split(&rest, '|', &code))
        if (code.n)
            gx_jw_str(w, code);
    gx_jw_array_end(w);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    struct gx_str rest = parts[0].s, code;
    bool first = true;
    while (gx_str_split(&rest, '|', &code)) {
        if (code.n == 0)
            continue;
        if (!first)
            gx_buf_addz(out, "; ");
        gx_buf_add(out, code);
        first = false;
    }
}

const struct gx_type_def gx_type_choices_def = {
    .name = "choices",
    .reply = "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}",
    .label = { "Several choices", "多選" },
    .expr = GX_TYPE_CHOICES,
    .part_count = 1,
    .parts = { { "", GX_VALUE_TEXT } },
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
