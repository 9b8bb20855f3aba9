/* test_packs.c - what every object of every pack must have, whatever it is about. */
#include "base/embedded.h"
#include "base/map.h"
#include "gx_test.h"
#include "meta/meta.h"

/* Everything in packs/, with the names "pack/…/file" that failures are reported under. */
static struct gx_meta *load_packs(struct gx_ctx *ctx)
{
    static const struct gx_str packs[] = { GX_STR_INIT("core"), GX_STR_INIT("sales"),
                                           GX_STR_INIT("operator"), GX_STR_INIT("insurer") };
    struct gx_meta_source *sources;
    struct gx_meta *meta = NULL;
    size_t count = gx_meta_embedded(ctx->arena, packs, GX_COUNT(packs), &sources);
    if (!GX_CHECK(gx_meta_load(ctx, sources, count, &meta) == GX_OK, "packs load"))
        printf("%.*s\n", GX_STR_ARG(gx_ctx_text(ctx)));
    return meta;
}

static const char *named(struct gx_ctx *ctx, struct gx_str object, struct gx_str what)
{
    struct gx_str name =
        gx_arena_printf(ctx->arena, "%.*s.%.*s", GX_STR_ARG(object), GX_STR_ARG(what));
    return gx_arena_cstr(ctx->arena, name);
}

static void check_label(const struct gx_label *label, const char *what)
{
    for (int i = 0; i < GX_LANG_COUNT; i++)
        if (label->text[i].n == 0)
            GX_CHECK(false, what);
}

/* In one list no two things may look the same to the reader. */
static void check_distinct(struct gx_ctx *ctx, struct gx_map *seen, const struct gx_label *label,
                           const char *what)
{
    check_label(label, what);
    for (int i = 0; i < GX_LANG_COUNT; i++) {
        if (gx_map_get(&seen[i], label->text[i]))
            GX_CHECK(false, what);
        gx_map_set(&seen[i], ctx->arena, label->text[i], seen);
    }
}

GX_TEST(packs_labels)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta *meta = load_packs(&ctx);
    for (size_t i = 0; meta && i < meta->object_count; i++) {
        const struct gx_object *o = meta->objects[i];
        struct gx_map fields[GX_LANG_COUNT] = { 0 };
        check_label(&o->label, named(&ctx, o->x.name, GX_STR("label")));
        check_label(&o->plural, named(&ctx, o->x.name, GX_STR("plural")));
        for (size_t f = 0; f < o->field_count; f++) {
            struct gx_map choices[GX_LANG_COUNT] = { 0 };
            const char *what = named(&ctx, o->x.name, o->fields[f].x.name);
            check_distinct(&ctx, fields, &o->fields[f].label, what);
            for (size_t k = 0; k < o->fields[f].choice_count; k++)
                check_distinct(&ctx, choices, &o->fields[f].choices[k].label, what);
        }
        for (size_t r = 0; r < o->relation_count; r++)
            check_label(&o->relations[r].label, named(&ctx, o->x.name, o->relations[r].x.name));
        for (size_t r = 0; r < o->rule_count; r++)
            check_label(&o->rules[r].message, named(&ctx, o->x.name, o->rules[r].name));
    }
    for (size_t i = 0; meta && i < meta->process_count; i++) {
        const struct gx_process *p = meta->processes[i];
        struct gx_map states[GX_LANG_COUNT] = { 0 };
        check_label(&p->label, named(&ctx, p->name, GX_STR("label")));
        for (size_t s = 0; s < p->state_count; s++)
            check_distinct(&ctx, states, &p->states[s].choice.label,
                           named(&ctx, p->name, p->states[s].choice.code));
        for (size_t m = 0; m < p->move_count; m++)
            check_label(&p->moves[m].label, named(&ctx, p->name, p->moves[m].to));
    }
    for (size_t i = 0; meta && i < meta->role_count; i++)
        check_label(&meta->roles[i].label, named(&ctx, meta->roles[i].name, GX_STR("label")));
    GX_CHECK(meta && meta->object_count > 0, "objects");
    if (meta)
        gx_meta_unref(meta);
    gx_arena_free(&arena);
}

static bool has_relation(const struct gx_object *o, struct gx_str name)
{
    for (size_t i = 0; i < o->relation_count; i++)
        if (gx_str_eq(o->relations[i].x.name, name))
            return true;
    return false;
}

/* A list of names of real fields, none of them twice; they are put into `seen`. */
static void check_names(struct gx_ctx *ctx, const struct gx_object *o, const struct gx_json *list,
                        struct gx_map *seen)
{
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        bool ok = gx_object_field(o, k->text) && !gx_map_get(seen, k->text);
        if (!ok)
            GX_CHECK(ok, named(ctx, o->x.name, k->text));
        gx_map_set(seen, ctx->arena, k->text, seen);
    }
}

