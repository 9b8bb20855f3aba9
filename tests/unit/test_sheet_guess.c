/* test_sheet_guess.c - headers of real files and which field each of them is. */
#include "gx_test.h"
#include "sheet/guess.h"

/* "name=label=label …" of a field; as the packs have them. */
static const char *const account[] = {
    "name|客戶名稱|Name",
    "code|客戶代號|Account code",
    "kind|類別|Kind",
    "status|狀態|Status",
    "source|來源|Source",
    "tax_id|統一編號|Tax ID",
    "parent|母公司|Parent account",
    "industry|產業|Industry",
    "employees|員工人數|Employees",
    "annual_revenue|年營業額|Annual revenue",
    "founded_year|成立年份|Founded in",
    "phone|電話|Phone",
    "mobile|手機|Mobile",
    "fax|傳真|Fax",
    "email|電子郵件|E-mail",
    "website|網站|Web site",
    "billing_address|帳單地址|Billing address",
    "shipping_address|送貨地址|Shipping address",
    "region|地區|Region",
    "owner|負責業務|Owner",
    "description|備註|Description",
    "external_id|外部編號|External ID",
    NULL,
};
static const char *const contact[] = {
    "name|姓名|Name",
    "account|客戶|Account",
    "family_name|姓|Family name",
    "given_name|名|Given name",
    "title|職稱|Job title",
    "department|部門|Department",
    "phone|公司電話|Office phone",
    "mobile|手機|Mobile",
    "email|電子郵件|E-mail",
    "address|地址|Address",
    "birth_date|生日|Date of birth",
    "gender|性別|Gender",
    "description|備註|Description",
    "external_id|外部編號|External ID",
    "owner|負責業務|Owner",
    NULL,
};
static const char *const opportunity[] = {
    "name|商機名稱|Name",
    "account|客戶|Account",
    "contact|聯絡人|Contact",
    "stage|階段|Stage",
    "product|主要產品|Main product",
    "amount|預估金額|Expected amount",
    "probability|成交機率|Probability",
    "engage_date|開始洽談日|Engaged on",
    "expected_close_date|預計成交日|Expected to close on",
    "close_date|結案日|Closed on",
    "close_value|成交金額|Close value",
    "owner|負責業務|Owner",
    "external_id|外部編號|External ID",
    "description|說明|Description",
    NULL,
};
static const char *const product[] = {
    "name|產品名稱|Name",     "code|料號|Product code",   "series|系列|Series",
    "category|分類|Category", "unit|單位|Unit",           "list_price|定價|List price",
    "cost|成本|Cost",         "supplier|供應商|Supplier", NULL,
};
static const char *const user[] = {
    "login|帳號|Login",
    "display_name|姓名|Name",
    "email|電子郵件|E-mail",
    "team|團隊|Team",
    "manager|主管|Manager",
    "title|職稱|Job title",
    NULL,
};

