/*
 * demo_load.c - rows of demo/ into records, piece by piece, and back out.
 *
 * Links of a row point backwards, so the ids that records got are remembered by object and ordinal.
 * A piece is copied before it is written: the writer may run it twice.
 */
#include "api/demo_int.h"
#include "demo/demo.h"
#include "store/record.h"

enum { PIECE_ROWS = 100, REMOVE_ROWS = 100, IDS_FIRST = 256 };

struct ids {
    int64_t *v;
    size_t n, cap;
};

struct row {
    int object;
    int64_t ordinal;
    struct gx_demo_value *values;
    size_t value_count;
};

struct loading {
    struct gx_demo_work *work;
    struct gx_arena all;   /* the stream and the ids */
    struct gx_arena piece; /* rows under way */
    struct gx_ctx ctx;     /* of the piece */
    struct gx_demo *demo;
    struct ids ids[GX_DEMO_OBJECTS];
    struct row rows[PIECE_ROWS];
    int64_t made[PIECE_ROWS]; /* 0: refused, or nothing to make */
    size_t count;
    /* on the writer */
    struct gx_scope *scope;
    size_t at;
};

struct gx_ctx gx_demo_ctx(struct gx_tenant *tenant, struct gx_arena *arena)
{
    gx_arena_reset(arena);
    return (struct gx_ctx){
        .arena = arena,
        .now_us = gx_clock_us(),
        .tz_offset_min = tenant->settings.tz_offset_min,
        .lang = tenant->settings.lang,
    };
}

static void keep_id(struct loading *l, struct ids *ids, int64_t id)
{
    if (ids->n == ids->cap) {
        size_t cap = ids->cap ? ids->cap * 2 : IDS_FIRST;
        int64_t *v = GX_ARENA_ARRAY(&l->all, int64_t, cap);
        if (ids->n)
            memcpy(v, ids->v, ids->n * sizeof *v);
        ids->v = v;
        ids->cap = cap;
    }
    ids->v[ids->n++] = id;
}

static void copy_row(struct loading *l, const struct gx_demo_row *from)
{
    struct gx_arena *arena = l->ctx.arena;
    struct row *row = &l->rows[l->count++];
    *row = (struct row){ .object = from->self.object,
                         .ordinal = from->self.ordinal,
                         .value_count = from->value_count };
    row->values = GX_ARENA_ARRAY(arena, struct gx_demo_value, from->value_count + 1);
    for (size_t i = 0; i < from->value_count; i++) {
        const struct gx_demo_value *v = &from->values[i];
        struct gx_demo_ref *links = GX_ARENA_ARRAY(arena, struct gx_demo_ref, v->link_count + 1);
        if (v->link_count)
            memcpy(links, v->links, v->link_count * sizeof *links);
        row->values[i] =
            (struct gx_demo_value){ gx_arena_str(arena, v->field), gx_arena_str(arena, v->text),
                                    links, v->link_count };
    }
}

/* The id behind a link; 0 when that record was refused. */
static int64_t id_of(const struct loading *l, const struct gx_demo_ref *ref)
{
    const struct ids *known = &l->ids[ref->object];
    size_t n = (size_t)ref->ordinal;
    if (n < known->n)
        return known->v[n];
    for (size_t i = 0; i < l->at; i++)
        if (l->rows[i].object == ref->object && l->rows[i].ordinal == ref->ordinal)
            return l->made[i];
    return 0;
}

static void set_links(struct loading *l, struct gx_input *input, const struct gx_field *field,
                      const struct gx_demo_value *value)
{
    struct gx_buf text = { 0 };
    int64_t last = 0;
    for (size_t i = 0; i < value->link_count; i++) {
        int64_t id = id_of(l, &value->links[i]);
        if (!id)
            continue;
        if (last)
            gx_buf_addc(&text, ',');
        gx_buf_addi(&text, last = id);
    }
    input->given[field->index_in_object] = last != 0;
    if (last)
        input->v[field->slot] = field->x.type == GX_TYPE_LINKS
                                    ? gx_value_text(gx_arena_str(l->ctx.arena, gx_buf_str(&text)))
                                    : gx_value_int(last);
    gx_buf_free(&text);
}

