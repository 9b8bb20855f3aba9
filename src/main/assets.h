/*
 * assets.h - the web application's files, from the program itself.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_ASSETS_H
#define GX_MAIN_ASSETS_H

#include "base/str.h"

/* The hook of net/server.h; an address that is no file is the application's page, one that
 * could only be a file and is none gives an empty string. */
struct gx_str gx_asset_find(void *app, struct gx_str path, bool accepts_brotli,
                            const char **ret_type, const char **ret_encoding,
                            const char **ret_cache);

#endif
