/* cli_pack.c - packs: which there are, and whether files of one are right. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/embedded.h"
#include "main/cli.h"
#include "meta/meta.h"

enum { FILES_MAX = 2000, PACKS_MAX = 64, DEPTH_MAX = 3 };

/* Files to check: what the loader is told, and where they really are. */
struct files {
    struct gx_cli *cli;
    struct gx_meta_source sources[FILES_MAX];
    struct gx_str real[FILES_MAX];
    size_t count;
    struct gx_str packs[PACKS_MAX]; /* names of the packs given */
    size_t pack_count;
};

/* "packs/core/objects/account.json" → "core"; empty for other paths. */
static struct gx_str pack_of(struct gx_str path)
{
    if (!gx_str_starts(path, GX_STR("packs/")))
        return GX_STR("");
    struct gx_str rest = gx_str_from(path, 6);
    rest.n = gx_str_find(rest, '/');
    return rest;
}

static bool has_name(const struct gx_str *names, size_t count, struct gx_str name)
{
    for (size_t i = 0; i < count; i++)
        if (gx_str_eq(names[i], name))
            return true;
    return false;
}

static enum gx_exit add_file(struct files *f, struct gx_str real, struct gx_str path, bool custom)
{
    if (f->count == FILES_MAX)
        return gx_cli_fail(
            f->cli, GX_SAY(f->cli, "There are more than %d files.", "檔案超過 %d 個。"), FILES_MAX);
    struct gx_meta_source *source = &f->sources[f->count];
    GX_CLI_TRY(gx_cli_file(f->cli, real, &source->json));
    source->path = path;
    source->custom = custom;
    f->real[f->count++] = real;
    return GX_EXIT_OK;
}

