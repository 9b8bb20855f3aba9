/*
 * erase_words.c - the texts by which a person is known, and texts without them.
 *
 * Names, e-mail addresses, numbers and codes of the person's own record, as they are and as they
 * were.  Short ones would be found in other words, so they are left out.  Compared without regard
 * to the case of Latin letters; also as JSON writes them.
 */
#include "base/text.h"
#include "store/erase_int.h"

enum { LATIN_BYTES_MIN = 4, OTHER_CHARS_MIN = 2, WORDS_MAX = 200 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Where `word` stands in text, from `at` on; SIZE_MAX: nowhere. */
static size_t find(struct gx_str text, size_t at, struct gx_str word)
{
    for (; at + word.n <= text.n; at++) {
        size_t i = 0;
        while (i < word.n && lower(text.p[at + i]) == lower(word.p[i]))
            i++;
        if (i == word.n)
            return at;
    }
    return SIZE_MAX;
}

static bool is_long_enough(struct gx_str s)
{
    size_t chars = 0;
    bool latin = true;
    for (size_t i = 0; i < s.n; i++) {
        chars += (s.p[i] & 0xc0) != 0x80;
        latin &= (unsigned char)s.p[i] < 128;
    }
    return latin ? s.n >= LATIN_BYTES_MIN : chars >= OTHER_CHARS_MIN;
}

static void add_text(struct erase_plan *plan, struct gx_str text)
{
    struct erase_word **at = &plan->words;
    text = gx_str_trim(text);
    if (!is_long_enough(text) || plan->word_count >= WORDS_MAX)
        return;
    /* Longer ones first, so that no part of one is left behind by a shorter one. */
    for (; *at && (*at)->text.n >= text.n; at = &(*at)->next)
        if (gx_str_eq((*at)->text, text))
            return;
    struct erase_word *word = GX_ARENA_NEW(plan->ctx->arena, struct erase_word);
    word->text = gx_arena_str(plan->ctx->arena, text);
    word->next = *at;
    *at = word;
    plan->word_count++;
}

/* As it stands in JSON, where that is different; and a number's digits alone. */
static void add_word(struct erase_plan *plan, struct gx_str text, bool phone)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    add_text(plan, text);
    gx_jw_str(&w, text);
    add_text(plan, (struct gx_str){ out.p + 1, out.n - 2 });
    gx_buf_clear(&out);
    for (size_t i = 0; phone && i < text.n; i++)
        if (text.p[i] >= '0' && text.p[i] <= '9')
            gx_buf_addc(&out, text.p[i]);
    if (out.n >= 7)
        add_text(plan, gx_buf_str(&out));
    gx_buf_free(&out);
}

static bool is_type(const struct gx_field *f, const char *name)
{
    return strcmp(f->type->name, name) == 0;
}

static bool tells_who(const struct gx_object *object, const struct gx_field *f)
{
    bool text = is_type(f, "text") &&
                (f->search == GX_SEARCH_NAME || f->search == GX_SEARCH_CODE || f->private_);
    return f == object->title || text || is_type(f, "email") || is_type(f, "phone");
}

static void add_json(struct erase_plan *plan, const struct gx_field *f, const struct gx_json *node)
{
    if (node->kind == GX_JSON_STRING)
        add_word(plan, node->text, is_type(f, "phone"));
    for (const struct gx_json *k = node->first; k; k = k->next)
        add_json(plan, f, k);
}

static enum gx_code add_former(struct erase_plan *plan, const struct gx_object *object, int64_t id)
{
    struct gx_value key = gx_value_int(id);
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(plan->ctx, plan->conn,
                       GX_SQL("SELECT data FROM gx_change WHERE record = ?1 AND data IS NOT NULL"),
                       &key, 1, &rows));
    while ((code = gx_rows_next(plan->ctx, rows, &has)) == GX_OK && has) {
        struct gx_json *root;
        struct gx_str data = gx_arena_str(plan->ctx->arena, gx_rows_text(rows, 0));
        if (gx_json_read(plan->ctx, data, &root) != GX_OK) {
            gx_ctx_clear(plan->ctx);
            continue;
        }
        for (size_t i = 0; i < object->field_count; i++) {
            const struct gx_field *f = &object->fields[i];
            const struct gx_json *pair = gx_json_get(root, gx_arena_cstr(plan->ctx->arena, f->id));
            if (pair && tells_who(object, f))
                add_json(plan, f, pair);
        }
    }
    gx_rows_close(rows);
    return code;
}

enum gx_code erase_words_add(struct erase_plan *plan, const struct gx_record *record)
{
    const struct gx_object *object = record->object;
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (f->type->computed || !tells_who(object, f))
            continue;
        for (int part = 0; part < f->part_count; part++)
            if (record->v[f->slot + part].kind == GX_VALUE_TEXT)
                add_word(plan, record->v[f->slot + part].s, is_type(f, "phone"));
    }
    return add_former(plan, object, record->v[GX_SLOT_ID].i);
}

bool erase_words_in(const struct erase_plan *plan, struct gx_str text)
{
    for (const struct erase_word *w = plan->words; w; w = w->next)
        if (find(text, 0, w->text) != SIZE_MAX)
            return true;
    return false;
}

struct gx_str erase_words_out(const struct erase_plan *plan, struct gx_str text)
{
    for (const struct erase_word *w = plan->words; w; w = w->next) {
        struct gx_buf out = { 0 };
        size_t at = 0, hit = find(text, 0, w->text);
        if (hit == SIZE_MAX)
            continue;
        for (; hit != SIZE_MAX; hit = find(text, at, w->text)) {
            gx_buf_add(&out, (struct gx_str){ text.p + at, hit - at });
            gx_buf_addz(&out, "■");
            at = hit + w->text.n;
        }
        gx_buf_add(&out, gx_str_from(text, at));
        text = gx_arena_str(plan->ctx->arena, gx_buf_str(&out));
        gx_buf_free(&out);
    }
    return text;
}
