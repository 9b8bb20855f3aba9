/* duplicates.c - see duplicates.h. */
#include "quality/duplicates.h"

#include "base/text.h"
#include "store/convert.h"
#include "store/list.h"
#include "store/match.h"

enum { MARKS_MAX = 24, CANDIDATES_MAX = 60, PER_MARK_MAX = 12 };

/* One thing that this record is known by. */
struct mark {
    const struct gx_field *field;
    struct gx_str text; /* comparable: folded, or a phone's key */
    size_t shared;      /* how many others have it */
};

struct candidate {
    int64_t id;
    bool like[MARKS_MAX];
    int weight;
};

struct finding {
    struct gx_scope *scope;
    const struct gx_object *object;
    struct gx_record mine;
    int64_t self; /* 0: a new one */
    struct mark marks[MARKS_MAX];
    size_t mark_count;
    struct candidate candidates[CANDIDATES_MAX];
    size_t candidate_count;
};

static bool is_title(const struct gx_object *object, const struct gx_field *field)
{
    return field == object->title && field->x.type == GX_TYPE_TEXT && field->part_count == 1;
}

static bool is_type(const struct gx_field *field, const char *name)
{
    return gx_str_is(gx_str_c(field->type->name), name);
}

/* Numbers and addresses are the same in whichever field they stand. */
static bool is_reach(const struct gx_field *field)
{
    return is_type(field, "phone") || is_type(field, "email");
}

static bool marks(const struct gx_object *object, const struct gx_field *field)
{
    if (field->search == GX_SEARCH_NONE || field->private_ || field->access >= GX_FIELD_MASKED)
        return false;
    return is_title(object, field) || is_reach(field) ||
           (is_type(field, "text") && field->search == GX_SEARCH_CODE);
}

static struct gx_str comparable(struct gx_arena *arena, const struct gx_field *field,
                                const struct gx_value *v)
{
    if (v[0].kind != GX_VALUE_TEXT)
        return GX_STR("");
    if (is_type(field, "phone"))
        return v[1].kind == GX_VALUE_TEXT ? v[1].s : GX_STR("");
    return gx_text_fold(arena, v[0].s);
}

/* A name alone says little: an object must have something else that it is known by. */
static void find_marks(struct finding *f)
{
    struct gx_arena *arena = gx_scope_ctx(f->scope)->arena;
    bool known = false;
    for (size_t i = 0; i < f->object->field_count; i++)
        known |= is_reach(&f->object->fields[i]) && marks(f->object, &f->object->fields[i]);
    for (size_t i = 0; known && i < f->object->field_count && f->mark_count < MARKS_MAX; i++) {
        const struct gx_field *field = &f->object->fields[i];
        if (!marks(f->object, field))
            continue;
        struct gx_str text = comparable(arena, field, &f->mine.v[field->slot]);
        if (text.n)
            f->marks[f->mark_count++] = (struct mark){ .field = field, .text = text };
    }
}

static void add_candidate(struct finding *f, int64_t id)
{
    if (id == f->self || f->candidate_count == CANDIDATES_MAX)
        return;
    for (size_t i = 0; i < f->candidate_count; i++)
        if (f->candidates[i].id == id)
            return;
    f->candidates[f->candidate_count++] = (struct candidate){ .id = id };
}

/* By the index of the field where it has one, else by that of search. */
static enum gx_code find_candidates(struct finding *f, const struct mark *mark)
{
    struct gx_list *list;
    bool has;
    if (is_title(f->object, mark->field) || (mark->field->indexed && !is_reach(mark->field))) {
        const struct gx_input input = { .object = f->object, .v = f->mine.v };
        int64_t ids[PER_MARK_MAX];
        size_t count;
        GX_TRY(
            gx_match_all(f->scope, f->object, &mark->field, 1, &input, ids, PER_MARK_MAX, &count));
        for (size_t i = 0; i < count; i++)
            add_candidate(f, ids[i]);
        return GX_OK;
    }
    const struct gx_list_options options = {
        .q = mark->text, .fields = GX_STR("id"), .limit = PER_MARK_MAX, .right = GX_RIGHT_READ
    };
    GX_TRY(gx_list_open(f->scope, f->object, &options, &list));
    enum gx_code code;
    while ((code = gx_list_next(list, &has)) == GX_OK && has)
        add_candidate(f, gx_list_id(list));
    gx_list_close(list);
    return code;
}

