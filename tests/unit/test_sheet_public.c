/* test_sheet_public.c - CSV files that nobody here made. */
#include <ftw.h>
#include <stdlib.h>

#include "json/read.h"
#include "sheet_help.h"

static struct gx_str read_file(struct gx_arena *arena, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!GX_CHECK(f != NULL, path))
        return GX_STR("");
    fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *p = gx_arena_alloc(arena, n + 1);
    n = fread(p, 1, n, f);
    fclose(f);
    return (struct gx_str){ p, n };
}

/* Each row of the CSV file is the object of the JSON file. */
static void check_spectrum(struct gx_ctx *ctx, const char *folder, const char *name)
{
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    struct gx_json *root;
    bool has = true;
    const char *csv = gx_arena_printf(ctx->arena, "%s/csvs/%s.csv", folder, name).p;
    const char *json = gx_arena_printf(ctx->arena, "%s/json/%s.json", folder, name).p;
    if (!GX_CHECK(gx_sheet_open(ctx, csv, NULL, &sheet) == GX_OK, name) ||
        !GX_CHECK(gx_json_read(ctx, read_file(ctx->arena, json), &root) == GX_OK, name))
        return;
    const struct gx_sheet_info *info = gx_sheet_info(sheet);
    for (const struct gx_json *want = root->first; want; want = want->next) {
        if (!GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has, name))
            return;
        GX_CHECK(row.cell_count == want->count && info->column_count == want->count, name);
        size_t i = 0;
        for (const struct gx_json *cell = want->first; cell; cell = cell->next, i++) {
            GX_CHECK_STR(info->columns[i], cell->key, name);
            GX_CHECK_STR(row.cells[i].text, cell->text, name);
        }
    }
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && !has, name);
}

GX_TEST(sheet_public_csv_spectrum)
{
    static const char *const names[] = {
        "comma_in_quotes",
        "empty",
        "empty_crlf",
        "escaped_quotes",
        "json",
        "newlines",
        "newlines_crlf",
        "quotes_and_newlines",
        "simple",
        "simple_crlf",
        "utf8",
    };
    const char *folder = gx_test_data("csv_spectrum");
    if (!folder) {
        gx_skip("no public data");
        return;
    }
    for (size_t i = 0; i < GX_COUNT(names); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        check_spectrum(&ctx, folder, names[i]);
        gx_arena_free(&arena);
    }
}

/* nftw() takes no argument of ours. */
static size_t torture_files, torture_rows;

static int torture(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has = true;
    (void)st;
    (void)where;
    if (kind != FTW_F)
        return 0;
    torture_files++;
    enum gx_code code = gx_sheet_open(&ctx, path, NULL, &sheet);
    GX_CHECK(code == GX_OK || (ctx.errors && ctx.errors->message != GX_M_NONE), path);
    while (code == GX_OK && (code = gx_sheet_next(sheet, &row, &has)) == GX_OK && has)
        torture_rows++;
    GX_CHECK(arena.used_bytes < (size_t)8 << 20, path);
    gx_arena_free(&arena);
    return 0;
}

GX_TEST(sheet_public_csv_duckdb)
{
    const char *folder = gx_test_data("csv_duckdb");
    if (!folder) {
        gx_skip("no public data");
        return;
    }
    GX_CHECK(nftw(folder, torture, 16, FTW_PHYS) == 0, "walk");
    GX_CHECK(torture_files > 800 && torture_rows > 100000, "files and rows");
}

