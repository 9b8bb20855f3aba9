/*
 * fuzz_expr.c - any bytes as an expression: an error points into the text; what is accepted
 * prints, parses again to the same tree, compiles for both engines and can be evaluated.
 */
#include "expr/expr_int.h"

#include "../unit/expr_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A record with nothing in it, linked to itself and to one more like it. */

static enum gx_code read_field(void *p, const void *record, const struct gx_expr_field *field,
                               struct gx_value *ret_value)
{
    (void)p;
    (void)record;
    bool number = field->type != GX_TYPE_TEXT && field->type != GX_TYPE_CHOICE &&
                  field->type != GX_TYPE_CHOICES;
    *ret_value = number ? gx_value_int(field->name.n == 4 ? INT64_MIN : 1)
                        : gx_value_text(GX_STR("|tea|Å|"));
    return GX_OK;
}

static enum gx_code follow(void *p, struct gx_str object, int64_t id, const void **ret_record)
{
    (void)object;
    *ret_record = id == 1 ? p : NULL;
    return GX_OK;
}

static enum gx_code related(void *p, struct gx_str object, struct gx_str field, int64_t id,
                            int64_t *cursor, const void **ret_record)
{
    (void)object;
    (void)field;
    (void)id;
    *ret_record = (*cursor)++ == 0 ? p : NULL;
    return GX_OK;
}

static enum gx_code links(void *p, const void *record, const struct gx_expr_field *field,
                          int64_t *cursor, int64_t *ret_id)
{
    (void)p;
    (void)record;
    (void)field;
    *ret_id = (*cursor)++ == 0;
    return GX_OK;
}

static void use(struct gx_ctx *ctx, const struct world *world, const struct gx_expr *expr)
{
    const struct gx_expr_env env = {
        .me = 1, .now_us = ctx->now_us, .tz_offset_min = 480, .fiscal_start_month = 4
    };
    const struct gx_expr_reader reader = { ctx, read_field, follow, related, links };
    const struct gx_expr *again;
    struct gx_expr_term terms[4];
    struct gx_value v;
    struct gx_str text = gx_expr_text(ctx->arena, expr);
    if (text.n <= GX_EXPR_TEXT_BYTES_MAX) {
        gx_assert(gx_expr_parse(ctx, NULL, &world->schema, GX_STR("order"), text, GX_TYPE_ANY,
                                &again) == GX_OK);
        gx_assert(gx_expr_same(expr, again));
        gx_assert(gx_str_eq(text, gx_expr_text(ctx->arena, again)));
    }
    for (int i = 0; i < 2; i++) {
        struct gx_sqlb *b = gx_sqlb_new(ctx->arena, i ? GX_POSTGRES : GX_SQLITE);
        gx_expr_sql(b, expr, &env, GX_STR("t"));
        gx_assert(gx_sqlb_sql(b).text_.n > 0);
    }
    if (gx_expr_type(expr) == GX_TYPE_BOOL)
        gx_assert(gx_expr_terms(expr, terms, GX_COUNT(terms)) <= GX_COUNT(terms));
    gx_assert(gx_expr_eval(ctx, expr, &env, &reader, ctx, &v) == GX_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    const struct gx_expr *expr;
    struct world *world = GX_ARENA_NEW(&arena, struct world);
    ctx.now_us = INT64_C(1795248000) * 1000000;
    world_open(world, &ctx, &arena);
    if (gx_expr_parse(&ctx, NULL, &world->schema, GX_STR("order"),
                      (struct gx_str){ (const char *)data, n }, GX_TYPE_ANY, &expr) == GX_OK) {
        use(&ctx, world, expr);
    } else {
        gx_assert(ctx.error_count == 1 && ctx.errors->at >= 0 && (size_t)ctx.errors->at <= n);
        gx_assert(gx_error_text(&arena, ctx.errors, GX_LANG_ZH_HANT).n > 0);
    }
    gx_arena_free(&arena);
    return 0;
}
