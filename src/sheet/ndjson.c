/*
 * ndjson.c - objects of JSON as rows: one a line, one after another, or in one array.
 *
 * Columns are the keys of the first rows together, nested ones as "address.city"; a key that
 * comes later is a problem of its row, because the columns are settled by then.  Arrays of plain
 * values become one text, "a; b"; anything deeper stays JSON.  A broken object costs its line.
 */
#include "base/map.h"
#include "base/text.h"
#include "json/read.h"
#include "json/write.h"
#include "sheet/decode.h"
#include "sheet/number.h"
#include "sheet/sheet_int.h"

enum {
    CHUNK_BYTES = 256 << 10,
    LEARN_ROWS = 1000, /* whose keys are the columns */
    BROKEN_MAX = 8,    /* after so many, each line stands for itself */
};

enum mode { MODE_LINES, MODE_OBJECTS, MODE_ARRAY };

struct ndjson {
    struct gx_decoder decoder;
    struct gx_encoding encoding;
    struct gx_buf buf;
    size_t at;
    bool ended, over;
    enum mode mode;
    int broken;
    int64_t number, line;
    struct gx_map columns; /* path → struct gx_str in names */
    struct gx_str *names;
    size_t column_count;
    bool learning, new_key;
};

/* Where a record ends. */
enum found { FOUND, FOUND_BROKEN, FOUND_MORE, FOUND_END };

static struct gx_str rest(const struct ndjson *j)
{
    return gx_str_from(gx_buf_str(&j->buf), j->at);
}

static enum gx_code fill(struct gx_sheet *sheet, struct ndjson *j)
{
    size_t n = j->buf.n - j->at, want = n < CHUNK_BYTES ? CHUNK_BYTES : n;
    if (n)
        memmove(j->buf.p, j->buf.p + j->at, n);
    j->buf.n = n;
    j->at = 0;
    while (!j->ended && j->buf.n < n + want)
        GX_TRY(gx_decoder_fill(sheet->ctx, &j->decoder, &j->buf, want, &j->ended));
    return GX_OK;
}

static size_t line_end(const struct ndjson *j, struct gx_str s, bool *ret_more)
{
    size_t n = gx_str_find(s, '\n');
    *ret_more = n == s.n && !j->ended;
    return n;
}

/* Length of the object or array at the start of `s`. */
static enum found balanced(const struct ndjson *j, struct gx_str s, size_t *ret_n)
{
    bool in_string = false;
    int64_t depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (in_string && c == '\\') {
            i++;
        } else if (in_string && c == '\n') {
            return FOUND_BROKEN; /* no string goes over a line's end */
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '{' || c == '[')) {
            depth++;
        } else if (!in_string && (c == '}' || c == ']') && --depth == 0) {
            *ret_n = i + 1;
            return FOUND;
        }
    }
    return j->ended ? FOUND_BROKEN : FOUND_MORE;
}

static bool is_gap(const struct ndjson *j, char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || (j->mode != MODE_LINES && c == ',');
}

/* Go to the next record, then find its length. */
static enum found find(struct ndjson *j, size_t *ret_n)
{
    bool more;
    while (j->at < j->buf.n && is_gap(j, j->buf.p[j->at]))
        j->line += j->buf.p[j->at++] == '\n';
    struct gx_str s = rest(j);
    if (s.n == 0)
        return j->ended ? FOUND_END : FOUND_MORE;
    if (j->mode == MODE_ARRAY && s.p[0] == ']') {
        j->over = true;
        return FOUND_END;
    }
    if (j->mode != MODE_LINES && (s.p[0] == '{' || s.p[0] == '['))
        return balanced(j, s, ret_n);
    *ret_n = line_end(j, s, &more);
    if (j->mode != MODE_LINES)
        for (size_t i = 0; i < *ret_n; i++)
            if (s.p[i] == ',' || (s.p[i] == ']' && j->mode == MODE_ARRAY)) {
                *ret_n = i ? i : 1;
                return FOUND;
            }
    return more ? FOUND_MORE : FOUND;
}

static enum mode mode_of(struct ndjson *j)
{
    size_t n = 0;
    struct gx_str s = gx_str_trim(rest(j));
    if (s.n && s.p[0] == '[') {
        j->at += (size_t)(s.p - rest(j).p) + 1;
        return MODE_ARRAY;
    }
    bool whole = s.n && s.p[0] == '{' && balanced(j, s, &n) == FOUND;
    return whole && gx_str_find((struct gx_str){ s.p, n }, '\n') < n ? MODE_OBJECTS : MODE_LINES;
}

