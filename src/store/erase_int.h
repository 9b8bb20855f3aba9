/*
 * erase_int.h - what the files of erasing share.
 *
 * Layer: store, private to erase*.c.
 */
#ifndef GX_STORE_ERASE_INT_H
#define GX_STORE_ERASE_INT_H

#include "base/map.h"
#include "store/erase.h"
#include "store/seal_int.h"
#include "store/store_int.h"

enum erase_fate {
    ERASE_GOES,  /* the row goes */
    ERASE_SHELL, /* the row stays, as something that must stay points at it; nothing is in it */
    ERASE_MUTE,  /* an activity that stays: its texts go */
    ERASE_SCRUB, /* somebody else's record: the person's words in it go */
};

struct erase_member {
    struct erase_member *next; /* in the order of finding: what belongs to it stands behind it */
    struct erase_member *before;
    const struct gx_object *object;
    int64_t id;
    enum erase_fate fate;
    struct gx_record record;
};

/* A text by which the person is known. */
struct erase_word {
    struct erase_word *next;
    struct gx_str text;
};

struct erase_plan {
    struct gx_scope *scope;
    struct gx_ctx *ctx;
    struct gx_conn *conn;
    const struct gx_object *object;
    int64_t record;
    bool keep;
    bool again; /* at a start, of a store that was restored: what was decided is done */
    struct erase_member *first, *last;
    size_t count;
    struct gx_map by_id;
    struct erase_word *words;
    size_t word_count;
    int64_t open_deals; /* that stay, and are not over */
    struct gx_str hold; /* why all of it must be kept; empty: no hold */
    bool held;
    int64_t held_until; /* day; 0: no end */
};

/* erase_plan.c */
GX_NODISCARD enum gx_code erase_plan_make(struct gx_scope *scope, const struct gx_object *object,
                                          int64_t record, bool keep, struct erase_plan *plan);
/* erase_words.c */
/* Add the words by which a record's person is known, of now and as the log has them. */
GX_NODISCARD enum gx_code erase_words_add(struct erase_plan *plan, const struct gx_record *record);
bool erase_words_in(const struct erase_plan *plan, struct gx_str text);
/* The text without them; in the arena. */
struct gx_str erase_words_out(const struct erase_plan *plan, struct gx_str text);

/* erase_log.c.  On the writer. */
/* Blank the entries of the log that the plan reaches, and their rows' hashes in the seals. */
GX_NODISCARD enum gx_code erase_log(struct erase_plan *plan, int64_t erasure,
                                    const struct seal_key *key, int64_t *ret_entries);
/* Hash over all entries that an erasure has blanked. */
GX_NODISCARD enum gx_code erase_digest(struct gx_ctx *ctx, struct gx_conn *conn, int64_t erasure,
                                       unsigned char *ret_digest, int64_t *ret_entries);

/* erase_rows.c.  On the writer. */
GX_NODISCARD enum gx_code erase_rows(struct erase_plan *plan, int64_t erasure, int64_t *ret_removed,
                                     int64_t *ret_blanked);
/* erase_aside.c: imports, batches, replies kept for repeats, questions.  On the writer.  Paths of
 * files that are to be removed are added to `files`, one a line. */
GX_NODISCARD enum gx_code erase_aside(struct erase_plan *plan, struct gx_buf *files);
/* What changes of many records have kept of this one. */
GX_NODISCARD enum gx_code erase_aside_record(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id);

/* erase_list.c */
struct erase_line {
    int64_t id, record, at;
    bool keep;
    struct gx_str object;
    struct erase_line *next;
};
/* Add a signed line to the list and to its second place; durable when it returns. */
GX_NODISCARD enum gx_code erase_list_add(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, const struct erase_line *line,
                                         const struct seal_key *key);

#endif
