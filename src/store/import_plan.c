/* import_plan.c - what is to be done with a file, to and from JSON; looking at the file. */
#include "base/text.h"
#include "store/import_int.h"

enum { SAMPLE_ROWS = 20, DATE_ROWS = 1000 };

static const char *const mode_names[] = { "create", "update", "both" };
static const char *const order_names[] = { "ymd", "dmy", "mdy" };

static int word_of(struct gx_str s, const char *const *words, int count, int otherwise)
{
    for (int i = 0; i < count; i++)
        if (gx_str_is(s, words[i]))
            return i;
    return otherwise;
}

/* What the values of a column say, else the plan's. */
static enum gx_date_order order_of(const struct gx_import_plan *plan, struct gx_str column)
{
    const struct gx_json *orders = gx_json_get(plan->info, "date_orders");
    for (const struct gx_json *k = orders ? orders->first : NULL; k; k = k->next)
        if (gx_str_eq(gx_json_get_str(k, "column", GX_STR("")), column))
            return (enum gx_date_order)word_of(gx_json_get_str(k, "order", GX_STR("")), order_names,
                                               3, (int)plan->date_order);
    return plan->date_order;
}

static void read_columns(struct gx_ctx *ctx, const struct gx_json *list,
                         struct gx_import_plan *plan)
{
    plan->columns = GX_ARENA_ARRAY(ctx->arena, struct gx_import_column, list->count + 1);
    plan->column_count = 0;
    for (const struct gx_json *k = list->first; k; k = k->next)
        plan->columns[plan->column_count++] = (struct gx_import_column){
            .column = (int)gx_json_get_int(k, "index", -1),
            .name = gx_json_get_str(k, "column", GX_STR("")),
            .field = gx_json_get_str(k, "field", GX_STR("")),
            .value = gx_json_get_str(k, "value", GX_STR("")),
            .score = (int)gx_json_get_int(k, "score", 0),
            .date_order = order_of(plan, gx_json_get_str(k, "column", GX_STR(""))),
        };
}

enum gx_code gx_plan_parse(struct gx_ctx *ctx, struct gx_str text, struct gx_import_plan *ret_plan)
{
    struct gx_json *root;
    struct gx_import_plan plan = { .sheet = { .header_row = -1 } };
    GX_TRY(gx_json_read(ctx, text, &root));
    plan.object = gx_json_get_str(root, "object", GX_STR(""));
    plan.mode =
        (enum gx_import_mode)word_of(gx_json_get_str(root, "mode", GX_STR("")), mode_names, 3, 0);
    plan.date_order = (enum gx_date_order)word_of(gx_json_get_str(root, "date_order", GX_STR("")),
                                                  order_names, 3, 0);
    plan.accept_suggestions = gx_json_get_bool(root, "accept_suggestions", false);
    plan.sheet.encoding = gx_json_get_str(root, "encoding", GX_STR(""));
    struct gx_str delimiter = gx_json_get_str(root, "delimiter", GX_STR(""));
    plan.sheet.delimiter = delimiter.n ? delimiter.p[0] : 0;
    plan.sheet.header_row = (int32_t)gx_json_get_int(root, "header_row", -1);
    plan.sheet.sheet = gx_json_get_str(root, "sheet", GX_STR(""));
    const struct gx_json *match = gx_json_get(root, "match");
    for (const struct gx_json *k = match ? match->first : NULL;
         k && plan.match_count < IMPORT_MATCH_FIELDS_MAX; k = k->next)
        plan.match[plan.match_count++] = k->text;
    const struct gx_json *mapping = gx_json_get(root, "mapping");
    plan.info = gx_json_get(root, "info");
    if (mapping)
        read_columns(ctx, mapping, &plan);
    plan.links = gx_json_get(root, "links");
    plan.sample = gx_json_get(root, "sample");
    plan.asked = gx_json_get(root, "asked");
    *ret_plan = plan;
    return GX_OK;
}

static void node(struct gx_jw *w, const char *key, const struct gx_json *value)
{
    if (!value)
        return;
    gx_jw_key(w, gx_str_c(key));
    gx_json_write(w, value);
}

