/* load_process.c - processes: states, and the moves between them. */
#include "meta/load_int.h"

static struct gx_str *strings(struct gx_arena *arena, const struct gx_json *node, size_t *ret_n)
{
    if (node && node->kind == GX_JSON_STRING) {
        struct gx_str *one = GX_ARENA_NEW(arena, struct gx_str);
        *one = node->text;
        *ret_n = gx_str_is(node->text, "*") ? 0 : 1;
        return one;
    }
    *ret_n = 0;
    if (!node || node->kind != GX_JSON_ARRAY)
        return NULL;
    struct gx_str *list = GX_ARENA_ARRAY(arena, struct gx_str, node->count + 1);
    for (const struct gx_json *k = node->first; k; k = k->next)
        list[(*ret_n)++] = k->text;
    return list;
}

static enum gx_code read_states(struct gx_loader *loader, struct gx_process *process,
                                struct gx_str file, const struct gx_json *json)
{
    static const char *const known[] = { "code", "label", "kind", "color", "probability", NULL };
    const struct gx_json *list = gx_json_get(json, "states");
    if (!list || list->kind != GX_JSON_ARRAY || list->count == 0)
        return gx_load_fail(loader, file, json, GX_STR("states"), GX_M_REQUIRED, GX_STR("states"));
    struct gx_state *states = GX_ARENA_ARRAY(loader->arena, struct gx_state, list->count);
    size_t n = 0;
    for (const struct gx_json *k = list->first; k; k = k->next, n++) {
        struct gx_str path = gx_load_path_index(loader, GX_STR("states"), n);
        GX_TRY(gx_load_keys(loader, file, k, path, known));
        states[n] = (struct gx_state){
            .choice = { .code = gx_json_get_str(k, "code", GX_STR("")),
                        .label = gx_load_label(gx_json_get(k, "label")),
                        .color = gx_json_get_str(k, "color", GX_STR("")) },
            .kind = gx_json_get_str(k, "kind", GX_STR("open")),
            .probability = gx_json_get_int(k, "probability", -1),
        };
        if (!gx_load_name_ok(states[n].choice.code))
            return gx_load_fail(loader, file, k, path, GX_M_META_NAME, states[n].choice.code);
    }
    process->states = states;
    process->state_count = n;
    process->start = gx_json_get_str(json, "start", states[0].choice.code);
    return GX_OK;
}

static enum gx_code known_state(struct gx_loader *loader, const struct gx_process *process,
                                struct gx_str file, const struct gx_json *node, struct gx_str path,
                                struct gx_str code)
{
    if (gx_process_state(process, code))
        return GX_OK;
    return gx_load_fail(loader, file, node, path, GX_M_META_NO_STATE, code);
}

static enum gx_code read_moves(struct gx_loader *loader, struct gx_process *process,
                               struct gx_str file, const struct gx_json *json)
{
    static const char *const known[] = { "from", "to",      "label", "require",
                                         "when", "message", "who",   NULL };
    const struct gx_json *list = gx_json_get(json, "moves");
    size_t n = 0;
    struct gx_move *moves =
        GX_ARENA_ARRAY(loader->arena, struct gx_move, list ? list->count + 1 : 1);
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next, n++) {
        struct gx_str path = gx_load_path_index(loader, GX_STR("moves"), n);
        GX_TRY(gx_load_keys(loader, file, k, path, known));
        struct gx_move *m = &moves[n];
        m->from = strings(loader->arena, gx_json_get(k, "from"), &m->from_count);
        m->to = gx_json_get_str(k, "to", GX_STR(""));
        m->label = gx_load_label(gx_json_get(k, "label"));
        m->require = strings(loader->arena, gx_json_get(k, "require"), &m->require_count);
        m->who = strings(loader->arena, gx_json_get(k, "who"), &m->who_count);
        m->when_text = gx_json_get_str(k, "when", GX_STR(""));
        m->message = gx_load_label(gx_json_get(k, "message"));
        GX_TRY(known_state(loader, process, file, k, gx_load_path(loader, path, "to"), m->to));
        for (size_t i = 0; i < m->from_count; i++)
            GX_TRY(known_state(loader, process, file, k, gx_load_path(loader, path, "from"),
                               m->from[i]));
    }
    process->moves = moves;
    process->move_count = n;
    return GX_OK;
}

/* Every state must be reachable from the start. */
static enum gx_code check_reachable(struct gx_loader *loader, const struct gx_process *process,
                                    struct gx_str file, const struct gx_json *json)
{
    bool *seen = GX_ARENA_ARRAY(loader->ctx->arena, bool, process->state_count);
    bool grew = true;
    for (size_t i = 0; i < process->state_count; i++)
        seen[i] = gx_str_eq(process->states[i].choice.code, process->start);
    while (grew) {
        grew = false;
        for (size_t i = 0; i < process->move_count; i++) {
            const struct gx_move *m = &process->moves[i];
            bool open = m->from_count == 0;
            for (size_t k = 0; k < m->from_count; k++)
                open |= seen[gx_process_state(process, m->from[k]) - process->states];
            size_t to = (size_t)(gx_process_state(process, m->to) - process->states);
            if (open && !seen[to])
                grew = seen[to] = true;
        }
    }
    for (size_t i = 0; i < process->state_count; i++)
        if (!seen[i])
            return gx_load_fail(loader, file, json, GX_STR("states"), GX_M_META_UNREACHABLE,
                                process->states[i].choice.code);
    return GX_OK;
}

