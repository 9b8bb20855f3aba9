/*
 * bare.c - the least that can serve the same questions: what `make bench` measures against.
 *
 * libmicrohttpd with one epoll thread a core, one SQLite connection a thread with prepared
 * statements, replies written by hand.  No sign-in, no access rules, no checks.
 *
 *   bare FILE PORT [ROWS]     make FILE with ROWS rows when it is not there, then serve
 *
 *   GET  /one/ID   one row by its key, 16 columns, as JSON
 *   GET  /list     the newest 50 rows of one owner, through an index
 *   POST /create   insert a row; the reply leaves after the commit, which takes all that wait
 */
#include <microhttpd.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 16, OWNERS = 1000, LIST_ROWS = 50, BODY_BYTES = 4096 };

static const char schema[] =
    "CREATE TABLE account(id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT, phone TEXT,"
    " email TEXT, website TEXT, tax_id TEXT, city TEXT, street TEXT, industry TEXT,"
    " owner INTEGER, employees INTEGER, revenue INTEGER, created INTEGER, updated INTEGER,"
    " version INTEGER NOT NULL);"
    "CREATE INDEX account_owner ON account(owner, id);";

static const char *const names[COLUMNS] = {
    "id",     "name",     "kind",  "phone",     "email",   "website", "tax_id",  "city",
    "street", "industry", "owner", "employees", "revenue", "created", "updated", "version",
};

struct job {
    struct job *next;
    struct MHD_Connection *connection;
    size_t n;
    bool done;
    sqlite3_int64 id;
    char body[BODY_BYTES];
};

struct text {
    char *p;
    size_t n, cap;
};

static struct {
    const char *file;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, **last;
} app = { .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER };

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "bare: %s: %s\n", what, why);
    exit(1);
}

static sqlite3 *open_file(void)
{
    sqlite3 *db;
    if (sqlite3_open(app.file, &db) != SQLITE_OK ||
        sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -16000;",
                     NULL, NULL, NULL) != SQLITE_OK)
        die(app.file, sqlite3_errmsg(db));
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
        die(sql, sqlite3_errmsg(db));
    return s;
}

static void make_rows(long rows)
{
    sqlite3 *db = open_file();
    char sql[1024];
    snprintf(
        sql, sizeof sql,
        "BEGIN; %s WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %ld)"
        " INSERT INTO account SELECT i, 'Account number ' || i, 'organisation',"
        " '+8862' || (20000000 + i), 'info' || i || '@example.com',"
        " 'https://www.example.com/' || i, 10000000 + i, 'Taipei',"
        " i || ' Zhongshan North Road', 'manufacturing', i %% %d, i %% 500, i * 1000,"
        " 1700000000000000 + i, 1700000000000000 + i, 1 FROM n; COMMIT;",
        schema, rows, OWNERS);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die("rows", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void put(struct text *t, const char *p, size_t n)
{
    if (t->cap - t->n < n) {
        t->cap = (t->cap + n) * 2;
        t->p = realloc(t->p, t->cap);
        if (!t->p)
            die("memory", "none");
    }
    memcpy(t->p + t->n, p, n);
    t->n += n;
}

static void put_string(struct text *t, const char *p, size_t n)
{
    put(t, "\"", 1);
    for (size_t i = 0, from = 0; i <= n; i++) {
        if (i == n || p[i] == '"' || p[i] == '\\' || (unsigned char)p[i] < 0x20) {
            put(t, p + from, i - from);
            from = i + 1;
            char escape[8];
            if (i < n)
                put(t, escape,
                    (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)p[i]));
        }
    }
    put(t, "\"", 1);
}

static void put_row(struct text *t, sqlite3_stmt *s)
{
    for (int i = 0; i < COLUMNS; i++) {
        put(t, i ? ",\"" : "{\"", 2);
        put(t, names[i], strlen(names[i]));
        put(t, "\":", 2);
        const char *value = (const char *)sqlite3_column_text(s, i);
        size_t n = (size_t)sqlite3_column_bytes(s, i);
        if (!value)
            put(t, "null", 4);
        else if (sqlite3_column_type(s, i) == SQLITE_TEXT)
            put_string(t, value, n);
        else
            put(t, value, n);
    }
    put(t, "}", 1);
}

/* One connection a thread, for as long as the program runs. */
static sqlite3_stmt *statement_of_thread(bool one)
{
    static _Thread_local sqlite3_stmt *statements[2];
    if (!statements[0]) {
        sqlite3 *db = open_file();
        statements[0] = prepare(db, "SELECT * FROM account WHERE owner = ?1"
                                    " ORDER BY id DESC LIMIT 50");
        statements[1] = prepare(db, "SELECT * FROM account WHERE id = ?1");
    }
    return statements[one];
}

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, char *p, size_t n)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(n, p, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(r, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, status, r);
    MHD_destroy_response(r);
    return result;
}

