/*
 * segment.c - whom one means: counted while it is written, compared, frozen; see report/segment.h.
 *
 * Segments themselves are records: /api/v1/segment lists and writes them as any other object.
 */
#include "report/segment.h"

#include "api/app.h"

enum { SAMPLE_MAX = 50 };

struct ask_in {
    struct gx_str object, filter, consent_purpose, consent_channel, contacts_kind;
    struct gx_ids exclude;
    int64_t contacts_max, contacts_days;
    struct gx_str fields;
    int64_t sample;
};

static const struct gx_schema ask_in[] = {
    GX_FIELD(struct ask_in, object, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 48),
    GX_FIELD(struct ask_in, filter, .type = GX_SCHEMA_STR, .max = 8192,
             .doc = "The rule, an expression; all when absent."),
    GX_FIELD(struct ask_in, exclude, .type = GX_SCHEMA_IDS,
             .doc = "Segments to leave out: by their rule, or by their newest list when they are "
                    "static or snapshots."),
    GX_FIELD(struct ask_in, consent_purpose, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "Only who agreed to this purpose (its code) …"),
    GX_FIELD(struct ask_in, consent_channel, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "… by this channel."),
    GX_FIELD(struct ask_in, contacts_max, .type = GX_SCHEMA_INT, .min = 1, .max = 1000,
             .doc = "Only who had fewer contacts than this …"),
    GX_FIELD(struct ask_in, contacts_days, .type = GX_SCHEMA_INT, .min = 1, .max = 3650,
             .doc = "… within so many days, or has them planned."),
    GX_FIELD(struct ask_in, contacts_kind, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "Only contacts of this kind of activity; any when absent."),
    GX_FIELD(struct ask_in, sample, .type = GX_SCHEMA_INT, .min = 0, .max = SAMPLE_MAX,
             .doc = "Also give so many of them."),
    GX_FIELD(struct ask_in, fields, .type = GX_SCHEMA_STR, .max = 1000,
             .doc = "Fields of the sample."),
    { 0 },
};

static const struct gx_schema count_out[] = {
    { .name = "count",
      .type = GX_SCHEMA_INT,
      .required = true,
      .nullable = true,
      .doc = "null: it would take too long, or they are too few to be said" },
    { .name = "suppressed", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "source",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "who counted: records or warehouse" },
    { .name = "behind_ms",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "What was written in the last so many milliseconds is not in it." },
    { .name = "matched",
      .type = GX_SCHEMA_INT,
      .required = true,
      .nullable = true,
      .doc = "How many the rule alone finds; the rest is left out." },
    { .name = "text",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "All of it, as one expression." },
    { .name = "rows", .type = GX_SCHEMA_NODE, .required = true, .doc = "The sample." },
    { 0 },
};

static void key_count(struct gx_jw *w, const char *key, int64_t count)
{
    gx_jw_key(w, gx_str_c(key));
    if (count < 0)
        gx_jw_null(w);
    else
        gx_jw_int(w, count);
}

static enum gx_code write_sample(struct gx_req *req, const struct gx_segment_what *what,
                                 const struct ask_in *in, struct gx_jw *w)
{
    const struct gx_list_options options = {
        .filter = what->text,
        .fields = in->fields.n ? in->fields : what->object->title->x.name,
        .limit = in->sample,
        .among = what->among,
        .among_count = what->among_count,
    };
    struct gx_list *list;
    bool has;
    enum gx_code code;
    GX_TRY(gx_list_open(req->scope, what->object, &options, &list));
    while ((code = gx_list_next(list, &has)) == GX_OK && has)
        gx_list_json(list, w);
    gx_list_close(list);
    return code;
}

static enum gx_code write_counts(struct gx_req *req, const struct gx_segment_what *what,
                                 const struct ask_in *in, struct gx_jw *w)
{
    struct gx_segment_count count, matched;
    struct gx_segment_what alone = { .object = what->object, .text = what->rule };
    const struct gx_expr *filter;
    GX_TRY(gx_segment_count(req->scope, gx_api(req)->warehouse, what, &count));
    matched = count;
    if (what->among_count || what->text.n > what->rule.n + 2) /* more than "(rule)" */
        GX_TRY(gx_segment_count(req->scope, gx_api(req)->warehouse, &alone, &matched));
    gx_jw_object(w);
    key_count(w, "count", count.count);
    gx_jw_key_bool(w, "suppressed", count.count == -2);
    gx_jw_key_str(w, "source", gx_str_c(count.source));
    gx_jw_key_int(w, "behind_ms", count.behind_us / 1000);
    key_count(w, "matched", matched.count);
    gx_jw_key_str(w, "text", what->text);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    if (in->sample && gx_scope_filter(req->scope, what->object, GX_RIGHT_READ, &filter) == GX_OK)
        GX_TRY(write_sample(req, what, in, w));
    gx_ctx_clear(req->ctx);
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return gx_buf_check(&req->out);
}

static enum gx_code segment_count(struct gx_req *req, const void *in_p)
{
    const struct ask_in *in = in_p;
    const struct gx_segment_rule rule = {
        .object = in->object,
        .filter = in->filter,
        .exclude = in->exclude,
        .consent_purpose = in->consent_purpose,
        .consent_channel = in->consent_channel,
        .contacts_max = in->contacts_max,
        .contacts_days = in->contacts_days,
        .contacts_kind = in->contacts_kind,
    };
    struct gx_segment_what what;
    GX_TRY(gx_req_reader(req));
    GX_TRY(gx_segment_read(req->scope, &rule, &what));
    struct gx_jw w = gx_jw(&req->out);
    return write_counts(req, &what, in, &w);
}

