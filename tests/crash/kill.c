/*
 * kill.c - kill -9 at any moment: what was acknowledged is there, and nothing is half there.
 *
 *   kill GUANXI ROUNDS [SEED]
 *
 * With CRASH_ALSO=COMMAND the database's server dies too in two of three rounds: "COMMAND kill" is
 * run while they write, the program is killed at that moment or a little later, then "COMMAND
 * start".
 *
 * One data folder for all rounds.  In each, eight writers create and change records over the local
 * socket; the server is killed some milliseconds after the first reply, and started again.  Then
 * every record must be as its writer was told, or as the request that was under way wanted it; and
 * `verify` must find nothing, which compares each row with the sealed log.
 */
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../run/run.h"

enum { WRITERS = 8, RECORDS_MAX = 4000, LIFE_MS_MAX = 250, START_MS_MAX = 20000 };

/* What a writer knows of one of its records. */
struct told {
    char id[24];
    int version;   /* acknowledged; 0: the creation was not */
    int under_way; /* version that the last request would have made */
    bool found;
};

struct writer {
    struct crash *crash;
    pthread_t thread;
    int number;
    struct told *records; /* RECORDS_MAX */
    int count;
};

struct crash {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct run_server server;
    struct writer writers[WRITERS];
    atomic_int acknowledged;
    atomic_bool over;
    unsigned seed;
    int round;
    int64_t all, kept, unanswered, start_us_max;
    int failed, server_kills;
};

static void say(struct crash *c, bool ok, const char *what, struct gx_str why)
{
    if (ok)
        return;
    c->failed++;
    if (c->failed < 20)
        printf("FAIL crash round %d: %s: %.*s\n", c->round, what, GX_STR_ARG(why));
}

static const struct gx_json *ask(struct gx_arena *arena, const struct run_server *server,
                                 const char *method, struct gx_str path, struct gx_str body,
                                 int *ret_status)
{
    struct run_reply reply = { 0 };
    struct gx_ctx ctx = { .arena = arena, .lang = GX_LANG_EN };
    struct gx_json *value = NULL;
    const char *why;
    struct gx_str request = gx_arena_printf(
        arena,
        "%s %.*s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nPrefer: return=minimal\r\n"
        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%.*s",
        method, GX_STR_ARG(path), body.n, GX_STR_ARG(body));
    *ret_status = 0;
    if (!run_http(arena, server, true, request, &reply, &why))
        return NULL;
    *ret_status = reply.status;
    return gx_json_read(&ctx, reply.body, &value) == GX_OK ? value : NULL;
}

/* The name says which version it is of. */
static struct gx_str body_of(struct gx_arena *arena, const struct writer *w, int record,
                             int version)
{
    const char *kind = version == 1 ? "\"kind\":\"organisation\"," : "";
    return gx_arena_printf(arena, "{%s\"name\":\"r%d w%d n%d v%d\"}", kind, w->crash->round,
                           w->number, record, version);
}

static bool write_version(struct gx_arena *arena, struct writer *w, int record, int version)
{
    struct told *t = &w->records[record];
    int status;
    struct gx_str path = version == 1 ? GX_STR("/api/v1/account")
                                      : gx_arena_printf(arena, "/api/v1/account/%s", t->id);
    t->under_way = version;
    const struct gx_json *reply = ask(arena, &w->crash->server, version == 1 ? "POST" : "PATCH",
                                      path, body_of(arena, w, record, version), &status);
    if (!reply || (status != 200 && status != 201))
        return false;
    struct gx_str id = gx_json_get_str(reply, "id", GX_STR(""));
    snprintf(t->id, sizeof t->id, "%.*s", GX_STR_ARG(id));
    t->version = version;
    atomic_fetch_add(&w->crash->acknowledged, 1);
    return true;
}