static enum MHD_Result answer_rows(struct MHD_Connection *connection, bool one, sqlite3_int64 key)
{
    struct text t = { 0 };
    sqlite3_stmt *s = statement_of_thread(one);
    sqlite3_bind_int64(s, 1, key);
    int rows = 0;
    if (!one)
        put(&t, "[", 1);
    while (sqlite3_step(s) == SQLITE_ROW) {
        if (rows++)
            put(&t, ",", 1);
        put_row(&t, s);
    }
    if (!one)
        put(&t, "]", 1);
    sqlite3_reset(s);
    return reply(connection, rows ? MHD_HTTP_OK : MHD_HTTP_NOT_FOUND, t.p, t.n);
}

static void insert(sqlite3_stmt *s, struct job *job)
{
    static const char key[] = "\"name\":\"";
    const char *name = memmem(job->body, job->n, key, sizeof key - 1);
    const char *end = name ? memchr(name + sizeof key - 1, '"',
                                    job->n - (size_t)(name + sizeof key - 1 - job->body))
                           : NULL;
    if (!end)
        return;
    name += sizeof key - 1;
    sqlite3_bind_text(s, 1, name, (int)(end - name), SQLITE_STATIC);
    if (sqlite3_step(s) == SQLITE_DONE)
        job->id = sqlite3_last_insert_rowid(sqlite3_db_handle(s));
    sqlite3_reset(s);
}

static void *write_loop(void *p)
{
    sqlite3 *db = open_file();
    sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
    sqlite3_stmt *add = prepare(db, "INSERT INTO account(name, owner, version) VALUES(?1, 7, 1)");
    for (;;) {
        pthread_mutex_lock(&app.lock);
        while (!app.first)
            pthread_cond_wait(&app.wake, &app.lock);
        struct job *batch = app.first;
        app.first = NULL;
        app.last = &app.first;
        pthread_mutex_unlock(&app.lock);
        sqlite3_step(begin);
        sqlite3_reset(begin);
        for (struct job *job = batch; job; job = job->next)
            insert(add, job);
        bool ok = sqlite3_step(commit) == SQLITE_DONE;
        sqlite3_reset(commit);
        for (struct job *job = batch, *next; job; job = next) {
            next = job->next;
            job->id = ok ? job->id : 0;
            job->done = true;
            MHD_resume_connection(job->connection);
        }
    }
    return p;
}

static enum MHD_Result answer_created(struct MHD_Connection *connection, struct job *job)
{
    char *text = malloc(64);
    if (!text)
        die("memory", "none");
    int n = snprintf(text, 64, "{\"id\":\"%lld\"}", job->id);
    return reply(connection, job->id ? MHD_HTTP_CREATED : MHD_HTTP_BAD_REQUEST, text, (size_t)n);
}

static enum MHD_Result create(struct MHD_Connection *connection, struct job *job,
                              const char *upload, size_t *upload_bytes)
{
    if (job->done)
        return answer_created(connection, job);
    if (*upload_bytes) {
        if (*upload_bytes > BODY_BYTES - job->n)
            return MHD_NO;
        memcpy(job->body + job->n, upload, *upload_bytes);
        job->n += *upload_bytes;
        *upload_bytes = 0;
        return MHD_YES;
    }
    MHD_suspend_connection(connection);
    pthread_mutex_lock(&app.lock);
    *app.last = job;
    app.last = &job->next;
    pthread_cond_signal(&app.wake);
    pthread_mutex_unlock(&app.lock);
    return MHD_YES;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_bytes, void **context)
{
    (void)cls, (void)version;
    if (!*context) {
        struct job *job = calloc(1, sizeof *job);
        if (!job)
            return MHD_NO;
        job->connection = connection;
        *context = job;
        return MHD_YES;
    }
    if (strcmp(method, "POST") == 0)
        return create(connection, *context, upload, upload_bytes);
    if (strncmp(url, "/one/", 5) == 0)
        return answer_rows(connection, true, strtoll(url + 5, NULL, 10));
    return answer_rows(connection, false, 7);
}

static void completed(void *cls, struct MHD_Connection *connection, void **context,
                      enum MHD_RequestTerminationCode code)
{
    (void)cls, (void)connection, (void)code;
    free(*context);
    *context = NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die("usage", "bare FILE PORT [ROWS]");
    app.file = argv[1];
    app.last = &app.first;
    if (access(app.file, F_OK) != 0)
        make_rows(argc > 3 ? strtol(argv[3], NULL, 10) : 100000);
    pthread_t writer;
    if (pthread_create(&writer, NULL, write_loop, NULL) != 0)
        die("writer", "no thread");
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME,
        (uint16_t)strtoul(argv[2], NULL, 10), NULL, NULL, answer, NULL, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)(cores > 1 ? cores : 2), MHD_OPTION_CONNECTION_LIMIT, 4096U,
        MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
    if (!daemon)
        die("port", argv[2]);
    printf("listening on %s\n", argv[2]);
    fflush(stdout);
    pause();
    return 0;
}