const struct gx_route gx_route_segment_count = {
    .doc = "How many records a rule means, under the caller's scope, with a sample; for counting "
           "while it is written.  Nothing is stored.",
    .method = GX_POST,
    .path = "/api/v1/segment/estimate",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .query_sql = true,
    .body = GX_BODY_JSON,
    .in = ask_in,
    .in_size = sizeof(struct ask_in),
    .out = count_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_RATE },
    .handler = segment_count,
};

/* --- stored ones */

static enum gx_code segment_size(struct gx_req *req, const void *in)
{
    (void)in;
    const struct ask_in none = { .sample = 0 };
    struct gx_segment_what what;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_req_reader(req));
    GX_TRY(gx_segment_load(req->scope, id, &what));
    struct gx_jw w = gx_jw(&req->out);
    return write_counts(req, &what, &none, &w);
}

const struct gx_route gx_route_segment_size = {
    .doc = "How many records a segment means now; a static one, or a snapshot, its newest list.",
    .method = GX_GET,
    .path = "/api/v1/segment/{id}/count",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .query_sql = true,
    .out = count_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_RATE },
    .handler = segment_size,
};

struct overlap_in {
    struct gx_ids segments;
};

static const struct gx_schema overlap_in[] = {
    GX_FIELD(struct overlap_in, segments, .type = GX_SCHEMA_IDS, .required = true,
             .doc = "Two to five segments, in the order of the funnel."),
    { 0 },
};
static const struct gx_schema size_out[] = {
    { .name = "id", .type = GX_SCHEMA_ID, .required = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true, .nullable = true },
    { .name = "funnel",
      .type = GX_SCHEMA_INT,
      .required = true,
      .nullable = true,
      .doc = "Who is in this one and all before it." },
    { 0 },
};
static const struct gx_schema pair_out[] = {
    { .name = "a", .type = GX_SCHEMA_ID, .required = true },
    { .name = "b", .type = GX_SCHEMA_ID, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema overlap_out[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "source", .type = GX_SCHEMA_STR, .required = true },
    { .name = "sizes", .type = GX_SCHEMA_LIST, .fields = size_out, .required = true },
    { .name = "pairs", .type = GX_SCHEMA_LIST, .fields = pair_out, .required = true },
    { 0 },
};

static enum gx_code count_both(struct gx_req *req, const struct gx_segment_what *a,
                               const struct gx_segment_what *b, struct gx_segment_what *ret_both,
                               struct gx_segment_count *ret_count)
{
    GX_TRY(gx_segment_and(req->scope, a, b, ret_both));
    return gx_segment_count(req->scope, gx_api(req)->warehouse, ret_both, ret_count);
}

static enum gx_code write_overlap(struct gx_req *req, const struct gx_segment_what *what, size_t n,
                                  struct gx_jw *w)
{
    struct gx_segment_count count = { 0 }, funnel;
    struct gx_segment_what so_far = what[0], both;
    gx_jw_key(w, GX_STR("sizes"));
    gx_jw_array(w);
    for (size_t i = 0; i < n; i++) {
        GX_TRY(gx_segment_count(req->scope, gx_api(req)->warehouse, &what[i], &count));
        funnel = count;
        if (i) {
            struct gx_segment_what before = so_far;
            GX_TRY(count_both(req, &before, &what[i], &so_far, &funnel));
        }
        gx_jw_object(w);
        gx_jw_key_id(w, "id", what[i].id);
        gx_jw_key_str(w, "name", what[i].name);
        key_count(w, "count", count.count);
        key_count(w, "funnel", funnel.count);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("pairs"));
    gx_jw_array(w);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            GX_TRY(count_both(req, &what[i], &what[k], &both, &count));
            gx_jw_object(w);
            gx_jw_key_id(w, "a", what[i].id);
            gx_jw_key_id(w, "b", what[k].id);
            key_count(w, "count", count.count);
            gx_jw_object_end(w);
        }
    gx_jw_array_end(w);
    gx_jw_key_str(w, "source", gx_str_c(count.source));
    return GX_OK;
}

static enum gx_code segment_overlap(struct gx_req *req, const void *in_p)
{
    const struct overlap_in *in = in_p;
    struct gx_segment_what what[GX_SEGMENT_COMPARED_MAX];
    size_t n = in->segments.n;
    if (n < 2 || n > GX_SEGMENT_COMPARED_MAX)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("segments"), GX_M_SEGMENT_ALONE, GX_STR("5"));
    GX_TRY(gx_req_reader(req));
    for (size_t i = 0; i < n; i++)
        GX_TRY(gx_segment_load(req->scope, in->segments.v[i], &what[i]));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "object", what[0].object->x.name);
    GX_TRY(write_overlap(req, what, n, &w));
    gx_jw_object_end(&w);
    return gx_buf_check(&req->out);
}

const struct gx_route gx_route_segment_overlap = {
    .doc = "How segments overlap: each one's size, who is in each two, and the funnel from the "
           "first to the last.",
    .method = GX_POST,
    .path = "/api/v1/segment/overlap",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .query_sql = true,
    .body = GX_BODY_JSON,
    .in = overlap_in,
    .in_size = sizeof(struct overlap_in),
    .out = overlap_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_RATE },
    .handler = segment_overlap,
};
