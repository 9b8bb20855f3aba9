/* cells.c - see cells.h. */
#include "report/cells.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/decimal.h"

/* FNV-1a, then a finish that makes near ids far (SplitMix64). */
static uint64_t mix(uint64_t h, struct gx_str s)
{
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint64_t finish(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t gx_cells_draw(struct gx_str seed, struct gx_str what, int64_t id)
{
    uint64_t h = mix(mix(UINT64_C(0xcbf29ce484222325), seed), what);
    return finish(h + (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15));
}

/* Is a draw within the first `share` of the whole? */
static bool within(uint64_t draw, int64_t share)
{
    return (int64_t)((draw >> 32) * GX_CELL_WHOLE >> 32) < share;
}

static enum gx_code wrong(struct gx_ctx *ctx, struct gx_str piece)
{
    return gx_fail(ctx, GX_E_INVALID, GX_STR("cells"), GX_M_SEGMENT_CELLS, piece);
}

static bool taken(const struct gx_cells *cells, struct gx_str name)
{
    for (size_t i = 0; i < cells->n; i++)
        if (gx_str_eq(cells->v[i].name, name))
            return true;
    return gx_str_is(name, "control") || gx_str_is(name, "rest");
}

static enum gx_code read_cell(struct gx_ctx *ctx, struct gx_cells *cells, struct gx_str piece)
{
    size_t split = piece.n;
    while (split && piece.p[split - 1] != ' ' && piece.p[split - 1] != ':')
        split--;
    struct gx_cell cell = { .name =
                                gx_str_trim((struct gx_str){ piece.p, split ? split - 1 : 0 }) };
    struct gx_str size = gx_str_from(piece, split);
    bool percent = size.n > 1 && size.p[size.n - 1] == '%';
    int64_t value = 0;
    size.n -= percent;
    if (!cell.name.n || cell.name.n > GX_CELL_NAME_BYTES_MAX || taken(cells, cell.name) ||
        !gx_decimal_parse(size, percent ? 2 : 0, &value) || value <= 0)
        return wrong(ctx, piece);
    *(percent ? &cell.percent : &cell.count) = value;
    cells->v[cells->n++] = cell;
    return GX_OK;
}

enum gx_code gx_cells_read(struct gx_ctx *ctx, struct gx_str text, struct gx_cells *ret_cells)
{
    struct gx_cells cells = { .n = 0 };
    struct gx_str rest = text, piece;
    int64_t whole = 0;
    while (gx_str_split(&rest, ',', &piece)) {
        piece = gx_str_trim(piece);
        if (!piece.n)
            continue;
        if (cells.n == GX_CELLS_MAX)
            return gx_fail(ctx, GX_E_LIMIT, GX_STR("cells"), GX_M_TOO_BIG, GX_STR("20"));
        GX_TRY(read_cell(ctx, &cells, piece));
        whole += cells.v[cells.n - 1].percent;
    }
    if (whole > GX_CELL_WHOLE)
        return wrong(ctx, text);
    *ret_cells = cells;
    return GX_OK;
}

struct drawn {
    uint64_t draw;
    int64_t id;
    size_t at;
};

static int by_draw(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;
    if (x->draw != y->draw)
        return x->draw < y->draw ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* By share: the same number decides for everybody alike. */
static struct gx_str by_share(const struct gx_cells *cells, uint64_t draw)
{
    int64_t upto = 0;
    for (size_t i = 0; i < cells->n; i++) {
        upto += cells->v[i].percent;
        if (cells->v[i].percent && within(draw, upto))
            return cells->v[i].name;
    }
    return GX_STR("rest");
}

const struct gx_str *gx_cells_divide(struct gx_arena *arena, const struct gx_cells *cells,
                                     struct gx_str seed, int64_t control, const int64_t *ids,
                                     size_t count)
{
    struct gx_str *out = GX_ARENA_ARRAY(arena, struct gx_str, count + 1);
    struct drawn *left = GX_ARENA_ARRAY(arena, struct drawn, count + 1);
    size_t n = 0, next = 0;
    for (size_t i = 0; i < count; i++) {
        if (within(gx_cells_draw(seed, GX_STR("control"), ids[i]), control))
            out[i] = GX_STR("control");
        else
            left[n++] = (struct drawn){ gx_cells_draw(seed, GX_STR("cell"), ids[i]), ids[i], i };
    }
    qsort(left, n, sizeof *left, by_draw);
    for (size_t c = 0; c < cells->n; c++)
        for (int64_t k = 0; k < cells->v[c].count && next < n; k++)
            out[left[next++].at] = cells->v[c].name;
    for (; next < n; next++) {
        uint64_t draw = gx_cells_draw(seed, GX_STR("share"), left[next].id);
        out[left[next].at] = cells->n ? by_share(cells, draw) : GX_STR("");
    }
    return out;
}
