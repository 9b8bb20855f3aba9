/*
 * warehouse.h - questions to the analytical database of an open tenant.
 *
 * A process of its own holds the warehouse (warehouse_process.h): it has no network and no folder
 * but TENANT/warehouse, and may die at any time.  This side lives in the process that serves
 * people.  It starts that process when it is first asked for, feeds it from the change log (feed
 * thread; exactly once, in the order of commits), asks it on a few connections, and starts it again
 * when it has gone.  While it is down everything else works, and gx_warehouse_status() has words
 * for why.
 *
 * What is in it (docs/WAREHOUSE.md):
 *   - for each object a table of the name and with the columns of its record table (stable names:
 *     gx_object.x.table, gx_column.name), records of the recycle bin too (deleted_at is not null):
 *     whole numbers, scaled decimals, durations, ids and money (ten-thousandths) BIGINT, booleans
 *     BOOLEAN, dates DATE, moments TIMESTAMP (UTC), texts, choices, currencies VARCHAR, several
 *     choices VARCHAR[], several links BIGINT[] in a column named by the field's stable id;
 *   - `history`: (object, record, field, value, valid_from, valid_to, by_user, seq), what a field
 *     that keeps history said and until when; ids are stable ones, valid_from -infinity: since it
 *     was created, valid_to null: still;
 *   - facts and bulk tables as packs declare them (facts.h), as fact_<name> and bulk_<name>;
 *   - gx_column (table, column, field, type, scale): what each column means, for who writes SQL;
 *   - schema `own`: for whoever needs tables of its own there; a rebuild leaves it alone.
 *
 * SQL given here is the program's own, with values bound as $1, $2 …  What people write never runs
 * in this process; hand out a copy instead (gx_asker_ask() with ATTACH 'out/…' makes one, in the
 * folder gx_warehouse_folder()).
 *
 * Layer: report.  Thread-safe.  Never on the writer of a tenant: answers are waited for.
 */
#ifndef GX_REPORT_WAREHOUSE_H
#define GX_REPORT_WAREHOUSE_H

#include "base/ctx.h"
#include "base/value.h"
#include "meta/tenant.h"

struct gx_launcher;
struct gx_asker;
struct gx_warehouse;

struct gx_warehouse_limits {
    int64_t memory_bytes; /* 0: GX_WAREHOUSE_MEMORY_BYTES; DuckDB's own accounting, it may exceed */
    int64_t temp_bytes;   /* of files for what does not fit; 0: GX_WAREHOUSE_TEMP_BYTES */
    int threads;          /* 0: as many as there are processors */
    int idle_s;           /* the process ends when nobody asked for so long; 0: 600 */
};

#define GX_WAREHOUSE_MEMORY_BYTES (INT64_C(1) << 30)
#define GX_WAREHOUSE_TEMP_BYTES   (INT64_C(8) << 30)
enum { GX_WAREHOUSE_IDLE_S = 600, GX_WAREHOUSE_ASK_MS = 30000, GX_WAREHOUSE_SESSIONS_MAX = 6 };

/* Nothing is started yet.  `launcher` starts processes (launch.h); it lasts longer. */
GX_NODISCARD enum gx_code gx_warehouse_open(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_launcher *launcher,
                                            const struct gx_warehouse_limits *limits,
                                            struct gx_warehouse **ret_warehouse);
/* Nobody asks any more.  The process is ended; NULL does nothing. */
void gx_warehouse_close(struct gx_warehouse *warehouse);

/* --- how it is */

enum gx_warehouse_state {
    GX_WAREHOUSE_ASLEEP,  /* nobody has asked yet, or for long: asking starts it */
    GX_WAREHOUSE_DOWN,    /* it cannot be had: `why` says it; it is tried again by itself */
    GX_WAREHOUSE_FILLING, /* it is being (re)built from the records: nothing can be asked yet */
    GX_WAREHOUSE_BEHIND,  /* it answers; more than 2 seconds of the log are not in it yet */
    GX_WAREHOUSE_UP,
    GX_WAREHOUSE_STATES
};
/* As they stand in JSON: "asleep", "down", "filling", "behind", "up". */
extern const char *const gx_warehouse_state_names[GX_WAREHOUSE_STATES];

struct gx_warehouse_status {
    enum gx_warehouse_state state;
    struct gx_str why;   /* of DOWN, in the language of ctx; else empty */
    int64_t position;    /* the newest entry of the log that is in it */
    int64_t lag_changes; /* entries that are not */
    int64_t lag_us;      /* age of the oldest of them; 0: none */
    int64_t file_bytes, memory_bytes;
    int64_t restarts;    /* times it was started again after it had gone unasked */
    int64_t applied;     /* entries applied since the tenant was opened */
    int64_t filled_rows; /* FILLING: rows so far */
    int pid;             /* of the process; 0: there is none */
    int64_t asking;      /* questions at work and waiting */
    int64_t rebuilt_us;  /* when it was last filled; 0: never */
};
/* Never waits and never starts it. */
void gx_warehouse_status(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                         struct gx_warehouse_status *ret_status);
/* Start it if it is asleep, without waiting. */
void gx_warehouse_wake(struct gx_warehouse *warehouse);
/* Wait until everything committed before this call is in it.  GX_E_BUSY: not within `wait_ms`. */
GX_NODISCARD enum gx_code gx_warehouse_settle(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                              int64_t wait_ms);
/* TENANT/warehouse, absolute; the process works in it. */
const char *gx_warehouse_folder(const struct gx_warehouse *warehouse);

