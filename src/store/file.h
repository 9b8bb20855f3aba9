/*
 * file.h - the content of file records: kept once, named by its hash.
 *
 * Bytes lie in <data>/files/ab/cd/<hash>, the record has name, kind, size and hash.  The kind is
 * told from the first bytes; what somebody claims about it is not asked.  A file that no record
 * names any more stays until a person it belonged to is erased (erase.h): it may be another
 * record's content too.
 *
 * Layer: store.
 */
#ifndef GX_STORE_FILE_H
#define GX_STORE_FILE_H

#include "store/record.h"

enum { GX_FILE_BYTES_MAX = 100 << 20 };

/* What the first bytes of a file say it is; "application/octet-stream" when they say nothing. */
const char *gx_file_media(struct gx_str head);

/*
 * Keep the file at `path` (on the same file system as the data folder; it is linked, not moved)
 * and make its record, linked to record `id` of `about` unless that is NULL.  Durable when it
 * returns.  GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_file_add(struct gx_scope *scope, const char *path, struct gx_str name,
                                      const struct gx_object *about, int64_t id, int64_t *ret_id);
/*
 * The content of a file record that the scope may read, open for reading; the caller closes it.
 * GX_E_NOT_FOUND (also of a record without content), GX_E_FORBIDDEN, GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_file_open(struct gx_scope *scope, int64_t id, int *ret_fd,
                                       struct gx_str *ret_name);

/* Where the content of this hash lies; empty: it is no hash. */
struct gx_str gx_file_path(const struct gx_scope *scope, struct gx_str hash);
/* What is wrong with the content of this hash, in English; NULL: it is there and right. */
const char *gx_file_wrong(struct gx_scope *scope, struct gx_str hash);

/*
 * Copy what lies in <from>/files/ to <to>/files/, durable when it returns; what is there already
 * stays.  *ret_count: how many were copied.  GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_file_copy_all(struct gx_ctx *ctx, const char *from, const char *to,
                                           int64_t *ret_count);
/* One file; it has its name when it is whole and on the disk.  GX_E_IO. */
GX_NODISCARD enum gx_code gx_file_copy(struct gx_ctx *ctx, const char *from, const char *to);

#endif
