/* warehouse_ask.c - one question over one connection; see warehouse.h. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "report/warehouse_int.h"
#include "report/warehouse_process.h"

enum { TICK_MS = 50, GRACE_US = 2500000, WORDS_MAX = 2000 };

enum gx_code gx_asker_connect(struct gx_ctx *ctx, struct gx_warehouse *w, int slot,
                              struct gx_asker **ret_session)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_WAREHOUSE_GONE);
    pthread_mutex_lock(&w->lock);
    int64_t generation = w->generation;
    bool ok = w->control >= 0 && gx_warehouse_hand(w->control, pair[1]);
    pthread_mutex_unlock(&w->lock);
    close(pair[1]);
    struct gx_asker *session = ok ? calloc(1, sizeof *session) : NULL;
    if (!session) {
        close(pair[0]);
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_WAREHOUSE_GONE);
    }
    *session = (struct gx_asker){
        .w = w,
        .fd = pair[0],
        .slot = slot,
        .generation = generation,
        .in = { .max = GX_WIRE_BYTES_MAX + 1 },
    };
    *ret_session = session;
    return GX_OK;
}

void gx_asker_close(struct gx_asker *session)
{
    close(session->fd);
    gx_buf_free(&session->in);
    gx_buf_free(&session->out);
    free(session);
}

static enum gx_code died(struct gx_ctx *ctx, struct gx_asker *session)
{
    session->dead = true;
    return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_WAREHOUSE_GONE);
}

/* It does not listen: the process ends, whoever else is asking. */
static void kill_process(struct gx_asker *session)
{
    struct gx_warehouse *w = session->w;
    pthread_mutex_lock(&w->lock);
    if (w->generation == session->generation)
        gx_launched_kill(&w->process);
    pthread_mutex_unlock(&w->lock);
    session->dead = true;
}

struct asking {
    struct gx_ctx *ctx;
    struct gx_asker *session;
    const struct gx_ask *ask;
    const struct gx_answer *answer;
    int64_t until_us; /* 0: no limit */
    size_t columns;
    struct gx_value *row;
    int64_t rows;
    bool over;
};

static enum gx_code stopped(struct asking *a, enum gx_code code)
{
    a->session->dead = true; /* closing the connection is what stops the work */
    return gx_fail(a->ctx, code, GX_STR(""),
                   code == GX_E_CANCELLED ? GX_M_WAREHOUSE_CANCELLED : GX_M_WAREHOUSE_LIMIT);
}

/* What the engine says may quote data: it is for the log alone. */
static enum gx_code take_failure(struct asking *a, struct gx_wire_in *in)
{
    unsigned code = gx_wire_u8(in);
    struct gx_str words = gx_wire_text(in);
    words.n = words.n > WORDS_MAX ? WORDS_MAX : words.n;
    a->over = true;
    if (code == GX_E_CANCELLED)
        return gx_fail(a->ctx, GX_E_CANCELLED, GX_STR(""), GX_M_WAREHOUSE_CANCELLED);
    if (code == GX_E_LIMIT)
        return gx_fail(a->ctx, GX_E_LIMIT, GX_STR(""), GX_M_WAREHOUSE_LIMIT);
    gx_log_say(GX_LOG_ERROR, "warehouse", words);
    return gx_fail(a->ctx, GX_E_INTERNAL, GX_STR(""), GX_M_WAREHOUSE_SQL);
}

static enum gx_code take_columns(struct asking *a, struct gx_wire_in *in)
{
    size_t count = gx_wire_u32(in);
    if (in->bad || count == 0 || count > GX_WIRE_COLUMNS_MAX)
        return died(a->ctx, a->session);
    struct gx_answer_column *columns =
        GX_ARENA_ARRAY(a->ctx->arena, struct gx_answer_column, count);
    for (size_t i = 0; i < count; i++) {
        columns[i].name = gx_arena_str(a->ctx->arena, gx_wire_text(in));
        unsigned type = gx_wire_u8(in);
        columns[i].type = type < GX_ANSWER_TYPES ? (enum gx_answer_type)type : GX_ANSWER_TEXT;
        columns[i].scale = (int)gx_wire_u8(in);
    }
    a->columns = count;
    a->row = GX_ARENA_ARRAY(a->ctx->arena, struct gx_value, count);
    if (in->bad)
        return died(a->ctx, a->session);
    return a->answer && a->answer->columns ? a->answer->columns(a->answer->p, columns, count)
                                           : GX_OK;
}

static enum gx_code take_rows(struct asking *a, struct gx_wire_in *in)
{
    enum gx_code code = GX_OK;
    while (in->n > 0 && code == GX_OK) {
        for (size_t i = 0; i < a->columns; i++)
            a->row[i] = gx_wire_value(in);
        if (in->bad || a->columns == 0)
            return died(a->ctx, a->session);
        a->rows++;
        if (a->answer && a->answer->row)
            code = a->answer->row(a->answer->p, a->row, a->columns);
    }
    if (code != GX_OK)
        a->session->dead = true;
    return code;
}

static enum gx_code take(struct asking *a, enum gx_wire_kind kind, struct gx_wire_in *in)
{
    switch (kind) {
    case GX_WIRE_COLUMNS:
        return take_columns(a, in);
    case GX_WIRE_ROWS:
        return take_rows(a, in);
    case GX_WIRE_DONE:
        a->rows = gx_wire_i64(in);
        a->over = true;
        return in->bad ? died(a->ctx, a->session) : GX_OK;
    case GX_WIRE_FAIL:
        return take_failure(a, in);
    default:
        return died(a->ctx, a->session);
    }
}

