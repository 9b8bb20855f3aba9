/* package.c - libzip and expat, see package.h. */
#include "sheet/package.h"

#include <expat.h>
#include <zip.h>

#include "base/assert.h"
#include "sheet/sheet.h"

enum {
    CHUNK_BYTES = 64 << 10,
    RATIO_FROM_BYTES = 32 << 20, /* below, even the best packed part does no harm */
    QUIET_BYTES_MAX = 4 << 20,   /* one tag or comment; the parser begins it anew with each piece */
    DEPTH_MAX = 256,
    NAMESPACE_END = '|', /* between a namespace and a name; no name contains it */
};

struct gx_package {
    zip_t *zip;
    int64_t file_bytes;
};

struct gx_part {
    const struct gx_part_events *events;
    void *user;
    XML_Parser parser;
    zip_file_t *file;
    struct gx_str name;
    int64_t packed_bytes, unpacked_bytes;
    int64_t event_at;    /* unpacked_bytes at the last event */
    int64_t whole_bytes; /* unpacked, as the file says: only for progress */
    int64_t file_bytes;
    int depth;
    bool paused, ended, has_dtd, too_deep;
};

static void close_package(void *p)
{
    zip_discard(p);
}

static enum gx_code fail_zip(struct gx_ctx *ctx, zip_error_t *error)
{
    return gx_fail(ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_BROKEN,
                   gx_str_c(zip_error_strerror(error)));
}

enum gx_code gx_package_open(struct gx_ctx *ctx, const struct gx_source *source,
                             struct gx_package **ret_package)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *from =
        source->path ? zip_source_file_create(source->path, 0, -1, &error)
                     : zip_source_buffer_create(source->bytes.p, source->bytes.n, 0, &error);
    zip_t *zip = from ? zip_open_from_source(from, ZIP_RDONLY, &error) : NULL;
    if (!zip) {
        enum gx_code code = fail_zip(ctx, &error);
        if (from)
            zip_source_free(from);
        zip_error_fini(&error);
        return code;
    }
    zip_error_fini(&error);
    gx_arena_defer(ctx->arena, close_package, zip);
    *ret_package = GX_ARENA_NEW(ctx->arena, struct gx_package);
    (*ret_package)->zip = zip;
    (*ret_package)->file_bytes = source->size;
    return GX_OK;
}

