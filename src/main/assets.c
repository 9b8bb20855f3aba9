/* assets.c - see assets.h. */
#include "main/assets.h"

#include <stdio.h>

#include "base/embedded.h"

static const char *type_of(struct gx_str path)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        { ".html", "text/html; charset=utf-8" },
        { ".js", "text/javascript; charset=utf-8" },
        { ".css", "text/css; charset=utf-8" },
        { ".svg", "image/svg+xml" },
        { ".json", "application/json" },
        { ".webmanifest", "application/manifest+json" },
        { ".png", "image/png" },
        { ".ico", "image/x-icon" },
        { ".woff2", "font/woff2" },
        { ".txt", "text/plain; charset=utf-8" },
    };
    for (size_t i = 0; i < GX_COUNT(types); i++)
        if (gx_str_ends(path, gx_str_c(types[i].end)))
            return types[i].type;
    return "application/octet-stream";
}

/* Addresses of pages have no dot; what has one, or stands below /assets/, can only be a file. */
static bool is_file(struct gx_str path)
{
    size_t name = path.n;
    while (name > 0 && path.p[name - 1] != '/')
        name--;
    return gx_str_starts(path, GX_STR("/assets/")) ||
           gx_str_find(gx_str_from(path, name), '.') < path.n - name;
}

static struct gx_str embedded(const char *prefix, struct gx_str path, const char *suffix)
{
    char full[512];
    int n = snprintf(full, sizeof full, "%s%.*s%s", prefix, GX_STR_ARG(path), suffix);
    if (n < 0 || (size_t)n >= sizeof full)
        return (struct gx_str){ NULL, 0 };
    return gx_embedded_find((struct gx_str){ full, (size_t)n });
}

struct gx_str gx_asset_find(void *app, struct gx_str path, bool accepts_brotli,
                            const char **ret_type, const char **ret_encoding,
                            const char **ret_cache)
{
    (void)app;
    if (path.n == 0 || gx_str_is(path, "/") || !embedded("web/dist", path, "").p) {
        if (is_file(path))
            return GX_STR("");
        path = GX_STR("/index.html");
    }
    *ret_type = type_of(path);
    /* Names below /assets/ carry a hash of what is in them. */
    *ret_cache = gx_str_starts(path, GX_STR("/assets/")) ? "public, max-age=31536000, immutable"
                                                         : "no-cache";
    struct gx_str packed = embedded("web/dist", path, ".br");
    *ret_encoding = accepts_brotli && packed.p ? "br" : NULL;
    if (*ret_encoding)
        return packed;
    struct gx_str plain = embedded("web/dist", path, "");
    return plain.p ? plain : GX_STR("");
}