static void write_mapping(struct gx_jw *w, const struct gx_import_plan *plan)
{
    gx_jw_key(w, GX_STR("mapping"));
    gx_jw_array(w);
    for (size_t i = 0; i < plan->column_count; i++) {
        const struct gx_import_column *c = &plan->columns[i];
        gx_jw_object(w);
        gx_jw_key_int(w, "index", c->column);
        gx_jw_key_str(w, "column", c->name);
        gx_jw_key(w, GX_STR("field"));
        if (c->field.n)
            gx_jw_str(w, c->field);
        else
            gx_jw_null(w);
        if (c->column < 0)
            gx_jw_key_str(w, "value", c->value);
        gx_jw_key_int(w, "score", c->score);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

struct gx_str gx_plan_text(struct gx_ctx *ctx, const struct gx_import_plan *plan)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "object", plan->object);
    gx_jw_key_str(&w, "mode", gx_str_c(mode_names[plan->mode]));
    gx_jw_key(&w, GX_STR("match"));
    gx_jw_array(&w);
    for (size_t i = 0; i < plan->match_count; i++)
        gx_jw_str(&w, plan->match[i]);
    gx_jw_array_end(&w);
    write_mapping(&w, plan);
    gx_jw_key_str(&w, "encoding", plan->sheet.encoding);
    gx_jw_key_str(&w, "delimiter",
                  (struct gx_str){ &plan->sheet.delimiter, plan->sheet.delimiter != 0 });
    gx_jw_key_int(&w, "header_row", plan->sheet.header_row);
    gx_jw_key_str(&w, "sheet", plan->sheet.sheet);
    gx_jw_key_str(&w, "date_order", gx_str_c(order_names[plan->date_order]));
    gx_jw_key_bool(&w, "accept_suggestions", plan->accept_suggestions);
    node(&w, "links", plan->links);
    node(&w, "info", plan->info);
    node(&w, "sample", plan->sample);
    node(&w, "asked", plan->asked);
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static void write_info(struct gx_jw *w, const struct gx_sheet_info *info)
{
    static const char *const formats[] = { "auto", "csv", "xlsx", "ndjson" };
    gx_jw_object(w);
    gx_jw_key_str(w, "format", gx_str_c(formats[info->format]));
    gx_jw_key_str(w, "encoding", info->encoding);
    gx_jw_key_bool(w, "encoding_sure", info->encoding_sure);
    gx_jw_key_bool(w, "damaged", info->damaged);
    gx_jw_key_str(w, "delimiter", (struct gx_str){ &info->delimiter, info->delimiter != 0 });
    gx_jw_key_int(w, "header_row", info->header_row);
    gx_jw_key(w, GX_STR("sheets"));
    gx_jw_array(w);
    for (size_t i = 0; i < info->sheet_count; i++)
        gx_jw_str(w, info->sheets[i]);
    gx_jw_array_end(w);
    gx_jw_key_str(w, "sheet", info->sheet);
    gx_jw_key(w, GX_STR("columns"));
    gx_jw_array(w);
    for (size_t i = 0; i < info->column_count; i++)
        gx_jw_str(w, info->columns[i]);
    gx_jw_array_end(w);
    gx_jw_key_int(w, "file_bytes", info->file_bytes);
}

/*
 * Day or month first?  13/2/2024 can only be one of them.  A column decides when some of its values
 * do, none says the opposite, and all look like dates.
 */
struct date_column {
    bool day_first, month_first, other, any;
};

static void look_at_date(struct date_column *column, struct gx_str text)
{
    int part[3] = { 0 }, digits[3] = { 0 }, at = 0;
    char mark = 0;
    text = gx_str_trim(text);
    if (text.n == 0)
        return;
    column->any = true;
    for (size_t i = 0; i < text.n && text.p[i] != ' ' && text.p[i] != 'T'; i++) {
        char c = text.p[i];
        if (c >= '0' && c <= '9' && digits[at] < 4) {
            part[at] = part[at] * 10 + c - '0';
            digits[at]++;
        } else if (strchr("/.-", c) && digits[at] && at < 2 && (!mark || mark == c)) {
            mark = c;
            at++;
        } else {
            column->other = true;
            return;
        }
    }
    column->other |= at != 2 || digits[0] > 2 || digits[1] > 2 || digits[2] < 2 || digits[2] == 3;
    column->day_first |= part[0] > 12 && part[0] <= 31 && part[1] <= 12;
    column->month_first |= part[1] > 12 && part[1] <= 31 && part[0] <= 12;
    column->other |= part[0] > 31 || part[1] > 31 || (part[0] > 12 && part[1] > 12);
}

static void write_date_orders(struct gx_jw *w, const struct gx_sheet_info *info,
                              const struct date_column *dates)
{
    gx_jw_key(w, GX_STR("date_orders"));
    gx_jw_array(w);
    for (size_t i = 0; i < info->column_count; i++) {
        if (dates[i].other || dates[i].day_first == dates[i].month_first)
            continue;
        gx_jw_object(w);
        gx_jw_key_str(w, "column", info->columns[i]);
        gx_jw_key_str(w, "order", gx_str_c(dates[i].day_first ? "dmy" : "mdy"));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("dates_unclear"));
    gx_jw_array(w);
    for (size_t i = 0; i < info->column_count; i++)
        if (dates[i].any && !dates[i].other && dates[i].day_first == dates[i].month_first)
            gx_jw_str(w, info->columns[i]);
    gx_jw_array_end(w);
}

static void sample_row(struct gx_jw *sample, const struct gx_sheet_row *row, size_t columns)
{
    gx_jw_array(sample);
    for (size_t i = 0; i < row->cell_count && i < columns; i++) {
        struct gx_str text = row->cells[i].text;
        if (text.n > 200) {
            text.n = 200;
            while (!gx_text_valid(text))
                text.n--;
        }
        gx_jw_str(sample, text);
    }
    gx_jw_array_end(sample);
}

/* The first rows, and from their size how many there may be. */
static enum gx_code write_sample(struct gx_sheet *sheet, struct gx_jw *sample,
                                 struct date_column *dates, int64_t *ret_rows)
{
    const struct gx_sheet_info *info = gx_sheet_info(sheet);
    struct gx_sheet_row row;
    bool has = true;
    int64_t n = 0, first = -1, last = 0;
    gx_jw_array(sample);
    while (n < DATE_ROWS) {
        GX_TRY(gx_sheet_next(sheet, &row, &has));
        if (!has)
            break;
        if (first < 0)
            first = row.byte_offset;
        last = row.byte_offset;
        if (n < SAMPLE_ROWS)
            sample_row(sample, &row, info->column_count);
        for (size_t i = 0; i < row.cell_count && i < info->column_count; i++)
            look_at_date(&dates[i], row.cells[i].text);
        n++;
    }
    gx_jw_array_end(sample);
    *ret_rows =
        !has || last <= first ? n : n + (info->file_bytes - last) * (n - 1) / (last - first);
    return GX_OK;
}

enum gx_code gx_plan_look(struct gx_scope *scope, struct gx_import_plan *plan, const char *path)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sheet *sheet;
    struct gx_json *node_info, *node_sample;
    struct gx_buf info_text = { 0 }, sample_text = { 0 };
    int64_t rows;
    GX_TRY(gx_sheet_open(ctx, path, &plan->sheet, &sheet));
    const struct gx_sheet_info *info = gx_sheet_info(sheet);
    struct gx_jw i = gx_jw(&info_text), s = gx_jw(&sample_text);
    struct date_column *dates =
        GX_ARENA_ARRAY(ctx->arena, struct date_column, info->column_count + 1);
    bool known = false;
    write_info(&i, info);
    enum gx_code code = write_sample(sheet, &s, dates, &rows);
    if (code == GX_OK && plan->column_count == 0)
        code = gx_memory_recall(scope, plan, info->columns, info->column_count, &known);
    if (code == GX_OK) {
        gx_jw_key_bool(&i, "remembered", known);
        write_date_orders(&i, info, dates);
        gx_jw_key_int(&i, "rows_estimate", rows);
        gx_jw_object_end(&i);
        code = gx_json_read(ctx, gx_arena_str(ctx->arena, gx_buf_str(&info_text)), &node_info);
    }
    if (code == GX_OK)
        code = gx_json_read(ctx, gx_arena_str(ctx->arena, gx_buf_str(&sample_text)), &node_sample);
    gx_buf_free(&info_text);
    gx_buf_free(&sample_text);
    GX_TRY(code);
    plan->info = node_info;
    plan->sample = node_sample;
    if (plan->column_count == 0)
        gx_plan_guess(scope, plan, info);
    return GX_OK;
}

