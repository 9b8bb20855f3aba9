/*
 * restrict.c - a snapshot as people see it from whom fields are kept.
 *
 * What is hidden is not there: it has no name in the copy, so that filters, sorts, forms, imports
 * and error messages cannot come upon it, and texts that speak of it (conditions, pages, what moves
 * require) are left out.  What is masked can be shown, and nothing else.  Columns and slots stay as
 * they are: a record is read and written whole, whoever writes it.
 *
 * A field that is worked out from one that is kept from somebody is kept from them as well, unless
 * a role speaks of it; so a formula gives nothing away.
 */
#include "base/assert.h"
#include "base/text.h"
#include "meta/meta.h"

struct restricting {
    const struct gx_meta *base;
    unsigned char *const *access; /* by object and field */
    struct gx_meta *meta;
    struct gx_arena *arena;
    enum gx_field_access worst; /* of the fields that one expression reads */
    const struct gx_object *pages_of;
};

static void see(void *p, struct gx_str object_name, struct gx_str field_name)
{
    struct restricting *r = p;
    const struct gx_object *object = gx_meta_object(r->base, object_name);
    const struct gx_field *field = object ? gx_object_field(object, field_name) : NULL;
    if (!field)
        return;
    enum gx_field_access access = r->access[object->index][field->index_in_object];
    if (access > r->worst && access >= GX_FIELD_MASKED)
        r->worst = access;
}

static bool reads_kept(struct restricting *r, const struct gx_expr *expr)
{
    r->worst = GX_FIELD_WRITE;
    if (expr)
        gx_expr_uses(expr, see, r);
    return r->worst != GX_FIELD_WRITE;
}

void gx_meta_inherit(const struct gx_meta *base, unsigned char **access, bool *const *said)
{
    struct restricting r = { .base = base, .access = access };
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < base->object_count; i++)
            for (size_t f = 0; f < base->objects[i]->field_count; f++) {
                const struct gx_field *field = &base->objects[i]->fields[f];
                bool known = said[i] && said[i][f];
                if (!field->x.formula || known || access[i][f] == GX_FIELD_HIDDEN ||
                    field == base->objects[i]->title || !reads_kept(&r, field->x.formula))
                    continue;
                access[i][f] = GX_FIELD_HIDDEN;
                more = true;
            }
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool gx_meta_hides(const struct gx_meta *meta, struct gx_str text)
{
    for (size_t at = 0; meta->hidden.count && at < text.n;) {
        size_t end = at;
        while (end < text.n && is_word(text.p[end]))
            end++;
        if (end > at && gx_map_get(&meta->hidden, (struct gx_str){ text.p + at, end - at }))
            return true;
        at = end + 1;
    }
    return false;
}

/* --- the copy */

/* A name on a page of an object, or a longer text. */
static bool speaks_of_hidden(struct restricting *r, struct gx_str text)
{
    const struct gx_field *field = gx_object_any_field(r->pages_of, text);
    if (field)
        return r->access[r->pages_of->index][field->index_in_object] == GX_FIELD_HIDDEN;
    return gx_meta_hides(r->meta, text);
}

/* A copy of a tree without what speaks of a hidden name; NULL when nothing is left of it. */
static const struct gx_json *without(struct restricting *r, const struct gx_json *node)
{
    if (node->kind == GX_JSON_STRING)
        return speaks_of_hidden(r, node->text) ? NULL : node;
    if (node->kind != GX_JSON_OBJECT && node->kind != GX_JSON_ARRAY)
        return node;
    struct gx_json *copy = GX_ARENA_NEW(r->arena, struct gx_json), **tail = &copy->first;
    *copy = *node;
    copy->first = NULL;
    copy->count = 0;
    for (const struct gx_json *k = node->first; k; k = k->next) {
        bool label = gx_str_is(k->key, "label");
        const struct gx_json *kept = label ? k : without(r, k);
        bool empty = kept && kept->kind == GX_JSON_ARRAY && k->count > 0 && kept->count == 0;
        if (!kept || empty)
            continue;
        *tail = GX_ARENA_NEW(r->arena, struct gx_json);
        **tail = *kept;
        (*tail)->key = k->key;
        (*tail)->next = NULL;
        tail = &(*tail)->next;
        copy->count++;
    }
    return copy;
}

