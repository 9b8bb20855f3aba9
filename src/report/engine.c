/* engine.c - the parser process, and what all processes of the engine need; see engine.h. */
#include "report/engine.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/engine_int.h"
#include "report/pipe.h"

void engine_empty(const char *path, int depth)
{
    DIR *dir = opendir(path);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        char below[4096];
        if (e->d_name[0] == '.' ||
            snprintf(below, sizeof below, "%s/%s", path, e->d_name) >= (int)sizeof below)
            continue;
        if (unlink(below) != 0 && depth > 0) {
            engine_empty(below, depth - 1);
            rmdir(below);
        }
    }
    if (dir)
        closedir(dir);
}

struct gx_engine *gx_engine_new(struct gx_arena *arena, const struct gx_engine_options *options)
{
    struct gx_engine *engine = GX_ARENA_NEW(arena, struct gx_engine);
    engine->dir = gx_arena_cstr(arena, gx_str_c(options->dir));
    engine->keeper = options->keeper;
    engine->parser = -1;
    engine->next_id = 1;
    pthread_mutex_init(&engine->lock, NULL);
    pthread_mutex_init(&engine->parsing, NULL);
    engine_empty(engine->dir, 2); /* what was copied for people by a server before */
    return engine;
}

void gx_engine_end(struct gx_engine *engine)
{
    if (!engine)
        return;
    if (engine->parser >= 0)
        close(engine->parser);
    if (engine->keeper >= 0)
        close(engine->keeper);
    if (engine->made)
        engine_empty(engine->dir, 2);
    pthread_mutex_destroy(&engine->lock);
    pthread_mutex_destroy(&engine->parsing);
}

static bool make_folders(struct gx_engine *engine)
{
    char path[4096];
    if (engine->made)
        return true;
    mkdir(engine->dir, 0711);
    snprintf(path, sizeof path, "%s/shelf", engine->dir);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/run", engine->dir);
    engine->made = mkdir(path, 0711) == 0 || errno == EEXIST;
    return engine->made;
}

enum gx_code engine_spawn(struct gx_engine *engine, struct gx_ctx *ctx, enum gx_child kind,
                          uint64_t *ret_id, int *ret_fd)
{
    pthread_mutex_lock(&engine->lock);
    if (engine->keeper < 0)
        engine->keeper = gx_keeper_start();
    bool ok = make_folders(engine);
    *ret_id = engine->next_id++;
    ok = ok && gx_keeper_spawn(engine->keeper, kind, *ret_id, ret_fd);
    if (!ok && engine->keeper >= 0) { /* it is gone: the next one asks for another */
        close(engine->keeper);
        engine->keeper = -1;
    }
    pthread_mutex_unlock(&engine->lock);
    return ok ? GX_OK : gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SQL_GONE);
}

void engine_kill(struct gx_engine *engine, uint64_t id, int64_t after_ms)
{
    pthread_mutex_lock(&engine->lock);
    if (engine->keeper >= 0)
        gx_keeper_kill(engine->keeper, id, after_ms);
    pthread_mutex_unlock(&engine->lock);
}

/* --- the parser */

static void drop_parser(struct gx_engine *engine)
{
    engine_kill(engine, engine->parser_id, 0);
    close(engine->parser);
    engine->parser = -1;
}

static enum gx_code ask_parser(struct gx_engine *engine, struct gx_ctx *ctx, char kind,
                               struct gx_str bytes, struct gx_buf *out, char *ret_kind)
{
    bool fresh = engine->parser < 0;
    if (fresh)
        GX_TRY(engine_spawn(engine, ctx, GX_CHILD_PARSE, &engine->parser_id, &engine->parser));
    int64_t until = gx_monotonic_us() + GX_ENGINE_PARSE_MS * INT64_C(1000) * (fresh ? 3 : 1);
    enum gx_pipe got = GX_PIPE_END;
    if (gx_pipe_write(engine->parser, kind, bytes, until))
        got = gx_pipe_read(engine->parser, out, ret_kind, until);
    if (got == GX_PIPE_PIECE)
        return GX_OK;
    drop_parser(engine);
    if (got == GX_PIPE_LATE)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("sql"), GX_M_SQL_LARGE);
    /* It was killed by what somebody wrote before; a new one is asked once. */
    return fresh ? gx_fail(ctx, GX_E_IO, GX_STR("sql"), GX_M_SQL_GONE)
                 : ask_parser(engine, ctx, kind, bytes, out, ret_kind);
}

static bool read_error(struct gx_str rest, int *ret_class, struct gx_str *ret_message)
{
    struct gx_str number;
    int64_t class;
    char tag;
    if (!gx_pipe_take(&rest, &tag, &number) || !gx_pipe_take(&rest, &tag, ret_message) ||
        !gx_str_int64(number, &class))
        return false;
    *ret_class = (int)class;
    return true;
}

