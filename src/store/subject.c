/*
 * subject.c - see subject.h.
 *
 * The record, then everything that points at it, object by object, by the lists everybody uses, so
 * that nothing is in it that the reader may not see; the record's history; who it is shared with;
 * and, for administrators, who looked at what is private of it.
 */
#include "store/subject.h"

#include <errno.h>
#include <unistd.h>
#include <zip.h>

#include "base/time.h"
#include "store/erase.h"
#include "store/file.h"
#include "store/list.h"
#include "store/share.h"
#include "store/store_int.h"

struct packing {
    struct gx_scope *scope;
    struct gx_ctx *ctx;
    const struct gx_object *object;
    int64_t id;
    enum gx_lang lang;
    zip_t *zip;
    struct gx_buf json, html;
    struct gx_jw w;
    int64_t records, bytes;
};

static const char *say(const struct packing *p, const char *en, const char *zh)
{
    return p->lang == GX_LANG_EN ? en : zh;
}

static void html(struct packing *p, struct gx_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        const char *entity = text.p[i] == '<'   ? "&lt;"
                             : text.p[i] == '>' ? "&gt;"
                             : text.p[i] == '&' ? "&amp;"
                             : text.p[i] == '"' ? "&quot;"
                                                : NULL;
        if (entity)
            gx_buf_addz(&p->html, entity);
        else
            gx_buf_addc(&p->html, text.p[i]);
    }
}

static void raw(struct packing *p, const char *text)
{
    gx_buf_addz(&p->html, text);
}

static enum gx_code zip_failed(struct packing *p)
{
    return gx_fail(p->ctx, GX_E_IO, GX_STR(""), GX_M_FILE_IO,
                   gx_str_c(zip_error_strerror(zip_get_error(p->zip))));
}

static enum gx_code put(struct packing *p, const char *name, zip_source_t *source)
{
    if (source && zip_file_add(p->zip, name, source, ZIP_FL_ENC_UTF_8 | ZIP_FL_OVERWRITE) >= 0)
        return GX_OK;
    zip_source_free(source);
    return zip_failed(p);
}

/* --- one list of records */

static void html_row(struct packing *p, const struct gx_list *list)
{
    const struct gx_list_item *items;
    size_t count = gx_list_items(list, &items);
    struct gx_buf cell = { 0 };
    raw(p, "<table>");
    for (size_t i = 0; i < count; i++) {
        gx_buf_clear(&cell);
        gx_list_text(list, i, &cell);
        if (!cell.n)
            continue;
        raw(p, "<tr><th>");
        html(p, items[i].field ? gx_label_text(&items[i].field->label, p->lang) : items[i].name);
        raw(p, "</th><td>");
        html(p, gx_buf_str(&cell));
        raw(p, "</td></tr>");
    }
    gx_buf_free(&cell);
    raw(p, "</table>");
}

static enum gx_code add_content(struct packing *p, int64_t id)
{
    struct gx_str name;
    int fd;
    off_t size;
    if (gx_file_open(p->scope, id, &fd, &name) != GX_OK) { /* a record without content */
        gx_ctx_clear(p->ctx);
        return GX_OK;
    }
    size = lseek(fd, 0, SEEK_END);
    struct gx_buf plain = { 0 };
    for (size_t i = 0; i < name.n; i++)
        gx_buf_addc(&plain, strchr("/\\:*?\"<>|", name.p[i]) || (unsigned char)name.p[i] < 32
                                ? '_'
                                : name.p[i]);
    struct gx_str path = gx_arena_printf(p->ctx->arena, "files/%lld %.*s", (long long)id,
                                         GX_STR_ARG(gx_buf_str(&plain)));
    gx_buf_free(&plain);
    FILE *file = fdopen(fd, "rb");
    if (!file || size < 0 || p->bytes + size > GX_SUBJECT_BYTES_MAX) {
        if (file)
            fclose(file);
        else
            close(fd);
        return GX_OK;
    }
    p->bytes += size;
    return put(p, path.p, zip_source_filep(p->zip, file, 0, size));
}

