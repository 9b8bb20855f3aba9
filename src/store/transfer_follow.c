/*
 * transfer_follow.c - what happened while the snapshot was copied.
 *
 * The log names every record that was written: its row, its links and its words are brought anew.
 * What the log says nothing of (sessions, settings, counters …) is brought whole when it is no
 * longer what it was.
 */
#include "store/transfer_int.h"

#include "base/assert.h"

enum { FOLLOW_ENTRIES = 500 };

struct entry {
    int64_t seq, record, kind, import_id;
    struct gx_str object;
};

struct following {
    struct transfer *t;
    struct gx_conn *from;
    struct entry *entries;
    size_t count;
};

static enum gx_code read_entries(struct following *f)
{
    struct transfer *t = f->t;
    struct gx_value values[] = { gx_value_int(t->followed), gx_value_int(FOLLOW_ENTRIES) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(t->ctx, f->from,
                       GX_SQL("SELECT seq, record, kind, import_id, object FROM gx_change "
                              "WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
                       values, 2, &rows));
    f->entries = GX_ARENA_ARRAY(t->ctx->arena, struct entry, FOLLOW_ENTRIES);
    f->count = 0;
    while ((code = gx_rows_next(t->ctx, rows, &has)) == GX_OK && has)
        f->entries[f->count++] = (struct entry){
            .seq = gx_rows_int(rows, 0),
            .record = gx_rows_int(rows, 1),
            .kind = gx_rows_int(rows, 2),
            .import_id = gx_rows_int(rows, 3),
            .object = gx_arena_str(t->ctx->arena, gx_rows_text(rows, 4)),
        };
    gx_rows_close(rows);
    return code;
}

static const struct gx_object *object_of(const struct transfer *t, struct gx_str id)
{
    for (size_t i = 0; i < t->meta->object_count; i++)
        if (gx_str_eq(t->meta->objects[i]->id, id))
            return t->meta->objects[i];
    return NULL;
}

/* Purging a record also empties the links that pointed to it, which no entry says. */
static enum gx_code empty_links(struct transfer *t, struct gx_conn *into,
                                const struct gx_object *gone, int64_t id)
{
    for (size_t i = 0; i < t->meta->object_count; i++)
        for (size_t k = 0; k < t->meta->objects[i]->field_count; k++) {
            const struct gx_field *field = &t->meta->objects[i]->fields[k];
            bool many = field->x.type == GX_TYPE_LINKS, one = field->x.type == GX_TYPE_LINK;
            if ((!many && !(one && field->part_count)) ||
                !gx_str_eq(gx_str_c(field->x.object), gone->x.name))
                continue;
            struct gx_sqlb *b = gx_sqlb_new(t->ctx->arena, gx_conn_dialect(into));
            gx_sqlb_add(b, many ? GX_SQL("DELETE FROM ") : GX_SQL("UPDATE "));
            gx_sqlb_name(b, many ? field->x.join_table : t->meta->objects[i]->x.table);
            if (one) {
                gx_sqlb_add(b, GX_SQL(" SET "));
                gx_sqlb_name(b, field->x.column);
                gx_sqlb_add(b, GX_SQL(" = NULL"));
            }
            gx_sqlb_add(b, GX_SQL(" WHERE "));
            gx_sqlb_name(b, many ? GX_STR("dst") : field->x.column);
            gx_sqlb_add(b, GX_SQL(" = "));
            gx_sqlb_bind(b, gx_value_int(id));
            GX_TRY(gx_db_exec(t->ctx, into, gx_sqlb_sql(b), b->values, b->value_count, NULL));
        }
    return GX_OK;
}

static enum gx_code bring_record(struct following *f, struct gx_conn *into,
                                 const struct gx_object *object, int64_t id)
{
    struct transfer *t = f->t;
    struct gx_value key = gx_value_int(id);
    struct transfer_table *table = transfer_find(t, object->x.table);
    struct gx_scope *scope = gx_scope_system(t->ctx, t->tenant, into, "copy to another database");
    if (!table)
        return GX_OK;
    GX_TRY(transfer_clear(t, into, table, GX_STR("id"), key));
    if (object->searched)
        GX_TRY(gx_search_remove(scope, object, id));
    GX_TRY(transfer_rows(t, f->from, table, GX_STR("id"), key, into));
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *field = &object->fields[i];
        struct transfer_table *join =
            field->x.type == GX_TYPE_LINKS ? transfer_find(t, field->x.join_table) : NULL;
        if (!join)
            continue;
        GX_TRY(transfer_clear(t, into, join, GX_STR("src"), key));
        GX_TRY(transfer_rows(t, f->from, join, GX_STR("src"), key, into));
    }
    return GX_OK;
}