/* --- a question */

enum gx_answer_type {
    GX_ANSWER_INT,     /* whole numbers, ids; beyond 63 bits as text */
    GX_ANSWER_BOOL,    /* 0, 1 */
    GX_ANSWER_DECIMAL, /* INT scaled by `scale`; beyond 63 bits text with a point */
    GX_ANSWER_DOUBLE,  /* text, 17 significant digits */
    GX_ANSWER_DATE,    /* days */
    GX_ANSWER_MOMENT,  /* microseconds */
    GX_ANSWER_TEXT,
    GX_ANSWER_BLOB,
    GX_ANSWER_TYPES
};

struct gx_answer_column {
    struct gx_str name;
    enum gx_answer_type type;
    int scale;
};

struct gx_ask {
    struct gx_str sql;             /* one statement */
    const struct gx_value *values; /* of $1, $2 …: INT as BIGINT, TEXT as VARCHAR, BLOB */
    size_t count;
    int64_t user;     /* for whom: turns are taken by person; 0: the program itself */
    int64_t time_ms;  /* 0: GX_WAREHOUSE_ASK_MS */
    int64_t rows_max; /* 0: none; one more ends it with GX_E_LIMIT */
    /* It changes something (in schema own): not asked again when the process dies under it. */
    bool writes;
    /* Another thread sets it to stop the question; NULL: nobody does. */
    const _Atomic bool *cancel;
};

/*
 * Rows as they come; a slow taker slows the engine.  Values live until the function returns.
 * Anything but GX_OK ends the question, and is what the asker gets.
 */
struct gx_answer {
    void *p;
    /* Once, before any row; may be NULL.  The array and names live as long as ctx->arena. */
    enum gx_code (*columns)(void *p, const struct gx_answer_column *columns, size_t count);
    enum gx_code (*row)(void *p, const struct gx_value *values, size_t count); /* may be NULL */
    /* A question is asked anew, since the process died under it; forget the rows.  NULL: such a
     * question is not asked anew once rows were given. */
    void (*again)(void *p);
};

/*
 * Ask, and wait.  Starts the process when it is asleep (waits for it, and for the first filling at
 * most as long as the question may take).  *ret_rows (may be NULL): rows given, or changed.
 *
 * GX_E_BUSY: it is down, or being filled, in words (GX_M_WAREHOUSE_…).  GX_E_LIMIT: too long, too
 * many rows, too much memory.  GX_E_CANCELLED.  GX_E_INTERNAL: SQL the engine does not take, with
 * its words in the log, never in ctx: they may quote data.
 */
GX_NODISCARD enum gx_code gx_warehouse_ask(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                           const struct gx_ask *ask, const struct gx_answer *answer,
                                           int64_t *ret_rows);

/* The same, with everything kept in ctx->arena: rows × columns values, row after row. */
struct gx_answer_rows {
    struct gx_answer_column *columns;
    size_t column_count;
    struct gx_value *values;
    size_t row_count;
};
GX_NODISCARD enum gx_code gx_warehouse_rows(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                            const struct gx_ask *ask,
                                            struct gx_answer_rows *ret_rows);
/* First column of the first row as a whole number; `otherwise` when there is none. */
GX_NODISCARD enum gx_code gx_warehouse_int(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                           const struct gx_ask *ask, int64_t otherwise,
                                           int64_t *ret_value);

/*
 * Several questions on one connection, with temporary tables and transactions ("BEGIN", "COMMIT").
 * One of GX_WAREHOUSE_SESSIONS_MAX is taken for this person; end it soon.  Nothing is asked anew
 * here: after GX_E_BUSY the session is dead, and what was not committed is gone.
 */
GX_NODISCARD enum gx_code gx_asker_begin(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                         int64_t user, struct gx_asker **ret_session);
GX_NODISCARD enum gx_code gx_asker_ask(struct gx_ctx *ctx, struct gx_asker *session,
                                       const struct gx_ask *ask, const struct gx_answer *answer,
                                       int64_t *ret_rows);
void gx_asker_end(struct gx_asker *session);

/*
 * Many rows into a table: `next` fills `values` (one for each column of the table; VARCHAR and
 * BIGINT columns) and says whether there was one.  All of them or none.
 */
struct gx_load {
    struct gx_str schema, table; /* "temp" for a temporary table; empty schema: main */
    size_t columns;
    void *p;
    enum gx_code (*next)(void *p, struct gx_value *values, bool *ret_has);
};
GX_NODISCARD enum gx_code gx_asker_load(struct gx_ctx *ctx, struct gx_asker *session,
                                        const struct gx_load *load, int64_t *ret_rows);

/* --- from the records */

/*
 * Fill it anew from the records, beside people's questions (they see the old until it is done).
 * Bulk tables and schema `own` stay.  Waits; GX_E_BUSY: it is down.
 */
GX_NODISCARD enum gx_code gx_warehouse_rebuild(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                               int64_t *ret_rows);
/*
 * Is it equal to the records, its history to the log, and its facts to what they are made from?
 * `differs` is told each table that is not, how many rows, and the id of one.
 */
struct gx_warehouse_check {
    void *p;
    void (*differs)(void *p, struct gx_str table, int64_t rows, int64_t record);
    int64_t tables, rows; /* what was compared */
};
GX_NODISCARD enum gx_code gx_warehouse_verify(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                              struct gx_warehouse_check *check);
/* End the process until it is asked again. */
void gx_warehouse_stop(struct gx_warehouse *warehouse);

#endif
