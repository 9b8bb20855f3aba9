/* demo_run.c - the thread, and what is asked of it; see demo_run.h. */
#include "api/demo_run.h"

#include <pthread.h>

#include "api/demo_int.h"
#include "base/assert.h"
#include "demo/demo.h"

struct gx_demo_runner {
    struct gx_arena arena; /* the runner itself */
    struct gx_demo_work work;
    char organisation[32]; /* work.organisation points here */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool asked;
};

/* --- how it stands, in the settings */

static enum gx_code setting(struct gx_ctx *ctx, struct gx_conn *conn, const char *key,
                            struct gx_str *ret_value)
{
    struct gx_value name = gx_value_text(gx_str_c(key));
    struct gx_rows *rows;
    bool has;
    *ret_value = GX_STR("");
    GX_TRY(gx_db_query(ctx, conn, GX_SQL("SELECT value FROM gx_setting WHERE key = ?1"), &name, 1,
                       &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has)
        *ret_value = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

struct change {
    struct gx_ctx *ctx;
    struct gx_str was; /* what the state must be */
    struct gx_str state, organisation;
};

static enum gx_code write_state(void *p, struct gx_conn *conn)
{
    const struct change *c = p;
    struct gx_str now;
    GX_TRY(setting(c->ctx, conn, GX_DEMO_STATE, &now));
    if (!gx_str_eq(now, c->was))
        return gx_fail(c->ctx, GX_E_CONFLICT, GX_STR(""),
                       c->was.n ? GX_M_DEMO_NONE : GX_M_DEMO_THERE);
    if (c->organisation.n)
        GX_TRY(gx_setting_set(c->ctx, conn, GX_STR(GX_DEMO_NAME), c->organisation));
    return gx_setting_set(c->ctx, conn, GX_STR(GX_DEMO_STATE), c->state);
}

/* --- the thread */

static enum gx_code read_work(struct gx_demo_runner *runner, struct gx_ctx *ctx,
                              struct gx_str *ret_state)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, runner->work.tenant->db, &conn));
    enum gx_code code = setting(ctx, conn, GX_DEMO_STATE, ret_state);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code any_left(void *p, struct gx_conn *conn)
{
    struct change *c = p;
    int64_t left;
    GX_TRY(
        gx_db_int(c->ctx, conn, GX_SQL("SELECT count(*) FROM gx_demo_record"), NULL, 0, 0, &left));
    GX_TRY(
        gx_setting_set(c->ctx, conn, GX_STR(GX_DEMO_STATE), left ? GX_STR("there") : GX_STR("")));
    return GX_OK;
}

/* Whatever happened, what is there can be removed. */
static void work_on(struct gx_demo_runner *runner, struct gx_str state)
{
    struct gx_arena arena = { 0 };
    bool removing = gx_str_is(state, "removing");
    enum gx_code code =
        removing ? gx_demo_remove_all(&runner->work) : gx_demo_load_all(&runner->work);
    struct gx_ctx ctx = gx_demo_ctx(runner->work.tenant, &arena);
    struct change change = { .ctx = &ctx };
    if (code == GX_OK && atomic_load(&runner->work.end) && removing)
        return; /* it goes on at the next start */
    (void)!gx_db_write(&ctx, runner->work.tenant->db, any_left, &change);
    atomic_store(&runner->work.permille, 0);
    gx_arena_free(&arena);
}

static void *run(void *p)
{
    struct gx_demo_runner *runner = p;
    struct gx_arena arena = { 0 };
    bool first = true;
    while (!atomic_load(&runner->work.end)) {
        struct gx_ctx ctx = gx_demo_ctx(runner->work.tenant, &arena);
        struct gx_str state;
        pthread_mutex_lock(&runner->lock);
        while (!first && !runner->asked && !atomic_load(&runner->work.end))
            pthread_cond_wait(&runner->wake, &runner->lock);
        bool asked = runner->asked;
        runner->asked = false;
        pthread_mutex_unlock(&runner->lock);
        if (!atomic_load(&runner->work.end) && read_work(runner, &ctx, &state) == GX_OK &&
            (gx_str_is(state, "removing") || gx_str_is(state, "loading"))) {
            /* One that a killed program left half loaded is not gone on with. */
            struct change none = { .ctx = &ctx };
            if (asked || gx_str_is(state, "removing"))
                work_on(runner, state);
            else
                (void)!gx_db_write(&ctx, runner->work.tenant->db, any_left, &none);
        }
        first = false;
    }
    gx_arena_free(&arena);
    return NULL;
}

