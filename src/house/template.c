/*
 * template.c - a new tenant's store is copied from one that was prepared.
 *
 * Making all tables and indexes of a store takes some hundred milliseconds, copying the file that
 * comes of it a few.  The file lies in house/.templates, under a name that says by which migrations
 * and packs it was made; another program makes another one.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embedded.h"
#include "house/house_int.h"

static const char *const usual[] = { "core", "sales", NULL };

static bool is_of(struct gx_str path, const char *pack)
{
    struct gx_str rest = gx_str_from(path, sizeof "packs/" - 1), name = gx_str_c(pack);
    return gx_str_starts(path, GX_STR("packs/")) && gx_str_starts(rest, name) && rest.n > name.n &&
           rest.p[name.n] == '/';
}

/* One number for everything that such a store is made of. */
static uint64_t fingerprint(const char *const *packs)
{
    uint64_t sum = 1;
    for (const struct gx_embedded *f = gx_embedded_files; f->path; f++) {
        struct gx_str path = gx_str_c(f->path);
        bool in = gx_str_starts(path, GX_STR("migrations/"));
        for (size_t i = 0; packs[i]; i++)
            in = in || is_of(path, packs[i]);
        if (in)
            sum = sum * UINT64_C(0x100000001b3) ^ gx_str_hash((struct gx_str){ f->data, f->n });
    }
    for (size_t i = 0; packs[i]; i++) /* their order counts too */
        sum = sum * UINT64_C(0x100000001b3) ^ gx_str_hash(gx_str_c(packs[i]));
    return sum;
}

static enum gx_code make(struct gx_ctx *ctx, const char *folder, const char *const *packs,
                         const char *path)
{
    struct gx_tenant *tenant;
    struct gx_tenant_options options = {
        .dir = folder, .name = GX_STR("template"), .packs = packs, .create = true
    };
    struct gx_str file = gx_arena_printf(ctx->arena, "%s/template.db", folder);
    (void)unlink(file.p); /* half of one */
    GX_TRY(gx_tenant_open(ctx, &options, &tenant));
    gx_tenant_close(tenant);
    return rename(file.p, path) == 0
               ? GX_OK
               : gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_NO_FOLDER, gx_str_c(path));
}

struct gx_str template_of(struct gx_ctx *ctx, struct gx_house *house, const char *const *packs)
{
    const char *dir = house->options.dir;
    const char *const *list = packs ? packs : usual;
    struct gx_str folder = gx_arena_printf(ctx->arena, "%s/house/.templates", dir);
    struct gx_str path = gx_arena_printf(ctx->arena, "%.*s/%016llx.db", GX_STR_ARG(folder),
                                         (unsigned long long)fingerprint(list));
    if (access(path.p, F_OK) == 0)
        return path;
    mkdir(gx_arena_printf(ctx->arena, "%s/house", dir).p, 0700);
    mkdir(folder.p, 0700); /* what is wrong with it is found in a moment */
    if (make(ctx, folder.p, list, path.p) == GX_OK)
        return path;
    gx_ctx_clear(ctx); /* the tenant will say what is wrong with the packs */
    return GX_STR("");
}
