/*
 * read.h - JSON input (RFC 8259, strict) as a tree of nodes in an arena.
 *
 * Limits are on by default: depth, size, number of nodes.  Duplicate keys are refused, strings
 * are checked for UTF-8 and brought to NFC, numbers keep their text, so nothing is rounded.
 * Errors say line and column, and carry the line and the byte offset.
 *
 * The tree points into the text that was read: the text must live as long as the tree.
 *
 * Layer: json.
 */
#ifndef GX_JSON_READ_H
#define GX_JSON_READ_H

#include "base/ctx.h"

enum gx_json_kind {
    GX_JSON_NULL,
    GX_JSON_BOOL,
    GX_JSON_NUMBER,
    GX_JSON_STRING,
    GX_JSON_ARRAY,
    GX_JSON_OBJECT,
};

struct gx_json {
    enum gx_json_kind kind;
    bool truth;            /* BOOL */
    uint32_t line;         /* from 1: where the value starts */
    struct gx_str key;     /* name, if it stands in an object */
    struct gx_str text;    /* STRING: decoded; NUMBER: as written */
    struct gx_json *first; /* ARRAY, OBJECT: children in order */
    struct gx_json *next;  /* sibling */
    size_t count;          /* number of children */
};

enum {
    GX_JSON_NODES_MAX = 2000000,
    GX_JSON_READ_DEPTH_MAX = 32,
};

/*
 * The whole of `s` as one value.  GX_E_SYNTAX: not JSON (message with line and column).
 * GX_E_LIMIT: too deep or too many nodes.
 */
GX_NODISCARD enum gx_code gx_json_read(struct gx_ctx *ctx, struct gx_str s,
                                       struct gx_json **ret_root);
/* The same for text of a program of ours that may nest deeper than what people send. */
GX_NODISCARD enum gx_code gx_json_read_deep(struct gx_ctx *ctx, struct gx_str s, unsigned depth_max,
                                            struct gx_json **ret_root);
/* A member of an object, or NULL (also when `node` is NULL or no object). */
const struct gx_json *gx_json_get(const struct gx_json *node, const char *key);
/* A member's string, or `otherwise` when missing or no string. */
struct gx_str gx_json_get_str(const struct gx_json *node, const char *key, struct gx_str otherwise);
bool gx_json_get_bool(const struct gx_json *node, const char *key, bool otherwise);
int64_t gx_json_get_int(const struct gx_json *node, const char *key, int64_t otherwise);
/* A NUMBER without point or exponent that fits, or a STRING of such digits. */
bool gx_json_int64(const struct gx_json *node, int64_t *ret_value);
/* Append a node as compact JSON. */
struct gx_jw;
void gx_json_write(struct gx_jw *w, const struct gx_json *node);

#endif
