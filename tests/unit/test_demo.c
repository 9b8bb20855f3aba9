/* test_demo.c - made-up records are the same every time, and right by the packs' own files. */
#include <stdlib.h>

#include "base/embedded.h"
#include "base/map.h"
#include "base/phone.h"
#include "base/time.h"
#include "demo/demo.h"
#include "gx_test.h"
#include "json/read.h"

/* What the pack files say of one object. */
struct known_field {
    const struct gx_json *json;
    struct gx_str type;
    int times; /* values seen */
};

struct known_object {
    struct gx_map fields;
    struct known_field *required[32];
    size_t required_count;
    int64_t rows;
};

struct run {
    struct gx_ctx *ctx;
    struct gx_demo *demo;
    struct known_object objects[GX_DEMO_OBJECTS];
    struct gx_map phones, tax_ids, logins, tags;
    int64_t won, won_value_e4, *account_value_e4;
    int64_t accounts_won;
    const char *what;
    uint64_t hash;
};

static const struct gx_json *read_embedded(struct gx_ctx *ctx, const char *path)
{
    struct gx_json *root = NULL;
    struct gx_str text = gx_embedded_find(gx_str_c(path));
    if (!text.p || gx_json_read(ctx, text, &root) != GX_OK)
        return NULL;
    return root;
}

static void learn_fields(struct gx_ctx *ctx, const struct gx_json *file, struct known_object *o)
{
    const struct gx_json *fields = gx_json_get(file, "fields");
    for (const struct gx_json *k = fields ? fields->first : NULL; k; k = k->next) {
        struct known_field *f = GX_ARENA_NEW(ctx->arena, struct known_field);
        f->json = k;
        f->type = gx_json_get_str(k, "type", GX_STR(""));
        gx_map_set(&o->fields, ctx->arena, gx_json_get_str(k, "name", GX_STR("")), f);
        bool given = gx_json_get(k, "default") || gx_str_is(f->type, "process");
        if (gx_json_get_bool(k, "required", false) && !given && o->required_count < 32)
            o->required[o->required_count++] = f;
    }
}

static bool learn(struct run *run)
{
    static const char *const packs[] = { "core", "sales", "insurer" };
    bool ok = true;
    for (int i = 0; i < GX_DEMO_OBJECTS; i++) {
        bool found = false;
        for (size_t p = 0; p < GX_COUNT(packs); p++) {
            char path[200];
            snprintf(path, sizeof path, "packs/%s/objects/%s.json", packs[p], gx_demo_objects[i]);
            const struct gx_json *file = read_embedded(run->ctx, path);
            learn_fields(run->ctx, file, &run->objects[i]);
            found |= file != NULL;
            snprintf(path, sizeof path, "packs/%s/extend/%s.json", packs[p], gx_demo_objects[i]);
            learn_fields(run->ctx, read_embedded(run->ctx, path), &run->objects[i]);
        }
        ok &= GX_CHECK(found, gx_demo_objects[i]);
    }
    return ok;
}

static bool open_run(struct run *run, struct gx_ctx *ctx, const char *organisation, uint64_t seed,
                     int64_t scale)
{
    *run = (struct run){ .ctx = ctx, .what = organisation, .hash = 14695981039346656037u };
    run->account_value_e4 = GX_ARENA_ARRAY(ctx->arena, int64_t, (size_t)scale * 200);
    return GX_CHECK(gx_demo_open(ctx, gx_str_c(organisation), seed, scale, &run->demo) == GX_OK,
                    organisation);
}

static void hash_in(struct run *run, struct gx_str s)
{
    for (size_t i = 0; i < s.n; i++)
        run->hash = (run->hash ^ (unsigned char)s.p[i]) * 1099511628211u;
    run->hash = (run->hash ^ 0xff) * 1099511628211u;
}

static void hash_row(struct run *run, const struct gx_demo_row *row)
{
    hash_in(run, row->self.key);
    for (size_t i = 0; i < row->value_count; i++) {
        hash_in(run, row->values[i].field);
        hash_in(run, row->values[i].text);
        for (size_t k = 0; k < row->values[i].link_count; k++)
            hash_in(run, row->values[i].links[k].key);
    }
}

