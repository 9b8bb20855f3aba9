/*
 * expr_name.c - what a name means: fields, paths over links, relations, periods, `me`, `outer`.
 *
 * A path is nodes inside one another: account.owner.name is the field `name` of the record that
 * the field `owner` of the record that the field `account` of this record points to, points to.
 */
#include "expr/expr_int.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "base/text.h"

const struct gx_expr_field gx_expr_id_field = {
    .name = GX_STR_INIT("id"),
    .column = GX_STR_INIT("id"),
    .type = GX_TYPE_LINK,
};

/* Where a name of the text stands; 0 for one that the checker made up. */
static size_t offset(const struct parser *p, struct gx_str name)
{
    uintptr_t from = (uintptr_t)p->text.p, at = (uintptr_t)name.p;
    return at >= from && at - from < p->text.n ? at - from : 0;
}

static const struct gx_expr_field *find_field(const struct gx_expr_object *object,
                                              struct gx_str name)
{
    for (size_t i = 0; i < object->field_count; i++) {
        if (gx_str_eq(object->fields[i].name, name))
            return &object->fields[i];
    }
    return gx_str_is(name, "id") ? &gx_expr_id_field : NULL;
}

static const struct gx_expr_relation *find_relation(const struct gx_expr_object *object,
                                                    struct gx_str name)
{
    for (size_t i = 0; i < object->relation_count; i++) {
        if (gx_str_eq(object->relations[i].name, name))
            return &object->relations[i];
    }
    return NULL;
}

static void nearer(struct gx_str name, struct gx_str candidate, int *best, struct gx_str *nearest)
{
    int near = gx_text_near(name, candidate);
    if (near <= *best)
        return;
    *best = near;
    *nearest = candidate;
}

/* No such name: say the nearest one, or that the record outside has it. */
static enum gx_code fail_name(struct parser *p, const struct gx_expr_object *object,
                              const struct check_scope *up, struct gx_str name)
{
    struct gx_str nearest = GX_STR("");
    int best = 499;
    for (size_t i = 0; i < object->field_count; i++)
        nearer(name, object->fields[i].name, &best, &nearest);
    for (size_t i = 0; i < object->relation_count; i++)
        nearer(name, object->relations[i].name, &best, &nearest);
    if (best < 1000 && up && find_field(up->object, name)) {
        best = 1000;
        nearest = gx_arena_printf(p->ctx->arena, "outer.%.*s", GX_STR_ARG(name));
    }
    enum gx_message message = best < 500 ? GX_M_UNKNOWN_KEY : GX_M_UNKNOWN_KEY_NEAR;
    return gx_expr_fail(p, offset(p, name), message, name, nearest);
}

static const struct gx_expr_object *object_named(struct parser *p, struct gx_str name)
{
    return p->schema->object(p->schema->p, name);
}

static enum gx_code record_node(struct parser *p, enum node_kind kind, size_t at, struct node *link,
                                const struct gx_expr_object *object, struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, kind, at, link ? 1 : 0, ret_node));
    struct node *node = *ret_node;
    node->type = TYPE_RECORD;
    node->object = object->name;
    node->target = object;
    if (link)
        node->kids[0] = link;
    return gx_expr_finish(p, node);
}

static enum gx_code field_node(struct parser *p, struct node *record,
                               const struct gx_expr_field *field, size_t at, struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, N_FIELD, at, 1, ret_node));
    struct node *node = *ret_node;
    node->kids[0] = record;
    node->field = field;
    node->type = (int)field->type;
    node->scale = field->type == GX_TYPE_MONEY    ? GX_MONEY_SCALE
                  : field->type == GX_TYPE_NUMBER ? field->scale
                                                  : 0;
    node->choices = field;
    node->object = gx_str_c(field->object);
    if (field == &gx_expr_id_field)
        node->object = gx_arena_str(p->arena, record->object);
    if (field->formula) {
        const struct node *root = field->formula->root;
        node->type = root->type;
        node->scale = root->scale;
        node->choices = root->choices;
        node->object = root->object;
    } else if (field->formula_text.n) {
        return gx_expr_fail(p, at, GX_M_EXPR_CYCLE, field->name, GX_STR(""));
    }
    return gx_expr_finish(p, node);
}

static enum gx_code follow(struct parser *p, struct node *link, struct node **ret_record)
{
    const struct gx_expr_object *object = NULL;
    if (link->type == GX_TYPE_LINK)
        object = object_named(p, link->object);
    else if (link->type != GX_TYPE_LINKS)
        return gx_expr_fail(p, link->at, GX_M_EXPR_NOT_LINK, link->field->name, GX_STR(""));
    else
        return gx_expr_fail(p, link->at, GX_M_EXPR_MANY, link->field->name, GX_STR(""));
    if (!object)
        return gx_expr_fail(p, link->at, GX_M_EXPR_OBJECT, link->object, GX_STR(""));
    return record_node(p, N_FOLLOW, link->at, link, object, ret_record);
}

