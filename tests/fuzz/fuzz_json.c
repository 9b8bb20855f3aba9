/* fuzz_json.c - any bytes as JSON: what is accepted must come out of the writer the same again. */
#include "base/text.h"
#include "json/read.h"
#include "json/write.h"

#include "base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct gx_buf write_again(const struct gx_json *root)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_json_write(&w, root);
    gx_assert(gx_buf_check(&out) == GX_OK && gx_text_valid(gx_buf_str(&out)));
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    struct gx_json *root = NULL, *second = NULL;
    if (gx_json_read(&ctx, (struct gx_str){ (const char *)data, n }, &root) == GX_OK) {
        struct gx_buf out = write_again(root);
        gx_assert(gx_json_read(&ctx, gx_buf_str(&out), &second) == GX_OK);
        struct gx_buf out2 = write_again(second);
        gx_assert(gx_str_eq(gx_buf_str(&out), gx_buf_str(&out2)));
        gx_buf_free(&out);
        gx_buf_free(&out2);
    } else {
        gx_assert(ctx.error_count == 1 && ctx.errors->at >= 0 && (size_t)ctx.errors->at <= n);
    }
    gx_arena_free(&arena);
    return 0;
}