static enum gx_code add_list(struct packing *p, const struct gx_object *object,
                             struct gx_str filter, struct gx_str label, bool deleted)
{
    struct gx_list_options options = {
        .filter = filter, .sort = GX_STR("created_at"), .right = GX_RIGHT_READ, .deleted = deleted
    };
    int64_t *files = GX_ARENA_ARRAY(p->ctx->arena, int64_t, GX_SUBJECT_RECORDS_MAX);
    bool is_file = gx_str_is(object->x.name, "file"), has, first = true;
    struct gx_list *list;
    size_t file_count = 0;
    if (gx_scope_level(p->scope, object, GX_RIGHT_READ) == GX_LEVEL_NONE)
        return GX_OK;
    GX_TRY(gx_list_open(p->scope, object, &options, &list));
    enum gx_code code;
    while ((code = gx_list_next(list, &has)) == GX_OK && has &&
           p->records < GX_SUBJECT_RECORDS_MAX) {
        if (first) {
            gx_jw_key(&p->w, label);
            gx_jw_array(&p->w);
            raw(p, "<h2>");
            html(p, gx_label_text(&object->plural, p->lang));
            raw(p, "</h2>");
        }
        first = false;
        p->records++;
        gx_list_json(list, &p->w);
        html_row(p, list);
        if (is_file)
            files[file_count++] = gx_list_id(list);
    }
    gx_list_close(list);
    if (!first)
        gx_jw_array_end(&p->w);
    for (size_t i = 0; i < file_count && code == GX_OK; i++)
        code = add_content(p, files[i]);
    return code;
}

/* Everything whose link says that it belongs there; one list for each link. */
static enum gx_code add_pointing(struct packing *p)
{
    const struct gx_meta *meta = gx_scope_meta(p->scope);
    struct gx_arena *arena = p->ctx->arena;
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t f = 0; f < meta->objects[i]->field_count; f++) {
            const struct gx_object *object = meta->objects[i];
            const struct gx_field *field = &object->fields[f];
            if (field->system || field->x.type != GX_TYPE_LINK || field->type->computed ||
                !gx_str_is(p->object->x.name, field->x.object) ||
                field->access == GX_FIELD_HIDDEN || field->access == GX_FIELD_MASKED)
                continue;
            struct gx_str filter = gx_arena_printf(arena, "%.*s = \"%lld\"",
                                                   GX_STR_ARG(field->x.name), (long long)p->id);
            struct gx_str label = gx_arena_printf(arena, "%.*s.%.*s", GX_STR_ARG(object->x.name),
                                                  GX_STR_ARG(field->x.name));
            GX_TRY(add_list(p, object, filter, label, false));
        }
    return GX_OK;
}

/* --- history, shares, who looked */

static enum gx_code add_history(struct packing *p)
{
    gx_jw_key(&p->w, GX_STR("history"));
    return gx_record_history(p->scope, p->object, p->id, 0, GX_SUBJECT_HISTORY_MAX, &p->w);
}

static enum gx_code add_shares(struct packing *p)
{
    gx_jw_key(&p->w, GX_STR("shares"));
    gx_jw_array(&p->w);
    GX_TRY(gx_share_list(p->scope, p->object, p->id, &p->w));
    gx_jw_array_end(&p->w);
    gx_jw_key(&p->w, GX_STR("books"));
    gx_jw_array(&p->w);
    GX_TRY(gx_book_list(p->scope, p->object, p->id, &p->w));
    gx_jw_array_end(&p->w);
    return GX_OK;
}