static uint64_t hash_of(struct gx_ctx *ctx, const char *organisation, uint64_t seed, int64_t scale)
{
    struct run run;
    struct gx_demo_row row;
    if (!open_run(&run, ctx, organisation, seed, scale))
        return 0;
    while (gx_demo_next(run.demo, &row))
        hash_row(&run, &row);
    return run.hash;
}

GX_TEST(demo_deterministic)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    for (size_t i = 0; gx_demo_organisations[i]; i++) {
        const char *name = gx_demo_organisations[i];
        uint64_t first = hash_of(&ctx, name, 7, 1);
        GX_CHECK(first == hash_of(&ctx, name, 7, 1), name);
        GX_CHECK(first != hash_of(&ctx, name, 8, 1), name);
        gx_arena_reset(&arena);
    }
    ctx = gx_test_ctx(&arena);
    uint64_t today = hash_of(&ctx, "maker", 7, 1);
    ctx.now_us += GX_DAY_US;
    GX_CHECK(today != hash_of(&ctx, "maker", 7, 1), "another day");
    gx_arena_free(&arena);
}

static bool is_choice(const struct known_field *f, struct gx_str code)
{
    const struct gx_json *list = gx_json_get(f->json, "choices");
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next)
        if (gx_str_eq(gx_json_get_str(k, "code", GX_STR("")), code))
            return true;
    return false;
}

/* "1250.5" or "1250.5 USD" as ten-thousandths; false if it is neither. */
static bool read_money(struct gx_str s, int64_t *ret_e4)
{
    size_t space = gx_str_find(s, ' ');
    size_t point = gx_str_find((struct gx_str){ s.p, space }, '.');
    int64_t whole, part = 0;
    if (!gx_str_int64((struct gx_str){ s.p, point }, &whole) || whole < 0)
        return false;
    if (point < space) {
        struct gx_str digits = { s.p + point + 1, space - point - 1 };
        if (!gx_str_int64(digits, &part) || digits.n > 4)
            return false;
        for (size_t i = digits.n; i < 4; i++)
            part *= 10;
    }
    *ret_e4 = whole * 10000 + part;
    return space == s.n || s.n - space == 4;
}

static size_t characters(struct gx_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += (s.p[i] & 0xc0) != 0x80;
    return n;
}

static bool reserved_domain(struct gx_str email)
{
    size_t at = gx_str_find(email, '@');
    struct gx_str host = gx_str_from(email, at + 1);
    return at > 0 && at < email.n && gx_str_find(host, '@') == host.n &&
           gx_str_find(email, ' ') == email.n && gx_str_search(email, GX_STR("..")) == SIZE_MAX &&
           (gx_str_ends(host, GX_STR(".example")) || gx_str_is(host, "example.com") ||
            gx_str_is(host, "example.net") || gx_str_is(host, "example.org"));
}

static bool plausible_phone(struct run *run, struct gx_str s)
{
    struct gx_str e164;
    return gx_phone_e164(run->ctx->arena, s, GX_STR("TW"), &e164) == GX_OK &&
           gx_str_starts(e164, s.p[0] == '+' ? GX_STR("+") : GX_STR("+886"));
}

/* As the tax office says it: products of the weights, their digits summed, divisible by 5. */
static bool valid_tax_id(struct gx_str s)
{
    static const char weights[] = "12121241";
    int sum = 0;
    if (s.n != 8)
        return false;
    for (size_t i = 0; i < 8; i++) {
        int product = (s.p[i] - '0') * (weights[i] - '0');
        sum += product / 10 + product % 10;
    }
    return sum % 5 == 0 || (s.p[6] == '7' && (sum + 1) % 5 == 0);
}

/* Money may be owed where the field has no smallest value. */
static struct gx_str debt(const struct known_field *f, struct gx_str text)
{
    bool owed = text.n && text.p[0] == '-' && !gx_json_get(f->json, "min");
    return owed ? gx_str_from(text, 1) : text;
}