/* Has the same record, or the same import, an entry further on in this piece? */
static bool comes_again(const struct following *f, size_t at, bool import)
{
    const struct entry *e = &f->entries[at];
    for (size_t i = at + 1; i < f->count; i++)
        if (import ? f->entries[i].import_id == e->import_id : f->entries[i].record == e->record)
            return true;
    return false;
}

static enum gx_code bring(void *p, struct gx_conn *into)
{
    struct following *f = p;
    struct transfer *t = f->t;
    struct transfer_table *log = transfer_find(t, GX_STR("gx_change"));
    gx_assert(log);
    for (size_t i = 0; i < f->count; i++) {
        const struct entry *e = &f->entries[i];
        const struct gx_object *object = object_of(t, e->object);
        struct gx_value seq = gx_value_int(e->seq), import = gx_value_int(-e->import_id);
        GX_TRY(transfer_clear(t, into, log, GX_STR("seq"), seq));
        GX_TRY(transfer_rows(t, f->from, log, GX_STR("seq"), seq, into));
        if (object && e->kind == GX_CHANGE_PURGE)
            GX_TRY(empty_links(t, into, object, e->record));
        if (object && e->record && !comes_again(f, i, false))
            GX_TRY(bring_record(f, into, object, e->record));
        if (e->import_id >= 0 || comes_again(f, i, true))
            continue;
        /* Taking back an import marks its entries, which are older. */
        GX_TRY(transfer_clear(t, into, log, GX_STR("import_id"), import));
        GX_TRY(transfer_clear(t, into, log, GX_STR("import_id"), gx_value_int(e->import_id)));
        GX_TRY(transfer_rows(t, f->from, log, GX_STR("import_id"), import, into));
        GX_TRY(
            transfer_rows(t, f->from, log, GX_STR("import_id"), gx_value_int(e->import_id), into));
    }
    return GX_OK;
}

enum gx_code transfer_follow(struct transfer *t, struct gx_conn *from, int64_t *ret_count)
{
    struct following f = { .t = t, .from = from };
    *ret_count = 0;
    do {
        GX_TRY(read_entries(&f));
        if (f.count == 0)
            break;
        GX_TRY(gx_db_write(t->ctx, t->to, bring, &f));
        t->followed = f.entries[f.count - 1].seq;
        *ret_count += (int64_t)f.count;
    } while (f.count == FOLLOW_ENTRIES);
    t->report.followed += *ret_count;
    return GX_OK;
}

static enum gx_code bring_anew(void *p, struct gx_conn *into)
{
    struct following *f = p;
    struct transfer *t = f->t;
    for (struct transfer_table *k = t->tables; k; k = k->next) {
        unsigned char was[TRANSFER_HASH_BYTES];
        if (!gx_str_starts(k->name, GX_STR("gx_")) || gx_str_is(k->name, "gx_change"))
            continue;
        memcpy(was, k->hash, sizeof was);
        GX_TRY(transfer_hash(t, f->from, k));
        if (memcmp(was, k->hash, sizeof was) == 0)
            continue;
        GX_TRY(transfer_clear(t, into, k, GX_STR(""), GX_NULL_VALUE));
        GX_TRY(transfer_rows(t, f->from, k, GX_STR(""), GX_NULL_VALUE, into));
    }
    return GX_OK;
}

enum gx_code transfer_small(struct transfer *t, struct gx_conn *from)
{
    struct following f = { .t = t, .from = from };
    return gx_db_write(t->ctx, t->to, bring_anew, &f);
}