enum gx_code gx_engine_parse(struct gx_engine *engine, struct gx_ctx *ctx, struct gx_str text,
                             struct gx_str *ret_tree)
{
    struct gx_buf out = { .max = GX_PIPE_BYTES_MAX };
    char kind;
    if (text.n > GX_GUARD_TEXT_BYTES_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("sql"), GX_M_SQL_LARGE);
    pthread_mutex_lock(&engine->parsing);
    enum gx_code code = ask_parser(engine, ctx, 'J', text, &out, &kind);
    pthread_mutex_unlock(&engine->parsing);
    if (code == GX_OK && kind != 'T')
        code = gx_fail(ctx, GX_E_INVALID, GX_STR("sql"), GX_M_SQL_SYNTAX);
    if (code == GX_OK)
        *ret_tree = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return code;
}

/* --- against empty tables */

static void add_name(struct gx_buf *sql, struct gx_str name)
{
    gx_buf_addc(sql, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"')
            gx_buf_addc(sql, '"');
        gx_buf_addc(sql, name.p[i]);
    }
    gx_buf_addc(sql, '"');
}

void engine_make_sql(struct gx_buf *sql, struct gx_str catalog, const struct gx_guard_table *table,
                     const bool *with)
{
    bool first = true;
    gx_buf_addz(sql, "CREATE TABLE ");
    add_name(sql, catalog);
    gx_buf_addz(sql, ".main.");
    add_name(sql, table->name);
    gx_buf_addz(sql, " (");
    for (size_t i = 0; i < table->column_count; i++) {
        if (with && !with[i])
            continue;
        gx_buf_addz(sql, first ? "" : ", ");
        first = false;
        add_name(sql, table->columns[i].name);
        gx_buf_addc(sql, ' ');
        gx_buf_add(sql, table->columns[i].type);
    }
    gx_buf_addz(sql, ")");
}

static void bind_message(struct gx_buf *out, struct gx_arena *arena,
                         const struct gx_guard_schema *schema, const struct gx_guard *guard)
{
    struct gx_buf make = { 0 }, away = { 0 };
    for (size_t i = 0; i < schema->count; i++) {
        if (!guard->used[i])
            continue;
        struct gx_str catalog =
            gx_arena_printf(arena, "o_%.*s", GX_STR_ARG(schema->tables[i].name));
        gx_buf_addz(&make, "ATTACH ':memory:' AS ");
        add_name(&make, catalog);
        gx_buf_addz(&make, "; ");
        engine_make_sql(&make, catalog, &schema->tables[i], NULL);
        gx_buf_addz(&make, "; ");
        gx_buf_addz(&away, "DETACH DATABASE IF EXISTS ");
        add_name(&away, catalog);
        gx_buf_addz(&away, "; ");
    }
    gx_pipe_cell(out, 's', gx_buf_str(&make));
    gx_pipe_cell(out, 's', guard->sql);
    gx_pipe_cell(out, 's', gx_buf_str(&away));
    gx_buf_free(&make);
    gx_buf_free(&away);
}

static enum gx_code read_columns(struct gx_ctx *ctx, struct gx_str rest,
                                 struct gx_engine_column **ret_columns, size_t *ret_count)
{
    size_t count = 0;
    struct gx_str text, all = rest;
    char tag;
    while (gx_pipe_take(&rest, &tag, &text))
        count++;
    *ret_count = count / 2;
    *ret_columns = GX_ARENA_ARRAY(ctx->arena, struct gx_engine_column, *ret_count + 1);
    for (size_t i = 0; i < *ret_count; i++) {
        struct gx_str name, type;
        if (!gx_pipe_take(&all, &tag, &name) || !gx_pipe_take(&all, &tag, &type))
            return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SQL_GONE);
        (*ret_columns)[i] = (struct gx_engine_column){ gx_arena_str(ctx->arena, name),
                                                       gx_arena_str(ctx->arena, type) };
    }
    return GX_OK;
}

enum gx_code gx_engine_bind(struct gx_engine *engine, struct gx_ctx *ctx, struct gx_str text,
                            const struct gx_guard_schema *schema, const struct gx_guard *guard,
                            struct gx_engine_column **ret_columns, size_t *ret_count)
{
    struct gx_buf in = { 0 }, out = { .max = GX_PIPE_BYTES_MAX };
    char kind;
    bind_message(&in, ctx->arena, schema, guard);
    pthread_mutex_lock(&engine->parsing);
    enum gx_code code = ask_parser(engine, ctx, 'B', gx_buf_str(&in), &out, &kind);
    pthread_mutex_unlock(&engine->parsing);
    gx_buf_free(&in);
    int class;
    struct gx_str message;
    if (code == GX_OK && kind == 'X')
        code = read_error(gx_buf_str(&out), &class, &message)
                   ? engine_fail(ctx, class, message, text, schema, 0)
                   : gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SQL_GONE);
    else if (code == GX_OK)
        code = read_columns(ctx, gx_buf_str(&out), ret_columns, ret_count);
    gx_buf_free(&out);
    return code;
}
