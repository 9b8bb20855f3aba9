/* sqlite_fn.c - our functions and our search tokeniser inside SQLite. */
#include "db/sqlite_int.h"

#include "base/assert.h"

struct function {
    struct sqlite_conn *conn;
    const struct gx_db_function *is;
};

static void call(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct function *fn = sqlite3_user_data(context);
    struct gx_value args[DB_FUNCTION_ARGS_MAX];
    gx_assert(count == fn->is->arg_count);
    for (int i = 0; i < count; i++)
        args[i] = sqlite_value(values[i]);
    struct gx_arena *scratch = &fn->conn->base.scratch;
    struct gx_value result = fn->is->call(scratch, args);
    switch (result.kind) {
    case GX_VALUE_NULL:
        sqlite3_result_null(context);
        break;
    case GX_VALUE_INT:
        sqlite3_result_int64(context, result.i);
        break;
    case GX_VALUE_TEXT:
        sqlite3_result_text64(context, result.s.n ? result.s.p : "", result.s.n, SQLITE_TRANSIENT,
                              SQLITE_UTF8);
        break;
    case GX_VALUE_BLOB:
        sqlite3_result_blob64(context, result.s.n ? result.s.p : "", result.s.n, SQLITE_TRANSIENT);
        break;
    }
    gx_arena_reset(scratch);
}

/* The tokeniser: FTS5's interface around options.tokenise. */

struct splitting {
    void *context;
    int (*token)(void *, int, const char *, int, int, int);
    int rc;
};

static void emit(void *p, const struct gx_token *token)
{
    struct splitting *s = p;
    if (s->rc == SQLITE_OK)
        s->rc = s->token(s->context, 0, token->text.p, (int)token->text.n, (int)token->from,
                         (int)token->to);
}

static int tokenizer_create(void *conn, const char **args, int count, Fts5Tokenizer **ret)
{
    (void)args;
    (void)count;
    *ret = conn; /* it has no state of its own */
    return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *p, int n,
                    int (*token)(void *, int, const char *, int, int, int))
{
    struct sqlite_conn *conn = (struct sqlite_conn *)tokenizer;
    struct splitting s = { context, token, SQLITE_OK };
    struct gx_str text = { p ? p : "", n > 0 ? (size_t)n : 0 };
    conn->base.db->options.tokenise(text, flags & FTS5_TOKENIZE_QUERY, emit, &s);
    return s.rc;
}

static int add_tokenizer(struct sqlite_conn *conn)
{
    fts5_api *api = NULL;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn->db, "SELECT fts5(?1)", -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_pointer(stmt, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(stmt);
    rc = sqlite3_finalize(stmt);
    if (rc != SQLITE_OK)
        return rc;
    gx_assert(api);
    fts5_tokenizer is = { tokenizer_create, tokenizer_delete, tokenize };
    return api->xCreateTokenizer(api, "guanxi", conn, &is, NULL);
}

int sqlite_add_functions(struct sqlite_conn *conn)
{
    int rc = SQLITE_OK;
    const struct gx_db_options *options = &conn->base.db->options;
    for (const struct gx_db_function *f = options->functions; f->name && rc == SQLITE_OK; f++) {
        struct function *fn = GX_ARENA_NEW(&conn->arena, struct function);
        *fn = (struct function){ conn, f };
        /* Innocuous: allowed in index expressions although the schema is not trusted. */
        rc = sqlite3_create_function_v2(conn->db, f->name, f->arg_count,
                                        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, fn,
                                        call, NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK && options->tokenise)
        rc = add_tokenizer(conn);
    return rc;
}
