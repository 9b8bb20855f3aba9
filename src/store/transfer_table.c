/* transfer_table.c - tables of a store: which there are, their rows, their hashes. */
#include "store/transfer_int.h"

#include <sodium.h>

#include "base/assert.h"

enum { PIECE_ROWS = 4000, PIECE_BYTES = 4 << 20 };

/* --- which there are */

/*
 * Not carried along: the rows that count transactions and migrations are the engine's own, an
 * index that was advised is one of that database, and search is made from the records.
 */
static bool is_own(struct gx_str name)
{
    static const char *const own[] = { "gx_turn", "gx_migration", "gx_index_advice" };
    for (size_t i = 0; i < GX_COUNT(own); i++)
        if (gx_str_is(name, own[i]))
            return true;
    return gx_str_search(name, GX_STR("_fts")) != SIZE_MAX;
}

static const struct gx_object *object_of(const struct transfer *t, struct gx_str table)
{
    for (size_t i = 0; i < t->meta->object_count; i++)
        if (gx_str_eq(t->meta->objects[i]->x.table, table))
            return t->meta->objects[i];
    return NULL;
}

static enum gx_code describe(struct transfer *t, struct gx_conn *from, struct transfer_table *table)
{
    GX_TRY(gx_ddl_columns(t->ctx, from, table->name, &table->columns, &table->column_count));
    size_t n = table->column_count;
    table->names = GX_ARENA_ARRAY(t->ctx->arena, struct gx_str, n + 1);
    table->slots = GX_ARENA_ARRAY(t->ctx->arena, int, n + 1);
    for (size_t i = 0; i < n; i++) {
        table->names[i] = table->columns[i].name;
        table->slots[i] = -1;
        for (size_t k = 0; table->object && k < table->object->column_count; k++)
            if (gx_str_eq(table->object->columns[k].name, table->names[i])) {
                table->slots[i] = (int)k;
                table->columns[i].folded = table->object->columns[k].shadow.n > 0;
            }
    }
    return GX_OK;
}

struct making {
    struct transfer *t;
    struct transfer_table *table;
};

/* A table of something that is no longer defined, or a column of a field that is not. */
static enum gx_code make_missing(void *p, struct gx_conn *conn)
{
    struct making *m = p;
    struct transfer_table *table = m->table;
    struct gx_ddl_column *there;
    size_t count;
    GX_TRY(gx_ddl_columns(m->t->ctx, conn, table->name, &there, &count));
    if (count == 0) {
        struct gx_ddl_table ddl = { .name = table->name,
                                    .columns = table->columns,
                                    .column_count = table->column_count };
        return gx_ddl_create_table(m->t->ctx, conn, &ddl);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        size_t k = 0;
        while (k < count && !gx_str_eq(there[k].name, table->names[i]))
            k++;
        if (k == count)
            GX_TRY(gx_ddl_add_column(m->t->ctx, conn, table->name, &table->columns[i]));
    }
    return GX_OK;
}

enum gx_code transfer_list(struct transfer *t, struct gx_conn *from)
{
    bool pg = gx_conn_dialect(from) == GX_POSTGRES, has = false;
    struct transfer_table **last = &t->tables;
    struct gx_rows *rows;
    enum gx_code code;
    GX_TRY(gx_db_query(t->ctx, from,
                       pg ? GX_SQL("SELECT relname FROM pg_catalog.pg_class WHERE relkind = 'r' "
                                   "AND relnamespace = current_schema()::regnamespace "
                                   "ORDER BY relname")
                          : GX_SQL("SELECT name FROM sqlite_schema WHERE type = 'table' "
                                   "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"),
                       NULL, 0, &rows));
    while ((code = gx_rows_next(t->ctx, rows, &has)) == GX_OK && has) {
        if (is_own(gx_rows_text(rows, 0)))
            continue;
        struct transfer_table *table = GX_ARENA_NEW(t->ctx->arena, struct transfer_table);
        table->name = gx_arena_str(t->ctx->arena, gx_rows_text(rows, 0));
        table->object = object_of(t, table->name);
        *last = table;
        last = &table->next;
    }
    gx_rows_close(rows);
    for (struct transfer_table *k = t->tables; k && code == GX_OK; k = k->next) {
        struct making making = { t, k };
        code = describe(t, from, k);
        if (code == GX_OK)
            code = gx_db_write(t->ctx, t->to, make_missing, &making);
        t->report.tables++;
    }
    return code;
}

