/* watch.c - see watch.h. */
#include "store/watch.h"

#include <math.h>
#include <pthread.h>

#include "base/assert.h"
#include "base/time.h"
#include "store/audit.h"

enum { PROBES = 8, WEEK_HOURS = 168, SLOW = 4, MONDAY_DAYS = 3 };

#define HOUR_US (60 * GX_MINUTE_US)

/* --- how many different ones (HyperLogLog) */

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

void gx_sketch_add(unsigned char *sketch, int64_t number)
{
    uint64_t h = mix((uint64_t)number);
    unsigned char zeros = (unsigned char)(__builtin_clzll((h << 8) | 0xff) + 1);
    unsigned char *place = &sketch[h >> 56];
    *place = zeros > *place ? zeros : *place;
}

int64_t gx_sketch_count(const unsigned char *sketch)
{
    double sum = 0, n = GX_SKETCH_BYTES;
    int empty = 0;
    for (int i = 0; i < GX_SKETCH_BYTES; i++) {
        sum += ldexp(1, -sketch[i]);
        empty += sketch[i] == 0;
    }
    double about = 0.7182725 * n * n / sum;
    if (about <= 2.5 * n && empty)
        about = n * log(n / empty);
    return (int64_t)(about + 0.5);
}

/* --- a person and an hour */

struct person {
    int64_t user, hour_at;
    int64_t given, exported; /* those given twice count twice */
    int64_t limit[2];        /* from so many on the writer looks: reading, taking out */
    bool raised;             /* an alert of this hour, or it is being looked at */
    unsigned char sketch[GX_SKETCH_BYTES];
};

struct gx_watch {
    struct gx_tenant *tenant;
    pthread_mutex_t lock;
    int64_t floors[2];
    struct person *people; /* GX_WATCH_PEOPLE_MAX, by user, in one of PROBES places */
};

struct gx_watch *gx_watch_new(struct gx_arena *arena, struct gx_tenant *tenant)
{
    struct gx_watch *watch = GX_ARENA_NEW(arena, struct gx_watch);
    watch->tenant = tenant;
    watch->floors[0] = GX_WATCH_FLOOR_READ;
    watch->floors[1] = GX_WATCH_FLOOR_EXPORT;
    watch->people = GX_ARENA_ARRAY(arena, struct person, GX_WATCH_PEOPLE_MAX);
    pthread_mutex_init(&watch->lock, NULL);
    return watch;
}

static int64_t floor_of(struct gx_str text, int64_t otherwise)
{
    int64_t value = 0;
    return gx_str_int64(text, &value) && value > 0 ? value : otherwise;
}

enum gx_code gx_watch_start(struct gx_ctx *ctx, struct gx_watch *watch, struct gx_conn *conn)
{
    struct gx_str read, exported;
    GX_TRY(gx_setting_get(ctx, conn, GX_SETTING_WATCH_READ, GX_STR(""), &read));
    GX_TRY(gx_setting_get(ctx, conn, GX_SETTING_WATCH_EXPORT, GX_STR(""), &exported));
    gx_watch_floors(watch, floor_of(read, GX_WATCH_FLOOR_READ),
                    floor_of(exported, GX_WATCH_FLOOR_EXPORT));
    return GX_OK;
}

static int64_t count_of(const struct person *p, int kind)
{
    if (!kind && p->given < p->limit[0])
        return p->given; /* there cannot be more different ones */
    return kind ? p->exported : gx_sketch_count(p->sketch);
}

void gx_watch_floors(struct gx_watch *watch, int64_t read, int64_t exported)
{
    pthread_mutex_lock(&watch->lock);
    watch->floors[0] = read;
    watch->floors[1] = exported;
    for (size_t i = 0; i < GX_WATCH_PEOPLE_MAX; i++) {
        watch->people[i].limit[0] = read;
        watch->people[i].limit[1] = exported;
    }
    pthread_mutex_unlock(&watch->lock);
}

/* --- on the writer: is it unusual?  What an hour had becomes part of what is usual. */

struct looking {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_watch *watch;
    int64_t user, hour_at, counts[2], floors[2];
    int kind; /* of a question; -1: the hour is over */
    int64_t limit;
    bool raised;
};

