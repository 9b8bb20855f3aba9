/*
 * describe.c - records as JSON Schema, for OpenAPI.
 *
 * A reply may leave fields out and may have computed ones (`fields=name,account.name`), so nothing
 * but id and version is required, and a key that is no plain name may be anything.  A reply's
 * choices are plain text: a record keeps a code after the choice was taken from the list.
 */
#include "meta/type_int.h"

/* What the types' own schemas refer to. */
static const struct {
    const char *name, *schema;
} shared[] = {
    { "id", "{\"type\": \"string\", \"pattern\": \"^[1-9][0-9]{0,18}$\"}" },
    { "decimal", "{\"type\": \"string\", \"pattern\": \"^-?[0-9]+([.][0-9]+)?$\","
                 " \"description\": \"A number without loss of digits.\"}" },
    { "decimal_input", "{\"type\": [\"string\", \"number\"]}" },
    { "link", "{\"type\": \"object\", \"required\": [\"id\", \"title\"], \"properties\": {"
              "\"id\": {\"$ref\": \"#/components/schemas/id\"},"
              " \"title\": {\"type\": [\"string\", \"null\"], \"description\":"
              " \"Null when the caller may not see that record.\"}},"
              " \"additionalProperties\": false}" },
    { "link_input", "{\"oneOf\": [{\"$ref\": \"#/components/schemas/id\"}, {\"type\": \"object\","
                    " \"required\": [\"id\"], \"properties\": {"
                    "\"id\": {\"$ref\": \"#/components/schemas/id\"}}}]}" },
    { "money", "{\"type\": \"object\", \"required\": [\"amount\", \"currency\"], \"properties\": {"
               "\"amount\": {\"$ref\": \"#/components/schemas/decimal\"},"
               " \"currency\": {\"type\": [\"string\", \"null\"]}},"
               " \"additionalProperties\": false}" },
    { "money_input", "{\"oneOf\": [{\"type\": [\"string\", \"number\"]}, {\"type\": \"object\","
                     " \"required\": [\"amount\"], \"properties\": {"
                     "\"amount\": {\"$ref\": \"#/components/schemas/decimal_input\"},"
                     " \"currency\": {\"type\": [\"string\", \"null\"]}},"
                     " \"additionalProperties\": false}]}" },
    { "address", "{\"type\": \"object\", \"properties\": {\"street\": {\"type\": \"string\"},"
                 " \"city\": {\"type\": \"string\"}, \"region\": {\"type\": \"string\"},"
                 " \"postcode\": {\"type\": \"string\"}, \"country\": {\"type\": \"string\"}},"
                 " \"additionalProperties\": false}" },
    { "location", "{\"type\": \"object\", \"required\": [\"lat\", \"lon\"], \"properties\": {"
                  "\"lat\": {\"$ref\": \"#/components/schemas/decimal\"},"
                  " \"lon\": {\"$ref\": \"#/components/schemas/decimal\"}},"
                  " \"additionalProperties\": false}" },
    { "may",
      "{\"type\": \"object\", \"description\": \"What the caller may do with the record, by the"
      " rule that a write is held against; in lists where it was asked for.\","
      " \"required\": [\"edit\", \"delete\", \"share\", \"assign\", \"restore\"], \"properties\": {"
      "\"edit\": {\"type\": \"boolean\"}, \"delete\": {\"type\": \"boolean\"},"
      " \"share\": {\"type\": \"boolean\", \"description\": \"And put into books.\"},"
      " \"assign\": {\"type\": \"boolean\", \"description\": \"Give it another owner.\"},"
      " \"restore\": {\"type\": \"boolean\", \"description\": \"Out of the recycle bin.\"}},"
      " \"additionalProperties\": false}" },
    { "location_input", "{\"type\": \"object\", \"required\": [\"lat\", \"lon\"], \"properties\": {"
                        "\"lat\": {\"$ref\": \"#/components/schemas/decimal_input\"},"
                        " \"lon\": {\"$ref\": \"#/components/schemas/decimal_input\"}},"
                        " \"additionalProperties\": false}" },
};

void gx_meta_describe_shared(struct gx_jw *w)
{
    for (size_t i = 0; i < GX_COUNT(shared); i++) {
        gx_jw_key(w, gx_str_c(shared[i].name));
        gx_jw_raw(w, gx_str_c(shared[i].schema));
    }
}