struct transfer_table *transfer_find(struct transfer *t, struct gx_str name)
{
    struct transfer_table *table = t->tables;
    while (table && !gx_str_eq(table->name, name))
        table = table->next;
    return table;
}

/* --- reading */

static void where_sql(struct gx_sqlb *b, struct gx_str where, struct gx_value key)
{
    if (!where.n)
        return;
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, where);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, key);
}

/* In the order of the key, which is the same on both engines. */
static enum gx_code open_rows(struct transfer *t, struct gx_conn *conn,
                              const struct transfer_table *table, struct gx_str where,
                              struct gx_value key, struct gx_rows **ret_rows)
{
    struct gx_sqlb *b = gx_sqlb_new(t->ctx->arena, gx_conn_dialect(conn));
    bool keyed = false, first = true;
    gx_sqlb_add(b, GX_SQL("SELECT "));
    for (size_t i = 0; i < table->column_count; i++) {
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(""));
        gx_sqlb_name(b, table->names[i]);
        keyed |= table->columns[i].primary_key;
    }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, table->name);
    where_sql(b, where, key);
    gx_sqlb_add(b, GX_SQL(" ORDER BY "));
    for (size_t i = 0; i < table->column_count; i++) {
        if (keyed && !table->columns[i].primary_key)
            continue;
        gx_sqlb_add(b, first ? GX_SQL("") : GX_SQL(", "));
        gx_sqlb_name(b, table->names[i]);
        first = false;
    }
    return gx_db_query(t->ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, ret_rows);
}

static void hash_value(crypto_generichash_state *state, struct gx_value value)
{
    struct {
        uint64_t kind, n;
    } head = { value.kind, 0 };
    bool bytes = value.kind == GX_VALUE_TEXT || value.kind == GX_VALUE_BLOB;
    if (value.kind == GX_VALUE_INT)
        head.n = (uint64_t)value.i;
    if (bytes)
        head.n = value.s.n;
    crypto_generichash_update(state, (const unsigned char *)&head, sizeof head);
    if (bytes)
        crypto_generichash_update(state, (const unsigned char *)value.s.p, value.s.n);
}

enum gx_code transfer_hash(struct transfer *t, struct gx_conn *conn, struct transfer_table *table)
{
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, TRANSFER_HASH_BYTES);
    table->rows = 0;
    GX_TRY(open_rows(t, conn, table, GX_STR(""), GX_NULL_VALUE, &rows));
    while ((code = gx_rows_next(t->ctx, rows, &has)) == GX_OK && has) {
        for (size_t i = 0; i < table->column_count; i++)
            hash_value(&state, gx_rows_value(rows, (int)i));
        table->rows++;
    }
    gx_rows_close(rows);
    crypto_generichash_final(&state, table->hash, TRANSFER_HASH_BYTES);
    return code;
}

/* --- copying */

struct piece {
    struct transfer *t;
    struct transfer_table *table;
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_value *values; /* row after row */
    size_t rows, cap, bytes;
};

static struct gx_record record_of(struct piece *p, const struct gx_value *row)
{
    const struct gx_object *object = p->table->object;
    struct gx_record record = { object,
                                GX_ARENA_ARRAY(&p->arena, struct gx_value, object->slot_count) };
    for (size_t i = 0; i < p->table->column_count; i++)
        if (p->table->slots[i] >= 0)
            record.v[p->table->slots[i]] = row[i];
    return record;
}