static enum gx_code ndjson_rewind(struct gx_sheet *sheet)
{
    struct ndjson *j = sheet->impl;
    gx_decoder_rewind(&j->decoder);
    j->buf.n = j->at = 0;
    j->ended = j->over = false;
    j->broken = 0;
    j->number = 0;
    j->line = 1;
    GX_TRY(fill(sheet, j));
    size_t before = j->at;
    j->mode = mode_of(j);
    for (size_t i = before; i < j->at; i++)
        j->line += j->buf.p[i] == '\n';
    return GX_OK;
}

static struct gx_cell scalar(struct gx_sheet *sheet, const struct gx_json *node)
{
    struct gx_cell cell = { .kind = GX_CELL_EMPTY };
    if (node->kind == GX_JSON_BOOL)
        return (struct gx_cell){ GX_CELL_BOOL, node->truth ? GX_STR("true") : GX_STR("false") };
    if (node->kind == GX_JSON_STRING)
        return (struct gx_cell){ GX_CELL_TEXT, gx_sheet_text(sheet, node->text) };
    if (node->kind == GX_JSON_NUMBER) {
        cell = (struct gx_cell){ GX_CELL_NUMBER, node->text };
        gx_number_plain(&sheet->scratch, node->text, &cell.text);
    }
    return cell;
}

/* "a; b" of plain values; the JSON itself if any is deeper. */
static struct gx_cell list(struct gx_sheet *sheet, const struct gx_json *array)
{
    struct gx_buf out = { .max = GX_SHEET_ROW_BYTES_MAX * 6 };
    bool plain = true;
    for (const struct gx_json *item = array->first; item && plain; item = item->next) {
        struct gx_cell cell = { .kind = GX_CELL_EMPTY };
        plain = item->kind != GX_JSON_ARRAY && item->kind != GX_JSON_OBJECT;
        if (plain)
            cell = scalar(sheet, item);
        if (cell.kind == GX_CELL_EMPTY)
            continue;
        gx_buf_addz(&out, out.n ? "; " : "");
        gx_buf_add(&out, cell.text);
    }
    if (!plain) {
        struct gx_jw w = gx_jw(&out);
        gx_buf_clear(&out);
        gx_json_write(&w, array);
    }
    struct gx_cell cell = { .kind = GX_CELL_EMPTY };
    if (out.n)
        cell = (struct gx_cell){ GX_CELL_TEXT, gx_arena_str(&sheet->scratch, gx_buf_str(&out)) };
    gx_buf_free(&out);
    if (out.overflow || cell.text.n > GX_SHEET_CELL_BYTES_MAX)
        gx_sheet_problem(sheet, GX_E_LIMIT, GX_M_SHEET_CELL_BYTES);
    return cell;
}

static void put(struct gx_sheet *sheet, struct gx_str path, const struct gx_json *node)
{
    struct ndjson *j = sheet->impl;
    struct gx_str *column = gx_map_get(&j->columns, path);
    if (!column && j->learning && j->column_count < GX_SHEET_COLUMNS_MAX) {
        column = &j->names[j->column_count++];
        *column = gx_arena_str(sheet->ctx->arena, path);
        gx_map_set(&j->columns, sheet->ctx->arena, *column, column);
    }
    if (!column) {
        j->new_key = true;
        return;
    }
    struct gx_cell cell = node->kind == GX_JSON_ARRAY ? list(sheet, node) : scalar(sheet, node);
    while (sheet->cell_count < j->column_count)
        gx_sheet_cell(sheet, GX_CELL_EMPTY, GX_STR(""));
    sheet->cells[column - j->names] = cell;
}

/* The reader of JSON allows 32 levels, so this depth is bounded. */
static void flatten(struct gx_sheet *sheet, struct gx_str prefix, const struct gx_json *object)
{
    for (const struct gx_json *node = object->first; node; node = node->next) {
        struct gx_str path = node->key;
        if (prefix.n)
            path = gx_arena_printf(&sheet->scratch, "%.*s.%.*s", GX_STR_ARG(prefix),
                                   GX_STR_ARG(node->key));
        if (node->kind == GX_JSON_OBJECT)
            flatten(sheet, path, node);
        else
            put(sheet, path, node);
    }
}

