/*
 * child_work.c - one question, on files that hold what its asker may see; then the end.
 *
 * 'A' cells: its own folder, limits (seconds, rows, megabytes), and for each table the name of its
 * catalogue and its file.  'Q' the question → 'C', 'R' …, 'P' between, 'E' (cells: rows, "more").
 * The files are opened first; then it confines itself, and only then the question is read.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report/cage.h"
#include "report/child.h"
#include "report/keeper.h"
#include "report/pipe.h"

enum { PIECE_BYTES = 64 << 10, TICK_MS = 100, TELL_TICKS = 5, COLUMNS_MAX = 500 };

struct work {
    struct child c;
    pthread_mutex_t lock; /* of the socket: two threads speak */
    char *folder;
    int64_t seconds, rows_max, megabytes;
    int64_t until_us;
    int64_t rows;
    bool more;
    struct child_column columns[COLUMNS_MAX];
    idx_t column_count;
};

static void tell(struct work *w, char kind, struct gx_str bytes)
{
    pthread_mutex_lock(&w->lock);
    bool ok = gx_pipe_write(w->c.fd, kind, bytes, 0);
    pthread_mutex_unlock(&w->lock);
    if (!ok)
        _exit(0);
}

static void fail(struct work *w, int class, const char *message)
{
    pthread_mutex_lock(&w->lock);
    child_error(&w->c, class, message);
    _exit(1);
}

/* --- before it is confined */

static bool take_int(struct gx_str *rest, int64_t *ret)
{
    struct gx_str text;
    char tag;
    return gx_pipe_take(rest, &tag, &text) && gx_str_int64(text, ret);
}

static bool attach(struct work *w, struct gx_str rest)
{
    struct gx_str name, path;
    char tag;
    bool ok = true;
    while (ok && rest.n) {
        struct gx_buf sql = { 0 };
        if (!gx_pipe_take(&rest, &tag, &name) || !gx_pipe_take(&rest, &tag, &path))
            return false;
        gx_buf_addz(&sql, "ATTACH ");
        child_quote(&sql, path);
        gx_buf_printf(&sql, " AS \"%.*s\" (READ_ONLY)", GX_STR_ARG(name));
        gx_buf_addc(&sql, 0);
        ok = gx_buf_check(&sql) == GX_OK && child_exec(&w->c, sql.p);
        gx_buf_free(&sql);
    }
    return ok;
}

static bool set_up(struct work *w, struct gx_str rest)
{
    static const struct child_setting settings[] = {
        { "autoinstall_known_extensions", "false" },
        { "autoload_known_extensions", "false" },
        { "allow_community_extensions", "false" },
        { NULL, NULL },
    };
    struct gx_str folder;
    char tag;
    if (!gx_pipe_take(&rest, &tag, &folder) || !take_int(&rest, &w->seconds) ||
        !take_int(&rest, &w->rows_max) || !take_int(&rest, &w->megabytes))
        return false;
    w->folder = strndup(folder.p, folder.n);
    return w->folder && child_open(&w->c, settings) && attach(w, rest);
}

/* --- then it is, and nothing of DuckDB's settings can be changed any more */

static bool lock_up(struct work *w)
{
    const struct gx_cage cage = {
        .folder = w->folder,
        .memory_bytes = w->megabytes * 3 << 20,
        .file_bytes = w->megabytes * 2 << 20,
        .processor_s = w->seconds * 3 + 5,
    };
    struct gx_buf sql = { 0 };
    if (!gx_cage_enter(&cage))
        return false;
    gx_buf_printf(&sql,
                  "SET temp_directory = './spill'; SET max_temp_directory_size = '%lldMB'; SET "
                  "memory_limit = '%lldMB'; "
                  "SET threads = 2; SET enable_progress_bar = true; "
                  "SET enable_progress_bar_print = false; SET enable_external_access = false; "
                  "SET lock_configuration = true",
                  (long long)w->megabytes * 2, (long long)w->megabytes);
    gx_buf_addc(&sql, 0);
    bool ok = gx_buf_check(&sql) == GX_OK && child_exec(&w->c, sql.p);
    gx_buf_free(&sql);
    return ok;
}

/* --- beside the question: its time, whether anybody still waits, how far it is */