static enum gx_code load_object(struct piece *p, struct gx_conn *conn)
{
    const struct transfer_table *table = p->table;
    size_t n = table->column_count, all = n;
    bool shadows = gx_conn_dialect(conn) == GX_POSTGRES;
    struct gx_str *names = GX_ARENA_ARRAY(&p->arena, struct gx_str, n * 2);
    memcpy(names, table->names, n * sizeof *names);
    for (size_t i = 0; i < n && shadows; i++)
        if (table->columns[i].folded)
            names[all++] = table->object->columns[table->slots[i]].shadow;
    struct gx_value *values = GX_ARENA_ARRAY(&p->arena, struct gx_value, all * p->rows);
    for (size_t r = 0; r < p->rows; r++) {
        struct gx_value *to = values + r * all;
        size_t k = n;
        memcpy(to, p->values + r * n, n * sizeof *to);
        for (size_t i = 0; i < n && shadows; i++)
            if (table->columns[i].folded)
                to[k++] = gx_row_folded(&p->arena, to[i]);
    }
    GX_TRY(gx_db_load(&p->ctx, conn, table->name, names, all, values, p->rows));
    if (!table->object->searched)
        return GX_OK;
    struct gx_record *records = GX_ARENA_ARRAY(&p->arena, struct gx_record, p->rows);
    for (size_t r = 0; r < p->rows; r++)
        records[r] = record_of(p, p->values + r * n);
    struct gx_scope *scope =
        gx_scope_system(&p->ctx, p->t->tenant, conn, "copy to another database");
    return gx_search_load(scope, records, p->rows);
}

static enum gx_code load_piece(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    if (p->table->object)
        return load_object(p, conn);
    return gx_db_load(&p->ctx, conn, p->table->name, p->table->names, p->table->column_count,
                      p->values, p->rows);
}

static enum gx_code flush(struct piece *p, struct gx_conn *into)
{
    enum gx_code code = GX_OK;
    if (p->rows)
        code = into ? load_piece(p, into) : gx_db_write(&p->ctx, p->t->to, load_piece, p);
    if (code != GX_OK) { /* the words must outlive the piece */
        struct gx_str why = gx_arena_str(p->t->ctx->arena, gx_ctx_text(&p->ctx));
        gx_ctx_clear(p->t->ctx);
        code = gx_fail(p->t->ctx, code, p->table->name, GX_M_DB, why);
    }
    gx_arena_reset(&p->arena);
    p->ctx = (struct gx_ctx){ .arena = &p->arena, .now_us = p->t->ctx->now_us };
    p->values = NULL;
    p->rows = p->cap = p->bytes = 0;
    return code;
}

static void take_row(struct piece *p, const struct gx_rows *rows)
{
    size_t n = p->table->column_count;
    if (p->rows == p->cap) {
        p->cap = p->cap ? p->cap * 4 : 16;
        struct gx_value *larger = GX_ARENA_ARRAY(&p->arena, struct gx_value, n * p->cap);
        if (p->rows)
            memcpy(larger, p->values, p->rows * n * sizeof *larger);
        p->values = larger;
    }
    for (size_t i = 0; i < n; i++) {
        struct gx_value value = gx_rows_value(rows, (int)i);
        if (value.kind == GX_VALUE_TEXT || value.kind == GX_VALUE_BLOB) {
            value.s = gx_arena_str(&p->arena, value.s);
            p->bytes += value.s.n;
        }
        p->values[p->rows * n + i] = value;
    }
    p->rows++;
}

enum gx_code transfer_rows(struct transfer *t, struct gx_conn *from, struct transfer_table *table,
                           struct gx_str where, struct gx_value key, struct gx_conn *into)
{
    struct piece p = { .t = t, .table = table };
    struct gx_rows *rows;
    bool has;
    GX_TRY(open_rows(t, from, table, where, key, &rows));
    p.ctx = (struct gx_ctx){ .arena = &p.arena, .now_us = t->ctx->now_us };
    enum gx_code code;
    while ((code = gx_rows_next(t->ctx, rows, &has)) == GX_OK && has) {
        take_row(&p, rows);
        if (p.rows == PIECE_ROWS || p.bytes >= PIECE_BYTES)
            code = flush(&p, into);
        if (code != GX_OK)
            break;
    }
    gx_rows_close(rows);
    if (code == GX_OK)
        code = flush(&p, into);
    gx_arena_free(&p.arena);
    return code;
}

enum gx_code transfer_clear(struct transfer *t, struct gx_conn *into,
                            const struct transfer_table *table, struct gx_str where,
                            struct gx_value key)
{
    struct gx_sqlb *b = gx_sqlb_new(t->ctx->arena, gx_conn_dialect(into));
    gx_sqlb_add(b, GX_SQL("DELETE FROM "));
    gx_sqlb_name(b, table->name);
    where_sql(b, where, key);
    return gx_db_exec(t->ctx, into, gx_sqlb_sql(b), b->values, b->value_count, NULL);
}
