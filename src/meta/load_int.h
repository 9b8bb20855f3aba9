/*
 * load_int.h - the loader's own state; only for load*.c.
 *
 * Loading goes in passes over all sources: parse, declare objects, read processes, read fields,
 * link objects together, then parse expressions (which need all of the former).
 *
 * Layer: meta.
 */
#ifndef GX_META_LOAD_INT_H
#define GX_META_LOAD_INT_H

#include "meta/meta.h"

/* A field while it is being made. */
struct gx_field_draft {
    struct gx_field field;
    const struct gx_json *json;
    struct gx_str file;
    struct gx_str path; /* JSON path of the field in its file */
};

struct gx_object_draft {
    struct gx_object *object;
    const struct gx_json *json;
    struct gx_str file;
    struct gx_field_draft *fields;
    size_t field_count, field_cap;
    /* Objects and extensions that add to this one: {file, json} in load order. */
    const struct gx_json *parts[16];
    struct gx_str part_files[16];
    size_t part_count;
    struct gx_expr_field *xf; /* visible to expressions so far; formulas join when resolved */
    size_t xf_count;
};

struct gx_loader {
    struct gx_ctx *ctx;
    struct gx_meta *meta;
    struct gx_arena *arena; /* the snapshot's */
    struct gx_object_draft *drafts;
    size_t draft_count;
    const struct gx_json **process_json, **role_json, **page_json, **expiry_json;
    struct gx_str *process_files, *role_files, *page_files, *expiry_files;
    size_t process_count, role_count, page_count, expiry_count;
};

/* An error with file, line of `node` and JSON path. */
#define gx_load_fail(loader, file, node, path, message, ...)                                       \
    (gx_fail((loader)->ctx, GX_E_INVALID, (path), (message), ##__VA_ARGS__),                       \
     gx_load_place((loader), (file), (node)))
enum gx_code gx_load_place(struct gx_loader *loader, struct gx_str file,
                           const struct gx_json *node);
/* Every key of `node` must be in the NULL-ended list. */
enum gx_code gx_load_keys(struct gx_loader *loader, struct gx_str file, const struct gx_json *node,
                          struct gx_str path, const char *const *known);
/* {"zh-Hant": …, "en": …}, or one string for both. */
struct gx_label gx_load_label(const struct gx_json *node);
/* [a-z][a-z0-9_]*, not too long. */
bool gx_load_name_ok(struct gx_str name);
struct gx_str gx_load_path(struct gx_loader *loader, struct gx_str path, const char *key);
struct gx_str gx_load_path_index(struct gx_loader *loader, struct gx_str path, size_t i);
struct gx_object_draft *gx_load_draft(struct gx_loader *loader, struct gx_str object);

/* Check what extensions change of the object (load_change.c), and change its names and icon. */
enum gx_code gx_load_changes(struct gx_loader *loader, struct gx_object_draft *draft);
/*
 * An entry of `list` ("fields", "rules", "relations") with what extensions change of it, NULL when
 * one of them takes it away; file and path become those of the last change.
 */
const struct gx_json *gx_load_changed(struct gx_loader *loader, const struct gx_object_draft *draft,
                                      const char *list, const struct gx_json *node,
                                      struct gx_str *ret_file, struct gx_str *ret_path);
const struct gx_json *gx_load_changed_pages(struct gx_loader *loader,
                                            const struct gx_object_draft *draft,
                                            const struct gx_json *pages);

enum gx_code gx_load_processes(struct gx_loader *loader);
enum gx_code gx_load_roles(struct gx_loader *loader);
enum gx_code gx_load_fields(struct gx_loader *loader, struct gx_object_draft *draft);
/* Slots, columns, maps; after all fields are there. */
enum gx_code gx_load_layout(struct gx_loader *loader, struct gx_object_draft *draft);
/* Relations, uniques, title, pages. */
enum gx_code gx_load_object_rest(struct gx_loader *loader, struct gx_object_draft *draft);
/* Parse an expression that stands in a pack file; the error gets its place there. */
enum gx_code gx_load_expr(struct gx_loader *loader, const struct gx_object_draft *draft,
                          struct gx_str file, const struct gx_json *node, struct gx_str path,
                          struct gx_str text, enum gx_type want, const struct gx_expr **ret_expr);
/* Formulas, then conditions, rules and defaults of all objects. */
enum gx_code gx_load_expressions(struct gx_loader *loader);
/* What the moves of a field's process ask of the object: required fields, conditions. */
enum gx_code gx_load_moves(struct gx_loader *loader, struct gx_object_draft *draft,
                           struct gx_field *field);
/* Pages that are not about one object; after all expressions. */
enum gx_code gx_load_pages(struct gx_loader *loader);
/* Dates that run out; after all expressions. */
enum gx_code gx_load_expiries(struct gx_loader *loader);
/* What records of an object become; after all expressions. */
enum gx_code gx_load_convert(struct gx_loader *loader, struct gx_object_draft *draft);

#endif
