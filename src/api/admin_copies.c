/* admin_copies.c - how it stands with backups, drills of restoring them and the archive. */
#include "api/app.h"
#include "base/time.h"
#include "store/archive.h"
#include "store/backups.h"

static void write_moment(struct gx_req *req, struct gx_jw *w, const char *key, int64_t us)
{
    gx_jw_key(w, gx_str_c(key));
    if (us)
        gx_jw_str(w, gx_moment_format(req->ctx->arena, us));
    else
        gx_jw_null(w);
}

static void write_how(struct gx_req *req, struct gx_jw *w, const char *key, enum gx_backups_how how,
                      int64_t at_us, int64_t next_us, struct gx_str problem)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_object(w);
    gx_jw_key_str(w, "state", gx_str_c(gx_backups_how_name(how)));
    write_moment(req, w, "at", at_us);
    write_moment(req, w, "next_at", next_us);
    gx_jw_key_str(w, "problem", problem);
    gx_jw_object_end(w);
}

static void write_archive(struct gx_req *req, struct gx_jw *w, struct gx_archiver *archiver)
{
    gx_jw_key(w, GX_STR("archive"));
    if (!archiver) {
        gx_jw_null(w);
        return;
    }
    struct gx_archive_state s = gx_archiver_state(archiver);
    gx_jw_object(w);
    write_how(req, w, "how", s.behind ? GX_BACKUPS_FAILED : GX_BACKUPS_OK, s.upto_us, 0,
              gx_str_c(s.problem));
    gx_jw_object_end(w);
}

static enum gx_code copies_get(struct gx_req *req, const void *in)
{
    (void)in;
    static const struct gx_backups_options none = { .every_hours = GX_BACKUPS_EVERY_HOURS };
    struct gx_api *api = gx_api(req);
    const struct gx_backups_options *o = api->backups ? gx_backups_options(api->backups) : &none;
    struct gx_backups_state s;
    struct gx_jw w = gx_jw(&req->out);
    bool house = api->front && api->backups && (api->console || req->local);
    GX_TRY(gx_backups_look(req->ctx, gx_scope_conn(req->scope), o, &s));
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "on", api->backups != NULL);
    write_how(req, &w, "backup", s.backup, s.backup_us, s.backup_next_us, s.backup_problem);
    write_how(req, &w, "drill", s.drill, s.drill_us, s.drill_next_us, s.drill_problem);
    write_archive(req, &w, api->archiver);
    gx_jw_key_int(&w, "tenants_wrong", house ? atomic_load(&o->house->wrong) : 0);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema how_out[] = {
    { .name = "state",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "ok, never (not yet), late or failed" },
    { .name = "at",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "When the last good one was begun; of an archive, what it has." },
    { .name = "next_at",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "null: not before something is written." },
    { .name = "problem", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema archive_out[] = {
    { .name = "how", .type = GX_SCHEMA_OBJECT, .fields = how_out, .required = true },
    { 0 },
};
static const struct gx_schema copies_out[] = {
    { .name = "on",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "The server makes backups by itself." },
    { .name = "backup", .type = GX_SCHEMA_OBJECT, .fields = how_out, .required = true },
    { .name = "drill", .type = GX_SCHEMA_OBJECT, .fields = how_out, .required = true },
    { .name = "archive",
      .type = GX_SCHEMA_OBJECT,
      .fields = archive_out,
      .required = true,
      .nullable = true },
    { .name = "tenants_wrong",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc =
          "For who runs the house: open tenants with a backup or drill that failed or is late." },
    { 0 },
};

const struct gx_route gx_route_admin_copies = {
    .doc = "How it stands with backups that the server makes, drills of restoring them, and the "
           "archive.",
    .method = GX_GET,
    .path = "/api/v1/admin/copies",
    .who = GX_WHO_ADMIN,
    .out = copies_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = copies_get,
};
