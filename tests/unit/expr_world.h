/*
 * expr_world.h - a small CRM for the tests of expr/: users, accounts, orders, tags.
 *
 * The tables are templates; world_open() copies them and parses the formulas.  Everything is in
 * this header, so that the fuzz target can have it too.
 */
#ifndef EXPR_WORLD_H
#define EXPR_WORLD_H

#include "base/assert.h"
#include "expr/expr.h"

enum world_object { WORLD_USER, WORLD_ACCOUNT, WORLD_ORDER, WORLD_TAG, WORLD_COUNT };
enum { WORLD_FIELDS_MAX = 24 };

#define WORLD_FIELD(n, t, ...)                                                                     \
    {                                                                                              \
        .name = GX_STR_INIT(n), .column = GX_STR_INIT(n), .type = (t), __VA_ARGS__                 \
    }
#define WORLD_FORMULA(n, text)                                                                     \
    {                                                                                              \
        .name = GX_STR_INIT(n), .formula_text = GX_STR_INIT(text)                                  \
    }

static const struct gx_expr_choice world_kinds[] = {
    { GX_STR_INIT("org"), { GX_STR_INIT("組織"), GX_STR_INIT("Organisation") } },
    { GX_STR_INIT("person"), { GX_STR_INIT("個人"), GX_STR_INIT("Person") } },
};
static const struct gx_expr_choice world_stages[] = {
    { GX_STR_INIT("open"), { GX_STR_INIT("進行中"), GX_STR_INIT("Open") } },
    { GX_STR_INIT("won"), { GX_STR_INIT("贏單"), GX_STR_INIT("Closed won") } },
    { GX_STR_INIT("lost"), { GX_STR_INIT("輸單"), GX_STR_INIT("Closed lost") } },
};
static const struct gx_expr_choice world_interests[] = {
    { GX_STR_INIT("golf"), { GX_STR_INIT("高爾夫"), GX_STR_INIT("Golf") } },
    { GX_STR_INIT("tea"), { GX_STR_INIT("茶"), GX_STR_INIT("Tea") } },
    { GX_STR_INIT("opera"), { GX_STR_INIT("歌劇"), GX_STR_INIT("Opera") } },
};

static const struct gx_expr_field world_user[] = {
    WORLD_FIELD("name", GX_TYPE_TEXT),
    WORLD_FIELD("unit", GX_TYPE_NUMBER),
    WORLD_FIELD("manager", GX_TYPE_LINK, .object = "user"),
    WORLD_FIELD("active", GX_TYPE_BOOL),
};
static const struct gx_expr_field world_account[] = {
    WORLD_FIELD("name", GX_TYPE_TEXT),
    WORLD_FIELD("note", GX_TYPE_TEXT),
    WORLD_FIELD("kind", GX_TYPE_CHOICE, .choices = world_kinds, .choice_count = 2),
    WORLD_FIELD("rating", GX_TYPE_NUMBER, .scale = 2),
    WORLD_FIELD("staff", GX_TYPE_NUMBER),
    WORLD_FIELD("revenue", GX_TYPE_MONEY),
    WORLD_FIELD("owner", GX_TYPE_LINK, .object = "user"),
    WORLD_FIELD("parent", GX_TYPE_LINK, .object = "account"),
    WORLD_FIELD("founded", GX_TYPE_DATE),
    WORLD_FIELD("touched", GX_TYPE_MOMENT),
    WORLD_FIELD("response", GX_TYPE_DURATION),
    WORLD_FIELD("active", GX_TYPE_BOOL),
    WORLD_FIELD("interests", GX_TYPE_CHOICES, .choices = world_interests, .choice_count = 3),
    { .name = GX_STR_INIT("tags"),
      .type = GX_TYPE_LINKS,
      .object = "tag",
      .join_table = GX_STR_INIT("account_tags"),
      .list_column = GX_STR_INIT("tags") },
    WORLD_FORMULA("label", "name & \" \" & note"),
    WORLD_FORMULA("total", "sum(orders.amount: stage = \"won\")"),
    WORLD_FORMULA("busy", "count(orders) >= 2"),
    WORLD_FORMULA("boss", "owner.manager"),
};
static const struct gx_expr_field world_order[] = {
    WORLD_FIELD("name", GX_TYPE_TEXT),
    WORLD_FIELD("account", GX_TYPE_LINK, .object = "account"),
    WORLD_FIELD("owner", GX_TYPE_LINK, .object = "user"),
    WORLD_FIELD("amount", GX_TYPE_MONEY),
    WORLD_FIELD("qty", GX_TYPE_NUMBER),
    WORLD_FIELD("weight", GX_TYPE_NUMBER, .scale = 3),
    WORLD_FIELD("stage", GX_TYPE_CHOICE, .choices = world_stages, .choice_count = 3),
    WORLD_FIELD("closed", GX_TYPE_DATE),
    WORLD_FIELD("at", GX_TYPE_MOMENT),
    WORLD_FIELD("took", GX_TYPE_DURATION),
    WORLD_FIELD("paid", GX_TYPE_BOOL),
    WORLD_FORMULA("each", "amount / qty"),
    WORLD_FORMULA("late", "closed < today() and not paid"),
};
static const struct gx_expr_field world_tag[] = {
    WORLD_FIELD("name", GX_TYPE_TEXT),
    WORLD_FIELD("weight", GX_TYPE_NUMBER, .scale = 9),
};
static const struct gx_expr_relation world_user_relations[] = {
    { GX_STR_INIT("accounts"), "account", GX_STR_INIT("owner") },
};
static const struct gx_expr_relation world_account_relations[] = {
    { GX_STR_INIT("orders"), "order", GX_STR_INIT("account") },
    { GX_STR_INIT("children"), "account", GX_STR_INIT("parent") },
};

