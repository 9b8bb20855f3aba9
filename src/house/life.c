/* life.c - a tenant is made, changed, suspended, taken along; see house.h.  delete.c is the end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "access/link.h"
#include "access/signin.h"
#include "base/text.h"
#include "house/house_int.h"
#include "store/audit.h"
#include "store/file.h"
#include "store/founder.h"
#include "store/upkeep.h"

enum { HOST_BYTES_MAX = 253, REASON_CHARS_MAX = 500, MARK_BYTES_MAX = 100 };

/* --- changing a row */

enum gx_code life_change(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                         enum gx_code (*change)(struct gx_ctx *ctx, struct gx_directory_entry *row,
                                                const void *p),
                         const void *p)
{
    struct gx_directory_entry row;
    pthread_mutex_lock(&house->making);
    enum gx_code code = gx_house_find(ctx, house, name, &row);
    if (code == GX_OK)
        code = change(ctx, &row, p);
    if (code == GX_OK)
        code = gx_directory_put(ctx, house->directory, &row);
    if (code == GX_OK) {
        pthread_mutex_lock(&house->lock);
        house_remember(house, &row);
        struct lodging *l = house_lodging(house, name);
        if (l && l->place && l->place->state == PLACE_OPEN)
            room_limit(l->place);
        pthread_mutex_unlock(&house->lock);
    }
    pthread_mutex_unlock(&house->making);
    return code;
}

static enum gx_code check_alive(struct gx_ctx *ctx, const struct gx_directory_entry *row)
{
    return row->state == GX_TENANT_DELETING
               ? gx_fail(ctx, GX_E_CONFLICT, GX_STR("tenant"), GX_M_TENANT_STATE, row->name)
               : GX_OK;
}

static enum gx_code suspend(struct gx_ctx *ctx, struct gx_directory_entry *row, const void *p)
{
    const struct gx_str *reason = p;
    GX_TRY(check_alive(ctx, row));
    row->state = GX_TENANT_SUSPENDED;
    row->reason = *reason;
    row->changed_at = ctx->now_us;
    return GX_OK;
}

enum gx_code gx_house_suspend(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                              struct gx_str reason)
{
    reason = gx_str_trim(reason);
    if (gx_str_is(name, house->options.front))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("tenant"), GX_M_TENANT_FRONT, name);
    if (reason.n == 0 || gx_text_length(reason) > REASON_CHARS_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("reason"), GX_M_TENANT_REASON);
    GX_TRY(life_change(ctx, house, name, suspend, &reason));
    /* Who is still at work there ends by and by; nobody new comes in. */
    if (room_end(ctx, house, name, 0) != GX_OK)
        gx_ctx_clear(ctx);
    return GX_OK;
}

static enum gx_code resume(struct gx_ctx *ctx, struct gx_directory_entry *row, const void *p)
{
    (void)p;
    GX_TRY(check_alive(ctx, row));
    row->state = GX_TENANT_ACTIVE;
    row->reason = GX_STR("");
    row->changed_at = ctx->now_us;
    return GX_OK;
}

enum gx_code gx_house_resume(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name)
{
    return life_change(ctx, house, name, resume, NULL);
}

static enum gx_code set_limits(struct gx_ctx *ctx, struct gx_directory_entry *row, const void *p)
{
    const struct gx_directory_limits *limits = p;
    GX_TRY(check_alive(ctx, row));
    row->limits = *limits;
    return GX_OK;
}

enum gx_code gx_house_limit(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                            const struct gx_directory_limits *limits)
{
    if (limits->seats < 0 || limits->records < 0 || limits->file_bytes < 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("limits"), GX_M_BAD_FORMAT, GX_STR("limits"),
                       GX_STR("-1"));
    return life_change(ctx, house, name, set_limits, limits);
}

/* --- host names */

static bool host_good(struct gx_str host)
{
    bool good = host.n >= 3 && host.n <= HOST_BYTES_MAX && gx_str_find(host, '.') < host.n;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool edge = i == 0 || i + 1 == host.n || host.p[i - 1] == '.';
        good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                        (!edge && (c == '-' || c == '.')));
    }
    return good;
}

