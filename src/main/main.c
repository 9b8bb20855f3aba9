/* main.c - the subcommands. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "main/serve.h"

static const char *option(int argc, char **argv, const char *name, const char *otherwise)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return otherwise;
}

int main(int argc, char **argv)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us(), .lang = GX_LANG_EN };
    struct gx_app_options options = {
        .dir = option(argc, argv, "--data", "./guanxi-data"),
        .listen = option(argc, argv, "--listen", "127.0.0.1:8080"),
        .create = true,
    };
    struct gx_app *app;
    sigset_t set;
    int signal_number;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (gx_app_start(&ctx, &options, &app) != GX_OK) {
        struct gx_str text = gx_ctx_text(&ctx);
        fprintf(stderr, "%.*s\n", GX_STR_ARG(text));
        return 1;
    }
    printf("Guanxi is at http://127.0.0.1:%d\n", gx_app_port(app));
    fflush(stdout);
    sigwait(&set, &signal_number);
    gx_app_stop(app);
    gx_arena_free(&arena);
    return 0;
}
