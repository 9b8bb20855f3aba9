/*
 * usage.c - metering: what a tenant used on a day, in the directory.
 *
 * Requests and people are noted in memory and written down once a minute; records, seats and bytes
 * are counted then, if that is quick, else once an hour.
 */
#include "base/log.h"
#include "base/time.h"
#include "house/house_int.h"
#include "meta/quota.h"

enum { COUNT_QUICK_US = 20000 };

void usage_start(struct place *place)
{
    pthread_mutex_init(&place->meter.lock, NULL);
    place->meter.day = gx_date_of_moment(gx_clock_us(), 0);
    place->meter.dirty = true; /* what is there is counted once at least */
}

void usage_end(struct place *place)
{
    pthread_mutex_destroy(&place->meter.lock);
}

static void note_person(struct meter *m, int64_t person)
{
    size_t at = (size_t)((uint64_t)person * UINT64_C(0x9e3779b97f4a7c15) >> 40) % HOUSE_PEOPLE_MAX;
    while (m->people[at] && m->people[at] != person)
        at = (at + 1) % HOUSE_PEOPLE_MAX;
    if (!m->people[at] && m->people_count < HOUSE_PEOPLE_MAX - 1) {
        m->people[at] = person;
        m->people_count++;
    }
}

void gx_room_count(struct gx_room *room, int64_t person, int64_t now_us)
{
    struct place *place = (struct place *)room;
    struct meter *m = &place->meter;
    int64_t day = gx_date_of_moment(now_us, 0);
    pthread_mutex_lock(&m->lock);
    bool over = day != m->day;
    pthread_mutex_unlock(&m->lock);
    if (over)
        usage_flush(place, false); /* of the day before */
    pthread_mutex_lock(&m->lock);
    m->day = day;
    m->requests++;
    m->dirty = true;
    if (person)
        note_person(m, person);
    pthread_mutex_unlock(&m->lock);
}

struct flush {
    struct gx_ctx *ctx;
    struct gx_str tenant;
    struct gx_house_usage figures;
    int64_t people[HOUSE_PEOPLE_MAX];
    size_t people_count;
};

/* What has come since the last time, taken out. */
static bool take(struct meter *m, struct flush *f)
{
    pthread_mutex_lock(&m->lock);
    bool dirty = m->dirty;
    f->figures = m->figures;
    f->figures.day = m->day;
    f->figures.requests = m->requests;
    for (size_t i = 0; i < HOUSE_PEOPLE_MAX; i++)
        if (m->people[i])
            f->people[f->people_count++] = m->people[i];
    memset(m->people, 0, sizeof m->people);
    m->people_count = 0;
    m->requests = 0;
    m->dirty = false;
    pthread_mutex_unlock(&m->lock);
    return dirty;
}

static void count(struct gx_ctx *ctx, struct place *place, struct gx_house_usage *u)
{
    struct gx_tenant *tenant = place->room.tenant;
    struct gx_conn *conn;
    int64_t start_us = gx_monotonic_us(), counted_at = place->meter.counted_at;
    u->store_bytes = gx_db_stats(tenant->db).page_bytes;
    if (counted_at > start_us)
        return;
    if (gx_db_reader(ctx, tenant->db, &conn) != GX_OK)
        return;
    bool ok = gx_quota_count(ctx, tenant, conn, GX_QUOTA_SEATS, &u->seats) == GX_OK &&
              gx_quota_count(ctx, tenant, conn, GX_QUOTA_RECORDS, &u->records) == GX_OK &&
              gx_quota_count(ctx, tenant, conn, GX_QUOTA_FILE_BYTES, &u->file_bytes) == GX_OK;
    gx_db_reader_release(conn);
    int64_t end_us = gx_monotonic_us();
    bool quick = ok && end_us - start_us < COUNT_QUICK_US;
    pthread_mutex_lock(&place->meter.lock);
    place->meter.figures = *u;
    place->meter.counted_at = quick ? 0 : end_us + HOUSE_COUNT_S * INT64_C(1000000);
    pthread_mutex_unlock(&place->meter.lock);
}

static enum gx_code put_people(struct flush *f, struct gx_conn *conn)
{
    for (size_t i = 0; i < f->people_count; i++) {
        struct gx_value values[] = { gx_value_text(f->tenant), gx_value_int(f->people[i]),
                                     gx_value_int(f->figures.day) };
        GX_TRY(gx_db_exec(f->ctx, conn,
                          GX_SQL("INSERT INTO usage_person (tenant, person, day) "
                                 "VALUES (?1, ?2, ?3) ON CONFLICT (tenant, person) DO UPDATE SET "
                                 "day = excluded.day"),
                          values, GX_COUNT(values), NULL));
    }
    return GX_OK;
}

static enum gx_code count_people(struct flush *f, struct gx_conn *conn, int64_t from_day,
                                 int64_t *ret_count)
{
    struct gx_value values[] = { gx_value_text(f->tenant), gx_value_int(from_day) };
    return gx_db_int(f->ctx, conn,
                     GX_SQL("SELECT count(*) FROM usage_person WHERE tenant = ?1 AND day >= ?2"),
                     values, 2, 0, ret_count);
}