static void give_row(struct gx_sheet *sheet, struct ndjson *j, struct gx_str text)
{
    struct gx_ctx ctx = { .arena = &sheet->scratch };
    struct gx_json *root;
    text = gx_str_trim(text);
    enum gx_code code = gx_json_read(&ctx, text, &root);
    if (code != GX_OK) {
        gx_sheet_problem(sheet, code == GX_E_LIMIT ? GX_E_LIMIT : GX_E_SYNTAX,
                         gx_text_valid(text) ? GX_M_SHEET_BAD_JSON : GX_M_SHEET_BAD_BYTES);
        return;
    }
    if (root->kind != GX_JSON_OBJECT) {
        gx_sheet_problem(sheet, GX_E_SYNTAX, GX_M_SHEET_NOT_OBJECT);
        return;
    }
    j->new_key = false;
    flatten(sheet, GX_STR(""), root);
    if (j->new_key)
        gx_sheet_problem(sheet, GX_E_SYNTAX, GX_M_SHEET_NEW_KEY);
}

/* This line is broken; what follows is read line by line once that happened too often. */
static size_t give_broken(struct gx_sheet *sheet, struct ndjson *j, enum found found)
{
    struct gx_str s = rest(j);
    gx_sheet_problem(sheet, found == FOUND_MORE ? GX_E_LIMIT : GX_E_SYNTAX,
                     found == FOUND_MORE ? GX_M_SHEET_ROW_BYTES : GX_M_SHEET_BAD_JSON);
    if (++j->broken == BROKEN_MAX)
        j->mode = MODE_LINES;
    return gx_str_find(s, '\n');
}

static enum gx_code ndjson_next(struct gx_sheet *sheet, bool *ret_has)
{
    struct ndjson *j = sheet->impl;
    enum found found;
    size_t n = 0;
    while ((found = j->over ? FOUND_END : find(j, &n)) == FOUND_MORE &&
           j->buf.n - j->at <= GX_SHEET_ROW_BYTES_MAX)
        GX_TRY(fill(sheet, j));
    *ret_has = found != FOUND_END;
    if (found == FOUND_END)
        return GX_OK;
    sheet->row.number = ++j->number;
    sheet->row.line = j->line;
    if (found == FOUND)
        give_row(sheet, j, (struct gx_str){ j->buf.p + j->at, n });
    else
        n = give_broken(sheet, j, found);
    for (size_t i = 0; i < n; i++)
        j->line += j->buf.p[j->at + i] == '\n';
    j->at += n;
    sheet->row.byte_offset = j->decoder.source->at - (int64_t)(j->buf.n - j->at);
    return GX_OK;
}

static const struct gx_sheet_reader ndjson_reader = { .rewind = ndjson_rewind,
                                                      .next = ndjson_next };

static enum gx_code learn(struct gx_sheet *sheet, struct ndjson *j)
{
    bool has = true;
    j->learning = true;
    GX_TRY(ndjson_rewind(sheet));
    for (int i = 0; i < LEARN_ROWS && has; i++) {
        gx_arena_reset(&sheet->scratch);
        sheet->cell_count = 0;
        sheet->row.problem = GX_OK;
        GX_TRY(ndjson_next(sheet, &has));
    }
    j->learning = false;
    if (j->column_count == 0)
        return gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_EMPTY);
    return ndjson_rewind(sheet);
}

static void free_buf(void *p)
{
    gx_buf_free(p);
}

enum gx_code gx_ndjson_open(struct gx_sheet *sheet)
{
    struct gx_ctx *ctx = sheet->ctx;
    struct ndjson *j = GX_ARENA_NEW(ctx->arena, struct ndjson);
    struct gx_str encoding = sheet->options.encoding;
    GX_TRY(gx_encoding_named(ctx, &sheet->source, encoding.n ? encoding : GX_STR("UTF-8"),
                             &j->encoding));
    GX_TRY(gx_decoder_open(ctx, &sheet->source, &j->encoding, &j->decoder));
    gx_arena_defer(ctx->arena, free_buf, &j->buf);
    j->names = gx_arena_alloc(ctx->arena, GX_SHEET_COLUMNS_MAX * sizeof *j->names);
    sheet->impl = j;
    sheet->reader = &ndjson_reader;
    sheet->converted = j->encoding.converter != NULL;
    GX_TRY(learn(sheet, j));
    sheet->info.encoding = j->encoding.name;
    sheet->info.columns = j->names;
    sheet->info.column_count = j->column_count;
    sheet->row = (struct gx_sheet_row){ 0 };
    return GX_OK;
}