/* 0: Monday, midnight. */
static int64_t week_hour(int64_t at_us)
{
    return (at_us / HOUR_US + MONDAY_DAYS * 24) % WEEK_HOURS;
}

/* The most of this hour and those beside it. */
static enum gx_code usual_of(struct looking *l, struct gx_conn *conn, int64_t *ret_usual)
{
    int64_t hour = week_hour(l->hour_at);
    struct gx_value values[] = {
        gx_value_int(l->user),
        gx_value_int((hour + WEEK_HOURS - 1) % WEEK_HOURS),
        gx_value_int(hour),
        gx_value_int((hour + 1) % WEEK_HOURS),
    };
    if (l->kind)
        return gx_db_int(&l->ctx, conn,
                         GX_SQL("SELECT coalesce(max(exported), 0) FROM gx_usual "
                                "WHERE user_id = ?1 AND hour IN (?2, ?3, ?4)"),
                         values, GX_COUNT(values), 0, ret_usual);
    return gx_db_int(&l->ctx, conn,
                     GX_SQL("SELECT coalesce(max(records), 0) FROM gx_usual "
                            "WHERE user_id = ?1 AND hour IN (?2, ?3, ?4)"),
                     values, GX_COUNT(values), 0, ret_usual);
}

static enum gx_code raise_alert(struct looking *l, struct gx_conn *conn, int64_t usual)
{
    struct gx_ctx *ctx = &l->ctx;
    struct gx_tenant *tenant = l->watch->tenant;
    int64_t changed;
    struct gx_value values[] = {
        gx_value_int(gx_id_next(&tenant->ids, ctx->now_us)),
        gx_value_int(l->user),
        gx_value_text(l->kind ? GX_STR("export") : GX_STR("read")),
        gx_value_int(l->hour_at),
        gx_value_int(ctx->now_us),
        gx_value_int(l->counts[l->kind]),
        gx_value_int(usual),
    };
    l->raised = true;
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_alert (id, user_id, kind, hour_at, made_at, records, "
                             "usual) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                             "ON CONFLICT (user_id, hour_at) DO NOTHING"),
                      values, GX_COUNT(values), &changed));
    if (!changed)
        return GX_OK;
    struct gx_audit_note note = {
        .about = l->user,
        .what = "alert",
        .data = gx_arena_printf(ctx->arena, "{\"%s\":[%lld,%lld]}", l->kind ? "exported" : "read",
                                (long long)usual, (long long)l->counts[l->kind]),
    };
    return gx_audit_add(ctx, tenant, conn, &note);
}

static enum gx_code ask(void *v, struct gx_conn *conn)
{
    struct looking *l = v;
    int64_t usual;
    gx_ctx_clear(&l->ctx);
    GX_TRY(usual_of(l, conn, &usual));
    l->limit = usual * GX_WATCH_TIMES;
    if (l->limit < l->floors[l->kind])
        l->limit = l->floors[l->kind];
    return l->counts[l->kind] >= l->limit ? raise_alert(l, conn, usual) : GX_OK;
}

/* What was unusual does not become usual by itself: an administrator says so, or it is not. */
static enum gx_code keep(void *v, struct gx_conn *conn)
{
    struct looking *l = v;
    gx_ctx_clear(&l->ctx);
    struct gx_value values[] = {
        gx_value_int(l->user),      gx_value_int(week_hour(l->hour_at)),
        gx_value_int(l->counts[0]), gx_value_int(l->counts[1]),
        gx_value_int(SLOW),         gx_value_int(l->hour_at),
    };
    struct gx_value last[] = { values[0], values[5], values[2], values[3] };
    if (l->raised)
        return gx_db_exec(&l->ctx, conn,
                          GX_SQL("UPDATE gx_alert SET records = CASE kind WHEN 'export' THEN ?4 "
                                 "ELSE ?3 END WHERE user_id = ?1 AND hour_at = ?2"),
                          last, GX_COUNT(last), NULL);
    return gx_db_exec(&l->ctx, conn,
                      GX_SQL("INSERT INTO gx_usual (user_id, hour, records, exported) "
                             "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id, hour) DO UPDATE SET "
                             "records = gx_usual.records + (?3 - gx_usual.records) / ?5, "
                             "exported = gx_usual.exported + (?4 - gx_usual.exported) / ?5"),
                      values, 5, NULL);
}