static bool is_alone(const struct work *w)
{
    char byte;
    ssize_t n = recv(w->c.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0;
}

static void *watch(void *p)
{
    struct work *w = p;
    for (int tick = 0;; tick++) {
        poll(NULL, 0, TICK_MS);
        if (is_alone(w))
            _exit(0);
        if (gx_monotonic_us() >= w->until_us)
            w->c.duck->interrupt(w->c.conn);
        double percent = w->c.duck->query_progress(w->c.conn).percentage;
        char text[16];
        if (tick % TELL_TICKS == TELL_TICKS - 1 && percent >= 0)
            tell(w, 'P',
                 (struct gx_str){ text, (size_t)snprintf(text, sizeof text, "%.0f", percent) });
    }
    return NULL;
}

/* --- the question */

static bool is_plain(struct work *w, duckdb_result *result)
{
    for (idx_t i = 0; i < w->c.duck->column_count(result); i++) {
        char buf[32];
        duckdb_logical_type type = w->c.duck->column_logical_type(result, i);
        bool plain = child_type(w->c.duck, type, buf) != NULL;
        w->c.duck->destroy_logical_type(&type);
        if (!plain)
            return false;
    }
    return true;
}

static void tell_columns(struct work *w, duckdb_result *result)
{
    const struct gx_duck *d = w->c.duck;
    struct gx_buf out = { 0 };
    w->column_count = d->column_count(result);
    if (w->column_count > COLUMNS_MAX)
        fail(w, DUCKDB_ERROR_OBJECT_SIZE, "");
    for (idx_t i = 0; i < w->column_count; i++) {
        char buf[32];
        duckdb_logical_type type = d->column_logical_type(result, i);
        struct child_column *c = &w->columns[i];
        c->type = d->get_type_id(type);
        c->inner = c->type == DUCKDB_TYPE_DECIMAL ? d->decimal_internal_type(type) : 0;
        c->scale = c->type == DUCKDB_TYPE_DECIMAL ? d->decimal_scale(type) : 0;
        gx_pipe_cell(&out, 's', gx_str_c(d->column_name(result, i)));
        gx_pipe_cell(&out, 's', gx_str_c(child_type(d, type, buf)));
        d->destroy_logical_type(&type);
    }
    tell(w, 'C', gx_buf_str(&out));
    gx_buf_free(&out);
}

static void put_chunk(struct work *w, duckdb_data_chunk chunk, struct gx_buf *out)
{
    const struct gx_duck *d = w->c.duck;
    idx_t count = d->data_chunk_get_size(chunk);
    for (idx_t i = 0; i < w->column_count; i++) {
        duckdb_vector vector = d->data_chunk_get_vector(chunk, i);
        w->columns[i].data = d->vector_get_data(vector);
        w->columns[i].valid = d->vector_get_validity(vector);
    }
    for (idx_t row = 0; row < count; row++) {
        if (w->rows == w->rows_max) {
            w->more = true;
            break;
        }
        w->rows++;
        for (idx_t i = 0; i < w->column_count; i++)
            child_cell(out, &w->columns[i], row);
        if (gx_buf_check(out) != GX_OK || out->n > GX_PIPE_BYTES_MAX)
            fail(w, DUCKDB_ERROR_OBJECT_SIZE, "");
        if (out->n >= PIECE_BYTES) {
            tell(w, 'R', gx_buf_str(out));
            gx_buf_clear(out);
        }
    }
}

static void tell_rows(struct work *w, duckdb_result result)
{
    struct gx_buf out = { 0 };
    duckdb_data_chunk chunk;
    while (!w->more && (chunk = w->c.duck->fetch_chunk(result)) != NULL) {
        put_chunk(w, chunk, &out);
        w->c.duck->destroy_data_chunk(&chunk);
    }
    const char *error = w->c.duck->result_error(&result);
    if (!w->more && error && *error)
        fail(w, (int)w->c.duck->result_error_type(&result), error);
    if (out.n)
        tell(w, 'R', gx_buf_str(&out));
    gx_buf_clear(&out);
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)w->rows);
    gx_pipe_cell(&out, 'i', (struct gx_str){ text, (size_t)n });
    gx_pipe_cell(&out, w->more ? 't' : 'f', GX_STR(""));
    tell(w, 'E', gx_buf_str(&out));
    _exit(0);
}

static bool start(struct work *w, const char *sql, duckdb_result *result)
{
    duckdb_prepared_statement statement = NULL;
    if (w->c.duck->prepare(w->c.conn, sql, &statement) != DuckDBSuccess) {
        const char *error = w->c.duck->prepare_error(statement);
        fail(w, child_class(error), error);
    }
    return w->c.duck->execute_prepared_streaming(statement, result) == DuckDBSuccess;
}

static void ask(struct work *w, struct gx_str sql)
{
    struct gx_buf text = { 0 };
    duckdb_result result;
    gx_buf_printf(&text, "%.*s", GX_STR_ARG(sql));
    gx_buf_addc(&text, 0);
    if (!start(w, text.p, &result))
        fail(w, (int)w->c.duck->result_error_type(&result), w->c.duck->result_error(&result));
    if (!is_plain(w, &result)) { /* lists and their like are shown as text */
        w->c.duck->destroy_result(&result);
        gx_buf_clear(&text);
        gx_buf_printf(&text, "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (%.*s) AS t",
                      GX_STR_ARG(sql));
        gx_buf_addc(&text, 0);
        if (!start(w, text.p, &result))
            fail(w, (int)w->c.duck->result_error_type(&result), w->c.duck->result_error(&result));
    }
    tell_columns(w, &result);
    tell_rows(w, result);
}

void gx_child_work(const struct gx_duck *duck, int fd)
{
    struct work w = { .rows = 0 };
    struct gx_buf in = { 0 };
    pthread_t thread;
    char kind;
    w.c = (struct child){ .duck = duck, .fd = fd };
    pthread_mutex_init(&w.lock, NULL);
    if (gx_pipe_read(fd, &in, &kind, 0) != GX_PIPE_PIECE || kind != 'A' ||
        !set_up(&w, gx_buf_str(&in)) || !lock_up(&w))
        _exit(1);
    if (gx_pipe_read(fd, &in, &kind, 0) != GX_PIPE_PIECE || kind != 'Q')
        _exit(1);
    w.until_us = gx_monotonic_us() + w.seconds * 1000000;
    if (pthread_create(&thread, NULL, watch, &w) != 0)
        _exit(1);
    ask(&w, gx_buf_str(&in));
    _exit(0);
}
