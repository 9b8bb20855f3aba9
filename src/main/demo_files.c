/*
 * demo_files.c - demo --files: customers, products, order lines and policies as CSV.
 *
 * Pieces of customers are made in memory and written as they are; nothing is kept.
 */
#include "main/demo_files.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo/facts.h"

enum { PIECE_CUSTOMERS = 2000, PER_SCALE = 200, LINES_MAX = 200 };

struct writing {
    struct gx_cli *cli;
    struct gx_demo *demo;
    struct gx_demo_facts facts;
    FILE *files[GX_DEMO_TABLES];
    struct gx_buf buffers[GX_DEMO_TABLES];
};

static enum gx_exit cannot(struct gx_cli *cli, struct gx_str path)
{
    return gx_cli_fail(cli, GX_SAY(cli, "%.*s cannot be written: %s.", "無法寫入 %.*s：%s。"),
                       GX_STR_ARG(path), strerror(errno));
}

static enum gx_exit flush(struct writing *w)
{
    for (size_t t = 0; t < GX_DEMO_TABLES; t++) {
        struct gx_buf *b = &w->buffers[t];
        if (b->n && fwrite(b->p, 1, b->n, w->files[t]) != b->n)
            return cannot(w->cli, gx_str_c(gx_demo_table_names[t]));
        gx_buf_clear(b);
    }
    return GX_EXIT_OK;
}

static enum gx_exit open_files(struct writing *w, struct gx_str dir)
{
    if (mkdir(gx_arena_cstr(&w->cli->arena, dir), 0777) != 0 && errno != EEXIST)
        return cannot(w->cli, dir);
    for (size_t t = 0; t < GX_DEMO_TABLES; t++) {
        struct gx_str path =
            gx_arena_printf(&w->cli->arena, "%.*s/%s.csv", GX_STR_ARG(dir), gx_demo_table_names[t]);
        w->files[t] = fopen(path.p, "wb");
        if (!w->files[t])
            return cannot(w->cli, path);
        gx_demo_facts_head((enum gx_demo_table)t, &w->buffers[t]);
    }
    return GX_EXIT_OK;
}

static enum gx_exit write_all(struct writing *w)
{
    gx_demo_facts_products(w->demo, &w->facts, &w->buffers[GX_DEMO_T_PRODUCT]);
    while (gx_demo_facts_next(w->demo, &w->facts, PIECE_CUSTOMERS, w->buffers)) {
        GX_CLI_TRY(flush(w));
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "\r%3d %%", (int)(w->facts.next_customer * 100 / w->facts.customers));
    }
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    return flush(w);
}

static enum gx_exit close_files(struct writing *w, enum gx_exit code)
{
    for (size_t t = 0; t < GX_DEMO_TABLES; t++) {
        if (w->files[t] && fclose(w->files[t]) != 0 && code == GX_EXIT_OK)
            code = cannot(w->cli, gx_str_c(gx_demo_table_names[t]));
        gx_buf_free(&w->buffers[t]);
    }
    for (size_t t = 0; t < GX_DEMO_TABLES && code == GX_EXIT_OK; t++)
        printf("%s.csv %lld\n", gx_demo_table_names[t], (long long)w->facts.rows[t]);
    return code;
}

enum gx_exit gx_cli_demo_files(struct gx_cli *cli)
{
    struct writing *w = GX_ARENA_NEW(&cli->arena, struct writing);
    int64_t seed;
    w->cli = cli;
    if (cli->arg_count > 1 || (cli->arg_count == 1 && !gx_cli_arg_is(cli, 0, "insurer")))
        return gx_cli_usage(
            cli, "%s", GX_SAY(cli, "Only the insurer has files.", "只有 insurer 可輸出檔案。"));
    GX_CLI_TRY(gx_cli_get_int(cli, "customers", PER_SCALE, 1,
                              (int64_t)GX_DEMO_SCALE_MAX * PER_SCALE, &w->facts.customers));
    GX_CLI_TRY(gx_cli_get_int(cli, "lines", 10, 0, LINES_MAX, &w->facts.lines_each));
    GX_CLI_TRY(gx_cli_get_int(cli, "seed", 1, 0, INT64_MAX, &seed));
    int64_t scale = (w->facts.customers + PER_SCALE - 1) / PER_SCALE;
    if (gx_demo_open(&cli->ctx, GX_STR("insurer"), (uint64_t)seed, scale, &w->demo) != GX_OK)
        return gx_cli_errors(cli, &cli->ctx);
    gx_demo_with_pack(w->demo);
    enum gx_exit code = open_files(w, gx_cli_get(cli, "files", GX_STR("")));
    return close_files(w, code == GX_EXIT_OK ? write_all(w) : code);
}
