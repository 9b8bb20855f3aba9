/* words.c - lists of words from packs/, and choosing from them by their weights. */
#include "base/assert.h"
#include "base/embedded.h"
#include "demo/demo_int.h"

enum gx_code gx_demo_file_fail(const struct gx_demo_file *file, const char *key)
{
    return gx_fail(file->ctx, GX_E_INTERNAL, GX_STR(""), GX_M_DEMO_WORDS, file->path,
                   gx_str_c(key));
}

enum gx_code gx_demo_file_open(struct gx_ctx *ctx, const char *folder, struct gx_str name,
                               struct gx_demo_file *ret_file)
{
    struct gx_demo_file file = { .ctx = ctx };
    file.path = gx_arena_printf(ctx->arena, "packs/%s/demo/%.*s.json", folder, GX_STR_ARG(name));
    struct gx_str text = gx_embedded_find(file.path);
    if (!text.p)
        return gx_demo_file_fail(&file, "{");
    struct gx_json *root;
    GX_TRY(gx_json_read(ctx, text, &root));
    file.root = root;
    *ret_file = file;
    return GX_OK;
}

static bool read_word(const struct gx_json *node, struct gx_demo_word *word)
{
    *word = (struct gx_demo_word){ .number = 1 };
    if (node->kind == GX_JSON_STRING) {
        word->text = node->text;
        return true;
    }
    if (node->kind != GX_JSON_ARRAY)
        return false;
    struct gx_str *place[] = { &word->text, &word->latin, &word->extra };
    size_t n = 0;
    for (const struct gx_json *k = node->first; k; k = k->next) {
        int64_t number;
        if (k->kind == GX_JSON_STRING && n < GX_COUNT(place))
            *place[n++] = k->text;
        else if (!k->next && gx_json_int64(k, &number) && number >= 0 && number <= 100000000)
            word->number = (uint32_t)number;
        else
            return false;
    }
    return n > 0;
}

enum gx_code gx_demo_words_read(const struct gx_demo_file *file, const struct gx_json *node,
                                const char *key, bool optional, struct gx_demo_words *ret_words)
{
    const struct gx_json *list = gx_json_get(node, key);
    if (!list && optional) {
        *ret_words = (struct gx_demo_words){ 0 };
        return GX_OK;
    }
    if (!list || list->kind != GX_JSON_ARRAY || (list->count == 0 && !optional))
        return gx_demo_file_fail(file, key);
    struct gx_demo_word *v = GX_ARENA_ARRAY(file->ctx->arena, struct gx_demo_word, list->count + 1);
    struct gx_demo_words words = { .v = v };
    for (const struct gx_json *k = list->first; k; k = k->next) {
        if (!read_word(k, &v[words.n]))
            return gx_demo_file_fail(file, key);
        words.total += v[words.n].number;
        v[words.n++].upto = words.total;
    }
    *ret_words = words;
    return GX_OK;
}

const struct gx_demo_word *gx_demo_pick(struct gx_demo_rng *rng, const struct gx_demo_words *words)
{
    gx_assert(words->n > 0 && words->total > 0);
    uint32_t at = gx_demo_below(rng, words->total), low = 0, high = words->n - 1;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (words->v[mid].upto > at)
            high = mid;
        else
            low = mid + 1;
    }
    return &words->v[low];
}
