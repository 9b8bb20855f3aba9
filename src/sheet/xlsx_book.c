/* xlsx_book.c - the workbook part: which sheets there are and where the other parts lie. */
#include "sheet/xlsx.h"

#include "base/assert.h"

struct rel {
    struct rel *next;
    struct gx_str id, target;
    const char *type; /* what follows the last slash of its type */
};

struct entry {
    struct entry *next;
    struct gx_str name, id;
    bool hidden;
};

struct reading {
    struct gx_ctx *ctx;
    struct gx_xlsx_book *book;
    struct rel *rels;
    struct entry *sheets, **last;
    size_t count;
};

static struct gx_str keep(struct reading *r, const char *z)
{
    return gx_arena_str(r->ctx->arena, gx_str_c(z));
}

static void rels_start(void *user, const char *name, const char **atts)
{
    struct reading *r = user;
    const char *id = gx_part_attr(atts, "Id"), *target = gx_part_attr(atts, "Target");
    const char *type = gx_part_attr(atts, "Type");
    if (strcmp(name, "Relationship") != 0 || !id || !target || !type || r->count++ > 100000)
        return;
    struct rel *rel = GX_ARENA_NEW(r->ctx->arena, struct rel);
    const char *slash = strrchr(type, '/');
    rel->id = keep(r, id);
    rel->target = keep(r, target);
    rel->type = keep(r, slash ? slash + 1 : type).p;
    rel->next = r->rels;
    r->rels = rel;
}

static bool is_true(const char *z)
{
    return z && (strcmp(z, "1") == 0 || strcmp(z, "true") == 0 || strcmp(z, "on") == 0);
}

static void book_start(void *user, const char *name, const char **atts)
{
    struct reading *r = user;
    if (strcmp(name, "workbookPr") == 0)
        r->book->date1904 = is_true(gx_part_attr(atts, "date1904"));
    if (strcmp(name, "sheet") != 0)
        return;
    const char *title = gx_part_attr(atts, "name"), *id = gx_part_attr(atts, "id");
    const char *state = gx_part_attr(atts, "state");
    if (!title || !id || r->count++ >= GX_XLSX_SHEETS_MAX)
        return;
    struct entry *entry = GX_ARENA_NEW(r->ctx->arena, struct entry);
    entry->name = keep(r, title);
    entry->id = keep(r, id);
    entry->hidden = state && strcmp(state, "visible") != 0;
    *r->last = entry;
    r->last = &entry->next;
}

static void ignore_end(void *user, const char *name)
{
    (void)user;
    (void)name;
}

static const struct gx_part_events rels_events = { .start = rels_start, .end = ignore_end };
static const struct gx_part_events book_events = { .start = book_start, .end = ignore_end };

/* The folder of a part, with its slash; "" at the top. */
static struct gx_str folder(struct gx_str part)
{
    while (part.n && part.p[part.n - 1] != '/' && part.p[part.n - 1] != '\\')
        part.n--;
    return part;
}

/* A target relative to a part: "worksheets/sheet1.xml", "/xl/…", "../xl/…". */
static struct gx_str resolve(struct gx_arena *arena, struct gx_str part, struct gx_str target)
{
    struct gx_str base = folder(part);
    if (target.n && (target.p[0] == '/' || target.p[0] == '\\'))
        return gx_str_from(target, 1);
    for (;;) {
        if (gx_str_starts(target, GX_STR("./"))) {
            target = gx_str_from(target, 2);
        } else if (gx_str_starts(target, GX_STR("../"))) {
            target = gx_str_from(target, 3);
            base.n -= base.n ? 1 : 0;
            base = folder(base);
        } else {
            break;
        }
    }
    return gx_arena_printf(arena, "%.*s%.*s", GX_STR_ARG(base), GX_STR_ARG(target));
}

static enum gx_code read_rels(struct reading *r, struct gx_package *package, struct gx_str part)
{
    struct gx_str base = folder(part), name = gx_str_from(part, base.n);
    struct gx_str rels =
        gx_arena_printf(r->ctx->arena, "%.*s_rels/%.*s.rels", GX_STR_ARG(base), GX_STR_ARG(name));
    r->rels = NULL;
    r->count = 0;
    if (!gx_package_has(package, rels))
        return GX_OK;
    return gx_part_parse(r->ctx, package, rels, &rels_events, r);
}

static const struct rel *rel_of_type(const struct reading *r, const char *type)
{
    for (const struct rel *rel = r->rels; rel; rel = rel->next)
        if (strcmp(rel->type, type) == 0)
            return rel;
    return NULL;
}

static const struct rel *rel_of_id(const struct reading *r, struct gx_str id)
{
    for (const struct rel *rel = r->rels; rel; rel = rel->next)
        if (gx_str_eq(rel->id, id))
            return rel;
    return NULL;
}

/* The sheets that have cells: no charts, no macros. */
static void list_sheets(struct reading *r, struct gx_str part)
{
    struct gx_xlsx_book *book = r->book;
    book->sheets = GX_ARENA_ARRAY(r->ctx->arena, struct gx_xlsx_sheet, r->count + 1);
    for (const struct entry *e = r->sheets; e; e = e->next) {
        const struct rel *rel = rel_of_id(r, e->id);
        if (rel && strcmp(rel->type, "worksheet") == 0)
            book->sheets[book->sheet_count++] = (struct gx_xlsx_sheet){
                .name = e->name,
                .part = resolve(r->ctx->arena, part, rel->target),
                .hidden = e->hidden,
            };
    }
}

static enum gx_code read_other(struct reading *r, struct gx_package *package, struct gx_str part,
                               const char *type, const char *usual,
                               enum gx_code (*read)(struct gx_ctx *, struct gx_package *,
                                                    struct gx_str, struct gx_xlsx_book *))
{
    const struct rel *rel = rel_of_type(r, type);
    struct gx_str target = resolve(r->ctx->arena, part, rel ? rel->target : gx_str_c(usual));
    return gx_package_has(package, target) ? read(r->ctx, package, target, r->book) : GX_OK;
}

static void free_book(void *p)
{
    struct gx_xlsx_book *book = p;
    gx_buf_free(&book->formats);
    gx_buf_free(&book->strings);
    gx_buf_free(&book->string_ends);
}

enum gx_code gx_xlsx_book_read(struct gx_ctx *ctx, struct gx_package *package,
                               struct gx_xlsx_book *book)
{
    struct reading r = { .ctx = ctx, .book = book };
    r.last = &r.sheets;
    gx_assert(book->sheet_count == 0);
    gx_arena_defer(ctx->arena, free_book, book);
    GX_TRY(read_rels(&r, package, GX_STR("")));
    const struct rel *start = rel_of_type(&r, "officeDocument");
    struct gx_str part =
        start ? resolve(ctx->arena, GX_STR(""), start->target) : GX_STR("xl/workbook.xml");
    r.count = 0;
    GX_TRY(gx_part_parse(ctx, package, part, &book_events, &r));
    size_t count = r.count;
    GX_TRY(read_rels(&r, package, part));
    r.count = count;
    list_sheets(&r, part);
    GX_TRY(read_other(&r, package, part, "styles", "styles.xml", gx_xlsx_styles_read));
    return read_other(&r, package, part, "sharedStrings", "sharedStrings.xml",
                      gx_xlsx_strings_read);
}