/* Notes of the kind "private" name the object and the id (store/seen.h). */
static enum gx_code add_looks(struct packing *p)
{
    struct gx_value values[] = { gx_value_text(
        gx_arena_printf(p->ctx->arena, "{\"%.*s\":[null,\"%lld\"]%%", GX_STR_ARG(p->object->x.name),
                        (long long)p->id)) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has, first = true;
    if (!gx_scope_is_admin(p->scope))
        return GX_OK;
    GX_TRY(gx_db_query(
        p->ctx, gx_scope_conn(p->scope),
        GX_SQL("SELECT c.at, u.display_name FROM gx_change c "
               "LEFT JOIN \"user\" u ON u.id = c.by_user "
               "WHERE c.record = 0 AND c.object = 'private' AND c.data LIKE ?1 ESCAPE '!' "
               "ORDER BY c.seq LIMIT 10000"),
        values, 1, &rows));
    gx_jw_key(&p->w, GX_STR("looked_at"));
    gx_jw_array(&p->w);
    while ((code = gx_rows_next(p->ctx, rows, &has)) == GX_OK && has) {
        if (first) {
            raw(p, "<h2>");
            raw(p, say(p, "Who looked at what is private", "查看過隱私欄位的人"));
            raw(p, "</h2><table>");
        }
        first = false;
        gx_jw_object(&p->w);
        gx_jw_key_str(&p->w, "at", gx_moment_format(p->ctx->arena, gx_rows_int(rows, 0)));
        gx_jw_key_str(&p->w, "by", gx_rows_text(rows, 1));
        gx_jw_object_end(&p->w);
        raw(p, "<tr><th>");
        html(p, gx_moment_format(p->ctx->arena, gx_rows_int(rows, 0)));
        raw(p, "</th><td>");
        html(p, gx_rows_text(rows, 1));
        raw(p, "</td></tr>");
    }
    gx_rows_close(rows);
    gx_jw_array_end(&p->w);
    raw(p, first ? "" : "</table>");
    return code;
}

/* --- the whole */

static const char style[] =
    "<style>body{font:16px/1.5 system-ui,'Noto Sans TC',sans-serif;max-width:48rem;margin:2rem "
    "auto;padding:0 1rem;color:#1a1a1a}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 1rem;border-top:2px solid #ccc}"
    "th{text-align:left;font-weight:500;color:#555;width:14rem;vertical-align:top}"
    "th,td{padding:.25rem .5rem;border-bottom:1px solid #e5e5e5;overflow-wrap:anywhere}</style>";

static void begin_html(struct packing *p)
{
    raw(p, "<!doctype html><html lang=\"");
    raw(p, say(p, "en", "zh-Hant"));
    raw(p, "\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
           "content=\"width=device-width\"><title>");
    raw(p, say(p, "Your data", "您的個人資料"));
    raw(p, "</title>");
    raw(p, style);
    raw(p, "<h1>");
    raw(p, say(p, "What is held on you", "我們保存的您的個人資料"));
    raw(p, "</h1><p>");
    html(p, gx_settings_now(gx_scope_tenant(p->scope), p->ctx->arena).organisation);
    raw(p, " · ");
    html(p, gx_moment_format(p->ctx->arena, p->ctx->now_us));
    raw(p, "</p><p>");
    raw(p, say(p,
               "Every record about you is listed below. data.json has the same for machines, with "
               "the history of changes; the folder files has the documents.",
               "以下列出與您有關的每一筆資料。data.json 為相同內容的機器可讀格式，並含變更歷程；"
               "files 資料夾內為相關文件。"));
    raw(p, "</p>");
}

static enum gx_code write_all(struct packing *p)
{
    struct gx_str self = gx_arena_printf(p->ctx->arena, "id = \"%lld\"", (long long)p->id);
    begin_html(p);
    gx_jw_object(&p->w);
    gx_jw_key_str(&p->w, "made_at", gx_moment_format(p->ctx->arena, p->ctx->now_us));
    GX_TRY(add_list(p, p->object, self, p->object->x.name, false));
    GX_TRY(add_pointing(p));
    GX_TRY(add_history(p));
    GX_TRY(add_shares(p));
    GX_TRY(add_looks(p));
    gx_jw_object_end(&p->w);
    raw(p, "</html>");
    GX_TRY(gx_buf_check(&p->json));
    GX_TRY(gx_buf_check(&p->html));
    GX_TRY(put(p, "data.json", zip_source_buffer(p->zip, p->json.p, p->json.n, 0)));
    return put(p, "index.html", zip_source_buffer(p->zip, p->html.p, p->html.n, 0));
}

/* The person's own language, where it is one that we speak. */
static enum gx_lang lang_of(struct packing *p, const struct gx_record *record)
{
    const struct gx_field *f = gx_object_any_field(p->object, GX_STR("language"));
    if (!f || record->v[f->slot].kind != GX_VALUE_TEXT)
        return p->ctx->lang;
    return gx_str_is(record->v[f->slot].s, "zh-Hant") ? GX_LANG_ZH_HANT : GX_LANG_EN;
}

enum gx_code gx_subject_may(struct gx_scope *scope, const struct gx_object *object, int64_t id)
{
    struct gx_record record;
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_EXPORT, false, &record));
    return gx_erase_is_person(scope, object, id);
}

enum gx_code gx_subject_write(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                              const char *path)
{
    struct packing p = { .scope = scope, .ctx = gx_scope_ctx(scope), .object = object, .id = id };
    struct gx_record record;
    int error = 0;
    GX_TRY(gx_subject_may(scope, object, id));
    GX_TRY(gx_row_read(p.ctx, gx_scope_conn(scope), object, id, &record));
    p.lang = lang_of(&p, &record);
    p.w = gx_jw(&p.json);
    p.zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (!p.zip)
        return gx_fail(p.ctx, GX_E_IO, GX_STR(""), GX_M_FILE_IO, gx_str_c(strerror(errno)));
    enum gx_code code = write_all(&p);
    if (code != GX_OK)
        zip_discard(p.zip);
    else if (zip_close(p.zip) != 0) {
        code = zip_failed(&p);
        zip_discard(p.zip);
    }
    gx_buf_free(&p.json);
    gx_buf_free(&p.html);
    return code;
}