static const struct {
    const char *what;
    const char *const *fields;
    const char *headers, *want; /* field names; "-": none */
} files[] = {
    { "CRM accounts", account,
      "account|sector|year_established|revenue|employees|office_location|subsidiary_of",
      "name|industry|founded_year|annual_revenue|employees|region|parent" },
    { "CRM pipeline", opportunity,
      "opportunity_id|sales_agent|product|account|deal_stage|engage_date|close_date|close_value",
      "external_id|owner|product|account|stage|engage_date|close_date|close_value" },
    { "CRM products", product, "product|series|sales_price", "name|series|list_price" },
    { "CRM teams", user, "sales_agent|manager|regional_office", "display_name|manager|team" },
    { "customers in Chinese", account,
      "客戶編號|公司名稱|統編|電話|行動電話|電子信箱|公司地址|負責業務|備註|隨便",
      "code|name|tax_id|phone|mobile|email|billing_address|owner|description|-" },
    { "in Simplified", account, "公司名称|电话|传真|电子邮件|产业",
      "name|phone|fax|email|industry" },
    { "contacts", contact, "客戶名稱|聯絡人姓名|職稱|手機號碼|E-mail|生日",
      "account|name|title|mobile|email|birth_date" },
    { "names in parts", contact, "FirstName|LastName|EmailAddress|BirthDate|Gender|Company",
      "given_name|family_name|email|birth_date|gender|account" },
    { "deals in Chinese", opportunity, "商機|客戶|金額|階段|預計結案日|成交機率(%)|業務員",
      "name|account|amount|stage|expected_close_date|probability|owner" },
    { "decorated", account, "* Company Name (required)|TEL：|E-Mail*|【網址】",
      "name|phone|email|website" },
    { "full width", account, "ＴＥＬ|Ｆａｘ|ｅｍａｉｌ", "phone|fax|email" },
    { "misspelt", account, "Compny name|Adress|Descripton|Indutry", "name|-|description|industry" },
    { "our own labels", account, "客戶名稱|客戶代號|Web site|Account code", "name|code|website|-" },
    { "our own names", account, "name|tax_id|billing_address", "name|tax_id|billing_address" },
    { "only one phone", product, "電話|品名|單價", "-|name|list_price" },
    { "longer than the label", account, "主要電話|聯絡人手機|Customer fax", "phone|mobile|fax" },
    { "nothing", account, "foo|12|???|hotel", "-|-|-|-" },
};

static struct gx_str *split(struct gx_arena *arena, const char *text, size_t *ret_n)
{
    struct gx_str rest = gx_str_c(text), piece, *out = GX_ARENA_ARRAY(arena, struct gx_str, 64);
    size_t n = 0;
    while (gx_str_split(&rest, '|', &piece))
        out[n++] = piece;
    *ret_n = n;
    return out;
}

static struct gx_guess_field *make_fields(struct gx_arena *arena, const char *const *list,
                                          size_t *ret_n)
{
    struct gx_guess_field *fields = GX_ARENA_ARRAY(arena, struct gx_guess_field, 64);
    size_t n = 0, words;
    for (; list[n]; n++) {
        struct gx_str *all = split(arena, list[n], &words);
        fields[n] = (struct gx_guess_field){ all[0], all + 1, words - 1 };
    }
    *ret_n = n;
    return fields;
}

GX_TEST(sheet_guess_files)
{
    for (size_t i = 0; i < GX_COUNT(files); i++) {
        struct gx_arena arena = { 0 };
        size_t columns, fields, wants;
        struct gx_str *headers = split(&arena, files[i].headers, &columns);
        struct gx_str *want = split(&arena, files[i].want, &wants);
        struct gx_guess_field *list = make_fields(&arena, files[i].fields, &fields);
        const struct gx_guess *guess = gx_sheet_guess(&arena, headers, columns, list, fields);
        GX_CHECK(columns == wants, files[i].what);
        for (size_t c = 0; c < columns; c++) {
            bool none = guess[c].field == SIZE_MAX;
            GX_CHECK(none ? guess[c].score == 0
                          : guess[c].score >= GX_GUESS_MIN && guess[c].score <= 1000,
                     files[i].what);
            GX_CHECK_STR(none ? GX_STR("-") : list[guess[c].field].name, want[c],
                         gx_arena_cstr(&arena, headers[c]));
        }
        gx_arena_free(&arena);
    }
}

/* A wide file takes no longer than it must, and no field is given away twice. */
GX_TEST(sheet_guess_wide)
{
    enum { COLUMNS = 16384 };
    struct gx_arena arena = { 0 };
    size_t fields;
    struct gx_guess_field *list = make_fields(&arena, account, &fields);
    struct gx_str *headers = GX_ARENA_ARRAY(&arena, struct gx_str, COLUMNS);
    size_t given = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        headers[i] = i % 2 ? GX_STR("Phone") : gx_arena_printf(&arena, "column %zu", i);
    const struct gx_guess *guess = gx_sheet_guess(&arena, headers, COLUMNS, list, fields);
    for (size_t i = 0; i < COLUMNS; i++)
        given += guess[i].field != SIZE_MAX;
    GX_CHECK(given >= 1 && given <= 2 && guess[1].score == 1000, "the first one");
    gx_arena_free(&arena);
}
