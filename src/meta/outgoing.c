/* outgoing.c - see outgoing.h. */
#include "meta/outgoing.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/arena.h"

#define ENDING ".outgoing"

static const char *path_of(struct gx_arena *arena, const char *dir, struct gx_str tenant)
{
    return gx_arena_printf(arena, "%s/%.*s" ENDING, dir, GX_STR_ARG(tenant)).p;
}

void gx_outgoing_allow(const char *dir, struct gx_str tenant)
{
    struct gx_arena arena = { 0 };
    int fd = open(path_of(&arena, dir, tenant), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        close(fd);
    gx_arena_free(&arena);
}

void gx_outgoing_forbid(const char *dir, struct gx_str tenant)
{
    struct gx_arena arena = { 0 };
    unlink(path_of(&arena, dir, tenant));
    gx_arena_free(&arena);
}

bool gx_outgoing_any(const char *dir)
{
    DIR *d = opendir(dir);
    bool any = false;
    for (struct dirent *e = d ? readdir(d) : NULL; e && !any; e = readdir(d))
        any = gx_str_ends(gx_str_c(e->d_name), GX_STR(ENDING));
    if (d)
        closedir(d);
    return any;
}