/* What people may fill in, they must be able to reach. */
static void check_reachable(struct gx_ctx *ctx, const struct gx_object *o, struct gx_map *on_form)
{
    for (size_t i = 0; i < o->field_count; i++) {
        const struct gx_field *f = &o->fields[i];
        bool ok = f->system || f->readonly || f->type->computed || gx_map_get(on_form, f->x.name);
        if (!ok)
            GX_CHECK(ok, named(ctx, o->x.name, f->x.name));
    }
}

GX_TEST(packs_pages)
{
    static const char *const lists[] = { "list", "phone", "card" };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta *meta = load_packs(&ctx);
    for (size_t i = 0; meta && i < meta->object_count; i++) {
        const struct gx_object *o = meta->objects[i];
        struct gx_map on_form = { 0 };
        for (size_t k = 0; k < GX_COUNT(lists); k++) {
            struct gx_map seen = { 0 };
            check_names(&ctx, o, gx_json_get(o->pages, lists[k]), &seen);
            GX_CHECK(seen.count > 0, named(&ctx, o->x.name, gx_str_c(lists[k])));
        }
        const struct gx_json *form = gx_json_get(o->pages, "form");
        for (const struct gx_json *s = form ? form->first : NULL; s; s = s->next) {
            const struct gx_json *rows = gx_json_get(s, "fields");
            for (const struct gx_json *row = rows ? rows->first : NULL; row; row = row->next)
                check_names(&ctx, o, row, &on_form);
        }
        check_reachable(&ctx, o, &on_form);
        const struct gx_json *related = gx_json_get(o->pages, "related");
        for (const struct gx_json *k = related ? related->first : NULL; k; k = k->next)
            GX_CHECK(has_relation(o, k->text), named(&ctx, o->x.name, k->text));
    }
    if (meta)
        gx_meta_unref(meta);
    gx_arena_free(&arena);
}

/* A value is copied only between fields that agree, so that none is cut or refused. */
static void check_copy(struct gx_ctx *ctx, const struct gx_object *to,
                       const struct gx_convert_value *v)
{
    const struct gx_field *a = v->from, *b = v->field;
    bool renamed = !gx_str_eq(a->x.name, b->x.name);
    GX_CHECK(a->type == b->type && (renamed || a->max <= b->max) &&
                 a->choice_count == b->choice_count,
             named(ctx, to->x.name, b->x.name));
    for (size_t i = 0; i < a->choice_count && i < b->choice_count; i++)
        GX_CHECK(gx_str_eq(a->choices[i].code, b->choices[i].code),
                 named(ctx, to->x.name, a->choices[i].code));
}

/* The loader has checked names and expressions; here is what it cannot know. */
GX_TEST(packs_conversions)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta *meta = load_packs(&ctx);
    size_t found = 0;
    for (size_t i = 0; meta && i < meta->object_count; i++) {
        const struct gx_convert *c = meta->objects[i]->convert;
        if (!c)
            continue;
        found++;
        GX_CHECK(gx_process_state(c->field->process, c->to), "the state it ends in");
        for (size_t t = 0; t < c->target_count; t++)
            for (size_t k = 0; k < c->targets[t].value_count; k++)
                if (c->targets[t].values[k].from)
                    check_copy(&ctx, c->targets[t].object, &c->targets[t].values[k]);
    }
    GX_CHECK(found == 1, "the lead is converted");
    if (meta)
        gx_meta_unref(meta);
    gx_arena_free(&arena);
}

/* Fields that a move asks for exist on the objects that go through the process. */
GX_TEST(packs_moves)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta *meta = load_packs(&ctx);
    size_t checked = 0;
    for (size_t i = 0; meta && i < meta->object_count; i++) {
        const struct gx_object *o = meta->objects[i];
        for (size_t f = 0; f < o->field_count; f++) {
            const struct gx_process *p = o->fields[f].process;
            for (size_t m = 0; p && m < p->move_count; m++)
                for (size_t r = 0; r < p->moves[m].require_count; r++, checked++)
                    GX_CHECK(gx_object_field(o, p->moves[m].require[r]),
                             named(&ctx, o->x.name, p->moves[m].require[r]));
        }
    }
    GX_CHECK(checked > 0, "moves");
    if (meta)
        gx_meta_unref(meta);
    gx_arena_free(&arena);
}

GX_TEST(packs_menu)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_meta *meta = load_packs(&ctx);
    for (const struct gx_embedded *e = gx_embedded_files; meta && e->path; e++) {
        struct gx_str path = gx_str_c(e->path), text = { e->data, e->n };
        struct gx_json *root;
        if (!gx_str_starts(path, GX_STR("packs/")) || !gx_str_ends(path, GX_STR("/pack.json")) ||
            !GX_CHECK(gx_json_read(&ctx, text, &root) == GX_OK, e->path))
            continue;
        const struct gx_json *menu = gx_json_get(root, "menu");
        for (const struct gx_json *k = menu ? menu->first : NULL; k; k = k->next)
            GX_CHECK(gx_meta_object(meta, k->text) != NULL, named(&ctx, path, k->text));
    }
    if (meta)
        gx_meta_unref(meta);
    gx_arena_free(&arena);
}