static enum gx_code check_host(struct gx_ctx *ctx, struct gx_str host)
{
    return host.n == 0 || host_good(host)
               ? GX_OK
               : gx_fail(ctx, GX_E_INVALID, GX_STR("host"), GX_M_TENANT_HOST, host);
}

static enum gx_code host_taken(struct gx_ctx *ctx, enum gx_code code, struct gx_str host)
{
    if (code != GX_E_DUPLICATE)
        return code;
    gx_ctx_clear(ctx);
    return gx_fail(ctx, code, GX_STR("host"), GX_M_TENANT_HOST_THERE, host);
}

struct names {
    struct gx_str host, mark;
};

static enum gx_code set_names(struct gx_ctx *ctx, struct gx_directory_entry *row, const void *p)
{
    const struct names *names = p;
    GX_TRY(check_alive(ctx, row));
    row->host = names->host;
    row->mark = names->mark;
    return GX_OK;
}

enum gx_code gx_house_rename(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                             struct gx_str host, struct gx_str mark)
{
    const struct names names = { host, mark };
    GX_TRY(check_host(ctx, host));
    if (mark.n > MARK_BYTES_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("mark"), GX_M_TOO_LONG, GX_STR("mark"),
                       GX_STR("100"));
    return host_taken(ctx, life_change(ctx, house, name, set_names, &names), host);
}

/* --- a new one */

struct making {
    struct gx_ctx *ctx;
    struct gx_room *room;
    struct gx_house_new in; /* with what was left out filled in */
    struct gx_settings settings;
    struct gx_str hash; /* of the password; empty: a link */
    struct gx_house_made made;
};

static bool is_capitals(struct gx_str code, size_t n)
{
    bool good = code.n == n;
    for (size_t i = 0; i < code.n; i++)
        good = good && code.p[i] >= 'A' && code.p[i] <= 'Z';
    return good;
}

static enum gx_code bad(struct gx_ctx *ctx, const char *path, struct gx_str value)
{
    return gx_fail(ctx, GX_E_INVALID, gx_str_c(path), GX_M_BAD_FORMAT, gx_str_c(path), value);
}

static struct gx_str given(struct gx_str text, struct gx_str otherwise)
{
    text = gx_str_trim(text);
    return text.n ? text : otherwise;
}

static enum gx_code check_settings(struct making *m, struct gx_house *house)
{
    struct gx_ctx *ctx = m->ctx;
    struct gx_house_new *in = &m->in;
    struct gx_settings s = gx_settings_now(house->front->tenant, ctx->arena);
    s.currency = given(in->currency, s.currency);
    s.region = given(in->region, s.region);
    s.organisation = given(in->organisation, in->name);
    s.origin = GX_STR("");
    s.fiscal_start_month = in->fiscal_start_month ? in->fiscal_start_month : 1;
    s.tz_offset_min =
        in->tz_offset_min == GX_HOUSE_AS_FRONT ? s.tz_offset_min : (int32_t)in->tz_offset_min;
    s.lang = in->language.n == 0             ? s.lang
             : gx_str_is(in->language, "en") ? GX_LANG_EN
                                             : GX_LANG_ZH_HANT;
    if (in->language.n && !gx_str_is(in->language, "en") && !gx_str_is(in->language, "zh-Hant"))
        return bad(ctx, "language", in->language);
    if (!is_capitals(s.currency, 3))
        return bad(ctx, "currency", s.currency);
    if (!is_capitals(s.region, 2))
        return bad(ctx, "region", s.region);
    if (s.fiscal_start_month < 1 || s.fiscal_start_month > 12)
        return bad(ctx, "fiscal_start_month", GX_STR(""));
    if (s.tz_offset_min < -1439 || s.tz_offset_min > 1439)
        return bad(ctx, "time_zone_offset_min", GX_STR(""));
    if (gx_text_length(s.organisation) > GX_ORGANISATION_CHARS_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("organisation"), GX_M_TOO_LONG,
                       GX_STR("organisation"), GX_STR("120"));
    m->settings = s;
    return GX_OK;
}

