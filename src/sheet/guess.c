/* guess.c - see guess.h. */
#include "sheet/guess.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"

static const struct {
    int score;
    const char *words;
} synonyms[] = {
#define GX_SYNONYMS(score, words) { score, words },
#include "sheet/synonyms.def"
#undef GX_SYNONYMS
};

enum {
    GROUPS = GX_COUNT(synonyms),
    NEAR_MIN = 800,         /* of gx_text_near(): a letter or two */
    NEAR_COLUMNS_MAX = 500, /* in wider files misspellings are not looked for */
    HEADER_BYTES_MAX = 200,
};

/* The groups of synonyms a word is in. */
struct use {
    struct use *next;
    size_t group;
};

/* A header or a field's word, folded. */
struct word {
    struct gx_str spaced; /* "account name" */
    struct gx_str key;    /* "accountname" */
    const struct use *uses;
};

struct target {
    struct word *words;
    size_t count;
    bool groups[GROUPS];
};

struct pair {
    size_t column, field;
    int score;
};

static bool is_joint(uint32_t c)
{
    if (c >= 0x3000 && c <= 0x303F) /* 、。「」【】 but 々 and 〇 */
        return c != 0x3005 && c != 0x3007;
    return c < 0x80 && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z');
}

/* Length of "(…)" at the front of `s`, or 0. */
static size_t bracketed(struct gx_str s)
{
    static const char pairs[] = "()[]";
    for (size_t i = 0; i + 1 < sizeof pairs; i += 2)
        if (s.n && s.p[0] == pairs[i]) {
            size_t end = gx_str_find(s, pairs[i + 1]);
            return end < s.n ? end + 1 : 0;
        }
    return 0;
}

/*
 * Fold, drop what stands in brackets ("Amount (TWD)"), and take punctuation for blanks.
 * Folding has made full-width signs ASCII already.
 */
static struct word make_word(struct gx_arena *arena, struct gx_str raw)
{
    struct gx_str folded = gx_text_fold(arena, raw);
    char *spaced = gx_arena_alloc(arena, folded.n + 1), *key = gx_arena_alloc(arena, folded.n + 1);
    size_t n = 0, k = 0;
    for (size_t i = 0, len; i < folded.n; i += len) {
        struct gx_str rest = gx_str_from(folded, i);
        len = i ? bracketed(rest) : 0;
        if (len)
            continue;
        if (is_joint(gx_text_decode(rest, &len))) {
            if (n && spaced[n - 1] != ' ')
                spaced[n++] = ' ';
            continue;
        }
        memcpy(spaced + n, rest.p, len);
        memcpy(key + k, rest.p, len);
        n += len;
        k += len;
    }
    while (n && spaced[n - 1] == ' ')
        n--;
    return (struct word){ .spaced = { spaced, n }, .key = { key, k } };
}

static struct gx_map index_synonyms(struct gx_arena *arena)
{
    struct gx_map map = { 0 };
    for (size_t g = 0; g < GROUPS; g++) {
        struct gx_str rest = gx_str_c(synonyms[g].words), piece;
        while (gx_str_split(&rest, '|', &piece)) {
            struct use *use = GX_ARENA_NEW(arena, struct use);
            struct gx_str key = make_word(arena, piece).key;
            *use = (struct use){ gx_map_get(&map, key), g };
            gx_map_set(&map, arena, key, use);
        }
    }
    return map;
}

static struct target make_target(struct gx_arena *arena, const struct gx_map *map,
                                 const struct gx_guess_field *field)
{
    struct target t = { .count = field->word_count + 1 };
    t.words = GX_ARENA_ARRAY(arena, struct word, t.count);
    t.words[0] = make_word(arena, field->name);
    for (size_t i = 0; i < field->word_count; i++)
        t.words[i + 1] = make_word(arena, field->words[i]);
    for (size_t i = 0; i < t.count; i++)
        for (const struct use *u = gx_map_get(map, t.words[i].key); u; u = u->next)
            t.groups[u->group] = true;
    return t;
}

