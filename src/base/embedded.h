/*
 * embedded.h - files that are part of the program: packs, migrations, the web application.
 *
 * tools/mkembed puts them there at build time; the path is the one in the source tree.
 *
 * Layer: base.
 */
#ifndef GX_BASE_EMBEDDED_H
#define GX_BASE_EMBEDDED_H

#include "base/str.h"

struct gx_embedded {
    const char *path; /* NULL ends the table; sorted */
    const char *data;
    size_t n;
};

extern const struct gx_embedded gx_embedded_files[];

/* The bytes of a file, or { NULL, 0 }. */
struct gx_str gx_embedded_find(struct gx_str path);

#endif