static bool is_like(const struct finding *f, const struct mark *mark, const struct gx_record *other)
{
    struct gx_arena *arena = gx_scope_ctx(f->scope)->arena;
    for (size_t i = 0; i < f->object->field_count; i++) {
        const struct gx_field *field = &f->object->fields[i];
        bool same = field == mark->field || (is_reach(field) && field->type == mark->field->type &&
                                             marks(f->object, field));
        if (same && gx_str_eq(comparable(arena, field, &other->v[field->slot]), mark->text))
            return true;
    }
    return false;
}

static enum gx_code compare(struct finding *f, struct candidate *c)
{
    struct gx_ctx *ctx = gx_scope_ctx(f->scope);
    struct gx_record other;
    enum gx_code code = gx_record_load(f->scope, f->object, c->id, GX_RIGHT_READ, false, &other);
    if (code == GX_E_NOT_FOUND) { /* deleted in between */
        gx_ctx_clear(ctx);
        return GX_OK;
    }
    GX_TRY(code);
    for (size_t i = 0; i < f->mark_count; i++) {
        c->like[i] = is_like(f, &f->marks[i], &other);
        f->marks[i].shared += c->like[i];
    }
    return GX_OK;
}

/* A code weighs more than a number, a number more than a name. */
static void weigh(const struct finding *f, struct candidate *c)
{
    for (size_t i = 0; i < f->mark_count; i++) {
        const struct mark *mark = &f->marks[i];
        if (is_reach(mark->field) && mark->shared > GX_DUPLICATES_SHARED_MAX)
            c->like[i] = false;
        if (c->like[i])
            c->weight += is_title(f->object, mark->field) ? 2 : is_reach(mark->field) ? 3 : 4;
    }
}

static enum gx_code write_one(const struct finding *f, const struct candidate *c, struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("record"));
    GX_TRY(gx_convert_write_link(f->scope, f->object, c->id, w));
    gx_jw_key(w, GX_STR("fields"));
    gx_jw_array(w);
    for (size_t i = 0; i < f->mark_count; i++)
        if (c->like[i])
            gx_jw_str(w, f->marks[i].field->x.name);
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code find(struct finding *f, struct gx_jw *w)
{
    find_marks(f);
    for (size_t i = 0; i < f->mark_count; i++)
        GX_TRY(find_candidates(f, &f->marks[i]));
    for (size_t i = 0; i < f->candidate_count; i++)
        GX_TRY(compare(f, &f->candidates[i]));
    for (size_t i = 0; i < f->candidate_count; i++)
        weigh(f, &f->candidates[i]);
    for (int n = 0; n < GX_DUPLICATES_MAX; n++) {
        struct candidate *best = NULL;
        for (size_t i = 0; i < f->candidate_count; i++)
            if (f->candidates[i].weight > (best ? best->weight : 0))
                best = &f->candidates[i];
        if (!best)
            break;
        GX_TRY(write_one(f, best, w));
        best->weight = 0;
    }
    return GX_OK;
}

enum gx_code gx_duplicates_of(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                              struct gx_jw *w)
{
    struct finding *f = GX_ARENA_NEW(gx_scope_ctx(scope)->arena, struct finding);
    *f = (struct finding){ .scope = scope, .object = object, .self = id };
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_READ, false, &f->mine));
    return find(f, w);
}

enum gx_code gx_duplicates_like(struct gx_scope *scope, const struct gx_object *object,
                                const struct gx_json *typed, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct finding *f = GX_ARENA_NEW(ctx->arena, struct finding);
    struct gx_input *input = gx_input_new(scope, object);
    const struct gx_expr *filter;
    GX_TRY(gx_scope_filter(scope, object, GX_RIGHT_READ, &filter)); /* says why, if nothing */
    for (const struct gx_json *k = typed->first; k; k = k->next) {
        const struct gx_field *field = gx_object_field(object, k->key);
        if (!field)
            return gx_fail(ctx, GX_E_INVALID, k->key, GX_M_UNKNOWN_KEY, k->key);
        if (k->kind != GX_JSON_STRING || !marks(object, field) || k->text.n == 0)
            continue;
        if (gx_input_text(scope, input, field, k->text, GX_DATE_YMD) != GX_OK) {
            gx_ctx_clear(ctx); /* not a whole one yet */
            input->v[field->slot] = GX_NULL_VALUE;
        }
    }
    *f = (struct finding){ .scope = scope,
                           .object = object,
                           .mine = { .object = object, .v = input->v } };
    return find(f, w);
}
