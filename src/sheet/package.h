/*
 * package.h - the zip file that a workbook is, its parts as streams of XML events.
 *
 * Guards live here: no DTD (so no entities), a cap on what a part may unpack to and on the ratio
 * to its packed size, and part names compared as programs that write them expect: without regard
 * to case, with either slash.
 *
 * Layer: sheet, internal.  Everything is closed when the arena is reset.
 */
#ifndef GX_SHEET_PACKAGE_H
#define GX_SHEET_PACKAGE_H

#include "sheet/source.h"

struct gx_package;

/* GX_E_SYNTAX: not a zip file, or a damaged one. */
GX_NODISCARD enum gx_code gx_package_open(struct gx_ctx *ctx, const struct gx_source *source,
                                          struct gx_package **ret_package);
/* Is there such a part?  "/xl/workbook.xml" and "xl/workbook.xml" are the same. */
bool gx_package_has(const struct gx_package *package, struct gx_str name);
/* The first bytes of a part, up to `n`; 0 when it is not there. */
size_t gx_package_peek(const struct gx_package *package, struct gx_str name, char *out, size_t n);

/*
 * What a part's elements call.  `name` is the local name of an element of the office formats;
 * elements of other namespaces are passed over (what is in them is not).  `atts` is
 * name, value, name, value …, NULL; see gx_part_attr().
 */
struct gx_part_events {
    void (*start)(void *user, const char *name, const char **atts);
    void (*end)(void *user, const char *name);
    void (*text)(void *user, struct gx_str piece); /* may be NULL */
};

struct gx_part;

/* GX_E_SYNTAX: there is no such part. */
GX_NODISCARD enum gx_code gx_part_open(struct gx_ctx *ctx, struct gx_package *package,
                                       struct gx_str name, const struct gx_part_events *events,
                                       void *user, struct gx_part **ret_part);
/*
 * Go on until an event calls gx_part_pause(), or to the end (*ret_more false).
 * GX_E_SYNTAX: not XML, or with a DTD.  GX_E_LIMIT: unpacks to too much.
 */
GX_NODISCARD enum gx_code gx_part_run(struct gx_ctx *ctx, struct gx_part *part, bool *ret_more);
void gx_part_pause(struct gx_part *part);
/* Where in the file the reading is, near enough for a progress bar. */
int64_t gx_part_progress(const struct gx_part *part);
/* Close before the arena does; NULL is fine. */
void gx_part_close(struct gx_part *part);
/* Read a part from its start to its end. */
GX_NODISCARD enum gx_code gx_part_parse(struct gx_ctx *ctx, struct gx_package *package,
                                        struct gx_str name, const struct gx_part_events *events,
                                        void *user);
/* The value of an attribute by local name, or NULL. */
const char *gx_part_attr(const char **atts, const char *name);

#endif
