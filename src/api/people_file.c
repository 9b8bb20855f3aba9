/* people_file.c - a file of people as rows of texts: which column is what. */
#include "api/people.h"

#include "base/text.h"
#include "sheet/guess.h"
#include "sheet/sheet.h"

const char *const gx_people_fields[GX_PEOPLE_FIELDS] = {
    "login",           "display_name", "english_name", "email",  "phone",     "mobile",
    "employee_number", "title",        "team",         "locale", "time_zone", "external_id",
    "active",          "unit",         "manager",      "roles",
};

enum { WORDS_MAX = 12 };

/* How such files head their columns, beside the names and labels of the fields. */
static const char *const words[GX_PEOPLE_FIELDS][WORDS_MAX] = {
    [GX_PEOPLE_LOGIN] = { "帳號", "登入帳號", "使用者帳號", "username", "user name", "account",
                          "userprincipalname", "user id" },
    [GX_PEOPLE_NAME] = { "姓名", "名稱", "員工姓名", "name", "full name", "display name",
                         "employee name" },
    [GX_PEOPLE_NUMBER] = { "工號", "員編", "employee id", "employee no", "staff number" },
    [GX_PEOPLE_LOCALE] = { "語言", "語系", "language", "locale", "preferred language" },
    [GX_PEOPLE_ACTIVE] = { "啟用", "狀態", "在職", "在職狀態", "active", "status", "enabled",
                           "account enabled" },
    [GX_PEOPLE_UNIT] = { "單位", "部門", "部門名稱", "unit", "department", "unit code",
                         "單位代碼" },
    [GX_PEOPLE_MANAGER] = { "主管", "直屬主管", "manager", "supervisor", "reports to", "主管帳號" },
    [GX_PEOPLE_ROLES] = { "角色", "權限角色", "權限", "roles", "role", "groups", "permissions" },
};

static void fill_words(struct gx_req *req, const struct gx_object *object, size_t i,
                       struct gx_guess_field *field)
{
    const struct gx_field *f = gx_object_field(object, gx_str_c(gx_people_fields[i]));
    struct gx_str *list = GX_ARENA_ARRAY(req->ctx->arena, struct gx_str, WORDS_MAX + 3);
    size_t n = 0;
    list[n++] = gx_str_c(gx_people_fields[i]);
    for (int lang = 0; f && lang < GX_LANG_COUNT; lang++)
        list[n++] = f->label.text[lang];
    for (size_t k = 0; k < WORDS_MAX && words[i][k]; k++)
        list[n++] = gx_str_c(words[i][k]);
    *field = (struct gx_guess_field){ gx_str_c(gx_people_fields[i]), list, n };
}

static enum gx_code find_columns(struct gx_req *req, const struct gx_sheet_info *info,
                                 struct gx_people_file *file)
{
    const struct gx_object *object;
    struct gx_guess_field fields[GX_PEOPLE_FIELDS];
    bool has[GX_PEOPLE_FIELDS] = { false };
    int *of = GX_ARENA_ARRAY(req->ctx->arena, int, info->column_count + 1);
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    for (size_t i = 0; i < GX_PEOPLE_FIELDS; i++)
        fill_words(req, object, i, &fields[i]);
    const struct gx_guess *guesses = gx_sheet_guess(req->ctx->arena, info->columns,
                                                    info->column_count, fields, GX_PEOPLE_FIELDS);
    for (size_t c = 0; c < info->column_count; c++) {
        bool sure = guesses[c].field < GX_PEOPLE_FIELDS && guesses[c].score >= GX_GUESS_SURE;
        of[c] = sure ? (int)guesses[c].field : -1;
        if (sure)
            has[guesses[c].field] = true;
    }
    file->columns = info->columns;
    file->fields = of;
    file->column_count = info->column_count;
    if (has[GX_PEOPLE_LOGIN] || has[GX_PEOPLE_EMAIL] || has[GX_PEOPLE_EXTERNAL] ||
        has[GX_PEOPLE_NUMBER])
        return GX_OK;
    return gx_fail(req->ctx, GX_E_INVALID, GX_STR("file"), GX_M_PEOPLE_COLUMNS);
}

static void take_cells(struct gx_req *req, const struct gx_people_file *file,
                       const struct gx_sheet_row *row, struct gx_person *person)
{
    person->row = row->number;
    for (size_t c = 0; c < row->cell_count && c < file->column_count; c++) {
        struct gx_str text = gx_str_trim(row->cells[c].text);
        if (file->fields[c] >= 0 && text.n)
            person->text[file->fields[c]] = gx_arena_str(req->ctx->arena, text);
    }
    person->name = person->text[GX_PEOPLE_NAME];
    person->login = person->text[GX_PEOPLE_LOGIN];
    if (row->problem == GX_OK)
        return;
    const struct gx_error error = { .code = row->problem, .message = row->problem_message };
    person->action = GX_PEOPLE_FAILED;
    person->unreadable = true;
    person->reason = gx_error_text(req->ctx->arena, &error, req->ctx->lang);
}

enum gx_code gx_people_read(struct gx_req *req, struct gx_people_file *ret_file)
{
    struct gx_people_file file = { .rows = NULL };
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    size_t room = 0;
    bool has;
    GX_TRY(gx_sheet_open(req->ctx, req->body_path, NULL, &sheet));
    GX_TRY(find_columns(req, gx_sheet_info(sheet), &file));
    for (;;) {
        GX_TRY(gx_sheet_next(sheet, &row, &has));
        if (!has)
            break;
        if (file.row_count == GX_PEOPLE_ROWS_MAX)
            return gx_fail(req->ctx, GX_E_LIMIT, GX_STR("file"), GX_M_PEOPLE_MANY);
        if (file.row_count == room) {
            struct gx_person *was = file.rows;
            room = room ? 2 * room : 64;
            file.rows = GX_ARENA_ARRAY(req->ctx->arena, struct gx_person, room);
            if (was)
                memcpy(file.rows, was, file.row_count * sizeof *was);
        }
        take_cells(req, &file, &row, &file.rows[file.row_count++]);
    }
    *ret_file = file;
    return GX_OK;
}