static enum gx_code wait_more(struct asking *a)
{
    int64_t now_us = gx_monotonic_us();
    if (a->ask && a->ask->cancel && atomic_load(a->ask->cancel))
        return stopped(a, GX_E_CANCELLED);
    if (a->until_us && now_us > a->until_us + GRACE_US) {
        kill_process(a->session);
        return stopped(a, GX_E_LIMIT);
    }
    return GX_OK;
}

static enum gx_code hear(struct asking *a)
{
    enum gx_code code = GX_OK;
    while (!a->over && code == GX_OK) {
        enum gx_wire_kind kind;
        struct gx_wire_in in;
        code = gx_wire_receive(a->session->fd, TICK_MS, &a->session->in, &kind, &in);
        if (code == GX_E_IO)
            return died(a->ctx, a->session);
        bool nothing = code == GX_E_BUSY;
        code = nothing ? GX_OK : take(a, kind, &in);
        if (code == GX_OK && (nothing || (a->ask && a->ask->cancel)) && !a->over)
            code = wait_more(a);
    }
    return code;
}

enum gx_code gx_asker_ask(struct gx_ctx *ctx, struct gx_asker *session, const struct gx_ask *ask,
                          const struct gx_answer *answer, int64_t *ret_rows)
{
    int64_t time_ms = ask->time_ms < 0 ? 0 : ask->time_ms ? ask->time_ms : GX_WAREHOUSE_ASK_MS;
    struct asking a = {
        .ctx = ctx,
        .session = session,
        .ask = ask,
        .answer = answer,
        .until_us = time_ms ? gx_monotonic_us() + time_ms * 1000 : 0,
    };
    if (session->dead)
        return died(ctx, session);
    gx_buf_clear(&session->out);
    size_t at = gx_wire_begin(&session->out, GX_WIRE_ASK);
    gx_wire_put_i64(&session->out, time_ms);
    gx_wire_put_i64(&session->out, ask->rows_max);
    gx_wire_put_text(&session->out, ask->sql);
    for (size_t i = 0; i < ask->count; i++)
        gx_wire_put_value(&session->out, ask->values[i]);
    gx_wire_end(&session->out, at);
    if (!gx_wire_send(session->fd, &session->out))
        return died(ctx, session);
    enum gx_code code = hear(&a);
    if (ret_rows)
        *ret_rows = a.rows;
    return code;
}

enum gx_code gx_asker_run(struct gx_ctx *ctx, struct gx_asker *session, struct gx_str sql)
{
    struct asking a = { .ctx = ctx, .session = session };
    if (session->dead)
        return died(ctx, session);
    gx_buf_clear(&session->out);
    size_t at = gx_wire_begin(&session->out, GX_WIRE_RUN);
    gx_wire_put_text(&session->out, sql);
    gx_wire_end(&session->out, at);
    if (!gx_wire_send(session->fd, &session->out))
        return died(ctx, session);
    return hear(&a);
}

static enum gx_code send_rows(struct gx_asker *session, const struct gx_load *load,
                              struct gx_value *row, bool *ret_sent)
{
    struct gx_buf *out = &session->out;
    bool has = true;
    *ret_sent = true;
    while (has && *ret_sent) {
        size_t at = gx_wire_begin(out, GX_WIRE_ROWS);
        while (has && out->n < GX_WIRE_ROWS_BYTES) {
            GX_TRY(load->next(load->p, row, &has));
            for (size_t i = 0; has && i < load->columns; i++)
                gx_wire_put_value(out, row[i]);
        }
        gx_wire_end(out, at);
        *ret_sent = gx_wire_send(session->fd, out);
    }
    return GX_OK;
}

enum gx_code gx_asker_load(struct gx_ctx *ctx, struct gx_asker *session, const struct gx_load *load,
                           int64_t *ret_rows)
{
    struct gx_value *row = GX_ARENA_ARRAY(ctx->arena, struct gx_value, load->columns);
    struct gx_buf *out = &session->out;
    struct asking a = { .ctx = ctx, .session = session };
    bool sent;
    if (session->dead)
        return died(ctx, session);
    gx_buf_clear(out);
    size_t at = gx_wire_begin(out, GX_WIRE_LOAD);
    gx_wire_put_text(out, load->schema);
    gx_wire_put_text(out, load->table);
    gx_wire_put_u32(out, load->columns);
    gx_wire_end(out, at);
    if (!gx_wire_send(session->fd, out))
        return died(ctx, session);
    enum gx_code code = send_rows(session, load, row, &sent);
    gx_buf_clear(out);
    at = gx_wire_begin(out, code == GX_OK ? GX_WIRE_END : GX_WIRE_ABORT);
    gx_wire_end(out, at);
    /* When it was not sent, the reason may stand in what came. */
    if (sent && !gx_wire_send(session->fd, out))
        return died(ctx, session);
    gx_buf_clear(out);
    enum gx_code heard = hear(&a);
    if (code != GX_OK)
        return code;
    if (ret_rows)
        *ret_rows = a.rows;
    return heard;
}