static const struct {
    const char *folder, *file;
    char delimiter;
    const char *encoding;
    size_t columns;
    int64_t rows;
    int64_t at; /* row number of the file; 0: none is looked at */
    size_t column;
    const char *name, *cell;
} facts[] = {
    { "crm_sales_opportunities", "sales_pipeline.csv", ',', "UTF-8", 8, 8800, 2, 3, "account",
      "Cancity" },
    { "crm_sales_opportunities", "accounts.csv", ',', "UTF-8", 7, 85, 2, 5, "office_location",
      "United States" },
    { "crm_sales_opportunities", "sales_teams.csv", ',', "UTF-8", 3, 35, 0, 0, "", "" },
    { "crm_sales_opportunities", "products.csv", ',', "UTF-8", 3, 7, 2, 2, "sales_price", "550" },
    { "northwind/csv", "customers.csv", ',', "UTF-8", 11, 91, 0, 0, "", "" },
    { "northwind/csv", "orders.csv", ',', "UTF-8", 14, 830, 0, 0, "", "" },
    { "northwind/csv", "order_details.csv", ',', "UTF-8", 5, 2155, 0, 0, "", "" },
    { "northwind/csv", "products.csv", ',', "UTF-8", 10, 77, 13, 1, "product_name",
      "Queso Manchego La Pastora" },
    { "northwind/csv", "employees.csv", ',', "UTF-8", 18, 9, 0, 0, "", "" },
    { "northwind/csv", "suppliers.csv", ',', "UTF-8", 12, 29, 6, 1, "company_name",
      "Cooperativa de Quesos 'Las Cabras'" },
    { "northwind/csv", "territories.csv", ',', "UTF-8", 3, 53, 0, 0, "", "" },
    { "northwind/csv", "us_states.csv", ',', "UTF-8", 4, 51, 0, 0, "", "" },
    { "northwind/csv", "employee_territories.csv", ',', "UTF-8", 2, 49, 0, 0, "", "" },
    { "adventureworks", "AdventureWorks_Customers.csv", ',', "UTF-8", 13, 18148, 2, 8,
      "AnnualIncome", "$90,000 " },
    { "adventureworks", "AdventureWorks_Sales_2017.csv", ',', "UTF-8", 8, 2630, 0, 0, "", "" },
    { "adventureworks", "AdventureWorks_Sales_2018.csv", ',', "UTF-8", 8, 23935, 0, 0, "", "" },
    { "adventureworks", "AdventureWorks_Sales_2019.csv", ',', "UTF-8", 8, 29481, 0, 0, "", "" },
    { "adventureworks", "AdventureWorks_Products.csv", ',', "UTF-8", 11, 293, 0, 0, "", "" },
    { "telco_churn", "WA_Fn-UseC_-Telco-Customer-Churn.csv", ',', "UTF-8", 21, 7043, 2, 0,
      "customerID", "7590-VHVEG" },
    { "ifood_marketing", "marketing_data.csv", ',', "UTF-8", 28, 2240, 2, 4, "Income",
      "$84,835.00 " },
    { "channel_attribution", "Data.csv", ',', "UTF-8", 4, 10000, 0, 0, "", "" },
    { "insurance_ibm_watson", "WA_Fn-UseC_-Marketing-Customer-Value-Analysis.csv", ',', "UTF-8", 24,
      9134, 0, 0, "", "" },
    { "callcentre_pwc", "calls_sheet1.csv", ',', "UTF-8", 10, 5000, 0, 0, "", "" },
    { "dedupe_examples", "csv_example_messy_input.csv", ',', "UTF-8", 32, 3337, 0, 0, "", "" },
    { "er_restaurants", "rest1.csv", '|', "UTF-8", 4, 339, 2, 1,
      "http://www.okkam.org/ontology_restaurant1.owl#name", "new york" },
    { "er_restaurants", "rest2.csv", '|', "UTF-8", 4, 2256, 0, 0, "", "" },
    { "er_abt_buy", "abt.csv", '|', "UTF-8", 4, 1076, 0, 0, "", "" },
    { "eshop_clothing_sessions", "e-shop clothing 2008.csv", ',', "windows-1252", 15, 24026, 5, 11,
      "L", "Numeric (1–5)" },
    { "febrl", "dataset1.csv", ',', "UTF-8", 11, 1000, 0, 0, "", "" },
    { "febrl", "dataset3.csv", ',', "UTF-8", 11, 5000, 0, 0, "", "" },
    { "splink", "fake_1000.csv", ',', "UTF-8", 7, 1000, 0, 0, "", "" },
    { "helpdesk_tickets", "helpdesk.csv", ',', "UTF-8", 3, 13710, 0, 0, "", "" },
    { "bank_marketing", "bank.csv", ';', "UTF-8", 17, 4521, 2, 1, "job", "unemployed" },
    { "names_multiscript", "names_DEV.tsv", '\t', "UTF-8", 4, 14051, 2, 3, "value", "俊馳" },
};

GX_TEST(sheet_public_facts)
{
    if (!gx_test_data("northwind")) {
        gx_skip("no public data");
        return;
    }
    for (size_t i = 0; i < GX_COUNT(facts); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_sheet *sheet;
        struct gx_sheet_row row;
        bool has = true;
        int64_t rows = 0;
        const char *file = facts[i].file;
        const char *path = gx_arena_printf(&arena, "%s/%s", gx_test_data(facts[i].folder), file).p;
        if (!GX_CHECK(gx_sheet_open(&ctx, path, NULL, &sheet) == GX_OK, path))
            continue;
        const struct gx_sheet_info *info = gx_sheet_info(sheet);
        GX_CHECK(info->delimiter == facts[i].delimiter && info->header_row == 1, file);
        GX_CHECK_STR(info->encoding, gx_str_c(facts[i].encoding), file);
        GX_CHECK(info->column_count == facts[i].columns, file);
        while (gx_sheet_next(sheet, &row, &has) == GX_OK && has) {
            rows++;
            GX_CHECK(row.problem == GX_OK && row.cell_count <= info->column_count, file);
            if (row.number != facts[i].at)
                continue;
            GX_CHECK_STR(info->columns[facts[i].column], gx_str_c(facts[i].name), file);
            GX_CHECK_STR(row.cells[facts[i].column].text, gx_str_c(facts[i].cell), file);
        }
        if (!GX_CHECK(rows == facts[i].rows, file))
            printf("  %lld rows\n", (long long)rows);
        gx_arena_free(&arena);
    }
}

/* The same people, names and cities in the encodings of their countries, a few at a time. */
GX_TEST(sheet_public_retail_cp1252)
{
    const char *folder = gx_test_data("retail_store_sales");
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has = true;
    int64_t rows = 0;
    if (!folder) {
        gx_skip("no public data");
        return;
    }
    const char *command =
        gx_arena_printf(&arena, "gzip -dc '%s/Retail Store Sales Data.csv.gz'", folder).p;
    FILE *f = popen(command, "r");
    char *bytes = malloc(16 << 20);
    size_t n = f ? fread(bytes, 1, 16 << 20, f) : 0;
    GX_CHECK(f && pclose(f) == 0, "unpacked");
    if (GX_CHECK(gx_sheet_open_bytes(&ctx, (struct gx_str){ bytes, n }, NULL, &sheet) == GX_OK,
                 "open")) {
        GX_CHECK_STR(gx_sheet_info(sheet)->encoding, GX_STR("windows-1252"), "encoding");
        GX_CHECK(gx_sheet_info(sheet)->column_count == 21, "columns");
        while (gx_sheet_next(sheet, &row, &has) == GX_OK && has) {
            rows++;
            GX_CHECK(row.problem == GX_OK, "row");
            if (row.number == 173)
                GX_CHECK_STR(row.cells[16].text,
                             GX_STR("Adams Phone Message Book, Professional, 400 Message Capacity, "
                                    "5 3/6” x 11”"),
                             "inches");
        }
    }
    GX_CHECK(rows == 9994, "rows");
    free(bytes);
    gx_arena_free(&arena);
}
