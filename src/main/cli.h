/*
 * cli.h - the command line: one table per command, one way to the data.
 *
 * A command is `const struct gx_command gx_command_<name>` in a cli_*.c file; tools/mkindex
 * collects them.  The same table parses the arguments, prints the help and makes docs/CLI.md.
 *
 * Commands know nothing of stores and records: each is a client of the REST API over the local
 * socket of the data folder.  When a server already has the folder, that one answers; otherwise
 * the command starts the same server inside itself, on that socket only, and stops it at the end.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_CLI_H
#define GX_MAIN_CLI_H

#include <stdio.h>

#include "base/ctx.h"
#include "base/map.h"
#include "json/read.h"
#include "json/write.h"
#include "net/client.h"

struct gx_app;
struct gx_cli;

/* What a command ends with; anything but OK was already said on standard error. */
enum gx_exit { GX_EXIT_OK = 0, GX_EXIT_REFUSED = 1, GX_EXIT_USAGE = 2 };

#define GX_CLI_TRY(call)                                                                           \
    do {                                                                                           \
        enum gx_exit gx_cli_exit = (call);                                                         \
        if (gx_cli_exit != GX_EXIT_OK)                                                             \
            return gx_cli_exit;                                                                    \
    } while (0)

struct gx_cli_option {
    const char *name; /* without dashes; NULL ends a table */
    const char *arg;  /* what it takes, "EXPR"; NULL: nothing */
    const char *en, *zh;
    char letter; /* "-o"; 0: none */
};

struct gx_command {
    const char *name;
    const char *args;                    /* as shown in the help: "OBJECT [FIELD=VALUE …]" */
    const char *en, *zh;                 /* one line */
    const char *more_en, *more_zh;       /* further paragraphs, or NULL */
    const char *example;                 /* lines without "guanxi", or NULL */
    const struct gx_cli_option *options; /* or NULL */
    int args_min, args_max;              /* args_max -1: any number */
    enum gx_exit (*run)(struct gx_cli *cli);
};

/* Ended by NULL; made by tools/mkindex. */
extern const struct gx_command *const gx_commands[];
/* Options that every command takes. */
extern const struct gx_cli_option gx_cli_global[];

struct gx_cli_given {
    const char *name; /* of the option */
    struct gx_str value;
};

/* A text that the server may point into: `--filter` under the path "filter". */
struct gx_cli_text {
    struct gx_str path, text;
};

enum { GX_CLI_TEXTS_MAX = 16, GX_CLI_GIVEN_MAX = 256, GX_CLI_ARGS_MAX = 1024 };

struct gx_cli {
    struct gx_arena arena; /* lives as long as the command */
    struct gx_ctx ctx;
    bool zh;   /* speak Traditional Chinese */
    bool json; /* --json: for machines */
    const char *dir, *url, *tenant;
    struct gx_str as;
    const struct gx_command *command;
    struct gx_str args[GX_CLI_ARGS_MAX];
    size_t arg_count;
    struct gx_cli_given given[GX_CLI_GIVEN_MAX];
    size_t given_count;
    bool create;              /* make the data folder when it is missing: init, demo */
    const char *const *packs; /* for a new one; NULL-ended or NULL */
    struct gx_app *app;       /* our own server, or NULL */
    struct gx_client *client;
    const struct gx_json *meta;
    struct gx_map resolved; /* links looked up: "object text" to struct gx_str * */
    struct gx_cli_text texts[GX_CLI_TEXTS_MAX];
    size_t text_count;
};

/* --- cli_args.c: argument vectors and help */
enum gx_exit gx_cli_parse(struct gx_cli *cli, int argc, char **argv);
bool gx_cli_has(const struct gx_cli *cli, const char *option);
/* The last value given, or `otherwise`. */
struct gx_str gx_cli_get(const struct gx_cli *cli, const char *option, struct gx_str otherwise);
/* A whole number within [min, max], or `otherwise` when the option is absent. */
enum gx_exit gx_cli_get_int(struct gx_cli *cli, const char *option, int64_t otherwise, int64_t min,
                            int64_t max, int64_t *ret_value);
/* Is argument `i` this word? */
bool gx_cli_arg_is(const struct gx_cli *cli, size_t i, const char *word);
/* The number of arguments must be within [min, max] (max 0: any number). */
enum gx_exit gx_cli_want_args(struct gx_cli *cli, size_t min, size_t max);

/* --- cli_help.c */
const struct gx_command *gx_cli_command(struct gx_str name);
void gx_cli_help(const struct gx_cli *cli, const struct gx_command *command, FILE *out);

