/*
 * erase_list.c - the list of erasures that lies beside the database, and what it is held against.
 *
 * <tenant>.erased has a line for each erasure: ids, time, signature; nothing of the person.  A
 * database from before the erasure does not know of it, so every start looks.  <tenant>.restored
 * marks a folder that was restored: its list must have come along, or be in the second place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/log.h"
#include "store/erase_int.h"
#include "store/file.h"

enum { LIST_BYTES_MAX = 64 << 20 };

static struct gx_str path_in(struct gx_arena *arena, const char *dir, struct gx_str tenant,
                             const char *end)
{
    return gx_arena_printf(arena, "%s/%.*s.%s", dir, GX_STR_ARG(tenant), end);
}

static enum gx_code io_failed(struct gx_ctx *ctx, struct gx_str path)
{
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_ERASE_LIST, path, gx_str_c(strerror(errno)));
}

static enum gx_code read_text(struct gx_ctx *ctx, struct gx_str path, struct gx_str *ret_text)
{
    struct gx_buf text = { .max = LIST_BYTES_MAX };
    int fd = open(path.p, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return io_failed(ctx, path);
    ssize_t n = 1;
    while (n > 0 && gx_buf_reserve(&text, 65536)) {
        n = read(fd, text.p + text.n, 65536);
        text.n += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    *ret_text = gx_arena_str(ctx->arena, gx_buf_str(&text));
    gx_buf_free(&text);
    return n == 0 ? GX_OK : io_failed(ctx, path);
}

static enum gx_code append(struct gx_ctx *ctx, struct gx_str path, struct gx_str text)
{
    int fd = open(path.p, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    enum gx_code code = ok ? GX_OK : io_failed(ctx, path);
    if (fd >= 0)
        close(fd);
    return code;
}

/* Lines of `text` that `path` does not have yet. */
static enum gx_code append_new(struct gx_ctx *ctx, struct gx_str path, struct gx_str text)
{
    struct gx_str had = GX_STR(""), line, rest = text;
    if (access(path.p, F_OK) == 0)
        GX_TRY(read_text(ctx, path, &had));
    while (gx_str_split(&rest, '\n', &line))
        if (gx_str_trim(line).n && gx_str_search(had, line) == SIZE_MAX)
            GX_TRY(append(ctx, path,
                          gx_arena_printf(ctx->arena, "%.*s\n", GX_STR_ARG(gx_str_trim(line)))));
    return GX_OK;
}

/* A path; empty: there is no second place. */
static enum gx_code second_place(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str *ret_path)
{
    return gx_setting_get(ctx, conn, GX_SETTING_ERASED_COPY, GX_STR(""), ret_path);
}

/* With the list go the keys that it is signed by. */
static enum gx_code add_keys(struct gx_ctx *ctx, struct gx_str from, struct gx_str to)
{
    struct gx_str keys;
    if (access(from.p, F_OK) != 0)
        return GX_OK;
    GX_TRY(read_text(ctx, from, &keys));
    return append_new(ctx, to, keys);
}

enum gx_code erase_list_add(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            const struct erase_line *line, const struct seal_key *key)
{
    struct gx_arena *arena = ctx->arena;
    struct gx_str second,
        text = gx_arena_printf(
            arena,
            "guanxi-erased 1 tenant=%.*s erasure=%lld object=%.*s record=%lld keep=%d at=%lld",
            GX_STR_ARG(tenant->name), (long long)line->id, GX_STR_ARG(line->object),
            (long long)line->record, line->keep, (long long)line->at);
    text = gx_arena_printf(arena, "%.*s\n", GX_STR_ARG(seal_text_sign(arena, text, key)));
    GX_TRY(append_new(ctx, path_in(arena, tenant->dir, tenant->name, "erased"), text));
    GX_TRY(second_place(ctx, conn, &second));
    if (!second.n)
        return GX_OK;
    GX_TRY(add_keys(ctx, path_in(arena, tenant->dir, tenant->name, "audit.pub"),
                    gx_arena_printf(arena, "%.*s.pub", GX_STR_ARG(second))));
    return append_new(ctx, second, text);
}