static enum gx_code me_node(struct parser *p, size_t at, struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, N_ME, at, 0, ret_node));
    (*ret_node)->type = GX_TYPE_LINK;
    (*ret_node)->object = GX_STR("user");
    return gx_expr_finish(p, *ret_node);
}

/* The record a path starts from; *index is the first name after it. */
static enum gx_code path_start(struct parser *p, const struct check_scope *scope,
                               const struct node *path, size_t *index, struct node **ret_record)
{
    int levels = 0;
    while (*index < path->name_count && gx_str_is(path->names[*index], "outer")) {
        scope = scope->up;
        levels++;
        if (!scope)
            return gx_expr_fail(p, offset(p, path->names[*index]), GX_M_EXPR_OUTER, GX_STR(""),
                                GX_STR(""));
        (*index)++;
    }
    if (*index == path->name_count)
        return gx_expr_fail(p, path->at, GX_M_EXPR_OUTER_ALONE, GX_STR(""), GX_STR(""));
    if (levels == 0 && path->name_count > 1 && gx_str_is(path->names[0], "me")) {
        struct node *me;
        GX_TRY(me_node(p, path->at, &me));
        (*index)++;
        return follow(p, me, ret_record);
    }
    GX_TRY(record_node(p, N_THIS, path->at, NULL, scope->object, ret_record));
    (*ret_record)->shift = levels;
    return GX_OK;
}

static const struct check_scope *scope_out(const struct check_scope *scope, const struct node *path)
{
    for (size_t i = 0; scope && i < path->name_count && gx_str_is(path->names[i], "outer"); i++)
        scope = scope->up;
    return scope ? scope->up : NULL;
}

enum gx_code gx_expr_check_name(struct parser *p, const struct check_scope *scope,
                                struct node **node)
{
    const struct node *path = *node;
    enum period period;
    int shift;
    if (path->name_count == 1 && gx_str_is(path->names[0], "me"))
        return me_node(p, path->at, node);
    if (path->name_count == 1 && gx_expr_find_period(path->names[0], &period, &shift))
        return gx_expr_period_node(p, path->at, period, shift, node);
    struct node *record, *field = NULL;
    size_t i = 0;
    GX_TRY(path_start(p, scope, path, &i, &record));
    for (; i < path->name_count; i++) {
        struct gx_str name = path->names[i];
        if (field)
            GX_TRY(follow(p, field, &record));
        const struct gx_expr_field *f = find_field(record->target, name);
        if (!f && find_relation(record->target, name))
            return gx_expr_fail(p, offset(p, name), GX_M_EXPR_MANY, name, GX_STR(""));
        if (!f)
            return fail_name(p, record->target, field ? NULL : scope_out(scope, path), name);
        GX_TRY(field_node(p, record, f, offset(p, name), &field));
    }
    *node = field;
    return GX_OK;
}

/*
 * Walk a path to its list of records: links, then a relation or a LINKS field.  *index is the
 * name after it.
 */
static enum gx_code find_list(struct parser *p, const struct check_scope *scope,
                              const struct node *path, size_t *index, struct node *aggregate)
{
    struct node *record, *link;
    GX_TRY(path_start(p, scope, path, index, &record));
    for (; *index < path->name_count; (*index)++) {
        struct gx_str name = path->names[*index];
        const struct gx_expr_field *f = find_field(record->target, name);
        aggregate->relation = find_relation(record->target, name);
        if (aggregate->relation || (f && f->type == GX_TYPE_LINKS)) {
            aggregate->field = aggregate->relation ? NULL : f;
            aggregate->over = record;
            (*index)++;
            return GX_OK;
        }
        if (!f)
            return fail_name(p, record->target, NULL, name);
        GX_TRY(field_node(p, record, f, offset(p, name), &link));
        if (link->type != GX_TYPE_LINK)
            return gx_expr_fail(p, offset(p, name), GX_M_EXPR_NOT_LIST, name, GX_STR(""));
        GX_TRY(follow(p, link, &record));
    }
    return gx_expr_fail(p, path->at, GX_M_EXPR_NOT_LIST, path->names[path->name_count - 1],
                        GX_STR(""));
}