/* "customer phone" ends with "phone", 客戶電話 with 電話; "hotel" does not end with "tel". */
static bool ends_with_word(struct gx_str whole, struct gx_str end)
{
    if (end.n < 3 || whole.n <= end.n || !gx_str_ends(whole, end))
        return false;
    uint8_t before = (uint8_t)whole.p[whole.n - end.n - 1];
    return before == ' ' || before >= 0x80;
}

static int contained_score(const struct word *a, const struct word *b)
{
    const struct word *longer = a->spaced.n > b->spaced.n ? a : b, *shorter = longer == a ? b : a;
    if (!ends_with_word(longer->spaced, shorter->spaced))
        return 0;
    return 550 + (int)(250 * gx_text_length(shorter->spaced) / gx_text_length(longer->spaced));
}

static int word_score(const struct word *header, const struct word *word, bool near)
{
    if (gx_str_eq(header->key, word->key))
        return 1000;
    int score = contained_score(header, word);
    int likeness = near ? gx_text_near(header->spaced, word->spaced) : 0;
    if (likeness >= NEAR_MIN && likeness * 85 / 100 > score)
        score = likeness * 85 / 100;
    return score;
}

static int target_score(const struct word *header, const struct target *target, bool near)
{
    int best = 0;
    for (size_t i = 0; i < target->count; i++) {
        int score = target->words[i].key.n ? word_score(header, &target->words[i], near) : 0;
        best = score > best ? score : best;
    }
    for (const struct use *u = header->uses; u; u = u->next)
        if (target->groups[u->group] && synonyms[u->group].score > best)
            best = synonyms[u->group].score;
    return best;
}

static int by_score(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->score != y->score)
        return y->score - x->score;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->field < y->field ? -1 : 1;
}

/* The best pairs first; each column and each field once. */
static void assign(struct gx_arena *arena, struct pair *pairs, size_t count, size_t field_count,
                   struct gx_guess *guesses)
{
    bool *taken = GX_ARENA_ARRAY(arena, bool, field_count + 1);
    if (count)
        qsort(pairs, count, sizeof *pairs, by_score);
    for (size_t i = 0; i < count; i++) {
        struct gx_guess *guess = &guesses[pairs[i].column];
        if (guess->score || taken[pairs[i].field])
            continue;
        *guess = (struct gx_guess){ pairs[i].field, pairs[i].score };
        taken[pairs[i].field] = true;
    }
}

const struct gx_guess *gx_sheet_guess(struct gx_arena *arena, const struct gx_str *columns,
                                      size_t column_count, const struct gx_guess_field *fields,
                                      size_t field_count)
{
    struct gx_map map = index_synonyms(arena);
    struct target *targets = GX_ARENA_ARRAY(arena, struct target, field_count + 1);
    struct gx_guess *guesses = GX_ARENA_ARRAY(arena, struct gx_guess, column_count + 1);
    struct gx_buf found = { 0 };
    size_t pair_count = 0;
    for (size_t f = 0; f < field_count; f++)
        targets[f] = make_target(arena, &map, &fields[f]);
    for (size_t c = 0; c < column_count; c++) {
        struct word header = { .uses = NULL };
        guesses[c].field = SIZE_MAX;
        if (columns[c].n == 0 || columns[c].n > HEADER_BYTES_MAX)
            continue;
        header = make_word(arena, columns[c]);
        header.uses = gx_map_get(&map, header.key);
        for (size_t f = 0; header.key.n && f < field_count; f++) {
            int score = target_score(&header, &targets[f], column_count <= NEAR_COLUMNS_MAX);
            struct pair pair = { c, f, score };
            if (score >= GX_GUESS_MIN && gx_buf_reserve(&found, sizeof pair)) {
                gx_buf_add(&found, (struct gx_str){ (const char *)&pair, sizeof pair });
                pair_count++;
            }
        }
    }
    assign(arena, (struct pair *)(void *)found.p, pair_count, field_count, guesses);
    gx_buf_free(&found);
    return guesses;
}