enum gx_code gx_demo_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                  struct gx_demo_runner **ret_runner)
{
    struct gx_arena arena = { 0 };
    struct gx_demo_runner *runner = GX_ARENA_NEW(&arena, struct gx_demo_runner);
    runner->arena = arena;
    runner->work.tenant = tenant;
    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->wake, NULL);
    if (pthread_create(&runner->thread, NULL, run, runner) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_runner = runner;
    return GX_OK;
}

void gx_demo_runner_stop(struct gx_demo_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    atomic_store(&runner->work.end, true);
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
    pthread_join(runner->thread, NULL);
    pthread_mutex_destroy(&runner->lock);
    pthread_cond_destroy(&runner->wake);
    struct gx_arena arena = runner->arena;
    gx_arena_free(&arena);
}

/* --- what is asked */

static void wake(struct gx_demo_runner *runner, struct gx_str organisation, int64_t me)
{
    pthread_mutex_lock(&runner->lock);
    gx_assert(organisation.n < sizeof runner->organisation);
    memcpy(runner->organisation, organisation.p, organisation.n);
    runner->work.organisation = (struct gx_str){ runner->organisation, organisation.n };
    runner->work.me = me;
    atomic_store(&runner->work.permille, 0);
    atomic_store(&runner->work.kept, 0);
    runner->asked = true;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
}

static bool is_organisation(struct gx_str name)
{
    for (size_t i = 0; gx_demo_organisations[i]; i++)
        if (gx_str_is(name, gx_demo_organisations[i]))
            return true;
    return false;
}

enum gx_code gx_demo_load(struct gx_scope *scope, struct gx_demo_runner *runner,
                          struct gx_str organisation)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct change change = { .ctx = ctx, .state = GX_STR("loading"), .organisation = organisation };
    if (!is_organisation(organisation))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("organisation"), GX_M_DEMO_NO_TRADE, organisation);
    GX_TRY(gx_db_write(ctx, runner->work.tenant->db, write_state, &change));
    wake(runner, organisation, gx_scope_me(scope));
    return GX_OK;
}

enum gx_code gx_demo_remove(struct gx_scope *scope, struct gx_demo_runner *runner)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct change change = { .ctx = ctx, .was = GX_STR("there"), .state = GX_STR("removing") };
    GX_TRY(gx_db_write(ctx, runner->work.tenant->db, write_state, &change));
    wake(runner, GX_STR(""), 0);
    return GX_OK;
}

enum gx_code gx_demo_show(struct gx_scope *scope, struct gx_demo_runner *runner, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    struct gx_str state, organisation;
    int64_t records;
    GX_TRY(setting(ctx, conn, GX_DEMO_STATE, &state));
    GX_TRY(setting(ctx, conn, GX_DEMO_NAME, &organisation));
    GX_TRY(
        gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_demo_record"), NULL, 0, 0, &records));
    gx_jw_object(w);
    gx_jw_key_str(w, "state", state.n ? state : GX_STR("none"));
    gx_jw_key_str(w, "organisation", state.n ? organisation : GX_STR(""));
    gx_jw_key_int(w, "permille", atomic_load(&runner->work.permille));
    gx_jw_key_int(w, "records", records);
    gx_jw_key_int(w, "kept", atomic_load(&runner->work.kept));
    gx_jw_key(w, GX_STR("organisations"));
    gx_jw_array(w);
    for (size_t i = 0; gx_demo_organisations[i]; i++)
        gx_jw_str(w, gx_str_c(gx_demo_organisations[i]));
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return GX_OK;
}
