/*
 * fuzz_text.c - any text through NFC, folding, sort keys, the splitter and phone numbers.
 *
 * Bytes that are not UTF-8 are taken two at a time as code points, so that nothing is wasted.
 */
#include "base/assert.h"
#include "base/phone.h"
#include "base/text.h"
#include "base/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { TOKENS_MAX = 4096 };

struct list {
    struct gx_arena *arena;
    struct gx_token tokens[TOKENS_MAX];
    size_t count, text_bytes;
};

static void collect(void *p, const struct gx_token *token)
{
    struct list *l = p;
    gx_assert(token->text.n > 0 && token->text.n <= GX_TOKEN_BYTES_MAX);
    gx_assert(gx_text_valid(token->text));
    gx_assert(token->from < token->to && token->to <= l->text_bytes);
    if (l->count == TOKENS_MAX)
        return;
    l->tokens[l->count] = *token;
    l->tokens[l->count++].text = gx_arena_str(l->arena, token->text);
}

static struct list *split(struct gx_arena *arena, struct gx_str text, bool query)
{
    struct list *l = GX_ARENA_NEW(arena, struct list);
    l->arena = arena;
    l->text_bytes = text.n;
    gx_token_split(text, query, collect, l);
    return l;
}

static bool in_document(const struct list *document, const struct gx_token *wanted)
{
    for (size_t i = 0; i < document->count; i++) {
        struct gx_str t = document->tokens[i].text;
        if (gx_str_eq(t, wanted->text) || (wanted->prefix && gx_str_starts(t, wanted->text)))
            return true;
    }
    return document->count == TOKENS_MAX;
}

/* A text finds itself, and each query token splits into itself. */
static void check_tokens(struct gx_arena *arena, struct gx_str text)
{
    struct list *d = split(arena, text, false), *q = split(arena, text, true);
    bool marked = text.n && (text.p[0] == 1 || text.p[0] == 2);
    gx_assert(q->count == 0 || !q->tokens[0].either);
    for (size_t i = 0; i < q->count && !marked;) {
        bool found = in_document(d, &q->tokens[i++]);
        for (; i < q->count && q->tokens[i].either; i++)
            found = found || in_document(d, &q->tokens[i]);
        gx_assert(found);
    }
    struct gx_arena scratch = { 0 };
    for (size_t i = 0; i < q->count; i++) {
        gx_arena_reset(&scratch);
        struct list *again = split(&scratch, q->tokens[i].text, true);
        gx_assert(again->count == 1 && gx_str_eq(again->tokens[0].text, q->tokens[i].text));
        gx_assert(again->tokens[0].prefix == q->tokens[i].prefix);
    }
    gx_arena_free(&scratch);
}

static void check_text(struct gx_arena *arena, struct gx_str text)
{
    struct gx_str clean, again;
    gx_assert(gx_text_clean(arena, text, &clean) == GX_OK && gx_text_valid(clean));
    gx_assert(gx_text_clean(arena, clean, &again) == GX_OK && again.p == clean.p);
    struct gx_str fold = gx_text_fold(arena, text);
    gx_assert(gx_text_valid(fold) && gx_str_eq(gx_text_fold(arena, clean), fold));
    gx_assert(gx_str_eq(gx_text_fold(arena, fold), fold));
    gx_assert(gx_text_near(text, clean) == 1000);
    gx_assert(gx_str_eq(gx_text_sort_key(arena, text), gx_text_sort_key(arena, text)));
}

static void check_phone(struct gx_arena *arena, struct gx_str text)
{
    struct gx_str e164, again;
    if (gx_phone_e164(arena, text, GX_STR("TW"), &e164) != GX_OK)
        return;
    gx_assert(gx_phone_e164(arena, e164, GX_STR("US"), &again) == GX_OK);
    gx_assert(gx_str_eq(e164, again));
    gx_assert(gx_phone_format(arena, e164, GX_STR("TW")).n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gx_arena arena = { 0 };
    struct gx_buf made = { 0 };
    struct gx_str text = { (const char *)data, n };
    if (!gx_text_valid(text)) {
        for (size_t i = 0; i + 1 < n; i += 2) {
            uint32_t c = (uint32_t)data[i] << 8 | data[i + 1];
            gx_text_encode(&made, c < 0xd800 || c > 0xdfff ? c : c + 0x2800);
        }
        text = gx_buf_str(&made);
    }
    check_text(&arena, text);
    check_tokens(&arena, text);
    check_phone(&arena, text);
    gx_buf_free(&made);
    gx_arena_free(&arena);
    return 0;
}