enum gx_code gx_house_name_check(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name)
{
    struct gx_directory_entry row;
    int64_t gone_at;
    bool good = gx_tenant_name_good(name) && name.p[0] >= 'a' && name.p[0] <= 'z';
    if (!good)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("name"), GX_M_TENANT_NAME, name);
    bool there = gx_house_find(ctx, house, name, &row) == GX_OK;
    gx_ctx_clear(ctx);
    GX_TRY(gx_directory_dropped(ctx, house->directory, name, &gone_at));
    if (there ||
        (gone_at && ctx->now_us - gone_at < GX_HOUSE_NAME_REST_DAYS * INT64_C(86400) * 1000000))
        return gx_fail(ctx, GX_E_DUPLICATE, GX_STR("name"), GX_M_TENANT_THERE, name);
    return GX_OK;
}

/* On the writer of the new tenant. */
static enum gx_code settle(void *p, struct gx_conn *conn)
{
    struct making *m = p;
    struct gx_tenant *tenant = m->room->tenant;
    const struct gx_founder founder = {
        .login = given(m->in.admin_login, GX_STR("admin")),
        .name = given(m->in.admin_name, given(m->in.admin_login, GX_STR("admin"))),
        .email = gx_str_trim(m->in.admin_email),
        .lang = m->settings.lang,
    };
    gx_ctx_clear(m->ctx);
    GX_TRY(gx_settings_save(m->ctx, tenant, conn, &m->settings));
    GX_TRY(gx_founder_make(m->ctx, tenant, conn, &founder, &m->made.admin));
    if (m->hash.n)
        return gx_password_put(m->ctx, conn, m->made.admin, m->hash);
    return gx_link_make(m->ctx, tenant, conn, m->made.admin, 0, &m->made.link);
}

static enum gx_code make_folder(struct gx_ctx *ctx, struct gx_house *house,
                                const struct gx_directory_entry *row)
{
    const char *above = gx_arena_printf(ctx->arena, "%s/house", house->options.dir).p;
    const char *folder = house_folder(ctx->arena, house, row);
    bool ok = (mkdir(above, 0700) == 0 || errno == EEXIST) && mkdir(folder, 0700) == 0;
    return ok ? GX_OK : gx_fail(ctx, GX_E_IO, GX_STR("name"), GX_M_NO_FOLDER, gx_str_c(folder));
}

/* Its store: a copy of a prepared one, or opening makes it. */
static enum gx_code lay_out(struct gx_ctx *ctx, struct gx_house *house,
                            const struct gx_directory_entry *row, const char *const *packs)
{
    GX_TRY(make_folder(ctx, house, row));
    if (row->url.n)
        return GX_OK;
    struct gx_str prepared = template_of(ctx, house, packs);
    struct gx_str file = gx_arena_printf(
        ctx->arena, "%s/%.*s.db", house_folder(ctx->arena, house, row), GX_STR_ARG(row->name));
    return prepared.n ? gx_file_copy(ctx, prepared.p, file.p) : GX_OK;
}

static enum gx_code put_row(struct gx_ctx *ctx, struct gx_house *house,
                            const struct gx_directory_entry *row)
{
    GX_TRY(host_taken(ctx, gx_directory_put(ctx, house->directory, row), row->host));
    pthread_mutex_lock(&house->lock);
    house_remember(house, row);
    pthread_mutex_unlock(&house->lock);
    return GX_OK;
}

static enum gx_code move_in(struct making *m, struct gx_house *house)
{
    struct gx_ctx *ctx = m->ctx;
    GX_TRY(room_enter_any(ctx, house, m->in.name, &m->room));
    enum gx_code code = gx_db_write(ctx, m->room->tenant->db, settle, m);
    if (code == GX_OK && m->in.demo.n && house->options.demo)
        code = house->options.demo(ctx, m->room, m->made.admin, m->in.demo);
    gx_room_leave(m->room);
    return code;
}

/* Nothing is left of it; what went wrong stays in the context. */
static void undo(struct gx_house *house, const struct gx_directory_entry *row)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx quiet = { .arena = &arena, .now_us = gx_clock_us() };
    if (room_end(&quiet, house, row->name, 30) == GX_OK &&
        delete_all(&quiet, house, row) == GX_OK &&
        gx_directory_drop(&quiet, house->directory, row->name, GX_STR("")) == GX_OK) {
        pthread_mutex_lock(&house->lock);
        house_forget(house, row->name);
        pthread_mutex_unlock(&house->lock);
    }
    gx_arena_free(&arena);
}