/* A tenant's own process stands in the place of a pack's of the same name; else a name is used
 * once. */
static enum gx_code place_process(struct gx_loader *loader, const struct gx_process *process,
                                  struct gx_str file, const struct gx_json *json)
{
    struct gx_meta *meta = loader->meta;
    size_t i = 0;
    while (i < meta->process_count && !gx_str_eq(meta->processes[i]->name, process->name))
        i++;
    bool again = i < meta->process_count;
    bool takes_over = gx_str_starts(file, GX_STR("custom/")) &&
                      !gx_str_starts(loader->process_files[i], GX_STR("custom/"));
    if (!gx_load_name_ok(process->name))
        return gx_load_fail(loader, file, json, GX_STR("process"), GX_M_META_NAME, process->name);
    if (again && !takes_over)
        return gx_load_fail(loader, file, json, GX_STR("process"), GX_M_META_TWICE, process->name);
    /* Never behind the one that is read: files and JSON stay beside their process. */
    loader->process_json[i] = json;
    loader->process_files[i] = file;
    meta->processes[i] = process;
    meta->process_count += !again;
    return GX_OK;
}

enum gx_code gx_load_processes(struct gx_loader *loader)
{
    static const char *const known[] = {
        "process", "label", "doc", "states", "moves", "start", NULL
    };
    struct gx_meta *meta = loader->meta;
    meta->processes =
        GX_ARENA_ARRAY(loader->arena, const struct gx_process *, loader->process_count + 1);
    for (size_t i = 0; i < loader->process_count; i++) {
        const struct gx_json *json = loader->process_json[i];
        struct gx_str file = loader->process_files[i];
        GX_TRY(gx_load_keys(loader, file, json, GX_STR(""), known));
        struct gx_process *process = GX_ARENA_NEW(loader->arena, struct gx_process);
        process->name = gx_json_get_str(json, "process", GX_STR(""));
        process->label = gx_load_label(gx_json_get(json, "label"));
        GX_TRY(read_states(loader, process, file, json));
        GX_TRY(known_state(loader, process, file, json, GX_STR("start"), process->start));
        GX_TRY(read_moves(loader, process, file, json));
        GX_TRY(check_reachable(loader, process, file, json));
        GX_TRY(place_process(loader, process, file, json));
    }
    return GX_OK;
}

static enum gx_code move_fields(struct gx_loader *loader, const struct gx_object *object,
                                struct gx_str file, const struct gx_json *require,
                                struct gx_str path)
{
    size_t i = 0;
    bool one = require->kind != GX_JSON_ARRAY;
    enum gx_code code = GX_OK;
    for (const struct gx_json *k = one ? require : require->first; k; k = one ? NULL : k->next) {
        struct gx_str at = one ? path : gx_load_path_index(loader, path, i++);
        if (gx_object_field(object, k->text))
            continue;
        struct gx_str near = gx_object_near(object, k->text);
        if (near.n)
            code = gx_load_fail(loader, file, k, at, GX_M_UNKNOWN_KEY_NEAR, k->text, near);
        else
            code = gx_load_fail(loader, file, k, at, GX_M_UNKNOWN_KEY, k->text);
    }
    return code;
}

enum gx_code gx_load_moves(struct gx_loader *loader, struct gx_object_draft *draft,
                           struct gx_field *field)
{
    const struct gx_process *process = field->process;
    size_t p = 0, i = 0;
    while (loader->meta->processes[p] != process)
        p++;
    struct gx_str file = loader->process_files[p];
    const struct gx_json *list = gx_json_get(loader->process_json[p], "moves");
    enum gx_code code = GX_OK;
    field->move_when =
        GX_ARENA_ARRAY(loader->arena, const struct gx_expr *, process->move_count + 1);
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next, i++) {
        struct gx_str path = gx_load_path_index(loader, GX_STR("moves"), i);
        const struct gx_json *require = gx_json_get(k, "require"), *when = gx_json_get(k, "when");
        enum gx_code one = GX_OK;
        if (require)
            one = move_fields(loader, draft->object, file, require,
                              gx_load_path(loader, path, "require"));
        if (one != GX_OK)
            code = one;
        if (!when)
            continue;
        one = gx_load_expr(loader, draft, file, when, gx_load_path(loader, path, "when"),
                           process->moves[i].when_text, GX_TYPE_BOOL, &field->move_when[i]);
        if (one != GX_OK)
            code = one;
    }
    return code;
}
