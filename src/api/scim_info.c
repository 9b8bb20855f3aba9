/* scim_info.c - what a system may ask about SCIM here: abilities, kinds of resource, schemas. */
#include "api/scim.h"

#include "json/write.h"

/* --- what it can do */

static enum gx_code config_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_scim_reply(req);
    gx_jw_object(&w);
    gx_jw_key_raw(&w, "schemas", "[\"" GX_SCIM_URN "schemas:core:2.0:ServiceProviderConfig\"]");
    gx_jw_key_raw(&w, "patch", "{\"supported\": true}");
    gx_jw_key_raw(&w, "bulk",
                  "{\"supported\": false, \"maxOperations\": 0, \"maxPayloadSize\": 0}");
    gx_jw_key_raw(&w, "filter", "{\"supported\": true, \"maxResults\": 200}");
    gx_jw_key_raw(&w, "changePassword", "{\"supported\": false}");
    gx_jw_key_raw(&w, "sort", "{\"supported\": false}");
    gx_jw_key_raw(&w, "etag", "{\"supported\": true}");
    gx_jw_key_raw(&w, "authenticationSchemes",
                  "[{\"type\": \"oauthbearertoken\", \"name\": \"Bearer\", \"primary\": true, "
                  "\"description\": \"A key from Administration, Signing in.\"}]");
    gx_jw_key(&w, GX_STR("meta"));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "resourceType", GX_STR("ServiceProviderConfig"));
    gx_jw_key_str(&w, "location", gx_scim_place(req, "ServiceProviderConfig", GX_STR("")));
    gx_jw_object_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_scim_config = {
    .doc = "SCIM: what is supported here.",
    .method = GX_GET,
    .path = "/scim/v2/ServiceProviderConfig",
    .who = GX_WHO_PROVISIONER,
    .out_kind = GX_SCIM_TYPE,
    .problem = gx_scim_problem,
    .handler = config_get,
};

/* --- kinds of resource */

static const struct {
    const char *name, *endpoint, *schema, *extension;
} kinds[] = {
    { "User", "/Users", GX_SCIM_URN_USER, GX_SCIM_URN_ENTERPRISE },
    { "Group", "/Groups", GX_SCIM_URN_GROUP, NULL },
};

static void write_kind(struct gx_req *req, size_t i, struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key_raw(w, "schemas", "[\"" GX_SCIM_URN "schemas:core:2.0:ResourceType\"]");
    gx_jw_key_str(w, "id", gx_str_c(kinds[i].name));
    gx_jw_key_str(w, "name", gx_str_c(kinds[i].name));
    gx_jw_key_str(w, "endpoint", gx_str_c(kinds[i].endpoint));
    gx_jw_key_str(w, "schema", gx_str_c(kinds[i].schema));
    if (kinds[i].extension) {
        gx_jw_key(w, GX_STR("schemaExtensions"));
        gx_jw_array(w);
        gx_jw_object(w);
        gx_jw_key_str(w, "schema", gx_str_c(kinds[i].extension));
        gx_jw_key_bool(w, "required", false);
        gx_jw_object_end(w);
        gx_jw_array_end(w);
    }
    gx_jw_key(w, GX_STR("meta"));
    gx_jw_object(w);
    gx_jw_key_str(w, "resourceType", GX_STR("ResourceType"));
    gx_jw_key_str(w, "location", gx_scim_place(req, "ResourceTypes", gx_str_c(kinds[i].name)));
    gx_jw_object_end(w);
    gx_jw_object_end(w);
}

static enum gx_code types_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_scim_reply(req);
    gx_scim_list_begin(&w, GX_COUNT(kinds), 1);
    for (size_t i = 0; i < GX_COUNT(kinds); i++)
        write_kind(req, i, &w);
    gx_scim_list_end(&w, GX_COUNT(kinds));
    return GX_OK;
}