enum gx_code gx_erase_copy_list(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                const char *folder)
{
    struct gx_str from = path_in(ctx->arena, tenant->dir, tenant->name, "erased");
    struct gx_str to = path_in(ctx->arena, folder, tenant->name, "erased");
    return access(from.p, F_OK) == 0 ? gx_file_copy(ctx, from.p, to.p) : GX_OK;
}

enum gx_code gx_erase_bring_list(struct gx_ctx *ctx, const char *folder, struct gx_str tenant,
                                 const char *file)
{
    struct gx_arena *arena = ctx->arena;
    bool none = file && strcmp(file, "none") == 0;
    struct gx_str text, mark = file ? GX_STR("given\n") : GX_STR("restored\n");
    if (file && !none) {
        struct gx_str from = gx_str_c(file);
        GX_TRY(read_text(ctx, from, &text));
        GX_TRY(append_new(ctx, path_in(arena, folder, tenant, "erased"), text));
        struct gx_str keys = path_in(arena, folder, tenant, "audit.pub");
        size_t stem = from.n - (gx_str_ends(from, GX_STR(".erased")) ? 7 : 0);
        GX_TRY(add_keys(ctx, gx_arena_printf(arena, "%.*s.audit.pub", (int)stem, from.p), keys));
        GX_TRY(add_keys(ctx, gx_arena_printf(arena, "%s.pub", file), keys));
    }
    return append(ctx, path_in(arena, folder, tenant, "restored"), mark);
}

/* --- at a start */

struct catching {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct gx_conn *conn;
    struct erase_line *lines;
};

static enum gx_code read_line(struct catching *c, struct gx_str text)
{
    unsigned char signer[SEAL_PUBLIC_BYTES];
    unsigned char known[SEAL_KEYS_MAX][SEAL_PUBLIC_BYTES];
    struct erase_line *line = GX_ARENA_NEW(c->ctx->arena, struct erase_line);
    int64_t keep = 0;
    bool trusted = false;
    bool good = gx_str_starts(text, GX_STR("guanxi-erased 1 ")) &&
                seal_text_is_signed(text, signer) &&
                gx_str_int64(seal_text_member(text, GX_STR(" erasure=")), &line->id) &&
                gx_str_int64(seal_text_member(text, GX_STR(" record=")), &line->record) &&
                gx_str_int64(seal_text_member(text, GX_STR(" keep=")), &keep) &&
                gx_str_int64(seal_text_member(text, GX_STR(" at=")), &line->at);
    size_t n = seal_keys_known(c->ctx, c->tenant, known);
    for (size_t i = 0; i < n && good; i++)
        trusted |= memcmp(known[i], signer, sizeof signer) == 0;
    if (!trusted)
        return gx_fail(c->ctx, GX_E_INVALID, GX_STR(""), GX_M_ERASE_LINE);
    line->keep = keep != 0;
    line->object = seal_text_member(text, GX_STR(" object="));
    line->next = c->lines;
    if (gx_str_eq(seal_text_member(text, GX_STR(" tenant=")), c->tenant->name))
        c->lines = line;
    return GX_OK;
}

static enum gx_code read_lines(struct catching *c)
{
    struct gx_str line, rest,
        path = path_in(c->ctx->arena, c->tenant->dir, c->tenant->name, "erased");
    if (access(path.p, F_OK) != 0)
        return GX_OK;
    GX_TRY(read_text(c->ctx, path, &rest));
    while (gx_str_split(&rest, '\n', &line))
        if (gx_str_trim(line).n)
            GX_TRY(read_line(c, gx_str_trim(line)));
    return GX_OK;
}