static bool right_text(struct run *run, const struct known_field *f, struct gx_str text)
{
    int64_t number, max;
    if (gx_str_is(f->type, "choice"))
        return is_choice(f, text);
    if (gx_str_is(f->type, "choices"))
        return is_choice(f, text); /* the demo never gives two */
    if (gx_str_is(f->type, "date"))
        return gx_date_parse(text, &number);
    if (gx_str_is(f->type, "datetime"))
        return gx_moment_parse(text, 0, &number);
    if (gx_str_is(f->type, "duration"))
        return gx_duration_parse(text, &number) && number > 0;
    if (gx_str_is(f->type, "money"))
        return read_money(debt(f, text), &number);
    if (gx_str_is(f->type, "integer") || gx_str_is(f->type, "decimal") ||
        gx_str_is(f->type, "percent"))
        return gx_str_int64(text, &number) && number >= 0;
    if (gx_str_is(f->type, "boolean"))
        return gx_str_is(text, "true") || gx_str_is(text, "false");
    if (gx_str_is(f->type, "email"))
        return reserved_domain(text);
    if (gx_str_is(f->type, "phone"))
        return plausible_phone(run, text);
    if (gx_str_is(f->type, "url"))
        return gx_str_starts(text, GX_STR("https://"));
    max = gx_json_get_int(f->json, "max", 1000000);
    return characters(text) <= (size_t)max && gx_str_search(text, GX_STR("{")) == SIZE_MAX;
}

/* A link points to a row that came before, of the object that the field names. */
static bool right_links(struct run *run, const struct known_field *f,
                        const struct gx_demo_value *value)
{
    struct gx_str to = f ? gx_json_get_str(f->json, "to", GX_STR("")) : GX_STR("user");
    for (size_t i = 0; i < value->link_count; i++) {
        const struct gx_demo_ref *ref = &value->links[i];
        char key[100];
        snprintf(key, sizeof key, "%s-%s-%lld", run->what, gx_demo_objects[ref->object],
                 (long long)ref->ordinal + 1);
        if (!gx_str_is(to, gx_demo_objects[ref->object]) || !gx_str_is(ref->key, key) ||
            ref->ordinal < 0 || ref->ordinal >= run->objects[ref->object].rows)
            return false;
    }
    return true;
}

static void check_value(struct run *run, struct known_object *o, const struct gx_demo_value *value)
{
    char what[200];
    struct gx_str name = { value->field.p, gx_str_find(value->field, '.') };
    struct known_field *f = gx_map_get(&o->fields, name);
    snprintf(what, sizeof what, "%s %.*s \"%.*s\"", run->what, GX_STR_ARG(value->field),
             GX_STR_ARG(value->text));
    bool owner = gx_str_is(name, "owner");
    if (!owner && !GX_CHECK(f != NULL, what))
        return;
    if (f)
        f->times++;
    bool address = f && gx_str_is(f->type, "address");
    if ((name.n < value->field.n) != address)
        GX_CHECK(false, what);
    bool link = owner || gx_str_is(f->type, "link") || gx_str_is(f->type, "links");
    bool ok = link == (value->link_count > 0);
    ok = ok && (link ? right_links(run, f, value) : value->text.n > 0);
    ok =
        ok && (link || address || gx_str_is(f->type, "process") || right_text(run, f, value->text));
    if (!ok)
        GX_CHECK(ok, what);
}

static struct gx_str text_of(const struct gx_demo_row *row, const char *field)
{
    for (size_t i = 0; i < row->value_count; i++)
        if (gx_str_is(row->values[i].field, field))
            return row->values[i].text;
    return GX_STR("");
}

static int64_t link_of(const struct gx_demo_row *row, const char *field)
{
    for (size_t i = 0; i < row->value_count; i++)
        if (gx_str_is(row->values[i].field, field))
            return row->values[i].links->ordinal;
    return -1;
}

static void check_unique(struct run *run, struct gx_map *seen, struct gx_str value)
{
    if (value.n == 0)
        return;
    if (gx_map_get(seen, value))
        GX_CHECK(false, gx_arena_cstr(run->ctx->arena, value));
    gx_map_set(seen, run->ctx->arena, gx_arena_str(run->ctx->arena, value), run);
}

