/*
 * archive_int.h - what the files of the archive share.
 *
 *   ROOT/files/ab/cd/<hash>              contents of uploaded files
 *   ROOT/<tenant>.audit.pub              public keys of the sealed log
 *   ROOT/<tenant>.archive/lock           who writes has it
 *   ROOT/<tenant>.archive/<book>/full.db the store as a whole
 *   ROOT/<tenant>.archive/<book>/0000000000000.piece, …1.piece, …
 *
 * A book is named by when it was begun (microseconds, 16 digits), so names sort by time.  Piece 0
 * stands for the full copy and is written last: a book without it is none.
 *
 * Layer: store, private to archive*.c.
 */
#ifndef GX_STORE_ARCHIVE_INT_H
#define GX_STORE_ARCHIVE_INT_H

#include "base/buf.h"
#include "db/follow.h"
#include "store/archive.h"
#include "store/seal.h"

enum { ARCHIVE_HASH_BYTES = 32, ARCHIVE_PATH_MAX = 4096 };

/* A piece in memory. */
struct archive_piece {
    uint64_t number;
    unsigned char before[ARCHIVE_HASH_BYTES]; /* hash of the piece before; of 0: of the full copy */
    unsigned char hash[ARCHIVE_HASH_BYTES];   /* of this one */
    struct gx_db_commit *commits;
    size_t commit_count;
    struct gx_buf *frames; /* GX_DB_FRAME_BYTES each */
    struct gx_str head;    /* the newest head of the sealed log, may be empty */
};

/* A book that is being written. */
struct archive_book {
    const char *root, *folder; /* of the archive; of the tenant in it */
    struct gx_str tenant;
    int lock_fd;
    int64_t begun_us;                       /* 0: no book yet */
    uint64_t next;                          /* number of the next piece */
    int64_t last_us;                        /* time of the last commit in it */
    unsigned char hash[ARCHIVE_HASH_BYTES]; /* of the last piece */
};

/* archive_piece.c.  `why` is in English, for the message. */
struct gx_str archive_piece_path(struct gx_arena *arena, const char *folder, int64_t book,
                                 uint64_t number);
/* Durable under its name when it returns.  *ret_bytes: of the file. */
GX_NODISCARD enum gx_code archive_piece_write(struct gx_ctx *ctx, const char *path,
                                              struct archive_piece *piece, int64_t *ret_bytes);
/*
 * Read a piece: all of it and check its hash, or, with piece->frames NULL, only what it says of
 * itself.  GX_E_NOT_FOUND: there is none; GX_E_INVALID: damaged.  Nothing is said in ctx.
 */
enum gx_code archive_piece_read(struct gx_arena *arena, const char *path,
                                struct archive_piece *ret_piece);
GX_NODISCARD enum gx_code archive_hash_file(struct gx_ctx *ctx, const char *path,
                                            unsigned char *ret_hash, int64_t *ret_bytes);
enum gx_code archive_failed(struct gx_ctx *ctx, const char *path);

/* archive_book.c */
/* The books of a tenant's folder, oldest first; those without a piece 0 are left out. */
GX_NODISCARD enum gx_code archive_books(struct gx_ctx *ctx, const char *folder, int64_t **ret_books,
                                        size_t *ret_count);
/* Take the archive for writing and find the end of its newest book.  GX_E_BUSY. */
GX_NODISCARD enum gx_code archive_open(struct gx_ctx *ctx, const char *root, struct gx_str tenant,
                                       struct archive_book *ret_book);
void archive_close(struct archive_book *book);
/* Begin a new book with a full copy.  *ret_bytes: of it. */
GX_NODISCARD enum gx_code archive_begin(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                        struct archive_book *book, int64_t *ret_bytes);
/* Bring the book up to the store as it is now, by comparing all pages. */
GX_NODISCARD enum gx_code archive_catch_up(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct archive_book *book, int64_t *ret_bytes);
/* Append one piece; fills in its number and the hash before it, makes times grow. */
GX_NODISCARD enum gx_code archive_append(struct gx_ctx *ctx, struct archive_book *book,
                                         struct archive_piece *piece, int64_t *ret_bytes);
/* Remove books that no moment of the last `days` needs. */
GX_NODISCARD enum gx_code archive_forget(struct gx_ctx *ctx, struct archive_book *book,
                                         int64_t days);
/* The newest head as it stands beside the store; may be empty. */
struct gx_str archive_head(struct gx_arena *arena, const struct gx_tenant *tenant);

#endif
