/* script.c - the text of an .api file into steps; see run.h and tests/api/README.md. */
#include "run.h"

#include <unistd.h>

struct parser {
    struct gx_arena *arena;
    const char *why; /* NULL: all is well so far */
    struct gx_str rest, folder;
    int line, first; /* last one taken; where the step began */
    struct gx_str s; /* what is left of the joined line */
    struct run_script *script;
    struct run_step **step_slot;
    struct run_setup **setup_slot;
    struct run_user **user_slot;
};

static bool bad(struct parser *p, const char *why)
{
    p->why = why;
    return false;
}

static bool take_line(struct parser *p, struct gx_str *ret_line)
{
    if (!p->rest.p || !gx_str_split(&p->rest, '\n', ret_line))
        return false;
    p->line++;
    return true;
}

static void skip_space(struct parser *p)
{
    while (p->s.n && (p->s.p[0] == ' ' || p->s.p[0] == '\n'))
        p->s = gx_str_from(p->s, 1);
}

static bool take(struct parser *p, const char *word)
{
    skip_space(p);
    if (!gx_str_starts(p->s, gx_str_c(word)))
        return false;
    p->s = gx_str_from(p->s, strlen(word));
    return true;
}

static struct gx_str cut(struct parser *p, size_t n)
{
    struct gx_str piece = { p->s.p, n };
    p->s = gx_str_from(p->s, n);
    return piece;
}

static struct gx_str word(struct parser *p)
{
    skip_space(p);
    size_t n = 0;
    while (n < p->s.n && p->s.p[n] != ' ' && p->s.p[n] != '\n')
        n++;
    return cut(p, n);
}

/* Up to the closing quote, which is not part of it. */
GX_NODISCARD static bool quoted(struct parser *p, char quote, struct gx_str *ret_text)
{
    size_t n = gx_str_find(p->s, quote);
    if (n == p->s.n)
        return bad(p, "the closing quote is missing");
    *ret_text = cut(p, n);
    cut(p, 1);
    return true;
}

/* A JSON value at p->s, by its brackets. */
GX_NODISCARD static bool json(struct parser *p, struct gx_str *ret_text)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < p->s.n; i++) {
        char c = p->s.p[i];
        if (in_string && c == '\\') {
            i++;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string) {
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            if (depth == 0) {
                *ret_text = cut(p, i + 1);
                return true;
            }
        }
    }
    return bad(p, "neither JSON nor => nor anything else I know");
}

/* "[Name: value]"; a JSON array never looks like that. */
static bool at_header(const struct parser *p)
{
    size_t i = 1;
    while (i < p->s.n && ((p->s.p[i] >= 'A' && p->s.p[i] <= 'Z') ||
                          (p->s.p[i] >= 'a' && p->s.p[i] <= 'z') || p->s.p[i] == '-'))
        i++;
    return p->s.n > i && p->s.p[0] == '[' && i > 1 && p->s.p[i] == ':';
}

GX_NODISCARD static bool header(struct parser *p, struct run_headers *headers)
{
    size_t end = gx_str_find(p->s, ']'), colon = gx_str_find(p->s, ':');
    if (end == p->s.n || headers->n == RUN_HEADERS_MAX)
        return bad(p, "this header has no end, or there are too many");
    struct gx_str all = cut(p, end + 1);
    headers->v[headers->n++] = (struct run_header){
        .name = { all.p + 1, colon - 1 },
        .value = gx_str_trim((struct gx_str){ all.p + colon + 1, end - colon - 1 }),
    };
    return true;
}

/* "<<WORD": the following lines up to WORD. */
GX_NODISCARD static bool here_document(struct parser *p, struct gx_str *ret_body)
{
    struct gx_str end = word(p), line = { NULL, 0 };
    const char *from = p->rest.p;
    while (take_line(p, &line))
        if (gx_str_eq(line, end)) {
            *ret_body = (struct gx_str){ from, (size_t)(line.p - from) };
            return true;
        }
    return bad(p, "the lines after << have no end");
}

/* "<name": a file beside the script. */
GX_NODISCARD static bool file(struct parser *p, struct gx_str *ret_body)
{
    struct gx_str name = word(p);
    struct gx_str path =
        gx_arena_printf(p->arena, "%.*s/%.*s", GX_STR_ARG(p->folder), GX_STR_ARG(name));
    if (access(path.p, R_OK) != 0)
        return bad(p, "the file after < is not there");
    *ret_body = run_file_text(p->arena, path.p);
    return true;
}

/* What stands between the path and "=>". */
GX_NODISCARD static bool request(struct parser *p, struct run_step *step)
{
    while (!take(p, "=>")) {
        if (p->s.n == 0)
            return bad(p, "=> is missing");
        if (at_header(p)) {
            if (!header(p, &step->send))
                return false;
        } else if (take(p, "<<")) {
            if (!here_document(p, &step->body))
                return false;
        } else if (take(p, "<")) {
            if (!file(p, &step->body))
                return false;
        } else if (take(p, "'")) {
            if (!quoted(p, '\'', &step->body))
                return false;
        } else {
            if (!json(p, &step->body))
                return false;
            step->json_body = true;
        }
    }
    return true;
}

