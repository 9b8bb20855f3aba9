/* write.c - definitions as JSON for the screens. */
#include "json/write.h"
#include "meta/meta.h"

static void label(struct gx_jw *w, const char *key, const struct gx_label *l)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_object(w);
    gx_jw_key_str(w, "zh-Hant", gx_label_text(l, GX_LANG_ZH_HANT));
    gx_jw_key_str(w, "en", gx_label_text(l, GX_LANG_EN));
    gx_jw_object_end(w);
}

static void choices(struct gx_jw *w, const struct gx_field *f)
{
    gx_jw_key(w, GX_STR("choices"));
    gx_jw_array(w);
    for (size_t i = 0; i < f->choice_count; i++) {
        gx_jw_object(w);
        gx_jw_key_str(w, "code", f->choices[i].code);
        label(w, "label", &f->choices[i].label);
        gx_jw_key_str(w, "color", f->choices[i].color);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

static const char *shown_type(const struct gx_field *f)
{
    static const char *const names[] = {
        [GX_TYPE_BOOL] = "boolean",      [GX_TYPE_NUMBER] = "decimal",
        [GX_TYPE_MONEY] = "money",       [GX_TYPE_TEXT] = "text",
        [GX_TYPE_DATE] = "date",         [GX_TYPE_MOMENT] = "datetime",
        [GX_TYPE_DURATION] = "duration", [GX_TYPE_CHOICE] = "choice",
        [GX_TYPE_CHOICES] = "choices",   [GX_TYPE_LINK] = "link",
        [GX_TYPE_LINKS] = "links",
    };
    if (f->x.type == GX_TYPE_NUMBER && f->x.scale == 0)
        return "integer";
    return names[f->x.type];
}

static void write_bounds(struct gx_jw *w, const struct gx_field *f)
{
    if (f->has_max) {
        gx_jw_key(w, GX_STR("max"));
        gx_jw_decimal(w, f->max, f->x.scale);
    }
    if (f->has_min) {
        gx_jw_key(w, GX_STR("min"));
        gx_jw_decimal(w, f->min, f->x.scale);
    }
    if (f->x.scale)
        gx_jw_key_int(w, "scale", f->x.scale);
}

static void write_source(struct gx_jw *w, const struct gx_field *f, const char *key)
{
    const struct gx_json *node = gx_json_get(f->json, key);
    if (!node)
        return;
    gx_jw_key(w, gx_str_c(key));
    gx_json_write(w, node);
}

static void write_field(struct gx_jw *w, const struct gx_field *f)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "name", f->x.name);
    gx_jw_key_str(w, "type", gx_str_c(f->type->name));
    if (f->type->computed)
        gx_jw_key_str(w, "returns", gx_str_c(shown_type(f)));
    label(w, "label", &f->label);
    if (f->help.text[GX_LANG_EN].n)
        label(w, "help", &f->help);
    gx_jw_key_bool(w, "required", f->required);
    gx_jw_key_str(w, "access", gx_str_c(gx_field_access_names[f->access]));
    gx_jw_key_bool(w, "readonly", f->readonly || f->type->computed);
    gx_jw_key_bool(w, "unique", f->unique);
    gx_jw_key_bool(w, "system", f->system);
    gx_jw_key_bool(w, "custom", f->custom);
    gx_jw_key_bool(w, "private", f->private_);
    bool open = f->access < GX_FIELD_MASKED;
    gx_jw_key_bool(w, "sortable", f->type->sortable && open);
    gx_jw_key_bool(w, "filterable", f->type->filterable && open);
    write_bounds(w, f);
    if (f->choice_count)
        choices(w, f);
    if (f->x.object)
        gx_jw_key_str(w, "to", gx_str_c(f->x.object));
    if (f->process)
        gx_jw_key_str(w, "process", f->process->name);
    if (!f->keeps_conditions) {
        write_source(w, f, "default");
        write_source(w, f, "when");
        write_source(w, f, "required_when");
    }
    gx_jw_object_end(w);
}

void gx_meta_write_object(struct gx_jw *w, const struct gx_object *object)
{
    gx_jw_key_str(w, "name", object->x.name);
    label(w, "label", &object->label);
    label(w, "plural", &object->plural);
    gx_jw_key_str(w, "icon", object->icon);
    gx_jw_key_str(w, "doc", object->doc);
    gx_jw_key_str(w, "pack", object->pack);
    gx_jw_key_str(w, "title", object->title->x.name);
    gx_jw_key_bool(w, "owned", object->owner != NULL);
    gx_jw_key_bool(w, "searched", object->searched);
    gx_jw_key_bool(w, "converts", object->convert != NULL);
    gx_jw_key(w, GX_STR("fields"));
    gx_jw_array(w);
    for (size_t i = 0; i < object->field_count; i++)
        if (object->fields[i].access != GX_FIELD_HIDDEN)
            write_field(w, &object->fields[i]);
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("relations"));
    gx_jw_array(w);
    for (size_t i = 0; i < object->relation_count; i++) {
        const struct gx_relation *r = &object->relations[i];
        gx_jw_object(w);
        gx_jw_key_str(w, "name", r->x.name);
        gx_jw_key_str(w, "object", gx_str_c(r->x.object));
        gx_jw_key_str(w, "field", r->x.field);
        label(w, "label", &r->label);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("pages"));
    if (object->pages)
        gx_json_write(w, object->pages);
    else
        gx_jw_null(w);
}

void gx_meta_write_label(struct gx_jw *w, const struct gx_label *l)
{
    label(w, "label", l);
}

void gx_meta_write_process(struct gx_jw *w, const struct gx_process *process)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "name", process->name);
    label(w, "label", &process->label);
    gx_jw_key_str(w, "start", process->start);
    gx_jw_key(w, GX_STR("states"));
    gx_jw_array(w);
    for (size_t i = 0; i < process->state_count; i++) {
        const struct gx_state *s = &process->states[i];
        gx_jw_object(w);
        gx_jw_key_str(w, "code", s->choice.code);
        label(w, "label", &s->choice.label);
        gx_jw_key_str(w, "kind", s->kind);
        gx_jw_key_str(w, "color", s->choice.color);
        gx_jw_key_int(w, "probability", s->probability);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("moves"));
    gx_jw_array(w);
    for (size_t i = 0; i < process->move_count; i++) {
        const struct gx_move *m = &process->moves[i];
        gx_jw_object(w);
        gx_jw_key(w, GX_STR("from"));
        gx_jw_array(w);
        for (size_t k = 0; k < m->from_count; k++)
            gx_jw_str(w, m->from[k]);
        gx_jw_array_end(w);
        gx_jw_key_str(w, "to", m->to);
        label(w, "label", &m->label);
        gx_jw_key(w, GX_STR("require"));
        gx_jw_array(w);
        for (size_t k = 0; k < m->require_count; k++)
            gx_jw_str(w, m->require[k]);
        gx_jw_array_end(w);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}