/* --- cli_say.c: what people read */
#define GX_SAY(cli, english, chinese) ((cli)->zh ? (chinese) : (english))
/* "guanxi: …" on standard error. */
enum gx_exit gx_cli_fail(const struct gx_cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with a hint at the help; GX_EXIT_USAGE. */
enum gx_exit gx_cli_usage(const struct gx_cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The errors collected in a context. */
enum gx_exit gx_cli_errors(const struct gx_cli *cli, const struct gx_ctx *ctx);
/* A problem+json reply: each error with its path, row and position. */
enum gx_exit gx_cli_problem(const struct gx_cli *cli, struct gx_str body);
/* One error object of a problem, of a bulk row, of an import. */
void gx_cli_print_error(const struct gx_cli *cli, const struct gx_json *error);
/* The server may answer with a position in this text. */
void gx_cli_remember(struct gx_cli *cli, struct gx_str path, struct gx_str text);
/* What a JSON value looks like to people. */
void gx_cli_value_text(const struct gx_cli *cli, const struct gx_json *value, struct gx_buf *out);
/* A value as one line of JSON on standard output. */
void gx_cli_print_json(const struct gx_json *value);
/* The same with lines and indents. */
void gx_cli_print_pretty(const struct gx_json *value);
/* Standard output, with control characters made harmless. */
void gx_cli_print(struct gx_str text);

/* --- cli_table.c */
struct gx_table;
struct gx_table *gx_table_new(struct gx_cli *cli, const char *const *heads, size_t columns);
void gx_table_cell(struct gx_table *table, struct gx_str text);
/* Numbers stand right. */
void gx_table_number(struct gx_table *table, struct gx_str text);
void gx_table_print(struct gx_table *table);
/* Columns of a terminal that a text takes. */
size_t gx_cli_width(struct gx_str text);

/* --- cli_call.c: the way to the data */
struct gx_cli_call {
    const char *method;
    struct gx_str target; /* gx_cli_path(), gx_cli_query() */
    struct gx_str body;   /* JSON unless body_fd */
    const int *body_fd;
    struct gx_header headers[4]; /* more of them; an empty name ends */
    enum gx_code (*take)(void *p, struct gx_str piece);
    void *take_p;
    struct gx_arena *arena; /* for the reply; NULL: the command's */
    bool allow_problem;     /* the caller looks at the status itself */
};
/* "/api/v1/a/b", encoded; empty pieces at the end are left out. */
struct gx_str gx_cli_path(struct gx_cli *cli, struct gx_str a, struct gx_str b, struct gx_str c);
/* With ?name=value added, unless the value is empty; errors may then point into it. */
struct gx_str gx_cli_query(struct gx_cli *cli, struct gx_str target, const char *name,
                           struct gx_str value);
enum gx_exit gx_cli_call(struct gx_cli *cli, const struct gx_cli_call *call,
                         struct gx_client_reply *ret_reply);
/* cli_warehouse.c: is the analytical database equal to the records? */
enum gx_exit gx_cli_verify_warehouse(struct gx_cli *cli);
/* The usual call: JSON or nothing in, JSON out (NULL for an empty reply). */
enum gx_exit gx_cli_send(struct gx_cli *cli, const char *method, struct gx_str target,
                         struct gx_str body, const struct gx_json **ret_json);
enum gx_exit gx_cli_get_json(struct gx_cli *cli, struct gx_str target,
                             const struct gx_json **ret_json);
/* GET, and the reply into this file; "-": on standard output.  cli_save.c */
enum gx_exit gx_cli_save(struct gx_cli *cli, struct gx_str target, struct gx_str name);
/* The lock of the data folder, which who serves it has; it goes with *ret_lock or the process. */
enum gx_exit gx_cli_take_folder(struct gx_cli *cli, int *ret_lock);
/* Close the connection, stop our own server. */
void gx_cli_end(struct gx_cli *cli);
/* Take what a buffer has and free it. */
struct gx_str gx_cli_take(struct gx_cli *cli, struct gx_buf *buf);
/* A whole file, or standard input for "-". */
enum gx_exit gx_cli_file(struct gx_cli *cli, struct gx_str name, struct gx_str *ret_bytes);

/* --- cli_value.c: objects, fields and values as people write them */
enum gx_exit gx_cli_object(struct gx_cli *cli, struct gx_str name,
                           const struct gx_json **ret_object);
const struct gx_json *gx_cli_field(const struct gx_json *object, struct gx_str name);
/* An id, an external id, a login or a title, as an id. */
enum gx_exit gx_cli_resolve(struct gx_cli *cli, struct gx_str object, struct gx_str text,
                            struct gx_str *ret_id);
/* A JSON object from pieces "field=value"; `from` is the first argument that is one. */
enum gx_exit gx_cli_body(struct gx_cli *cli, const struct gx_json *object, size_t from,
                         struct gx_str *ret_body);
struct gx_cli_value {
    struct gx_str field, text;
    const struct gx_str *ids; /* of a link that is known already, instead of `text` */
    size_t id_count;
};
/* One record of such values, written as a JSON object. */
enum gx_exit gx_cli_write_record(struct gx_cli *cli, struct gx_jw *w, const struct gx_json *object,
                                 const struct gx_cli_value *values, size_t count);

/* --- shared by several commands */
/* The id of the user with this login. */
enum gx_exit gx_cli_user_id(struct gx_cli *cli, struct gx_str login, struct gx_str *ret_id);
enum gx_exit gx_cli_user_create(struct gx_cli *cli, struct gx_str login, struct gx_str name,
                                struct gx_str *ret_id);
enum gx_exit gx_cli_user_roles(struct gx_cli *cli, struct gx_str id, const struct gx_str *roles,
                               size_t count);
enum gx_exit gx_cli_user_password(struct gx_cli *cli, struct gx_str id, struct gx_str password);
/* cli_people.c: `user import FILE`. */
enum gx_exit gx_cli_user_import(struct gx_cli *cli);
/* --password, --password-stdin, or one made up; *ret_made says which. */
enum gx_exit gx_cli_password(struct gx_cli *cli, struct gx_str *ret_password, bool *ret_made);

/* cli_migrate.c: move the tenant, and say how it went. */
enum gx_exit gx_cli_migrate(struct gx_cli *cli, struct gx_str to);

/* Where a definition in a file belongs: "custom/objects/visit.json", by what it defines. */
enum gx_exit gx_cli_definition_path(struct gx_cli *cli, struct gx_str file,
                                    const struct gx_json *json, struct gx_str *ret_path);

#endif