static void copy_fields(struct restricting *r, struct gx_object *object)
{
    const struct gx_object *base = r->base->objects[object->index];
    struct gx_field *fields = GX_ARENA_ARRAY(r->arena, struct gx_field, base->field_count + 1);
    struct gx_expr_field *named =
        GX_ARENA_ARRAY(r->arena, struct gx_expr_field, base->x.field_count + 1);
    size_t n = 0;
    object->by_name = (struct gx_map){ 0 };
    for (size_t i = 0; i < base->field_count; i++) {
        struct gx_field *f = &fields[i];
        *f = base->fields[i];
        f->access = (enum gx_field_access)r->access[object->index][i];
        f->readonly |= f->access != GX_FIELD_WRITE;
        f->keeps_conditions = reads_kept(r, f->when) || reads_kept(r, f->required_when) ||
                              reads_kept(r, f->default_expr);
        if (f->access != GX_FIELD_HIDDEN)
            gx_map_set(&object->by_name, r->arena, f->x.name, f);
    }
    for (size_t i = 0; i < base->x.field_count; i++) {
        const struct gx_field *f = gx_object_field(object, base->x.fields[i].name);
        if (f && f->access < GX_FIELD_MASKED)
            named[n++] = base->x.fields[i];
    }
    object->fields = fields;
    object->x.fields = named;
    object->x.field_count = n;
    object->title = &fields[base->title->index_in_object];
    object->owner = base->owner ? &fields[base->owner->index_in_object] : NULL;
    object->account = base->account ? &fields[base->account->index_in_object] : NULL;
}

/* A relation goes by a field at its other end. */
static void copy_relations(struct restricting *r, struct gx_object *object)
{
    const struct gx_object *base = r->base->objects[object->index];
    struct gx_relation *kept =
        GX_ARENA_ARRAY(r->arena, struct gx_relation, base->relation_count + 1);
    struct gx_expr_relation *named =
        GX_ARENA_ARRAY(r->arena, struct gx_expr_relation, base->relation_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < base->relation_count; i++) {
        const struct gx_relation *relation = &base->relations[i];
        const struct gx_object *other = gx_meta_object(r->base, gx_str_c(relation->x.object));
        const struct gx_field *link = other ? gx_object_field(other, relation->x.field) : NULL;
        if (!link || r->access[other->index][link->index_in_object] >= GX_FIELD_MASKED)
            continue;
        kept[n] = *relation;
        named[n++] = relation->x;
    }
    object->relations = kept;
    object->x.relations = named;
    object->relation_count = object->x.relation_count = n;
}

static void copy_processes(struct restricting *r)
{
    struct gx_meta *meta = r->meta;
    meta->processes = GX_ARENA_ARRAY(r->arena, const struct gx_process *, meta->process_count + 1);
    for (size_t i = 0; i < meta->process_count; i++) {
        struct gx_process *process = GX_ARENA_NEW(r->arena, struct gx_process);
        *process = *r->base->processes[i];
        struct gx_move *moves = GX_ARENA_ARRAY(r->arena, struct gx_move, process->move_count + 1);
        for (size_t m = 0; m < process->move_count; m++) {
            moves[m] = process->moves[m];
            struct gx_str *need =
                GX_ARENA_ARRAY(r->arena, struct gx_str, moves[m].require_count + 1);
            size_t n = 0;
            for (size_t k = 0; k < moves[m].require_count; k++)
                if (!gx_meta_hides(meta, moves[m].require[k]))
                    need[n++] = moves[m].require[k];
            moves[m].require = need;
            moves[m].require_count = n;
        }
        process->moves = moves;
        meta->processes[i] = process;
    }
}

static const struct gx_expr_object *find_object(const void *p, struct gx_str name)
{
    const struct gx_object *object = gx_meta_object(p, name);
    return object ? &object->x : NULL;
}

static void release(void *p)
{
    gx_meta_unref(p);
}

static void copy(struct restricting *r)
{
    const struct gx_meta *base = r->base;
    struct gx_meta *meta = r->meta;
    struct gx_object **objects =
        GX_ARENA_ARRAY(r->arena, struct gx_object *, base->object_count + 1);
    for (size_t i = 0; i < base->object_count; i++) {
        objects[i] = GX_ARENA_NEW(r->arena, struct gx_object);
        *objects[i] = *base->objects[i];
        gx_map_set(&meta->by_name, r->arena, objects[i]->x.name, objects[i]);
        for (size_t f = 0; f < base->objects[i]->field_count; f++)
            if (r->access[i][f] == GX_FIELD_HIDDEN)
                gx_map_set(&meta->hidden, r->arena, base->objects[i]->fields[f].x.name, objects[i]);
    }
    meta->objects = (const struct gx_object **)objects;
    for (size_t i = 0; i < base->object_count; i++) {
        copy_fields(r, objects[i]);
        copy_relations(r, objects[i]);
        r->pages_of = base->objects[i];
        if (objects[i]->pages)
            objects[i]->pages = without(r, objects[i]->pages);
    }
    copy_processes(r);
    meta->schema = (struct gx_expr_schema){ .p = meta, .object = find_object };
}

struct gx_meta *gx_meta_restrict(struct gx_meta *base, unsigned char *const *access)
{
    struct gx_arena arena = { 0 };
    struct gx_meta *meta = GX_ARENA_NEW(&arena, struct gx_meta);
    *meta = *base;
    meta->arena = arena;
    meta->references = 1;
    meta->by_name = meta->hidden = (struct gx_map){ 0 };
    gx_arena_defer(&meta->arena, release, gx_meta_ref(base));
    gx_meta_notes_start(meta);
    struct restricting r = { .base = base, .access = access, .meta = meta, .arena = &meta->arena };
    copy(&r);
    return meta;
}