static void *write_on(void *p)
{
    struct writer *w = p;
    struct gx_arena arena = { 0 };
    bool ok = true;
    for (w->count = 0; ok && w->count < RECORDS_MAX && !atomic_load(&w->crash->over);) {
        int record = w->count++;
        w->records[record] = (struct told){ 0 };
        for (int version = 1; ok && version <= 1 + record % 3; version++) {
            gx_arena_reset(&arena);
            ok = write_version(&arena, w, record, version);
        }
    }
    gx_arena_free(&arena);
    return NULL;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* The database's server, if it is another program. */
static void also(struct crash *c, const char *what)
{
    const char *command = getenv("CRASH_ALSO");
    if (!command || c->round % 3 == 0)
        return;
    struct gx_str line = gx_arena_printf(&c->arena, "%s %s", command, what);
    say(c, system(line.p) == 0, "the database's server", line);
    c->server_kills += strcmp(what, "kill") == 0;
}

static void kill_in_the_middle(struct crash *c)
{
    int status;
    atomic_store(&c->acknowledged, 0);
    atomic_store(&c->over, false);
    for (int i = 0; i < WRITERS; i++)
        pthread_create(&c->writers[i].thread, NULL, write_on, &c->writers[i]);
    for (int i = 0; i < START_MS_MAX && atomic_load(&c->acknowledged) == 0; i++)
        sleep_ms(1);
    sleep_ms((long)(rand_r(&c->seed) % LIFE_MS_MAX));
    also(c, "kill");
    if (c->round % 3 == 1)
        sleep_ms((long)(rand_r(&c->seed) % LIFE_MS_MAX));
    kill(c->server.pid, SIGKILL);
    waitpid(c->server.pid, &status, 0);
    also(c, "start");
    atomic_store(&c->over, true);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(c->writers[i].thread, NULL);
}

/* "r4 w2 n17 v3" as it came back, held against what writer 2 was told of its record 17. */
static void compare(struct crash *c, struct gx_str name, struct gx_str id, int64_t version)
{
    int round, writer, record, said;
    char text[80];
    snprintf(text, sizeof text, "%.*s", GX_STR_ARG(name));
    if (sscanf(text, "r%d w%d n%d v%d", &round, &writer, &record, &said) != 4 || round != c->round)
        return;
    struct told *t = &c->writers[writer].records[record];
    bool ok = said == version && (said == t->version || said == t->under_way);
    say(c, ok, "a record is neither as it was acknowledged nor as it was asked for", name);
    say(c, t->version == 0 || gx_str_is(id, t->id), "another id than was told", name);
    say(c, !t->found, "a record is there twice", name);
    t->found = true;
    c->unanswered += t->version != said;
}

static void look_at_all(struct crash *c)
{
    struct gx_arena arena = { 0 };
    struct gx_str cursor = GX_STR("");
    int status;
    do {
        struct gx_str path =
            gx_arena_printf(&arena, "/api/v1/account?limit=1000&fields=name&sort=-id%s%.*s",
                            cursor.n ? "&cursor=" : "", GX_STR_ARG(cursor));
        const struct gx_json *reply = ask(&arena, &c->server, "GET", path, GX_STR(""), &status);
        const struct gx_json *rows = reply ? gx_json_get(reply, "rows") : NULL;
        say(c, rows != NULL, "no list", gx_arena_printf(&arena, "%d", status));
        for (const struct gx_json *k = rows ? rows->first : NULL; k; k = k->next)
            compare(c, gx_json_get_str(k, "name", GX_STR("")), gx_json_get_str(k, "id", GX_STR("")),
                    gx_json_get_int(k, "version", 0));
        cursor = reply ? gx_json_get_str(reply, "next", GX_STR("")) : GX_STR("");
    } while (cursor.n);
    for (int w = 0; w < WRITERS; w++)
        for (int i = 0; i < c->writers[w].count; i++) {
            const struct told *t = &c->writers[w].records[i];
            say(c, t->found || t->version == 0, "an acknowledged record is gone", gx_str_c(t->id));
            c->kept += t->found && t->version > 0;
        }
    gx_arena_free(&arena);
}

static void verify(struct crash *c)
{
    struct gx_arena arena = { 0 };
    int status;
    const struct gx_json *reply =
        ask(&arena, &c->server, "POST", GX_STR("/api/v1/verify"), GX_STR(""), &status);
    const struct gx_json *problems = reply ? gx_json_get(reply, "problems") : NULL;
    struct gx_str where = GX_STR("");
    if (problems && problems->first)
        where = gx_arena_printf(&arena, "%.*s: %.*s",
                                GX_STR_ARG(gx_json_get_str(problems->first, "where", GX_STR(""))),
                                GX_STR_ARG(gx_json_get_str(problems->first, "detail", GX_STR(""))));
    say(c, reply && gx_json_get_bool(reply, "ok", false), "verify", where);
    gx_arena_free(&arena);
}

static bool start(struct crash *c)
{
    struct gx_str why = GX_STR("");
    int64_t before_us = gx_monotonic_us();
    bool ok = run_server_start(&c->arena, &c->server, &why);
    int64_t took_us = gx_monotonic_us() - before_us;
    c->start_us_max = took_us > c->start_us_max ? took_us : c->start_us_max;
    say(c, ok, "start", why);
    return ok;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv)
{
    static struct crash c;
    char folder[] = "/tmp/guanxi-crash-XXXXXX";
    int rounds = argc > 2 ? atoi(argv[2]) : 20;
    struct gx_str out;
    if (argc < 2 || !mkdtemp(folder))
        return 2;
    c.ctx = (struct gx_ctx){ .arena = &c.arena, .lang = GX_LANG_EN };
    c.server = (struct run_server){ .program = argv[1],
                                    .folder = gx_arena_printf(&c.arena, "%s/data", folder).p };
    c.seed = argc > 3 ? (unsigned)atoi(argv[3]) : 1;
    for (int i = 0; i < WRITERS; i++)
        c.writers[i] = (struct writer){
            .crash = &c, .number = i, .records = GX_ARENA_ARRAY(&c.arena, struct told, RECORDS_MAX)
        };
    bool ok = run_command(&c.arena, &c.server, GX_STR("init --password correct-horse"), &out);
    ok = ok && start(&c);
    for (c.round = 1; ok && c.round <= rounds; c.round++) {
        kill_in_the_middle(&c);
        c.all += atomic_load(&c.acknowledged);
        ok = start(&c);
        if (!ok)
            break;
        look_at_all(&c);
        if (c.round % 5 == 0 || c.round == rounds)
            verify(&c);
    }
    if (ok)
        say(&c, run_server_stop(&c.arena, &c.server, &out), "stop", out);
    if (c.failed == 0 && ok)
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    printf(
        "%d kills (%d of the database's server too), %lld writes acknowledged, %lld records there, "
        "%lld writes done but not answered, start at most %lld ms\n",
        c.round - 1, c.server_kills, (long long)c.all, (long long)c.kept, (long long)c.unanswered,
        (long long)(c.start_us_max / 1000));
    printf("%d passed, %d failed\n", ok ? c.round - 1 : 0, c.failed + !ok);
    return c.failed || !ok;
}