static char plain(char c)
{
    if (c == '\\')
        return '/';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(struct gx_str a, struct gx_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (plain(a.p[i]) != plain(b.p[i]))
            return false;
    return true;
}

static int64_t find(const struct gx_package *package, struct gx_str name)
{
    int64_t count = zip_get_num_entries(package->zip, 0);
    if (name.n && name.p[0] == '/')
        name = gx_str_from(name, 1);
    for (int64_t i = 0; i < count; i++) {
        struct gx_str entry = gx_str_c(zip_get_name(package->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW));
        if (entry.n && entry.p[0] == '/')
            entry = gx_str_from(entry, 1);
        if (same_name(entry, name))
            return i;
    }
    return -1;
}

bool gx_package_has(const struct gx_package *package, struct gx_str name)
{
    return find(package, name) >= 0;
}

size_t gx_package_peek(const struct gx_package *package, struct gx_str name, char *out, size_t n)
{
    int64_t index = find(package, name);
    zip_file_t *file = index < 0 ? NULL : zip_fopen_index(package->zip, (zip_uint64_t)index, 0);
    int64_t got = file ? zip_fread(file, out, n) : 0;
    if (file)
        zip_fclose(file);
    return got > 0 ? (size_t)got : 0;
}

/* The local name of one of the office formats' own elements, or NULL. */
static const char *own_name(const char *name)
{
    const char *end = strrchr(name, NAMESPACE_END);
    if (!end)
        return name;
    struct gx_str space = { name, (size_t)(end - name) };
    bool own = gx_str_starts(space, GX_STR("http://schemas.openxmlformats.org/")) ||
               gx_str_starts(space, GX_STR("http://purl.oclc.org/ooxml/"));
    return own ? end + 1 : NULL;
}

static void on_start(void *user, const char *name, const char **atts)
{
    struct gx_part *part = user;
    const char *own = own_name(name);
    part->event_at = part->unpacked_bytes;
    if (++part->depth > DEPTH_MAX) {
        part->too_deep = true;
        XML_StopParser(part->parser, XML_FALSE);
    } else if (own) {
        part->events->start(part->user, own, atts);
    }
}

static void on_end(void *user, const char *name)
{
    struct gx_part *part = user;
    const char *own = own_name(name);
    part->event_at = part->unpacked_bytes;
    part->depth--;
    if (own)
        part->events->end(part->user, own);
}

static void on_text(void *user, const char *text, int n)
{
    struct gx_part *part = user;
    part->event_at = part->unpacked_bytes;
    if (part->events->text)
        part->events->text(part->user, (struct gx_str){ text, (size_t)n });
}

static void on_dtd(void *user, const char *name, const char *sysid, const char *pubid, int internal)
{
    struct gx_part *part = user;
    (void)name;
    (void)sysid;
    (void)pubid;
    (void)internal;
    part->has_dtd = true;
    XML_StopParser(part->parser, XML_FALSE);
}

void gx_part_close(struct gx_part *part)
{
    if (part && part->parser)
        XML_ParserFree(part->parser);
    if (part && part->file)
        zip_fclose(part->file);
    if (part) {
        part->parser = NULL;
        part->file = NULL;
    }
}

static void close_part(void *p)
{
    gx_part_close(p);
}

static enum gx_code broken(struct gx_ctx *ctx, const struct gx_part *part, const char *why)
{
    return gx_fail(ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_BROKEN,
                   gx_arena_printf(ctx->arena, "%.*s: %s", GX_STR_ARG(part->name), why));
}

enum gx_code gx_part_open(struct gx_ctx *ctx, struct gx_package *package, struct gx_str name,
                          const struct gx_part_events *events, void *user,
                          struct gx_part **ret_part)
{
    struct gx_part *part = GX_ARENA_NEW(ctx->arena, struct gx_part);
    int64_t index = find(package, name);
    zip_stat_t st;
    part->events = events;
    part->user = user;
    part->name = gx_arena_str(ctx->arena, name);
    if (index < 0)
        return broken(ctx, part, "missing");
    if (zip_stat_index(package->zip, (zip_uint64_t)index, 0, &st) < 0)
        return fail_zip(ctx, zip_get_error(package->zip));
    if (st.valid & ZIP_STAT_COMP_SIZE)
        part->packed_bytes = st.comp_size < (uint64_t)package->file_bytes ? (int64_t)st.comp_size
                                                                          : package->file_bytes;
    if (st.valid & ZIP_STAT_SIZE && st.size < INT64_MAX)
        part->whole_bytes = (int64_t)st.size;
    part->file_bytes = package->file_bytes;
    part->file = zip_fopen_index(package->zip, (zip_uint64_t)index, 0);
    if (!part->file)
        return fail_zip(ctx, zip_get_error(package->zip));
    gx_arena_defer(ctx->arena, close_part, part);
    part->parser = XML_ParserCreateNS(NULL, NAMESPACE_END);
    gx_assert(part->parser);
    XML_SetUserData(part->parser, part);
    XML_SetElementHandler(part->parser, on_start, on_end);
    XML_SetCharacterDataHandler(part->parser, on_text);
    XML_SetStartDoctypeDeclHandler(part->parser, on_dtd);
    *ret_part = part;
    return GX_OK;
}

void gx_part_pause(struct gx_part *part)
{
    part->paused = true;
    XML_StopParser(part->parser, XML_TRUE);
}

int64_t gx_part_progress(const struct gx_part *part)
{
    /* zip does not tell what it has taken in; what came out, in proportion, does. */
    double share =
        part->whole_bytes > 0 ? (double)part->unpacked_bytes / (double)part->whole_bytes : 1;
    return (int64_t)((double)part->file_bytes * (share < 1 ? share : 1));
}

static enum gx_code feed(struct gx_ctx *ctx, struct gx_part *part, enum XML_Status *ret_status)
{
    void *chunk = XML_GetBuffer(part->parser, CHUNK_BYTES);
    gx_assert(chunk);
    int64_t got = zip_fread(part->file, chunk, CHUNK_BYTES);
    if (got < 0)
        return fail_zip(ctx, zip_file_get_error(part->file));
    part->unpacked_bytes += got;
    if (part->unpacked_bytes > RATIO_FROM_BYTES &&
        part->unpacked_bytes / GX_SHEET_UNZIPPED_RATIO_MAX > part->packed_bytes)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_SHEET_BOMB);
    if (part->unpacked_bytes - part->event_at > QUIET_BYTES_MAX)
        return broken(ctx, part, "a tag is too long");
    part->ended = got == 0;
    *ret_status = XML_ParseBuffer(part->parser, (int)got, got == 0);
    return GX_OK;
}

enum gx_code gx_part_run(struct gx_ctx *ctx, struct gx_part *part, bool *ret_more)
{
    enum XML_Status status = XML_STATUS_OK;
    if (part->paused) {
        part->paused = false;
        status = XML_ResumeParser(part->parser);
    }
    while (status == XML_STATUS_OK && !part->ended)
        GX_TRY(feed(ctx, part, &status));
    if (part->has_dtd)
        return gx_fail(ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_ENTITY);
    if (part->too_deep)
        return broken(ctx, part, "nested too deeply");
    if (status == XML_STATUS_ERROR)
        return broken(ctx, part, XML_ErrorString(XML_GetErrorCode(part->parser)));
    *ret_more = status == XML_STATUS_SUSPENDED;
    return GX_OK;
}

enum gx_code gx_part_parse(struct gx_ctx *ctx, struct gx_package *package, struct gx_str name,
                           const struct gx_part_events *events, void *user)
{
    struct gx_part *part;
    bool more;
    GX_TRY(gx_part_open(ctx, package, name, events, user, &part));
    enum gx_code code = gx_part_run(ctx, part, &more);
    gx_part_close(part);
    gx_assert(code != GX_OK || !more);
    return code;
}

const char *gx_part_attr(const char **atts, const char *name)
{
    for (; *atts; atts += 2) {
        const char *end = strrchr(atts[0], NAMESPACE_END);
        if (strcmp(end ? end + 1 : atts[0], name) == 0)
            return atts[1];
    }
    return NULL;
}