/* "billing_address.city" is a part of a field. */
static enum gx_code set_value(struct loading *l, struct gx_input *input,
                              const struct gx_demo_value *value)
{
    size_t dot = gx_str_find(value->field, '.');
    const struct gx_field *field =
        gx_object_field(input->object, (struct gx_str){ value->field.p, dot });
    /* What a pack leaves out, and what the program fills in itself (what a lead became). */
    if (!field || field->type->computed || field->readonly)
        return GX_OK;
    if (value->link_count) {
        set_links(l, input, field, value);
        return GX_OK;
    }
    if (dot == value->field.n)
        return gx_input_text(l->scope, input, field, value->text, GX_DATE_YMD);
    int part = gx_type_address_part(gx_str_from(value->field, dot + 1));
    struct gx_type_io io = { .ctx = &l->ctx, .field = field, .path = value->field };
    if (part < 0)
        return GX_OK;
    input->given[field->index_in_object] = true;
    return gx_type_address_text(&io, part, value->text, &input->v[field->slot]);
}

static enum gx_code make(void *p, struct gx_conn *conn)
{
    struct loading *l = p;
    const struct row *row = &l->rows[l->at];
    const struct gx_write_options options = { .reason = GX_STR("demo data"), .any_move = true };
    const struct gx_object *object;
    (void)conn;
    GX_TRY(gx_object_get(l->scope, gx_str_c(gx_demo_objects[row->object]), &object));
    struct gx_input *input = gx_input_new(l->scope, object);
    for (size_t i = 0; i < row->value_count; i++)
        GX_TRY(set_value(l, input, &row->values[i]));
    return gx_record_create(l->scope, input, &options, &l->made[l->at]);
}

static enum gx_code note_made(struct loading *l, struct gx_conn *conn)
{
    struct gx_value values[] = { gx_value_text(gx_str_c(gx_demo_objects[l->rows[l->at].object])),
                                 gx_value_int(l->made[l->at]) };
    return gx_db_exec(&l->ctx, conn,
                      GX_SQL("INSERT INTO gx_demo_record (seq, object, record) "
                             "SELECT coalesce(max(seq), 0) + 1, ?1, ?2 FROM gx_demo_record"),
                      values, GX_COUNT(values), NULL);
}

/* May run twice, so it begins from the copied rows. */
static enum gx_code write_piece(void *p, struct gx_conn *conn)
{
    struct loading *l = p;
    gx_ctx_clear(&l->ctx);
    l->scope = gx_scope_system(&l->ctx, l->work->tenant, conn, "demo data");
    for (l->at = 0; l->at < l->count; l->at++) {
        const struct row *row = &l->rows[l->at];
        bool me = l->work->me && row->ordinal == gx_demo_rep(l->demo) &&
                  strcmp(gx_demo_objects[row->object], "user") == 0;
        l->made[l->at] = me ? l->work->me : 0;
        if (me)
            continue;
        enum gx_code code = gx_db_try(&l->ctx, conn, make, l);
        if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL)
            return code;
        if (code == GX_OK)
            GX_TRY(note_made(l, conn));
        else
            l->made[l->at] = 0; /* such as a tag that is there already */
        gx_ctx_clear(&l->ctx);
    }
    return GX_OK;
}

static enum gx_code load_pieces(struct loading *l)
{
    struct gx_demo_row row;
    bool more = true;
    while (more && !atomic_load(&l->work->end)) {
        l->ctx = gx_demo_ctx(l->work->tenant, &l->piece);
        l->count = 0;
        while (l->count < PIECE_ROWS && (more = gx_demo_next(l->demo, &row)))
            copy_row(l, &row);
        GX_TRY(gx_db_write(&l->ctx, l->work->tenant->db, write_piece, l));
        for (size_t i = 0; i < l->count; i++)
            keep_id(l, &l->ids[l->rows[i].object], l->made[i]);
        atomic_store(&l->work->permille, gx_demo_permille(l->demo));
    }
    return GX_OK;
}

enum gx_code gx_demo_load_all(struct gx_demo_work *work)
{
    struct gx_arena own = { 0 };
    struct loading *l = GX_ARENA_NEW(&own, struct loading);
    *l = (struct loading){ .work = work };
    struct gx_ctx ctx = gx_demo_ctx(work->tenant, &l->all);
    enum gx_code code = gx_demo_open(&ctx, work->organisation, 1, 1, &l->demo);
    if (code == GX_OK)
        code = load_pieces(l);
    gx_arena_free(&l->piece);
    gx_arena_free(&l->all);
    gx_arena_free(&own);
    return code;
}