bool gx_expr_names_list(struct parser *p, const struct check_scope *scope, const struct node *path)
{
    if (path->kind != N_NAME)
        return false;
    const struct gx_expr_object *object = scope->object;
    for (size_t i = 0; object && i < path->name_count; i++) {
        if (gx_str_is(path->names[i], "outer")) {
            scope = scope->up;
            object = scope ? scope->object : NULL;
            continue;
        }
        const struct gx_expr_field *f = find_field(object, path->names[i]);
        if (find_relation(object, path->names[i]) || (f && f->type == GX_TYPE_LINKS))
            return true;
        bool me = i == 0 && !f && gx_str_is(path->names[0], "me");
        struct gx_str next = me ? GX_STR("user") : f ? gx_str_c(f->object) : GX_STR("");
        object = object_named(p, next);
    }
    return false;
}

static const char *aggregate_name(enum aggregate aggregate)
{
    static const char *const names[] = { "count", "sum", "avg", "min", "max", "any", "all" };
    return names[aggregate];
}

/* The type of the result from that of the value. */
static enum gx_code aggregate_type(struct parser *p, struct node *node)
{
    const struct node *of = node->of;
    enum aggregate a = node->aggregate;
    node->type = a == AGGREGATE_COUNT ? GX_TYPE_NUMBER : GX_TYPE_BOOL;
    if (!of)
        return GX_OK;
    bool number =
        of->type == GX_TYPE_NUMBER || of->type == GX_TYPE_MONEY || of->type == GX_TYPE_DURATION;
    bool time = of->type == GX_TYPE_DATE || of->type == GX_TYPE_MOMENT;
    if (!number && (!time || a == AGGREGATE_SUM || a == AGGREGATE_AVG))
        return gx_expr_fail_type(p, of, GX_TYPE_NUMBER);
    node->type = of->type;
    node->scale = of->scale;
    if (a == AGGREGATE_AVG && of->type == GX_TYPE_NUMBER && of->scale < NUMBER_SCALE_DIV)
        node->scale = NUMBER_SCALE_DIV;
    return GX_OK;
}

static enum gx_code check_value(struct parser *p, const struct check_scope *scope,
                                const struct node *path, size_t index, struct node *node)
{
    bool wanted = node->aggregate >= AGGREGATE_SUM && node->aggregate <= AGGREGATE_MAX;
    if (index == path->name_count && !wanted)
        return GX_OK;
    if (index == path->name_count || !wanted)
        return gx_expr_fail(p, path->at, wanted ? GX_M_EXPR_NO_VALUE : GX_M_EXPR_NO_FIELD,
                            gx_str_c(aggregate_name(node->aggregate)), GX_STR(""));
    GX_TRY(gx_expr_node_new(p, N_NAME, offset(p, path->names[index]), 0, &node->of));
    node->of->names = path->names + index;
    node->of->name_count = path->name_count - index;
    return gx_expr_check_name(p, scope, &node->of);
}

enum gx_code gx_expr_check_aggregate(struct parser *p, const struct check_scope *scope,
                                     enum aggregate aggregate, struct node **call)
{
    const struct node *path = (*call)->count == 1 ? (*call)->kids[0] : NULL;
    struct node *node, *cond = (*call)->cond;
    struct gx_str name = gx_str_c(aggregate_name(aggregate));
    if (!path || path->kind != N_NAME)
        return gx_expr_fail(p, (*call)->at, GX_M_EXPR_NO_LIST_NAMED, name, GX_STR(""));
    if (aggregate == AGGREGATE_ALL && !cond)
        return gx_expr_fail(p, (*call)->at, GX_M_EXPR_NO_CONDITION, name, GX_STR(""));
    GX_TRY(gx_expr_node_new(p, N_AGGREGATE, (*call)->at, 3, &node));
    node->aggregate = aggregate;
    node->name = name;
    size_t index = 0;
    GX_TRY(find_list(p, scope, path, &index, node));
    node->object = gx_str_c(node->relation ? node->relation->object : node->field->object);
    node->target = object_named(p, node->object);
    if (!node->target)
        return gx_expr_fail(p, path->at, GX_M_EXPR_OBJECT, node->object, GX_STR(""));
    if (node->relation) {
        const struct gx_expr_field *link = find_field(node->target, node->relation->field);
        if (!link || link->type != GX_TYPE_LINK || !link->column.n)
            return gx_expr_fail(p, path->at, GX_M_EXPR_OBJECT, node->object, GX_STR(""));
        node->link = link;
    }
    const struct check_scope inner = { node->target, scope };
    GX_TRY(check_value(p, &inner, path, index, node));
    if (cond) {
        GX_TRY(gx_expr_check_bool(p, &inner, &cond));
        node->cond = cond;
    }
    node->count = 0;
    node->kids[node->count++] = node->over;
    if (node->of)
        node->kids[node->count++] = node->of;
    if (node->cond)
        node->kids[node->count++] = node->cond;
    GX_TRY(aggregate_type(p, node));
    /* LINK results of min and max do not exist, so nothing points anywhere. */
    node->object = GX_STR("");
    *call = node;
    return gx_expr_finish(p, node);
}