/* A folder that was restored: where is what was erased since its backup? */
static enum gx_code complete(struct catching *c, struct gx_str mark)
{
    struct gx_arena *arena = c->ctx->arena;
    struct gx_str said, second, text;
    struct gx_str own = path_in(arena, c->tenant->dir, c->tenant->name, "erased");
    int64_t known;
    GX_TRY(read_text(c->ctx, mark, &said));
    GX_TRY(second_place(c->ctx, c->conn, &second));
    bool reached = second.n && access(second.p, R_OK) == 0;
    if (reached) {
        GX_TRY(read_text(c->ctx, second, &text));
        GX_TRY(append_new(c->ctx, own, text));
        GX_TRY(add_keys(c->ctx, gx_arena_printf(arena, "%.*s.pub", GX_STR_ARG(second)),
                        path_in(arena, c->tenant->dir, c->tenant->name, "audit.pub")));
    }
    GX_TRY(
        gx_db_int(c->ctx, c->conn, GX_SQL("SELECT count(*) FROM gx_erasure"), NULL, 0, 0, &known));
    bool told = gx_str_search(said, GX_STR("given")) != SIZE_MAX;
    if (told || reached || (!second.n && !known))
        return GX_OK;
    return gx_fail(c->ctx, GX_E_IO, GX_STR(""), GX_M_ERASE_LIST_DUE,
                   second.n ? second : GX_STR("<tenant>.erased"));
}

static enum gx_code take_in(void *p, struct gx_conn *conn)
{
    struct catching *c = p;
    for (const struct erase_line *l = c->lines; l; l = l->next) {
        struct gx_value values[] = { gx_value_int(l->id), gx_value_text(l->object),
                                     gx_value_int(l->record), gx_value_int(l->keep),
                                     gx_value_int(l->at) };
        GX_TRY(gx_db_exec(c->ctx, conn,
                          GX_SQL("INSERT INTO gx_erasure (id, object, record, keep, state, "
                                 "asked_at, asked_by, removed, blanked, entries) "
                                 "VALUES (?1, ?2, ?3, ?4, 'running', ?5, 0, 0, 0, 0) "
                                 "ON CONFLICT (id) DO UPDATE SET state = 'running' "
                                 "WHERE gx_erasure.state IN ('asked', 'cancelled', 'failed')"),
                          values, GX_COUNT(values), NULL));
    }
    return GX_OK;
}

/* Those that this store knows as done are no matter. */
static enum gx_code leave_known(struct catching *c)
{
    for (struct erase_line **at = &c->lines; *at;) {
        struct gx_value id = gx_value_int((*at)->id);
        int64_t known;
        GX_TRY(gx_db_int(c->ctx, c->conn,
                         GX_SQL("SELECT 1 FROM gx_erasure WHERE id = ?1 AND "
                                "state IN ('done', 'running')"),
                         &id, 1, 0, &known));
        if (known)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
    return GX_OK;
}

enum gx_code gx_erase_catch_up(struct gx_ctx *ctx, struct gx_tenant *tenant, int *ret_done)
{
    struct catching c = { .ctx = ctx, .tenant = tenant };
    struct gx_str mark = path_in(ctx->arena, tenant->dir, tenant->name, "restored");
    bool restored = access(mark.p, F_OK) == 0;
    *ret_done = 0;
    GX_TRY(gx_db_reader(ctx, tenant->db, &c.conn));
    enum gx_code code = restored ? complete(&c, mark) : GX_OK;
    if (code == GX_OK)
        code = read_lines(&c);
    if (code == GX_OK)
        code = leave_known(&c);
    gx_db_reader_release(c.conn);
    GX_TRY(code);
    if (c.lines) {
        GX_TRY(gx_db_write(ctx, tenant->db, take_in, &c));
        GX_TRY(gx_erase_work(ctx, tenant, NULL, ret_done));
        gx_log_say(GX_LOG_WARN, "erased",
                   gx_arena_printf(ctx->arena, "%d erased before are erased again", *ret_done));
    }
    if (restored && unlink(mark.p) != 0)
        return io_failed(ctx, mark);
    return GX_OK;
}
