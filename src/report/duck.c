/* duck.c - see duck.h. */
#include "report/duck.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char DUCK_NAME[] = "libduckdb.so";

/* "…/bin/guanxi" → "…/bin/libduckdb.so"; false if the program's own path cannot be had. */
static bool duck_beside(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof DUCK_NAME - 1);
    char *slash = length > 0 ? memrchr(path, '/', (size_t)length) : NULL;
    if (slash == NULL)
        return false;
    memcpy(slash + 1, DUCK_NAME, sizeof DUCK_NAME);
    return true;
}

static void *duck_library(void)
{
    char path[PATH_MAX];
    void *library = duck_beside(path) ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library == NULL) {
        snprintf(path, sizeof path, "/usr/lib/guanxi/%s", DUCK_NAME);
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
    return library;
}

enum gx_code gx_duck_load(struct gx_ctx *ctx, struct gx_duck *duck)
{
    void *library = duck_library();
    if (library == NULL)
        return gx_fail(ctx, GX_E_IO, (struct gx_str){ 0 }, GX_M_DUCK_NONE);
        /* POSIX lets an object pointer from dlsym() be a function; ISO C needs the copy. */
#define GX_DUCK(name)                                                                              \
    {                                                                                              \
        void *found = dlsym(library, "duckdb_" #name);                                             \
        if (found == NULL)                                                                         \
            return gx_fail(ctx, GX_E_IO, (struct gx_str){ 0 }, GX_M_DUCK_LACKS,                    \
                           GX_STR("duckdb_" #name));                                               \
        memcpy(&duck->name, &found, sizeof found);                                                 \
    }
#include "report/duck_api.def"
#undef GX_DUCK
    return GX_OK;
}
