/*
 * serve.h - a tenant opened and served.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_SERVE_H
#define GX_MAIN_SERVE_H

#include "base/ctx.h"

struct gx_app;

struct gx_app_options {
    const char *dir;    /* data folder */
    const char *url;    /* NULL: a file in the folder */
    const char *tenant; /* NULL: "main" */
    const char *listen; /* NULL: local socket only */
    bool create;
    bool quiet;
    const char *const *packs; /* NULL-ended; NULL: the usual ones */
};

GX_NODISCARD enum gx_code gx_app_start(struct gx_ctx *ctx, const struct gx_app_options *o,
                                       struct gx_app **ret);
int gx_app_port(const struct gx_app *app);
void gx_app_stop(struct gx_app *app);

#endif