const struct gx_route gx_route_scim_types = {
    .doc = "SCIM: the kinds of resource.",
    .method = GX_GET,
    .path = "/scim/v2/ResourceTypes",
    .who = GX_WHO_PROVISIONER,
    .out_kind = GX_SCIM_TYPE,
    .problem = gx_scim_problem,
    .handler = types_get,
};

static enum gx_code type_get(struct gx_req *req, const void *in)
{
    (void)in;
    for (size_t i = 0; i < GX_COUNT(kinds); i++)
        if (gx_str_is(req->params[0], kinds[i].name)) {
            struct gx_jw w = gx_scim_reply(req);
            write_kind(req, i, &w);
            return GX_OK;
        }
    return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NET_NOWHERE, req->path);
}

const struct gx_route gx_route_scim_type = {
    .doc = "SCIM: one kind of resource.",
    .method = GX_GET,
    .path = "/scim/v2/ResourceTypes/{name}",
    .who = GX_WHO_PROVISIONER,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_NOT_FOUND },
    .problem = gx_scim_problem,
    .handler = type_get,
};

/* --- schemas */

enum trait { PLAIN = 0, NEEDED = 1, FIXED = 2, UNIQUE = 4, MULTI = 8, EXACT = 16, PART = 32 };

struct attribute {
    const char *name, *type;
    int traits; /* PART: of the complex attribute before */
    const char *doc;
};

static const struct attribute user_attributes[] = {
    { "userName", "string", NEEDED | UNIQUE, "The login." },
    { "name", "complex", PLAIN,
      "Its parts are put together for displayName where that is not said." },
    { "formatted", "string", PART, "As displayName." },
    { "familyName", "string", PART, "Family name." },
    { "givenName", "string", PART, "Given name." },
    { "displayName", "string", PLAIN, "What the person is called." },
    { "nickName", "string", PLAIN, "The English name." },
    { "title", "string", PLAIN, "Job title." },
    { "preferredLanguage", "string", PLAIN, "zh… or en…" },
    { "timezone", "string", PLAIN, "Such as Asia/Taipei." },
    { "active", "boolean", PLAIN, "false: signed out everywhere, and cannot sign in." },
    { "emails", "complex", MULTI, "One is kept: the primary one, else one for work." },
    { "value", "string", PART, "The address." },
    { "type", "string", PART, "work" },
    { "primary", "boolean", PART, "The one that is kept." },
    { "phoneNumbers", "complex", MULTI, "One for work and one mobile." },
    { "value", "string", PART, "The number." },
    { "type", "string", PART, "work or mobile" },
    { "groups", "complex", MULTI | FIXED, "Roles; changed through Groups, or roles." },
    { "value", "string", PART | FIXED, "The role." },
    { "display", "string", PART | FIXED, "What it is called." },
    { "$ref", "reference", PART | FIXED, "Its address." },
    { "roles", "complex", MULTI, "Roles that this key may give." },
    { "value", "string", PART, "The role, by its name or label." },
    { "display", "string", PART | FIXED, "What it is called." },
    { NULL, NULL, 0, NULL },
};

static const struct attribute group_attributes[] = {
    { "displayName", "string", NEEDED | FIXED, "What the role is called." },
    { "members", "complex", MULTI, "Who has it." },
    { "value", "string", PART, "Id of a user." },
    { "display", "string", PART | FIXED, "What the person is called." },
    { NULL, NULL, 0, NULL },
};

static const struct attribute enterprise_attributes[] = {
    { "employeeNumber", "string", PLAIN, "Employee number." },
    { "department", "string", PLAIN, "A unit by its code or name, where the key may say units." },
    { "manager", "complex", PLAIN, "Where the key may say managers." },
    { "value", "string", PART, "Id of a user." },
    { "$ref", "reference", PART | FIXED, "Its address." },
    { "displayName", "string", PART | FIXED, "What the person is called." },
    { NULL, NULL, 0, NULL },
};