static enum gx_code put_work(void *p, struct gx_conn *conn)
{
    struct flush *f = p;
    struct gx_house_usage *u = &f->figures;
    struct gx_ymd month = gx_date_to_ymd(u->day);
    month.day = 1;
    GX_TRY(put_people(f, conn));
    GX_TRY(count_people(f, conn, u->day, &u->users));
    GX_TRY(count_people(f, conn, gx_date_from_ymd(month), &u->users_month));
    struct gx_value values[] = {
        gx_value_text(f->tenant),     gx_value_int(u->day),         gx_value_int(u->users),
        gx_value_int(u->users_month), gx_value_int(u->seats),       gx_value_int(u->records),
        gx_value_int(u->file_bytes),  gx_value_int(u->store_bytes), gx_value_int(u->requests),
    };
    return gx_db_exec(
        f->ctx, conn,
        GX_SQL("INSERT INTO usage (tenant, day, users, users_month, seats, records, file_bytes, "
               "store_bytes, requests) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
               "ON CONFLICT (tenant, day) DO UPDATE SET users = excluded.users, "
               "users_month = excluded.users_month, seats = excluded.seats, "
               "records = excluded.records, file_bytes = excluded.file_bytes, "
               "store_bytes = excluded.store_bytes, "
               "requests = usage.requests + excluded.requests"),
        values, GX_COUNT(values), NULL);
}

/* Has work of its own under way: should the program be killed, the tenant is opened again. */
static void note_busy(struct gx_ctx *ctx, struct place *place)
{
    struct gx_house *house = place->room.house;
    struct gx_directory_entry row;
    bool busy = house->options.busy && house->options.busy(&place->room, true);
    pthread_mutex_lock(&house->lock);
    struct gx_directory_entry *mine = &place->lodging->row;
    bool differs = mine->state == GX_TENANT_ACTIVE && busy && !mine->wake_at;
    if (differs)
        mine->wake_at = ctx->now_us;
    row = *mine;
    pthread_mutex_unlock(&house->lock);
    if (differs && gx_directory_put(ctx, house->directory, &row) != GX_OK)
        gx_ctx_clear(ctx);
}

void usage_flush(struct place *place, bool last)
{
    struct gx_house *house = place->room.house;
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    struct flush *f = GX_ARENA_NEW(&arena, struct flush);
    f->ctx = &ctx;
    f->tenant = place->lodging->row.name;
    if (take(&place->meter, f)) {
        count(&ctx, place, &f->figures);
        if (gx_db_write(&ctx, gx_directory_db(house->directory), put_work, f) != GX_OK)
            gx_log_say(GX_LOG_ERROR, "usage", gx_ctx_text(&ctx));
    }
    if (!last)
        note_busy(&ctx, place);
    gx_arena_free(&arena);
}

/* --- read */

static enum gx_code read_usage(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str name,
                               int64_t from_day, int64_t to_day, struct gx_house_usage **tail)
{
    struct gx_value values[] = { gx_value_text(name), gx_value_int(from_day),
                                 gx_value_int(to_day) };
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT day, users, users_month, seats, records, file_bytes, "
                              "store_bytes, requests FROM usage WHERE tenant = ?1 AND day >= ?2 "
                              "AND day <= ?3 ORDER BY day"),
                       values, 3, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_house_usage *u = GX_ARENA_NEW(ctx->arena, struct gx_house_usage);
        *u = (struct gx_house_usage){
            .day = gx_rows_int(rows, 0),
            .users = gx_rows_int(rows, 1),
            .users_month = gx_rows_int(rows, 2),
            .seats = gx_rows_int(rows, 3),
            .records = gx_rows_int(rows, 4),
            .file_bytes = gx_rows_int(rows, 5),
            .store_bytes = gx_rows_int(rows, 6),
            .requests = gx_rows_int(rows, 7),
        };
        *tail = u;
        tail = &u->next;
    }
    gx_rows_close(rows);
    return code;
}

/* What an open tenant has in memory is written down first. */
static void flush_open(struct gx_house *house, struct gx_str name)
{
    struct gx_room *room = gx_room_try(house, name);
    if (!room)
        return;
    usage_flush((struct place *)room, false);
    gx_room_leave(room);
}

enum gx_code gx_house_usage(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                            int64_t from_day, int64_t to_day, struct gx_house_usage **ret_first)
{
    struct gx_conn *conn;
    flush_open(house, name);
    *ret_first = NULL;
    GX_TRY(gx_db_reader(ctx, gx_directory_db(house->directory), &conn));
    enum gx_code code = read_usage(ctx, conn, name, from_day, to_day, ret_first);
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_house_newest(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                             struct gx_house_usage *ret_usage)
{
    struct gx_house_usage *u;
    struct gx_value value = gx_value_text(name);
    struct gx_conn *conn;
    int64_t day;
    *ret_usage = (struct gx_house_usage){ 0 };
    GX_TRY(gx_db_reader(ctx, gx_directory_db(house->directory), &conn));
    enum gx_code code = gx_db_int(ctx, conn, GX_SQL("SELECT max(day) FROM usage WHERE tenant = ?1"),
                                  &value, 1, 0, &day);
    u = NULL;
    if (code == GX_OK)
        code = read_usage(ctx, conn, name, day, day, &u);
    gx_db_reader_release(conn);
    if (code == GX_OK && u)
        *ret_usage = *u;
    return code;
}
