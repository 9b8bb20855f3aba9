/* file.c - see file.h. */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "meta/quota.h"
#include "store/store_int.h"

enum { HEAD_BYTES = 4096, BLOCK_BYTES = 64 << 10, HASH_BYTES = 32 };

struct content {
    char hex[2 * HASH_BYTES + 1];
    int64_t size;
    const char *media;
};

static enum gx_code io_failed(struct gx_ctx *ctx)
{
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_FILE_IO, gx_str_c(strerror(errno)));
}

/* Hash and kind; the bytes are on the disk afterwards. */
static enum gx_code look(struct gx_ctx *ctx, int fd, struct content *ret)
{
    crypto_generichash_state state;
    unsigned char hash[HASH_BYTES], *block = gx_arena_alloc(ctx->arena, BLOCK_BYTES);
    ssize_t n;
    *ret = (struct content){ .media = "application/octet-stream" };
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    while ((n = read(fd, block, BLOCK_BYTES)) > 0) {
        if (ret->size == 0)
            ret->media = gx_file_media(
                (struct gx_str){ (char *)block, (size_t)(n < HEAD_BYTES ? n : HEAD_BYTES) });
        crypto_generichash_update(&state, block, (unsigned long long)n);
        ret->size += n;
        if (ret->size > GX_FILE_BYTES_MAX)
            return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_TOO_BIG,
                           gx_arena_printf(ctx->arena, "%d MiB", GX_FILE_BYTES_MAX >> 20));
    }
    if (n < 0 || fsync(fd) != 0)
        return io_failed(ctx);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(ret->hex, sizeof ret->hex, hash, sizeof hash);
    return GX_OK;
}

static struct gx_str folder_of(const struct gx_scope *scope, const char *hex, int depth)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    const char *dir = gx_scope_tenant(scope)->dir;
    return depth == 0   ? gx_arena_printf(arena, "%s/files", dir)
           : depth == 1 ? gx_arena_printf(arena, "%s/files/%.2s", dir, hex)
           : depth == 2 ? gx_arena_printf(arena, "%s/files/%.2s/%.2s", dir, hex, hex + 2)
                        : gx_arena_printf(arena, "%s/files/%.2s/%.2s/%s", dir, hex, hex + 2, hex);
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Under its hash, so the same content is there once; each new folder is made durable too. */
static enum gx_code keep(struct gx_scope *scope, const char *path, const struct content *content)
{
    struct gx_str parent = gx_str_c(gx_scope_tenant(scope)->dir);
    for (int depth = 0; depth < 3; depth++) {
        struct gx_str folder = folder_of(scope, content->hex, depth);
        bool made = mkdir(folder.p, 0700) == 0;
        if (!made && errno != EEXIST)
            return io_failed(gx_scope_ctx(scope));
        if (made && !sync_folder(parent.p))
            return io_failed(gx_scope_ctx(scope));
        parent = folder;
    }
    if (link(path, folder_of(scope, content->hex, 3).p) != 0 && errno != EEXIST)
        return io_failed(gx_scope_ctx(scope));
    return sync_folder(parent.p) ? GX_OK : io_failed(gx_scope_ctx(scope));
}

static void give(struct gx_input *input, const char *name, struct gx_value value)
{
    const struct gx_field *field = gx_object_any_field(input->object, gx_str_c(name));
    gx_assert(field && field->part_count == 1);
    input->v[field->slot] = value;
    input->given[field->index_in_object] = true;
}

static enum gx_code link_to(struct gx_scope *scope, struct gx_input *input,
                            const struct gx_object *about, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_field *field = gx_link_field(input->object, about);
    if (!field)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("object"), GX_M_FILE_NO_LINK,
                       gx_label_text(&about->plural, ctx->lang));
    input->v[field->slot] = gx_value_int(id);
    input->given[field->index_in_object] = true;
    return GX_OK;
}

enum gx_code gx_file_add(struct gx_scope *scope, const char *path, struct gx_str name,
                         const struct gx_object *about, int64_t id, int64_t *ret_id)
{
    static const struct gx_write_options options = { .reason = { "upload", 6 } };
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object;
    const struct gx_expr *filter;
    struct content content;
    GX_TRY(gx_object_get(scope, GX_STR("file"), &object));
    GX_TRY(gx_scope_filter(scope, object, GX_RIGHT_CREATE, &filter)); /* before any work */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return io_failed(ctx);
    enum gx_code code = look(ctx, fd, &content);
    close(fd);
    GX_TRY(code);
    struct gx_input *input = gx_input_new(scope, object);
    const struct gx_field *title = gx_object_field(object, GX_STR("name"));
    struct gx_type_io io = gx_store_io(scope, title, GX_STR("X-File-Name"));
    GX_TRY(title->type->from_text(&io, name, &input->v[title->slot]));
    input->given[title->index_in_object] = true;
    give(input, "media_type", gx_value_text(gx_str_c(content.media)));
    give(input, "size", gx_value_int(content.size));
    give(input, "hash", gx_value_text(gx_arena_str(ctx->arena, gx_str_c(content.hex))));
    if (about)
        GX_TRY(link_to(scope, input, about, id));
    GX_TRY(gx_quota_take(ctx, gx_scope_tenant(scope), gx_scope_conn(scope), GX_QUOTA_FILE_BYTES,
                         content.size));
    GX_TRY(gx_record_create(scope, input, &options, ret_id));
    return keep(scope, path, &content);
}

static bool is_hash(struct gx_value value)
{
    if (value.kind != GX_VALUE_TEXT || value.s.n != 2 * HASH_BYTES)
        return false;
    for (size_t i = 0; i < value.s.n; i++)
        if (!memchr("0123456789abcdef", value.s.p[i], 16))
            return false;
    return true;
}

enum gx_code gx_file_open(struct gx_scope *scope, int64_t id, int *ret_fd, struct gx_str *ret_name)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object;
    struct gx_record record;
    GX_TRY(gx_object_get(scope, GX_STR("file"), &object));
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_READ, false, &record));
    struct gx_value hash = record.v[gx_object_field(object, GX_STR("hash"))->slot];
    if (!is_hash(hash)) /* made without content; and it becomes a path */
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("hash"), GX_M_FILE_EMPTY);
    int fd = open(folder_of(scope, gx_arena_cstr(ctx->arena, hash.s), 3).p,
                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return io_failed(ctx);
    *ret_fd = fd;
    *ret_name = record.v[gx_object_field(object, GX_STR("name"))->slot].s;
    return GX_OK;
}

struct gx_str gx_file_path(const struct gx_scope *scope, struct gx_str hash)
{
    if (!is_hash(gx_value_text(hash)))
        return GX_STR("");
    return folder_of(scope, gx_arena_cstr(gx_scope_ctx(scope)->arena, hash), 3);
}

const char *gx_file_wrong(struct gx_scope *scope, struct gx_str hash)
{
    struct gx_arena scratch = { 0 };
    struct gx_ctx ctx = { .arena = &scratch };
    struct content content;
    if (!is_hash(gx_value_text(hash)))
        return "a hash that is none";
    const char *hex = gx_arena_cstr(gx_scope_ctx(scope)->arena, hash);
    int fd = open(folder_of(scope, hex, 3).p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return "the content of a file is missing";
    bool right = look(&ctx, fd, &content) == GX_OK && gx_str_is(hash, content.hex);
    close(fd);
    gx_arena_free(&scratch);
    return right ? NULL : "the content of a file is damaged";
}