struct world {
    struct gx_expr_object objects[WORLD_COUNT];
    struct gx_expr_field fields[WORLD_COUNT][WORLD_FIELDS_MAX];
    struct gx_expr_schema schema;
};

static inline const struct gx_expr_object *world_object(const void *p, struct gx_str name)
{
    const struct world *world = p;
    for (size_t i = 0; i < WORLD_COUNT; i++) {
        if (gx_str_eq(world->objects[i].name, name))
            return &world->objects[i];
    }
    return NULL;
}

static inline void world_add(struct world *world, enum world_object which, const char *name,
                             const char *table, const char *deleted,
                             const struct gx_expr_field *fields, size_t count)
{
    gx_assert(count <= WORLD_FIELDS_MAX);
    memcpy(world->fields[which], fields, count * sizeof *fields);
    world->objects[which] = (struct gx_expr_object){
        .name = gx_str_c(name),
        .table = gx_str_c(table),
        .deleted_column = gx_str_c(deleted),
        .fields = world->fields[which],
        .field_count = count,
    };
}

/* Parse every formula that is not parsed yet, in `arena`. */
static inline void world_formulas(struct world *world, struct gx_ctx *ctx, struct gx_arena *arena)
{
    for (size_t i = 0; i < WORLD_COUNT; i++) {
        for (size_t k = 0; k < world->objects[i].field_count; k++) {
            struct gx_expr_field *f = &world->fields[i][k];
            if (!f->formula_text.n || f->formula)
                continue;
            enum gx_code code = gx_expr_parse(ctx, arena, &world->schema, world->objects[i].name,
                                              f->formula_text, GX_TYPE_ANY, &f->formula);
            gx_assert(code == GX_OK);
            f->type = gx_expr_type(f->formula);
            f->scale = gx_expr_scale(f->formula);
            f->object = gx_expr_link_object(f->formula);
        }
    }
}

static inline void world_open(struct world *world, struct gx_ctx *ctx, struct gx_arena *arena)
{
    memset(world, 0, sizeof *world);
    world->schema = (struct gx_expr_schema){ world, world_object };
    world_add(world, WORLD_USER, "user", "users", "", world_user, GX_COUNT(world_user));
    world_add(world, WORLD_ACCOUNT, "account", "accounts", "deleted_at", world_account,
              GX_COUNT(world_account));
    world_add(world, WORLD_ORDER, "order", "orders", "deleted_at", world_order,
              GX_COUNT(world_order));
    world_add(world, WORLD_TAG, "tag", "tags", "deleted_at", world_tag, GX_COUNT(world_tag));
    world->objects[WORLD_USER].relations = world_user_relations;
    world->objects[WORLD_USER].relation_count = GX_COUNT(world_user_relations);
    world->objects[WORLD_ACCOUNT].relations = world_account_relations;
    world->objects[WORLD_ACCOUNT].relation_count = GX_COUNT(world_account_relations);
    world_formulas(world, ctx, arena);
}

#endif
