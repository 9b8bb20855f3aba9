/*
 * audit_ask.h - which entries of the log are asked for: the same words for the page and the file.
 *
 * Layer: api.
 */
#ifndef GX_API_AUDIT_ASK_H
#define GX_API_AUDIT_ASK_H

#include "api/app.h"
#include "store/audit.h"

enum { GX_AUDIT_MANY_MAX = 50 };

/* The first parameters of a route's query. */
#define GX_AUDIT_QUERY                                                                             \
    { .name = "by",                                                                                \
      .doc = "Only what these users did: ids, with commas between them.",                          \
      .type = GX_SCHEMA_STR,                                                                       \
      .max = 1000 },                                                                               \
        { .name = "about",                                                                         \
          .doc = "Only what was done about this user: sign-ins, roles, passwords, keys.",          \
          .type = GX_SCHEMA_ID },                                                                  \
        { .name = "what",                                                                          \
          .doc = "Only of these objects; or signin, access, setting, definition, private, export " \
                 "…, with commas between them.",                                                   \
          .type = GX_SCHEMA_STR,                                                                   \
          .max = 2000 },                                                                           \
        { .name = "record", .doc = "Only of the record with this id.", .type = GX_SCHEMA_ID },     \
        { .name = "from",                                                                          \
          .doc = "From this date or moment on.",                                                   \
          .type = GX_SCHEMA_STR,                                                                   \
          .max = 40 },                                                                             \
        { .name = "to",                                                                            \
          .doc = "Up to this moment, or the end of this date.",                                    \
          .type = GX_SCHEMA_STR,                                                                   \
          .max = 40 },                                                                             \
        { .name = "cursor", .doc = "The `next` of the page before.", .type = GX_SCHEMA_ID },       \
    {                                                                                              \
        .name = "limit", .doc = "At most this many entries.", .type = GX_SCHEMA_INT, .min = 1,     \
        .max = GX_AUDIT_LIMIT_MAX                                                                  \
    }

/* Texts point into the request.  GX_E_INVALID with the parameter as path. */
GX_NODISCARD enum gx_code gx_audit_ask_read(struct gx_req *req, struct gx_audit_ask *ret_ask);

#endif