static enum gx_exit add_folder(struct files *f, struct gx_str real, struct gx_str path, int depth)
{
    struct gx_arena *arena = &f->cli->arena;
    DIR *dir = opendir(gx_arena_cstr(arena, real));
    if (!dir)
        return gx_cli_fail(f->cli, GX_SAY(f->cli, "%.*s cannot be read.", "無法讀取 %.*s。"),
                           GX_STR_ARG(real));
    enum gx_exit code = GX_EXIT_OK;
    const struct dirent *entry;
    while (code == GX_EXIT_OK && (entry = readdir(dir))) {
        struct gx_str name = gx_str_c(entry->d_name);
        if (name.p[0] == '.' || gx_str_is(name, "demo") || gx_str_is(name, "tests"))
            continue;
        struct gx_str real_one =
            gx_arena_printf(arena, "%.*s/%.*s", GX_STR_ARG(real), GX_STR_ARG(name));
        struct gx_str path_one =
            gx_arena_printf(arena, "%.*s/%.*s", GX_STR_ARG(path), GX_STR_ARG(name));
        struct stat st;
        if (stat(real_one.p, &st) == 0 && S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
            code = add_folder(f, real_one, path_one, depth + 1);
        else if (gx_str_ends(name, GX_STR(".json")))
            code = add_file(f, real_one, path_one, false);
    }
    closedir(dir);
    return code;
}

static enum gx_exit add_argument(struct files *f, struct gx_str arg)
{
    struct stat st;
    while (arg.n > 1 && arg.p[arg.n - 1] == '/')
        arg.n--;
    if (stat(gx_arena_cstr(&f->cli->arena, arg), &st) == 0 && S_ISDIR(st.st_mode)) {
        size_t slash = arg.n;
        while (slash > 0 && arg.p[slash - 1] != '/')
            slash--;
        struct gx_str name = gx_str_from(arg, slash);
        if (f->pack_count < PACKS_MAX)
            f->packs[f->pack_count++] = name;
        return add_folder(f, arg, gx_arena_printf(&f->cli->arena, "packs/%.*s", GX_STR_ARG(name)),
                          0);
    }
    struct gx_str bytes, path;
    struct gx_json *json;
    GX_CLI_TRY(gx_cli_file(f->cli, arg, &bytes));
    if (gx_json_read(&f->cli->ctx, bytes, &json) != GX_OK) {
        f->cli->ctx.last_error->file = arg;
        return gx_cli_errors(f->cli, &f->cli->ctx);
    }
    GX_CLI_TRY(gx_cli_definition_path(f->cli, arg, json, &path));
    return add_file(f, arg, path, true);
}

/* The packs of the program that were not given stand behind those that were. */
static size_t other_packs(const struct files *f, struct gx_str *names)
{
    size_t n = 0;
    for (const struct gx_embedded *e = gx_embedded_files; e->path && n < PACKS_MAX; e++) {
        struct gx_str name = pack_of(gx_str_c(e->path));
        if (name.n && !has_name(f->packs, f->pack_count, name) && !has_name(names, n, name))
            names[n++] = name;
    }
    return n;
}

/* As a tenant loads them: what everything rests on first, what a tenant changes last. */
static int by_place(const void *a, const void *b)
{
    const struct gx_meta_source *x = a, *y = b;
    bool x_core = gx_str_is(pack_of(x->path), "core"), y_core = gx_str_is(pack_of(y->path), "core");
    if (x->custom != y->custom)
        return x->custom - y->custom;
    return x_core != y_core ? y_core - x_core : gx_str_cmp(x->path, y->path);
}

static void real_names(const struct files *f)
{
    for (struct gx_error *e = f->cli->ctx.errors; e; e = e->next)
        for (size_t i = 0; i < f->count; i++)
            if (gx_str_eq(e->file, f->sources[i].path))
                e->file = f->real[i];
}

static enum gx_exit check(struct gx_cli *cli)
{
    struct files *f = GX_ARENA_NEW(&cli->arena, struct files);
    struct gx_str others[PACKS_MAX];
    struct gx_meta_source *embedded;
    struct gx_meta *meta;
    f->cli = cli;
    for (size_t i = 1; i < cli->arg_count; i++)
        GX_CLI_TRY(add_argument(f, cli->args[i]));
    size_t given = f->count;
    size_t count = gx_meta_embedded(&cli->arena, others, other_packs(f, others), &embedded);
    struct gx_meta_source *all =
        GX_ARENA_ARRAY(&cli->arena, struct gx_meta_source, count + given + 1);
    memcpy(all, embedded, count * sizeof *all);
    memcpy(all + count, f->sources, given * sizeof *all);
    qsort(all, count + given, sizeof *all, by_place);
    if (gx_meta_load(&cli->ctx, all, count + given, &meta) != GX_OK) {
        real_names(f);
        return gx_cli_errors(cli, &cli->ctx);
    }
    printf(GX_SAY(cli, "%zu files are right: %zu objects, %zu processes in all.\n",
                  "%zu 個檔案正確：共 %zu 種資料、%zu 個流程。\n"),
           given, meta->object_count, meta->process_count);
    gx_meta_unref(meta);
    return GX_EXIT_OK;
}

static enum gx_exit list(struct gx_cli *cli)
{
    static const char *const heads[] = { "pack", "version", "label", "about" };
    struct gx_table *table = gx_table_new(cli, heads, GX_COUNT(heads));
    for (const struct gx_embedded *e = gx_embedded_files; e->path; e++) {
        struct gx_json *json;
        if (!gx_str_ends(gx_str_c(e->path), GX_STR("/pack.json")) ||
            gx_json_read(&cli->ctx, (struct gx_str){ e->data, e->n }, &json) != GX_OK)
            continue;
        if (cli->json) {
            gx_cli_print_json(json);
            continue;
        }
        gx_table_cell(table, gx_json_get_str(json, "pack", GX_STR("")));
        gx_table_number(table, gx_arena_printf(&cli->arena, "%lld",
                                               (long long)gx_json_get_int(json, "version", 0)));
        gx_table_cell(table, gx_json_get_str(gx_json_get(json, "label"), cli->zh ? "zh-Hant" : "en",
                                             GX_STR("")));
        gx_table_cell(table, gx_json_get_str(json, "doc", GX_STR("")));
    }
    if (!cli->json)
        gx_table_print(table);
    return GX_EXIT_OK;
}

/* Begin to use a pack of the program. */
static enum gx_exit use(struct gx_cli *cli)
{
    const struct gx_json *reply;
    GX_CLI_TRY(gx_cli_want_args(cli, 2, 2));
    GX_CLI_TRY(gx_cli_send(cli, "POST",
                           gx_cli_path(cli, GX_STR("definition"), GX_STR("packs"), cli->args[1]),
                           GX_STR(""), &reply));
    if (cli->json)
        gx_cli_print_json(reply);
    else
        printf(GX_SAY(cli, "%.*s is in use.\n", "已啟用 %.*s。\n"), GX_STR_ARG(cli->args[1]));
    return GX_EXIT_OK;
}

static enum gx_exit pack(struct gx_cli *cli)
{
    if (gx_cli_arg_is(cli, 0, "use"))
        return use(cli);
    if (gx_cli_arg_is(cli, 0, "list"))
        return list(cli);
    if (gx_cli_arg_is(cli, 0, "check") && cli->arg_count > 1)
        return check(cli);
    return gx_cli_usage(cli, GX_SAY(cli, "It is written: guanxi pack %s", "用法：guanxi pack %s"),
                        cli->command->args);
}

const struct gx_command gx_command_pack = {
    .name = "pack",
    .args = "list | use NAME | check DIR|FILE…",
    .en = "packs of the program; begin to use one; check files, with file, line and JSON path",
    .zh = "程式內建的套件；啟用套件；檢查套件檔案，指出檔名、行號與 JSON 路徑",
    .more_en = "`check` needs no data folder: files are checked together with the packs of the "
               "program. A folder\nstands in for the pack of its name.",
    .more_zh = "check 不需要資料目錄：檔案會與內建套件一起檢查；資料夾會取代同名的套件。",
    .example = "pack use insurer\npack check packs/sales\npack check visit.json",
    .args_min = 1,
    .args_max = -1,
    .run = pack,
};