static const struct {
    const char *urn, *name;
    const struct attribute *attributes;
} schemas[] = {
    { GX_SCIM_URN_USER, "User", user_attributes },
    { GX_SCIM_URN_GROUP, "Group", group_attributes },
    { GX_SCIM_URN_ENTERPRISE, "EnterpriseUser", enterprise_attributes },
};

static void open_attribute(const struct attribute *a, struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "name", gx_str_c(a->name));
    gx_jw_key_str(w, "type", gx_str_c(a->type));
    gx_jw_key_bool(w, "multiValued", a->traits & MULTI);
    gx_jw_key_str(w, "description", gx_str_c(a->doc));
    gx_jw_key_bool(w, "required", a->traits & NEEDED);
    gx_jw_key_bool(w, "caseExact", a->traits & EXACT);
    gx_jw_key_str(w, "mutability", a->traits & FIXED ? GX_STR("readOnly") : GX_STR("readWrite"));
    gx_jw_key_str(w, "returned", GX_STR("default"));
    gx_jw_key_str(w, "uniqueness", a->traits & UNIQUE ? GX_STR("server") : GX_STR("none"));
}

static void write_schema(struct gx_req *req, size_t i, struct gx_jw *w)
{
    const struct attribute *a = schemas[i].attributes;
    gx_jw_object(w);
    gx_jw_key_raw(w, "schemas", "[\"" GX_SCIM_URN "schemas:core:2.0:Schema\"]");
    gx_jw_key_str(w, "id", gx_str_c(schemas[i].urn));
    gx_jw_key_str(w, "name", gx_str_c(schemas[i].name));
    gx_jw_key(w, GX_STR("attributes"));
    gx_jw_array(w);
    while (a->name) {
        open_attribute(a++, w);
        if (a->name && a->traits & PART) {
            gx_jw_key(w, GX_STR("subAttributes"));
            gx_jw_array(w);
            for (; a->name && a->traits & PART; a++) {
                open_attribute(a, w);
                gx_jw_object_end(w);
            }
            gx_jw_array_end(w);
        }
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("meta"));
    gx_jw_object(w);
    gx_jw_key_str(w, "resourceType", GX_STR("Schema"));
    gx_jw_key_str(w, "location", gx_scim_place(req, "Schemas", gx_str_c(schemas[i].urn)));
    gx_jw_object_end(w);
    gx_jw_object_end(w);
}

static enum gx_code schemas_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_scim_reply(req);
    gx_scim_list_begin(&w, GX_COUNT(schemas), 1);
    for (size_t i = 0; i < GX_COUNT(schemas); i++)
        write_schema(req, i, &w);
    gx_scim_list_end(&w, GX_COUNT(schemas));
    return GX_OK;
}

const struct gx_route gx_route_scim_schemas = {
    .doc = "SCIM: the attributes there are.",
    .method = GX_GET,
    .path = "/scim/v2/Schemas",
    .who = GX_WHO_PROVISIONER,
    .out_kind = GX_SCIM_TYPE,
    .problem = gx_scim_problem,
    .handler = schemas_get,
};

static enum gx_code schema_get(struct gx_req *req, const void *in)
{
    (void)in;
    for (size_t i = 0; i < GX_COUNT(schemas); i++)
        if (gx_str_ieq(req->params[0], gx_str_c(schemas[i].urn))) {
            struct gx_jw w = gx_scim_reply(req);
            write_schema(req, i, &w);
            return GX_OK;
        }
    return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NET_NOWHERE, req->path);
}

const struct gx_route gx_route_scim_schema = {
    .doc = "SCIM: one schema.",
    .method = GX_GET,
    .path = "/scim/v2/Schemas/{urn}",
    .who = GX_WHO_PROVISIONER,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_NOT_FOUND },
    .problem = gx_scim_problem,
    .handler = schema_get,
};
