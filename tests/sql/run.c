/*
 * run.c - people's SQL against the guard, the parser process and the workers.
 *
 *   sql corpus [quick]      the honest questions and the attacks of this folder
 *   sql data                the questions of public data, where it is present
 *   sql ask 'SELECT …'      one question on the shop, with what the guard wrote
 *   sql fuzz SECONDS [SEED] made-up questions, see fuzz.c
 *
 * A file of the corpus has questions with an empty line between; "-- " begins a comment, "=> " what
 * must come of the question above: its rows ("1|a / 2|b"), "N rows", "refused", "harmless" (it may
 * run, and shows nothing), or "error" (it is let through and fails in words).  Without it an honest
 * question must run, and an attack must be refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "report/keeper.h"
#include "world.h"

struct tally {
    int passed, failed;
    bool quick; /* most questions are tried on empty tables, some are run */
};

/* What no answer and no error may ever show: it stands in files, settings and the environment
 * around the engine. */
static const char *const secrets[] = {
    "canary",  "/shelf/",      "root:x:",   "duckdb_temp", "libduckdb",
    "LINE 1:", "Binder Error", "o_account", NULL
};

/* What stood in the question itself gives nothing away. */
static bool shows(struct gx_str text, struct gx_str question)
{
    for (const char *const *s = secrets; *s; s++)
        if (gx_str_search(text, gx_str_c(*s)) != SIZE_MAX &&
            gx_str_search(question, gx_str_c(*s)) == SIZE_MAX)
            return true;
    return false;
}

static bool fits(const struct answer *a, struct gx_str question, struct gx_str want, bool attack)
{
    int64_t rows;
    if (shows(a->text, question) || shows(a->reason, question))
        return false;
    if (a->only_tried && (want.n == 0 ? !attack : !gx_str_is(want, "refused")))
        return a->code == GX_OK || gx_str_is(want, "harmless");
    if (want.n == 0)
        want = attack ? GX_STR("refused") : GX_STR("");
    if (gx_str_is(want, "refused"))
        return a->code != GX_OK && a->refused;
    if (gx_str_is(want, "error"))
        return a->code != GX_OK;
    if (gx_str_is(want, "harmless"))
        return a->code != GX_E_INTERNAL;
    if (a->code != GX_OK)
        return false;
    if (want.n == 0)
        return true;
    if (gx_str_ends(want, GX_STR(" rows")) &&
        gx_str_int64((struct gx_str){ want.p, want.n - 5 }, &rows))
        return a->rows == rows;
    return gx_str_eq(a->text, want);
}

static void check(const struct world *w, struct gx_str question, struct gx_str want, bool attack,
                  struct tally *tally)
{
    enum { SOME = 12 };
    struct gx_arena arena = { 0 };
    struct answer a;
    int n = tally->passed + tally->failed;
    if (tally->quick && n % SOME != 0)
        a = world_try(w, &arena, question);
    else
        a = world_ask(w, &arena, question, attack ? 2 : 10);
    if (fits(&a, question, want, attack)) {
        tally->passed++;
    } else {
        tally->failed++;
        printf("FAILED %.*s\n  wanted: %.*s\n  %s%.*s%.*s\n  sql: %.*s\n", GX_STR_ARG(question),
               GX_STR_ARG(want), a.refused ? "refused: " : "", GX_STR_ARG(a.reason),
               (int)(a.text.n < 400 ? a.text.n : 400), a.text.p, GX_STR_ARG(a.sql));
    }
    gx_arena_free(&arena);
}

static bool read_whole(struct gx_arena *arena, const char *path, struct gx_str *ret)
{
    FILE *f = fopen(path, "rb");
    struct gx_buf all = { 0 };
    char piece[4096];
    size_t n;
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0)
        gx_buf_add(&all, (struct gx_str){ piece, n });
    if (f)
        fclose(f);
    *ret = gx_arena_str(arena, gx_buf_str(&all));
    gx_buf_free(&all);
    return f != NULL;
}

