/*
 * write.h - JSON replies, streamed into a buffer; no tree is ever built.
 *
 * The writer puts commas and escapes, and asserts that keys and values alternate as they
 * should.  Ids, money and decimals are written as strings, so that no reader loses digits.
 *
 * Layer: json.
 */
#ifndef GX_JSON_WRITE_H
#define GX_JSON_WRITE_H

#include "base/buf.h"

/* More than GX_JSON_READ_DEPTH_MAX, so that what was read fits inside a reply. */
enum { GX_JSON_DEPTH_MAX = 64 };

struct gx_jw {
    struct gx_buf *out;
    uint8_t depth;
    bool need_comma;               /* before the next key or element */
    bool after_key;                /* a value must follow */
    char stack[GX_JSON_DEPTH_MAX]; /* '{' or '[' */
};

struct gx_jw gx_jw(struct gx_buf *out);
void gx_jw_object(struct gx_jw *w); /* { */
void gx_jw_object_end(struct gx_jw *w);
void gx_jw_array(struct gx_jw *w); /* [ */
void gx_jw_array_end(struct gx_jw *w);
void gx_jw_key(struct gx_jw *w, struct gx_str key);
/* A key as it stands in JSON, with quotes and colon: "name": */
void gx_jw_key_ready(struct gx_jw *w, struct gx_str quoted);
/* Must be valid UTF-8; control characters, quotes, U+2028/9 and '<' are escaped. */
void gx_jw_str(struct gx_jw *w, struct gx_str s);
void gx_jw_int(struct gx_jw *w, int64_t value);                /* as a JSON number */
void gx_jw_id(struct gx_jw *w, int64_t id);                    /* as a string */
void gx_jw_decimal(struct gx_jw *w, int64_t value, int scale); /* as a string */
void gx_jw_bool(struct gx_jw *w, bool value);
void gx_jw_null(struct gx_jw *w);
/* JSON text that is known to be right. */
void gx_jw_raw(struct gx_jw *w, struct gx_str json);

/* key and value at once */
void gx_jw_key_str(struct gx_jw *w, const char *key, struct gx_str s);
void gx_jw_key_int(struct gx_jw *w, const char *key, int64_t value);
void gx_jw_key_id(struct gx_jw *w, const char *key, int64_t id);
void gx_jw_key_bool(struct gx_jw *w, const char *key, bool value);
void gx_jw_key_raw(struct gx_jw *w, const char *key, const char *json); /* see gx_jw_raw() */

#endif