/* Words up to the next such list. */
static struct gx_str list(struct parser *p)
{
    static const char *const next[] = { " absent:", " present:", " within:" };
    size_t n = p->s.n;
    for (size_t i = 0; i < GX_COUNT(next); i++) {
        size_t at = gx_str_search(p->s, gx_str_c(next[i]));
        n = at < n ? at : n;
    }
    return gx_str_trim(cut(p, n));
}

/* What stands behind "=>". */
GX_NODISCARD static bool reply(struct parser *p, struct run_step *step)
{
    int64_t status = 0, within = 0;
    if (!gx_str_int64(word(p), &status) || status < 100 || status > 599)
        return bad(p, "a status must follow =>");
    step->status = (int)status;
    for (skip_space(p); p->s.n; skip_space(p)) {
        if (at_header(p)) {
            if (!header(p, &step->want_headers))
                return false;
        } else if (take(p, "absent:")) {
            step->absent = list(p);
        } else if (take(p, "present:")) {
            step->present = list(p);
        } else if (take(p, "within:")) {
            if (!gx_str_int64(list(p), &within) || within < 1 || within > 60)
                return bad(p, "within: takes 1 to 60 seconds");
            step->within_s = (int)within;
        } else if (take(p, "<<")) {
            if (!here_document(p, &step->want_raw))
                return false;
        } else if (take(p, "'")) {
            if (!quoted(p, '\'', &step->want_raw))
                return false;
        } else {
            if (!json(p, &step->want))
                return false;
        }
    }
    return true;
}

GX_NODISCARD static bool step(struct parser *p)
{
    struct run_step *new = GX_ARENA_NEW(p->arena, struct run_step);
    new->line = p->first;
    if (take(p, "as ")) {
        if (!quoted(p, ':', &new->as))
            return false;
        new->cookie = gx_str_ends(new->as, GX_STR(" (cookie)"));
        if (new->cookie)
            new->as.n -= strlen(" (cookie)");
    }
    new->method = word(p);
    if (!take(p, "\""))
        new->path = word(p);
    else if (!quoted(p, '"', &new->path))
        return false;
    if (new->path.n == 0 || (new->path.p[0] != '/' && new->path.p[0] != '$'))
        return bad(p, "the path must begin with a slash");
    if (!request(p, new))
        return false;
    if (!reply(p, new))
        return false;
    *p->step_slot = new;
    p->step_slot = &new->next;
    return true;
}

static void setup(struct parser *p, struct gx_str args)
{
    struct run_setup *new = GX_ARENA_NEW(p->arena, struct run_setup);
    *new = (struct run_setup){ .line = p->first, .args = gx_str_trim(args) };
    *p->setup_slot = new;
    p->setup_slot = &new->next;
}

/* "rep1 sales, boss manager admin" */
static void users(struct parser *p)
{
    struct gx_str one = { "", 0 };
    while (p->s.n && gx_str_split(&p->s, ',', &one)) {
        one = gx_str_trim(one);
        struct run_user *new = GX_ARENA_NEW(p->arena, struct run_user);
        size_t n = gx_str_find(one, ' ');
        *new = (struct run_user){ .line = p->first,
                                  .name = { one.p, n },
                                  .roles = gx_str_trim(gx_str_from(one, n)) };
        *p->user_slot = new;
        p->user_slot = &new->next;
    }
}

/* A comment may end in "use: …", so that a file's first line says what it is and needs. */
static void comment(struct parser *p, struct gx_str line)
{
    size_t at = gx_str_search(line, GX_STR("  use: "));
    if (at != SIZE_MAX)
        setup(p, gx_str_from(line, at + strlen("  use: ")));
}

/* A line, joined with those after it that begin with a space. */
static struct gx_str joined(struct parser *p, struct gx_str line)
{
    while (gx_str_search(line, GX_STR("<<")) == SIZE_MAX && p->rest.p && p->rest.n &&
           p->rest.p[0] == ' ') {
        struct gx_str more = { NULL, 0 };
        if (!take_line(p, &more))
            break;
        line.n = (size_t)(more.p + more.n - line.p);
    }
    return line;
}

bool run_script_read(struct gx_arena *arena, struct gx_str text, struct gx_str folder,
                     struct run_script *ret_script, struct gx_str *ret_why)
{
    *ret_script = (struct run_script){ 0 };
    struct parser p = { .arena = arena, .rest = text, .folder = folder, .script = ret_script };
    p.step_slot = &ret_script->steps;
    p.setup_slot = &ret_script->setup;
    p.user_slot = &ret_script->users;
    struct gx_str line = { NULL, 0 };
    while (take_line(&p, &line)) {
        p.first = p.line;
        if (gx_str_trim(line).n == 0)
            continue;
        if (line.p[0] == '#') {
            comment(&p, line);
            continue;
        }
        p.s = joined(&p, line);
        if (take(&p, "use:")) {
            setup(&p, p.s);
            continue;
        }
        if (take(&p, "generic:")) {
            ret_script->generic = true;
            continue;
        }
        if (take(&p, "users:")) {
            users(&p);
            continue;
        }
        if (!step(&p)) {
            *ret_why = gx_arena_printf(arena, "%s; line %d", p.why, p.first);
            return false;
        }
    }
    return true;
}