/* --- out again */

struct made {
    int64_t seq, record;
    struct gx_str object;
};

struct removing {
    struct gx_demo_work *work;
    struct gx_ctx ctx;
    int64_t before; /* seq */
    struct made made[REMOVE_ROWS];
    size_t count, at;
    int kept;
    struct gx_scope *scope;
};

static enum gx_code read_made(struct removing *r, struct gx_conn *conn)
{
    struct gx_value values[] = { gx_value_int(r->before), gx_value_int(REMOVE_ROWS) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    r->count = 0;
    GX_TRY(gx_db_query(&r->ctx, conn,
                       GX_SQL("SELECT seq, object, record FROM gx_demo_record WHERE seq < ?1 "
                              "ORDER BY seq DESC LIMIT ?2"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(&r->ctx, rows, &has)) == GX_OK && has && r->count < REMOVE_ROWS)
        r->made[r->count++] = (struct made){
            .seq = gx_rows_int(rows, 0),
            .object = gx_arena_str(r->ctx.arena, gx_rows_text(rows, 1)),
            .record = gx_rows_int(rows, 2),
        };
    gx_rows_close(rows);
    return code;
}

/* Gone by then is as good; what people's own records link to stays. */
static enum gx_code take_out(void *p, struct gx_conn *conn)
{
    struct removing *r = p;
    const struct made *m = &r->made[r->at];
    const struct gx_write_options options = { .reason = GX_STR("demo data removed") };
    const struct gx_object *object;
    struct gx_str plural;
    size_t links;
    (void)conn;
    if (gx_object_get(r->scope, m->object, &object) != GX_OK)
        return GX_OK;
    GX_TRY(gx_record_pointed(r->scope, object, m->record, &links, &plural));
    if (links)
        return gx_fail(&r->ctx, GX_E_IN_USE, GX_STR(""), GX_M_UNDO_LINKED, GX_STR("1"), plural);
    enum gx_code code = gx_record_purge(r->scope, object, m->record, &options);
    return code == GX_E_NOT_FOUND ? GX_OK : code;
}

static enum gx_code remove_piece(void *p, struct gx_conn *conn)
{
    struct removing *r = p;
    gx_ctx_clear(&r->ctx);
    r->kept = 0;
    r->scope = gx_scope_system(&r->ctx, r->work->tenant, conn, "demo data removed");
    GX_TRY(read_made(r, conn));
    for (r->at = 0; r->at < r->count; r->at++) {
        struct gx_value seq = gx_value_int(r->made[r->at].seq);
        enum gx_code code = gx_db_try(&r->ctx, conn, take_out, r);
        if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL)
            return code;
        r->kept += code != GX_OK;
        if (code == GX_OK)
            GX_TRY(gx_db_exec(&r->ctx, conn, GX_SQL("DELETE FROM gx_demo_record WHERE seq = ?1"),
                              &seq, 1, NULL));
        gx_ctx_clear(&r->ctx);
    }
    return GX_OK;
}

static enum gx_code largest(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t *ret_seq)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code =
        gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_demo_record"), NULL, 0, 0, ret_seq);
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_demo_remove_all(struct gx_demo_work *work)
{
    struct gx_arena arena = { 0 }, own = { 0 };
    struct removing *r = GX_ARENA_NEW(&own, struct removing);
    int64_t total = 0;
    *r = (struct removing){ .work = work, .ctx = gx_demo_ctx(work->tenant, &arena), .count = 1 };
    enum gx_code code = largest(&r->ctx, work->tenant, &total);
    r->before = total + 1;
    while (code == GX_OK && r->count && !atomic_load(&work->end)) {
        r->ctx = gx_demo_ctx(work->tenant, &arena);
        code = gx_db_write(&r->ctx, work->tenant->db, remove_piece, r);
        if (code != GX_OK || r->count == 0)
            break;
        r->before = r->made[r->count - 1].seq;
        atomic_fetch_add(&work->kept, r->kept);
        atomic_store(&work->permille, (int)(1000 - 1000 * (r->before - 1) / (total + 1)));
    }
    gx_arena_free(&arena);
    gx_arena_free(&own);
    return code;
}