static void check_deal(struct run *run, const struct gx_demo_row *row)
{
    int64_t engaged = 0, closed = 0, value = 0, today;
    struct gx_str stage = text_of(row, "stage"), engage = text_of(row, "engage_date");
    bool won = gx_str_is(stage, "won"), over = won || gx_str_is(stage, "lost");
    today = gx_date_of_moment(run->ctx->now_us, run->ctx->tz_offset_min);
    bool ok = gx_date_parse(text_of(row, "close_date"), &closed) == over;
    ok = ok && gx_date_parse(engage, &engaged) == !gx_str_is(stage, "prospecting");
    ok = ok && (!over || (closed >= engaged && closed <= today)) && engaged <= today;
    ok = ok && (text_of(row, "close_value").n > 0) == won;
    ok = ok && (text_of(row, "loss_reason").n > 0) == gx_str_is(stage, "lost");
    ok = ok && (!won || read_money(text_of(row, "close_value"), &value));
    if (!ok)
        GX_CHECK(ok, gx_arena_cstr(run->ctx->arena, row->self.key));
    if (won) {
        run->won++;
        run->account_value_e4[link_of(row, "account")] += value;
    }
}

static void check_row(struct run *run, const struct gx_demo_row *row)
{
    struct known_object *o = &run->objects[row->self.object];
    const char *object = gx_demo_objects[row->self.object];
    int before[32];
    for (size_t i = 0; i < o->required_count; i++)
        before[i] = o->required[i]->times;
    for (size_t i = 0; i < row->value_count; i++)
        check_value(run, o, &row->values[i]);
    for (size_t i = 0; i < o->required_count; i++)
        if (o->required[i]->times != before[i] + 1)
            GX_CHECK(false, gx_arena_cstr(run->ctx->arena, row->self.key));
    if (row->self.ordinal != o->rows)
        GX_CHECK(false, "ordinals count up");
    check_unique(run, &run->phones,
                 !strcmp(object, "activity") ? GX_STR("") : text_of(row, "mobile"));
    if (!strcmp(object, "user"))
        check_unique(run, &run->logins, text_of(row, "login"));
    if (!strcmp(object, "tag"))
        check_unique(run, &run->tags, text_of(row, "name"));
    if (!strcmp(object, "opportunity"))
        check_deal(run, row);
    struct gx_str tax_id = text_of(row, "tax_id");
    if (tax_id.n && !valid_tax_id(tax_id))
        GX_CHECK(false, "tax id");
    check_unique(run, &run->tax_ids, tax_id);
    o->rows++;
}

/* Every kind of row is there: most of them always, some where the trade has them. */
static void check_kinds(struct run *run, bool pack)
{
    static const char *const own[] = {
        "unit", "policy", "holding", "claim", "complaint", "response"
    };
    for (int k = 0; k < GX_DEMO_OBJECTS; k++) {
        bool of_pack = false, lines = strcmp(gx_demo_objects[k], "opportunity_line") == 0;
        for (size_t i = 0; i < GX_COUNT(own); i++)
            of_pack |= strcmp(gx_demo_objects[k], own[i]) == 0;
        GX_CHECK(lines || (run->objects[k].rows > 0) == (pack || !of_pack), gx_demo_objects[k]);
        if (strcmp(gx_demo_objects[k], "account") == 0)
            GX_CHECK(run->objects[k].rows == 400, run->what);
        if (pack && strcmp(gx_demo_objects[k], "product") == 0)
            GX_CHECK(run->objects[k].rows == 2000, run->what);
    }
    GX_CHECK(gx_demo_permille(run->demo) == 1000, run->what);
}

static void check_rows(const char *organisation, bool pack)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct run run;
    struct gx_demo_row row;
    if (open_run(&run, &ctx, organisation, 1, 2) && learn(&run)) {
        if (pack)
            gx_demo_with_pack(run.demo);
        while (gx_demo_next(run.demo, &row))
            check_row(&run, &row);
    }
    check_kinds(&run, pack);
    gx_arena_free(&arena);
}

GX_TEST(demo_rows_right)
{
    for (size_t i = 0; gx_demo_organisations[i]; i++)
        check_rows(gx_demo_organisations[i], false);
    check_rows("insurer", true);
}

