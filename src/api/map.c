/*
 * map.c - where the records of a list are: counted by squares of the part of the map that is seen.
 *
 * However many records there are, the answer is as large as the screen: neighbours are one square
 * with a number, and what stands alone has its name.  The list's own filter and the reader's scope
 * are part of the question.
 */
#include <math.h>
#include <stdlib.h>

#include "api/app.h"
#include "store/list.h"

enum { COLUMNS_MAX = 64, ROWS_MAX = 300, DEGREE = 10000000 };
enum { LIMIT_LAT = 90, LIMIT_LON = 180 };

static const struct gx_query_param map_query[] = {
    { .name = "field",
      .doc = "The field that holds the place.",
      .type = GX_SCHEMA_STR,
      .required = true,
      .max = 48 },
    { .name = "filter", .doc = "As in the list.", .type = GX_SCHEMA_STR, .max = 8192 },
    { .name = "q", .doc = "Search text, as in the list.", .type = GX_SCHEMA_STR, .max = 200 },
    { .name = "box",
      .doc = "South, west, north, east in degrees, with commas between; all the world without it.",
      .type = GX_SCHEMA_STR,
      .max = 100 },
    { .name = "columns",
      .doc = "Squares from west to east.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = COLUMNS_MAX },
    { .name = "rows",
      .doc = "So many records in the box by name, the newest first.",
      .type = GX_SCHEMA_INT,
      .min = 0,
      .max = ROWS_MAX },
    { 0 },
};

struct box {
    double south, west, north, east;
};

/* Neighbours as one: where they are on average, and between which lines. */
struct cell {
    int64_t count, id;
    double lat, lon;
    struct box around;
    struct gx_str title;
};

struct spot {
    int64_t id;
    double lat, lon;
    struct gx_str title;
};

struct counting {
    struct box box;
    int columns, lines, row_max, row_count;
    struct cell *cells;
    struct spot *rows;
    int64_t inside, outside;
};

static enum gx_code bad_box(struct gx_req *req, struct gx_str text)
{
    return gx_fail(req->ctx, GX_E_INVALID, GX_STR("box"), GX_M_BAD_FORMAT, GX_STR("box"), text);
}

static enum gx_code read_box(struct gx_req *req, struct box *ret_box)
{
    struct gx_str text = gx_req_query(req, "box"), rest = text, piece;
    double v[4];
    int n = 0;
    *ret_box = (struct box){ -LIMIT_LAT, -LIMIT_LON, LIMIT_LAT, LIMIT_LON };
    if (text.n == 0)
        return GX_OK;
    for (; gx_str_split(&rest, ',', &piece); n++) {
        char *end;
        const char *digits = gx_arena_str(req->ctx->arena, piece).p;
        if (n == 4 || piece.n == 0)
            return bad_box(req, text);
        v[n] = strtod(digits, &end);
        if (end != digits + piece.n || !isfinite(v[n]))
            return bad_box(req, text);
    }
    if (n != 4 || v[0] >= v[2] || v[1] >= v[3])
        return bad_box(req, text);
    *ret_box = (struct box){ v[0], v[1], v[2], v[3] };
    return GX_OK;
}

static enum gx_code read_field(struct gx_req *req, const struct gx_object *object,
                               const struct gx_field **ret_field)
{
    struct gx_str name = gx_req_query(req, "field");
    const struct gx_field *field = gx_object_open_field(object, name);
    if (!field || !gx_str_is(gx_str_c(field->type->name), "location"))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("field"), GX_M_MAP_NO_PLACE, name,
                       gx_label_text(&object->plural, req->ctx->lang));
    *ret_field = field;
    return GX_OK;
}

/* "25.0330, 121.5654" */
static bool read_place(struct gx_str text, double *ret_lat, double *ret_lon)
{
    char digits[64];
    char *comma, *end;
    if (text.n == 0 || text.n >= sizeof digits)
        return false;
    memcpy(digits, text.p, text.n);
    digits[text.n] = 0;
    *ret_lat = strtod(digits, &comma);
    if (*comma != ',')
        return false;
    *ret_lon = strtod(comma + 1, &end);
    return *end == 0;
}

static struct gx_str title_of(struct gx_req *req, const struct gx_list *list)
{
    struct gx_buf text = { 0 };
    gx_list_text(list, 1, &text);
    struct gx_str title = gx_arena_str(req->ctx->arena, gx_buf_str(&text));
    gx_buf_free(&text);
    return title;
}

static void count_one(struct gx_req *req, struct counting *c, const struct gx_list *list,
                      double lat, double lon)
{
    const struct box *b = &c->box;
    if (lat < b->south || lat > b->north || lon < b->west || lon > b->east) {
        c->outside++;
        return;
    }
    c->inside++;
    int x = (int)((lon - b->west) / (b->east - b->west) * c->columns);
    int y = (int)((lat - b->south) / (b->north - b->south) * c->lines);
    x = x < c->columns ? x : c->columns - 1;
    y = y < c->lines ? y : c->lines - 1;
    struct cell *cell = &c->cells[y * c->columns + x];
    bool first = cell->count++ == 0;
    if (first) {
        *cell = (struct cell){ .count = 1, .around = { lat, lon, lat, lon } };
        cell->id = gx_list_id(list);
        cell->title = title_of(req, list);
    }
    cell->lat += lat;
    cell->lon += lon;
    cell->around = (struct box){ fmin(cell->around.south, lat), fmin(cell->around.west, lon),
                                 fmax(cell->around.north, lat), fmax(cell->around.east, lon) };
    if (c->row_count < c->row_max)
        c->rows[c->row_count++] =
            (struct spot){ gx_list_id(list), lat, lon, first ? cell->title : title_of(req, list) };
}