const struct gx_field *gx_plan_field(const struct gx_object *object, struct gx_str name,
                                     int *ret_part)
{
    size_t dot = gx_str_find(name, '.');
    *ret_part = -1;
    if (dot == name.n)
        return gx_object_field(object, name);
    const struct gx_field *f = gx_object_field(object, (struct gx_str){ name.p, dot });
    *ret_part = gx_type_address_part(gx_str_from(name, dot + 1));
    bool address = f && gx_str_is(gx_str_c(f->type->name), "address");
    return address && *ret_part >= 0 ? f : NULL;
}

enum gx_code gx_plan_named(struct gx_scope *scope, const struct gx_import_stream *stream,
                           struct gx_import_plan *ret_plan)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_import_plan plan = { .object = stream->object->x.name,
                                   .sheet = { .header_row = stream->csv ? 1 : -1 } };
    struct gx_str match = stream->match, piece;
    int mode = stream->mode.n ? word_of(stream->mode, mode_names, 3, -1) : 0;
    if (mode < 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("mode"), GX_M_UNKNOWN_KEY, stream->mode);
    plan.mode = (enum gx_import_mode)mode;
    while (match.n && plan.match_count < IMPORT_MATCH_FIELDS_MAX &&
           gx_str_split(&match, ',', &piece))
        plan.match[plan.match_count++] = gx_str_trim(piece);
    if (mode != GX_IMPORT_CREATE && plan.match_count == 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_IMPORT_NO_MATCH_FIELD);
    GX_TRY(gx_plan_look(scope, &plan, stream->path));
    const struct gx_json *columns = gx_json_get(plan.info, "columns");
    plan.columns = GX_ARENA_ARRAY(ctx->arena, struct gx_import_column, columns->count + 1);
    plan.column_count = 0;
    for (const struct gx_json *k = columns->first; k; k = k->next) {
        int part;
        const struct gx_field *f = gx_plan_field(stream->object, k->text, &part);
        if (!f && !gx_str_is(k->text, "id"))
            return gx_fail(ctx, GX_E_INVALID, k->text, GX_M_UNKNOWN_KEY, k->text);
        bool left_out = !f || f->type->computed || f->readonly;
        plan.columns[plan.column_count] = (struct gx_import_column){
            .column = (int)plan.column_count,
            .name = k->text,
            .field = left_out ? GX_STR("") : k->text,
            .score = IMPORT_SCORE_REMEMBERED,
        };
        plan.column_count++;
    }
    *ret_plan = plan;
    return GX_OK;
}
