/* record.c - see record.h. */
#include "operator/record.h"

#include "base/decimal.h"
#include "base/time.h"
#include "store/record.h"

static void free_text(void *p)
{
    gx_buf_free(p);
}

struct gx_record_draft gx_record_draft(struct gx_scope *scope, const char *object)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    struct gx_record_draft draft = { .scope = scope, .object = object };
    draft.text = GX_ARENA_NEW(arena, struct gx_buf);
    gx_arena_defer(arena, free_text, draft.text);
    draft.w = gx_jw(draft.text);
    gx_jw_object(&draft.w);
    return draft;
}

void gx_draft_date(struct gx_record_draft *draft, const char *field, int64_t day)
{
    gx_jw_key_str(&draft->w, field, gx_date_format(gx_scope_ctx(draft->scope)->arena, day));
}

void gx_draft_money(struct gx_record_draft *draft, const char *field, int64_t amount,
                    struct gx_str currency)
{
    struct gx_arena *arena = gx_scope_ctx(draft->scope)->arena;
    gx_jw_key(&draft->w, gx_str_c(field));
    gx_jw_object(&draft->w);
    gx_jw_key_str(&draft->w, "amount", gx_decimal_format(arena, amount, GX_MONEY_SCALE));
    gx_jw_key_str(&draft->w, "currency", currency);
    gx_jw_object_end(&draft->w);
}

void gx_draft_percent(struct gx_record_draft *draft, const char *field, int64_t percent)
{
    gx_jw_key_str(&draft->w, field,
                  gx_decimal_format(gx_scope_ctx(draft->scope)->arena, percent, 2));
}

static enum gx_code finish(struct gx_record_draft *draft, struct gx_input **ret_input)
{
    struct gx_ctx *ctx = gx_scope_ctx(draft->scope);
    const struct gx_object *object;
    struct gx_json *json;
    gx_jw_object_end(&draft->w);
    GX_TRY(gx_object_get(draft->scope, gx_str_c(draft->object), &object));
    GX_TRY(gx_json_read(ctx, gx_arena_str(ctx->arena, gx_buf_str(draft->text)), &json));
    return gx_input_json(draft->scope, object, json, GX_STR(""), ret_input);
}

enum gx_code gx_draft_create(struct gx_record_draft *draft, const char *reason, int64_t *ret_id)
{
    struct gx_write_options options = { .reason = gx_str_c(reason) };
    struct gx_input *input;
    GX_TRY(finish(draft, &input));
    return gx_record_create(draft->scope, input, &options, ret_id);
}

enum gx_code gx_draft_change(struct gx_record_draft *draft, const char *reason, int64_t id,
                             bool *ret_changed)
{
    struct gx_write_options options = { .reason = gx_str_c(reason), .any_move = true };
    struct gx_input *input;
    GX_TRY(finish(draft, &input));
    return gx_record_update(draft->scope, id, 0, input, &options, ret_changed, NULL);
}