static enum gx_code check_packs(struct gx_ctx *ctx, const char *const *packs)
{
    struct gx_meta_source *sources;
    for (; packs && *packs; packs++) {
        struct gx_str name = gx_str_c(*packs);
        if (gx_meta_embedded(ctx->arena, &name, 1, &sources) == 0)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("packs"), GX_M_PACK_NONE, name);
    }
    return GX_OK;
}

static enum gx_code create(struct making *m, struct gx_house *house)
{
    struct gx_ctx *ctx = m->ctx;
    const char *url = m->in.url ? m->in.url : house->options.store;
    struct gx_directory_entry row = {
        .name = m->in.name,
        .url = gx_str_c(url),
        .folder = gx_arena_printf(ctx->arena, "house/%.*s", GX_STR_ARG(m->in.name)),
        .state = GX_TENANT_MAKING,
        .host = m->in.host,
        .organisation = m->settings.organisation,
        .mark = m->in.mark,
        .limits = m->in.limits,
        .made_at = ctx->now_us,
        .changed_at = ctx->now_us,
    };
    GX_TRY(gx_house_name_check(ctx, house, m->in.name));
    GX_TRY(put_row(ctx, house, &row));
    house->packs = m->in.packs;
    enum gx_code code = lay_out(ctx, house, &row, m->in.packs);
    if (code == GX_OK)
        code = move_in(m, house);
    row.state = GX_TENANT_ACTIVE;
    if (code == GX_OK)
        code = put_row(ctx, house, &row);
    if (code != GX_OK)
        undo(house, &row);
    return code;
}

enum gx_code gx_house_create(struct gx_ctx *ctx, struct gx_house *house,
                             const struct gx_house_new *new_tenant, struct gx_house_made *ret_made)
{
    struct making m = { .ctx = ctx, .in = *new_tenant };
    const struct gx_directory_limits *l = &new_tenant->limits;
    GX_TRY(check_settings(&m, house));
    GX_TRY(check_host(ctx, m.in.host));
    GX_TRY(check_packs(ctx, m.in.packs));
    if (l->seats < 0 || l->records < 0 || l->file_bytes < 0)
        return bad(ctx, "limits", GX_STR("-1"));
    if (m.in.password.n)
        GX_TRY(gx_password_hash(ctx, m.in.password, &m.hash)); /* slow, so not while `making` */
    pthread_mutex_lock(&house->making);
    enum gx_code code = create(&m, house);
    pthread_mutex_unlock(&house->making);
    m.made.password = m.in.password;
    *ret_made = m.made;
    return code;
}

/* --- taking it along */

struct taking {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
};

/* Its people see in their own log that somebody took all of it. */
static enum gx_code note_export(void *p, struct gx_conn *conn)
{
    struct taking *t = p;
    const struct gx_audit_note note = {
        .what = "export", .data = GX_STR("{\"tenant\":[null,\"all of it, by the operator\"]}")
    };
    gx_ctx_clear(t->ctx);
    return gx_audit_add(t->ctx, t->tenant, conn, &note);
}

static enum gx_code export_it(struct gx_ctx *ctx, struct gx_room *room, struct gx_str path)
{
    struct taking taking = { ctx, room->tenant };
    struct gx_conn *conn;
    GX_TRY(gx_db_write(ctx, room->tenant->db, note_export, &taking));
    GX_TRY(gx_db_reader(ctx, room->tenant->db, &conn));
    struct gx_scope *scope = gx_scope_system(ctx, room->tenant, conn, "export of the tenant");
    enum gx_code code = gx_upkeep_backup(scope, path);
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_house_export(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                             struct gx_str path)
{
    struct gx_directory_entry row;
    struct gx_room *room;
    GX_TRY(gx_house_find(ctx, house, name, &row));
    GX_TRY(check_alive(ctx, &row));
    GX_TRY(room_enter_any(ctx, house, name, &room));
    enum gx_code code = export_it(ctx, room, path);
    gx_room_leave(room);
    return code;
}
