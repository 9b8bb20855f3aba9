/* cli_save.c - a reply that is a file: into one, or on standard output, piece by piece. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "main/cli.h"

static enum gx_code to_file(void *p, struct gx_str piece)
{
    FILE *file = p;
    return fwrite(piece.p, 1, piece.n, file) == piece.n ? GX_OK : GX_E_IO;
}

/* Into FILE.part first, so that a broken export is never taken for a whole one. */
enum gx_exit gx_cli_save(struct gx_cli *cli, struct gx_str target, struct gx_str name)
{
    struct gx_cli_call call = { .method = "GET", .target = target, .take = to_file };
    struct gx_client_reply reply;
    call.take_p = stdout;
    if (gx_str_is(name, "-"))
        return gx_cli_call(cli, &call, &reply);
    const char *part = gx_arena_printf(&cli->arena, "%.*s.part", GX_STR_ARG(name)).p;
    FILE *file = fopen(part, "wbe");
    if (!file)
        return gx_cli_fail(cli, "%s: %s", part, strerror(errno));
    call.take_p = file;
    enum gx_exit code = gx_cli_call(cli, &call, &reply);
    int closed = fclose(file);
    if (code == GX_EXIT_OK && (closed != 0 || rename(part, gx_arena_cstr(&cli->arena, name)) != 0))
        code = gx_cli_fail(cli, "%.*s: %s", GX_STR_ARG(name), strerror(errno));
    if (code != GX_EXIT_OK)
        unlink(part);
    return code;
}