/* What the policies of a run say of each other. */
struct chain {
    struct gx_str plate, line;
    int64_t ends;
    bool renewed;
};

static void check_chain(const struct gx_demo_row *row, const struct chain *before, int64_t today,
                        struct chain *now)
{
    int64_t starts = 0;
    bool renewal = link_of(row, "renews") >= 0;
    *now = (struct chain){ .renewed = gx_str_is(text_of(row, "state"), "renewed") };
    bool ok = gx_date_parse(text_of(row, "starts_on"), &starts) &&
              gx_date_parse(text_of(row, "ends_on"), &now->ends) && now->ends > starts;
    /* The one before says so too, and ends where this one begins. */
    ok = ok && renewal == before->renewed && (!renewal || before->ends == starts);
    bool live =
        gx_str_is(text_of(row, "state"), "active") || gx_str_is(text_of(row, "state"), "contacted");
    ok = ok && (!live || now->ends > today - 20) && starts < today + 31;
    bool lost =
        gx_str_is(text_of(row, "state"), "lost") || gx_str_is(text_of(row, "state"), "elsewhere");
    ok = ok && (text_of(row, "lost_reason").n > 0) == lost;
    if (!ok)
        GX_CHECK(ok, "a policy and the one before it");
}

GX_TEST(demo_policies_renewed)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct run run;
    struct gx_demo_row row;
    struct chain before = { 0 }, now;
    int64_t renewed = 0, ended = 0, live = 0, today;
    today = gx_date_of_moment(ctx.now_us, ctx.tz_offset_min);
    if (open_run(&run, &ctx, "insurer", 7, 10)) {
        gx_demo_with_pack(run.demo);
        while (gx_demo_next(run.demo, &row)) {
            if (strcmp(gx_demo_objects[row.self.object], "policy") != 0)
                continue;
            check_chain(&row, &before, today, &now);
            bool lost =
                text_of(&row, "lost_reason").n > 0 && !gx_str_is(text_of(&row, "line"), "travel");
            renewed += now.renewed;
            ended += lost;
            live += !lost && !now.renewed;
            before = now;
        }
        GX_CHECK(!before.renewed, "what is renewed has its renewal");
        GX_CHECK(renewed > ended * 3 && renewed < ended * 9, "some are lost, most are renewed");
        GX_CHECK(live > 2000, "customers have several policies");
    }
    gx_arena_free(&arena);
}

static int larger_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

GX_TEST(demo_fifth_brings_most)
{
    for (size_t i = 0; gx_demo_organisations[i]; i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct run run;
        struct gx_demo_row row;
        size_t n = 20 * 200;
        int64_t all = 0, top = 0;
        if (!open_run(&run, &ctx, gx_demo_organisations[i], 3, 20))
            continue;
        while (gx_demo_next(run.demo, &row))
            if (!strcmp(gx_demo_objects[row.self.object], "opportunity"))
                check_deal(&run, &row);
        qsort(run.account_value_e4, n, sizeof *run.account_value_e4, larger_first);
        for (size_t k = 0; k < n; k++) {
            all += run.account_value_e4[k] / 10000;
            top += k < n / 5 ? run.account_value_e4[k] / 10000 : 0;
        }
        GX_CHECK(run.won > 1000 && top * 100 / all >= 70, run.what);
        gx_arena_free(&arena);
    }
}

GX_TEST(demo_refuses)
{
    static const struct {
        const char *organisation;
        int64_t scale;
    } rows[] = { { "", 1 },      { "nobody", 1 }, { "Maker", 1 },
                 { "maker", 0 }, { "maker", -1 }, { "maker", GX_DEMO_SCALE_MAX + 1 } };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_demo *demo = NULL;
        GX_CHECK(gx_demo_open(&ctx, gx_str_c(rows[i].organisation), 1, rows[i].scale, &demo) ==
                     GX_E_INVALID,
                 rows[i].organisation);
        GX_CHECK(demo == NULL && ctx.error_count == 1, rows[i].organisation);
        gx_arena_free(&arena);
    }
}