static void write_codes(struct gx_jw *w, const struct gx_field *field)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "type", GX_STR("string"));
    gx_jw_key(w, GX_STR("enum"));
    gx_jw_array(w);
    if (field->process)
        for (size_t i = 0; i < field->process->state_count; i++)
            gx_jw_str(w, field->process->states[i].choice.code);
    else
        for (size_t i = 0; i < field->choice_count; i++)
            gx_jw_str(w, field->choices[i].code);
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}

static void write_value(struct gx_jw *w, const struct gx_field *field, bool input)
{
    const struct gx_type_def *type = field->type;
    bool one = field->x.type == GX_TYPE_CHOICE, many = field->x.type == GX_TYPE_CHOICES;
    if (input && one) {
        write_codes(w, field);
    } else if (input && many) {
        gx_jw_object(w);
        gx_jw_key_str(w, "type", GX_STR("array"));
        gx_jw_key(w, GX_STR("items"));
        write_codes(w, field);
        gx_jw_object_end(w);
    } else if (input && type->input) {
        gx_jw_raw(w, gx_str_c(type->input));
    } else {
        gx_jw_raw(w, gx_str_c(type->reply ? type->reply : gx_type_formula_reply(field)));
    }
}

/* Labels are for people, `help` says more when there is more to say. */
static void write_description(struct gx_jw *w, const struct gx_field *field, enum gx_lang lang)
{
    gx_jw_key_str(w, "title", gx_label_text(&field->label, lang));
    if (field->help.text[lang].n)
        gx_jw_key_str(w, "description", field->help.text[lang]);
}

static void write_property(struct gx_jw *w, const struct gx_field *field, enum gx_lang lang,
                           bool input)
{
    bool always =
        !input && (field->slot == GX_SLOT_ID || field->slot == GX_SLOT_VERSION) && field->system;
    gx_jw_key(w, field->x.name);
    gx_jw_object(w);
    if (always && field->slot == GX_SLOT_ID) {
        gx_jw_key_str(w, "$ref", GX_STR("#/components/schemas/id"));
    } else if (always) {
        gx_jw_key_str(w, "type", GX_STR("integer"));
    } else {
        gx_jw_key(w, GX_STR("anyOf"));
        gx_jw_array(w);
        write_value(w, field, input);
        gx_jw_raw(w, GX_STR("{\"type\": \"null\"}"));
        gx_jw_array_end(w);
    }
    write_description(w, field, lang);
    if (!input && (field->readonly || field->type->computed))
        gx_jw_key_bool(w, "readOnly", true);
    gx_jw_object_end(w);
}

static void describe(struct gx_jw *w, const struct gx_object *object, enum gx_lang lang, bool input)
{
    gx_jw_key_str(w, "type", GX_STR("object"));
    gx_jw_key_str(w, "title", gx_label_text(&object->label, lang));
    gx_jw_key(w, GX_STR("properties"));
    gx_jw_object(w);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *field = &object->fields[i];
        if (field->access != GX_FIELD_HIDDEN &&
            (!input || !(field->readonly || field->type->computed)))
            write_property(w, field, lang, input);
    }
    if (!input)
        gx_jw_key_raw(w, "_may", "{\"$ref\": \"#/components/schemas/may\"}");
    gx_jw_object_end(w);
    gx_jw_key_bool(w, "additionalProperties", false);
}

void gx_object_describe_reply(struct gx_jw *w, const struct gx_object *object, enum gx_lang lang)
{
    gx_jw_object(w);
    describe(w, object, lang, false);
    gx_jw_key(w, GX_STR("required"));
    gx_jw_raw(w, GX_STR("[\"id\", \"version\"]"));
    gx_jw_key(w, GX_STR("patternProperties"));
    gx_jw_raw(w, GX_STR("{\"[^a-z0-9_]\": {}}"));
    gx_jw_object_end(w);
}

void gx_object_describe_input(struct gx_jw *w, const struct gx_object *object, enum gx_lang lang)
{
    gx_jw_object(w);
    describe(w, object, lang, true);
    gx_jw_object_end(w);
}