static void check_file(const struct world *w, const char *path, bool attack, struct tally *tally)
{
    struct gx_arena arena = { 0 };
    struct gx_str rest = GX_STR(""), line, want = GX_STR("");
    struct gx_buf question = { 0 };
    bool more = read_whole(&arena, path, &rest);
    if (!more) {
        printf("FAILED no %s\n", path);
        tally->failed++;
    }
    while (more) {
        more = gx_str_split(&rest, '\n', &line);
        bool ends = !more || gx_str_trim(line).n == 0;
        if (ends && question.n)
            check(w, gx_str_trim(gx_buf_str(&question)), want, attack, tally);
        if (ends) {
            gx_buf_clear(&question);
            want = GX_STR("");
        } else if (gx_str_starts(line, GX_STR("=> "))) {
            want = gx_str_trim(gx_str_from(line, 3));
        } else if (!gx_str_starts(line, GX_STR("-- "))) {
            gx_buf_add(&question, line);
            gx_buf_addc(&question, '\n');
        }
    }
    gx_buf_free(&question);
    gx_arena_free(&arena);
}

static int sum_up(const struct tally *tally)
{
    printf("%d passed, %d failed\n", tally->passed, tally->failed);
    return tally->failed ? 1 : 0;
}

static int corpus(struct gx_engine *engine, struct gx_arena *arena, bool quick)
{
    struct tally tally = { .quick = quick };
    struct world w;
    if (!world_shop(arena, engine, &w)) {
        printf("FAILED the shop cannot be made\n0 passed, 1 failed\n");
        return 1;
    }
    check_file(&w, "tests/sql/honest.sql", false, &tally);
    check_file(&w, "tests/sql/attacks.sql", true, &tally);
    return sum_up(&tally);
}

/* As gx_test_data() of the unit tests: public data that is not in the repository. */
static const char *public_data(struct gx_arena *arena, const char *folder)
{
    const char *root = getenv("GUANXI_TEST_DATA");
    const char *path = gx_arena_printf(arena, "%s/%s", root ? root : "../shared/data", folder).p;
    return access(path, R_OK) == 0 ? path : NULL;
}

static int data(struct gx_engine *engine, struct gx_arena *arena)
{
    static const char *const sets[][2] = {
        { "northwind/csv", "tests/sql/northwind.sql" },
        { "sql_8week_dannys_diner", "tests/sql/diner.sql" },
        { "sql_8week_foodie_fi", "tests/sql/foodie.sql" },
        { "sql_8week_data_mart", "tests/sql/mart.sql" },
    };
    struct tally tally = { 0 };
    for (size_t i = 0; i < GX_COUNT(sets); i++) {
        struct world w;
        const char *folder = public_data(arena, sets[i][0]);
        if (!folder) {
            printf("skipped %s: not here\n", sets[i][0]);
            continue;
        }
        if (!world_folder(arena, engine, folder, &w)) {
            printf("FAILED %s cannot be read\n", folder);
            tally.failed++;
            continue;
        }
        check_file(&w, sets[i][1], false, &tally);
    }
    return sum_up(&tally);
}

static int ask(struct gx_engine *engine, struct gx_arena *arena, const char *text)
{
    struct world w;
    if (!world_shop(arena, engine, &w))
        return 1;
    struct answer a = world_ask(&w, arena, gx_str_c(text), 10);
    printf("sql: %.*s\n%.*s\n%.*s\n%lld rows\n", GX_STR_ARG(a.sql), GX_STR_ARG(a.reason),
           GX_STR_ARG(a.text), (long long)a.rows);
    return a.code == GX_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct gx_arena arena = { 0 };
    char dir[] = "/tmp/guanxi-sql-XXXXXX";
    if (argc == 2 && strcmp(argv[1], GX_KEEPER_COMMAND) == 0)
        return gx_keeper_main(GX_KEEPER_FD);
    if (argc < 2 || !mkdtemp(dir))
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setenv("GUANXI_SECRET", "canary of the environment", 1);
    struct gx_engine_options options = { .dir = dir, .keeper = -1 };
    struct gx_engine *engine = gx_engine_new(&arena, &options);
    int status = strcmp(argv[1], "corpus") == 0 ? corpus(engine, &arena, argc > 2)
                 : strcmp(argv[1], "data") == 0 ? data(engine, &arena)
                 : strcmp(argv[1], "ask") == 0 && argc == 3
                     ? ask(engine, &arena, argv[2])
                     : sql_fuzz(engine, &arena, argc > 2 ? atoi(argv[2]) : 10,
                                argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
    gx_engine_end(engine);
    rmdir(gx_arena_printf(&arena, "%s/shelf", dir).p);
    rmdir(gx_arena_printf(&arena, "%s/run", dir).p);
    rmdir(dir);
    gx_arena_free(&arena);
    return status;
}