static enum gx_code count_all(struct gx_req *req, struct gx_list *list, struct counting *c)
{
    struct gx_buf text = { 0 };
    enum gx_code code;
    bool has;
    while ((code = gx_list_next(list, &has)) == GX_OK && has) {
        double lat, lon;
        gx_buf_clear(&text);
        gx_list_text(list, 0, &text);
        if (read_place(gx_buf_str(&text), &lat, &lon))
            count_one(req, c, list, lat, lon);
    }
    gx_buf_free(&text);
    return code;
}

static void write_degrees(struct gx_jw *w, const char *key, double degrees)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_decimal(w, llround(degrees * DEGREE), 7);
}

static void write_cell(struct gx_jw *w, const struct cell *cell)
{
    gx_jw_object(w);
    gx_jw_key_int(w, "count", cell->count);
    write_degrees(w, "lat", cell->lat / (double)cell->count);
    write_degrees(w, "lon", cell->lon / (double)cell->count);
    if (cell->count == 1) {
        gx_jw_key_id(w, "id", cell->id);
        gx_jw_key_str(w, "title", cell->title);
    } else {
        write_degrees(w, "south", cell->around.south);
        write_degrees(w, "west", cell->around.west);
        write_degrees(w, "north", cell->around.north);
        write_degrees(w, "east", cell->around.east);
    }
    gx_jw_object_end(w);
}

static void write_all(struct gx_jw *w, const struct counting *c)
{
    gx_jw_object(w);
    gx_jw_key_int(w, "inside", c->inside);
    gx_jw_key_int(w, "outside", c->outside);
    gx_jw_key(w, GX_STR("cells"));
    gx_jw_array(w);
    for (int i = 0; i < c->columns * c->lines; i++)
        if (c->cells[i].count)
            write_cell(w, &c->cells[i]);
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (int i = 0; i < c->row_count; i++) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", c->rows[i].id);
        gx_jw_key_str(w, "title", c->rows[i].title);
        write_degrees(w, "lat", c->rows[i].lat);
        write_degrees(w, "lon", c->rows[i].lon);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}

static enum gx_code map_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_arena *arena = req->ctx->arena;
    const struct gx_object *object;
    const struct gx_field *field = NULL;
    struct counting c = { 0 };
    struct gx_list *list;
    int64_t columns, rows;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(read_field(req, object, &field));
    GX_TRY(read_box(req, &c.box));
    GX_TRY(gx_req_query_int(req, "columns", 24, 1, COLUMNS_MAX, &columns));
    GX_TRY(gx_req_query_int(req, "rows", 0, 0, ROWS_MAX, &rows));
    c.columns = c.lines = (int)columns;
    c.row_max = (int)rows;
    c.cells = GX_ARENA_ARRAY(arena, struct cell, (size_t)(c.columns * c.lines));
    c.rows = GX_ARENA_ARRAY(arena, struct spot, (size_t)rows + 1);
    struct gx_str filter = gx_req_query(req, "filter");
    const struct gx_str name = field->x.name, title = object->title->x.name;
    const struct gx_list_options options = {
        .filter = filter.n ? filter : gx_arena_printf(arena, "%.*s is not empty", GX_STR_ARG(name)),
        .q = gx_req_query(req, "q"),
        .fields = gx_arena_printf(arena, "%.*s,%.*s", GX_STR_ARG(name), GX_STR_ARG(title)),
        .right = GX_RIGHT_READ,
    };
    GX_TRY(gx_list_open(req->scope, object, &options, &list));
    enum gx_code code = count_all(req, list, &c);
    gx_list_close(list);
    GX_TRY(code);
    struct gx_jw w = gx_jw(&req->out);
    write_all(&w, &c);
    return GX_OK;
}

static const struct gx_schema cell_out[] = {
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "lat", .type = GX_SCHEMA_STR, .required = true, .doc = "Of all on average." },
    { .name = "lon", .type = GX_SCHEMA_STR, .required = true },
    { .name = "id", .type = GX_SCHEMA_STR, .doc = "Of one that stands alone." },
    { .name = "title", .type = GX_SCHEMA_STR },
    { .name = "south", .type = GX_SCHEMA_STR, .doc = "Between these lines several stand." },
    { .name = "west", .type = GX_SCHEMA_STR },
    { .name = "north", .type = GX_SCHEMA_STR },
    { .name = "east", .type = GX_SCHEMA_STR },
    { 0 },
};
static const struct gx_schema spot_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "lat", .type = GX_SCHEMA_STR, .required = true },
    { .name = "lon", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema map_out[] = {
    { .name = "inside", .type = GX_SCHEMA_INT, .required = true, .doc = "So many in the box." },
    { .name = "outside", .type = GX_SCHEMA_INT, .required = true },
    { .name = "cells", .type = GX_SCHEMA_LIST, .fields = cell_out, .required = true },
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = spot_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_map = {
    .doc = "Where the records of a list are, counted by squares of a part of the map.",
    .method = GX_GET,
    .path = "/api/v1/{object}/map",
    .who = GX_WHO_SIGNED_IN,
    .query = map_query,
    .out = map_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = map_get,
};