static struct person *find(struct gx_watch *watch, int64_t user)
{
    for (uint64_t i = 0; i < PROBES; i++) {
        struct person *p = &watch->people[(mix((uint64_t)user) + i) % GX_WATCH_PEOPLE_MAX];
        if (p->user == user)
            return p;
    }
    return NULL;
}

/* What is usual for this person is known now: until then is not asked again. */
static void answered(void *v, enum gx_code code)
{
    struct looking *l = v;
    struct gx_arena arena = l->arena;
    pthread_mutex_lock(&l->watch->lock);
    struct person *p = l->kind >= 0 ? find(l->watch, l->user) : NULL;
    if (p && p->hour_at == l->hour_at) {
        p->raised = code == GX_OK && l->raised;
        p->limit[l->kind] = l->limit > l->counts[l->kind] ? l->limit : l->counts[l->kind] + 1;
    }
    pthread_mutex_unlock(&l->watch->lock);
    gx_arena_free(&arena);
}

/* `kind` -1: the hour is over. */
static void look(struct gx_watch *watch, const struct person *p, int kind, int64_t now_us)
{
    struct gx_arena arena = { 0 };
    struct looking *l = GX_ARENA_NEW(&arena, struct looking);
    *l = (struct looking){
        .watch = watch,
        .user = p->user,
        .hour_at = p->hour_at,
        .counts = { gx_sketch_count(p->sketch), p->exported },
        .floors = { watch->floors[0], watch->floors[1] },
        .kind = kind,
        .raised = kind < 0 && p->raised,
        .arena = arena,
    };
    l->ctx = (struct gx_ctx){ .arena = &l->arena, .now_us = now_us };
    gx_db_submit(watch->tenant->db, kind < 0 ? keep : ask, answered, l);
}

/* --- counting */

static void begin(struct gx_watch *watch, struct person *p, int64_t user, int64_t hour_at,
                  int64_t now_us)
{
    if (p->user)
        look(watch, p, -1, now_us);
    *p = (struct person){
        .user = user,
        .hour_at = hour_at,
        .limit = { watch->floors[0], watch->floors[1] },
    };
}

/* Their place, or one whose hour is over, or that of who has read least. */
static struct person *place_of(struct gx_watch *watch, int64_t user, int64_t hour_at,
                               int64_t now_us)
{
    struct person *p = find(watch, user), *least = NULL;
    int64_t fewest = INT64_MAX;
    for (uint64_t i = 0; i < PROBES && !p; i++) {
        struct person *q = &watch->people[(mix((uint64_t)user) + i) % GX_WATCH_PEOPLE_MAX];
        int64_t n = q->user == 0 || q->hour_at != hour_at ? -1 : count_of(q, 0) + count_of(q, 1);
        least = n < fewest ? q : least;
        fewest = n < fewest ? n : fewest;
    }
    p = p ? p : least;
    if (p->user != user || p->hour_at != hour_at)
        begin(watch, p, user, hour_at, now_us);
    return p;
}

void gx_watch_add(struct gx_watch *watch, int64_t user, const int64_t *records, size_t count,
                  bool file, int64_t now_us)
{
    if (!watch || !user || !count)
        return;
    pthread_mutex_lock(&watch->lock);
    struct person *p = place_of(watch, user, now_us / HOUR_US * HOUR_US, now_us);
    for (size_t i = 0; i < count; i++)
        gx_sketch_add(p->sketch, records[i]);
    p->given += (int64_t)count;
    p->exported += file ? (int64_t)count : 0;
    for (int kind = 0; kind < 2 && !p->raised; kind++)
        if (count_of(p, kind) >= p->limit[kind]) {
            p->raised = true; /* until it is answered */
            look(watch, p, kind, now_us);
        }
    pthread_mutex_unlock(&watch->lock);
}

void gx_watch_end(struct gx_watch *watch)
{
    int64_t now_us = gx_clock_us();
    for (size_t i = 0; i < GX_WATCH_PEOPLE_MAX; i++)
        if (watch->people[i].user)
            look(watch, &watch->people[i], -1, now_us);
}
