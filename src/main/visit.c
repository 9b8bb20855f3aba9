/* visit.c - see visit.h. */
#include "main/visit.h"

#include "access/signin.h"
#include "base/assert.h"
#include "house/open.h"

struct visit {
    struct gx_house *house;
    struct gx_str name; /* of the tenant */
    struct gx_room *room;
    struct gx_req *req;
    void (*done)(struct gx_req *req, enum gx_code code);
    struct gx_room_wait wait;
};

static enum gx_code refuse(struct gx_req *req, enum gx_code code, struct gx_str reason)
{
    const struct visit *v = req->place;
    if (code == GX_E_SUSPENDED)
        return gx_fail(req->ctx, code, GX_STR(""), GX_M_TENANT_SUSPENDED, reason);
    if (code == GX_E_NOT_FOUND && req->local)
        return gx_fail(req->ctx, code, GX_STR("--tenant"), GX_M_TENANT_NONE, v->name);
    return gx_fail(req->ctx, code, GX_STR(""),
                   code == GX_E_NOT_FOUND ? GX_M_TENANT_NOWHERE : GX_M_TENANT_NOT_OPEN);
}

enum gx_code gx_visit_locate(struct gx_req *req, struct gx_str *path)
{
    struct visit *v = GX_ARENA_NEW(req->ctx->arena, struct visit);
    struct gx_house_where where;
    v->house = gx_app_house(req->app);
    v->req = req;
    req->place = v;
    if (gx_str_is(*path, "/notice.css")) /* of the page that says no */
        return GX_OK;
    struct gx_str host = req->local ? GX_STR("") : gx_req_header(req, "Host");
    enum gx_code code = gx_house_locate(req->ctx->arena, v->house, host, *path, &where);
    struct gx_str asked = req->local ? gx_req_header(req, "X-Guanxi-Tenant") : GX_STR("");
    v->name = asked.n ? asked : where.name;
    if (asked.n && code == GX_OK && !gx_str_eq(asked, where.name))
        code = gx_house_known(req->ctx->arena, v->house, asked, &where);
    req->base = where.base;
    if (where.base.n) {
        *path = gx_str_from(*path, where.base.n);
        *path = path->n ? *path : GX_STR("/");
    }
    return code == GX_OK ? GX_OK : refuse(req, code, where.reason);
}

static void move_in(struct visit *v, struct gx_room *room)
{
    v->room = room;
    v->req->app = room->services;
}

bool gx_visit_arrive(struct gx_req *req, enum gx_code *ret_code)
{
    struct visit *v = req->place;
    struct gx_room *room = gx_room_try(v->house, v->name);
    *ret_code = GX_OK;
    if (room)
        move_in(v, room);
    return room != NULL;
}

/* On a thread of the house. */
static void opened(void *p, enum gx_code code, struct gx_room *room)
{
    struct visit *v = p;
    if (code == GX_OK) {
        move_in(v, room);
    } else {
        bool known = code == GX_E_NOT_FOUND || code == GX_E_SUSPENDED;
        code = refuse(v->req, known ? code : GX_E_BUSY, GX_STR(""));
    }
    v->done(v->req, code);
}

void gx_visit_fetch(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code))
{
    struct visit *v = req->place;
    v->done = done;
    v->wait = (struct gx_room_wait){ .done = opened, .p = v };
    gx_room_ask(v->house, v->name, &v->wait);
}

void gx_visit_finish(struct gx_req *req)
{
    struct visit *v = req->place;
    if (!v || !v->room)
        return;
    if (!req->local)
        gx_room_count(v->room, req->session ? req->session->user : 0, req->ctx->now_us);
    gx_room_leave(v->room);
    v->room = NULL;
}

/* --- a page for people, in both languages */

static void add_escaped(struct gx_buf *out, struct gx_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '<' || c == '>' || c == '&' || c == '"')
            gx_buf_printf(out, "&#%d;", c);
        else
            gx_buf_addc(out, c);
    }
}

static void add_part(struct gx_req *req, enum gx_lang lang, const char *tag, const char *title)
{
    struct gx_str text =
        req->ctx->errors ? gx_error_text(req->ctx->arena, req->ctx->errors, lang) : gx_str_c(title);
    gx_buf_printf(&req->out, "<section lang=\"%s\"><h1>%s</h1><p>", tag, title);
    add_escaped(&req->out, text);
    gx_buf_addz(&req->out, "</p></section>");
}

void gx_visit_no_page(struct gx_req *req, enum gx_code code)
{
    gx_buf_clear(&req->out);
    gx_buf_addz(&req->out,
                "<!doctype html><html lang=\"zh-Hant\"><head><meta charset=\"utf-8\">"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                "<meta name=\"color-scheme\" content=\"light dark\">"
                "<title>Guanxi 關係</title><link rel=\"stylesheet\" href=\"/notice.css\">"
                "</head><body><main>");
    add_part(req, GX_LANG_ZH_HANT, "zh-Hant", gx_code_title_zh(code));
    add_part(req, GX_LANG_EN, "en", gx_code_title(code));
    gx_buf_addz(&req->out, "</main></body></html>");
    req->content_type = "text/html; charset=utf-8";
}
