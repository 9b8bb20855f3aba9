/* seen.c - see seen.h. */
#include "store/seen.h"

#include <pthread.h>

#include "base/assert.h"
#include "json/write.h"
#include "store/audit.h"

enum { NAME_BYTES = 64, VALUE_BYTES = 400, PROBES = 8 };

/* What was noted lately; a slot with no time is free. */
struct slot {
    uint64_t key;
    int64_t from_us, more; /* more: counted and not written */
    int64_t by, about;
    const char *what;
    char name[NAME_BYTES], value[VALUE_BYTES];
};

struct gx_seen {
    struct gx_tenant *tenant;
    pthread_mutex_t lock;
    struct slot *slots; /* GX_SEEN_KEYS_MAX of them, by key, in one of PROBES places */
};

struct gx_seen *gx_seen_new(struct gx_arena *arena, struct gx_tenant *tenant)
{
    struct gx_seen *seen = GX_ARENA_NEW(arena, struct gx_seen);
    seen->tenant = tenant;
    seen->slots = GX_ARENA_ARRAY(arena, struct slot, GX_SEEN_KEYS_MAX);
    pthread_mutex_init(&seen->lock, NULL);
    return seen;
}

/* --- writing: an arena of its own that lasts until the write is done */

struct writing {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant *tenant;
    struct gx_audit_note note;
};

static enum gx_code write_note(void *p, struct gx_conn *conn)
{
    struct writing *w = p;
    gx_ctx_clear(&w->ctx);
    return gx_audit_add(&w->ctx, w->tenant, conn, &w->note);
}

static void written(void *p, enum gx_code code)
{
    struct writing *w = p;
    struct gx_arena arena = w->arena;
    (void)code; /* nobody waits for it */
    gx_arena_free(&arena);
}

static void submit(struct gx_seen *seen, const struct slot *slot, int64_t count, int64_t now_us)
{
    struct gx_arena arena = { 0 };
    struct writing *w = GX_ARENA_NEW(&arena, struct writing);
    struct gx_buf data = { 0 };
    struct gx_jw json = gx_jw(&data);
    gx_jw_object(&json);
    gx_jw_key(&json, gx_str_c(slot->name));
    gx_jw_array(&json);
    gx_jw_null(&json);
    if (slot->value[0])
        gx_jw_str(&json, gx_str_c(slot->value));
    else
        gx_jw_int(&json, count);
    gx_jw_array_end(&json);
    if (slot->value[0] && count > 1) {
        gx_jw_key(&json, GX_STR("times"));
        gx_jw_array(&json);
        gx_jw_null(&json);
        gx_jw_int(&json, count);
        gx_jw_array_end(&json);
    }
    gx_jw_object_end(&json);
    w->tenant = seen->tenant;
    w->note = (struct gx_audit_note){ .by = slot->by, .about = slot->about, .what = slot->what };
    w->note.data = gx_arena_str(&arena, gx_buf_str(&data));
    gx_buf_free(&data);
    w->arena = arena;
    w->ctx = (struct gx_ctx){ .arena = &w->arena, .now_us = now_us };
    gx_db_submit(seen->tenant->db, write_note, written, w);
}

/* --- counting */

static uint64_t key_of(const struct gx_seen_note *note)
{
    uint64_t key = gx_str_hash(gx_str_c(note->what));
    key = key * 31 + gx_str_hash(gx_str_c(note->name));
    key = key * 31 + gx_str_hash(note->value);
    key = key * 31 + (uint64_t)note->by;
    key = key * 31 + (uint64_t)note->about;
    return key | 1;
}

static bool is_over(const struct slot *slot, int64_t now_us)
{
    return now_us - slot->from_us >= GX_SEEN_WINDOW_S * INT64_C(1000000) || now_us < slot->from_us;
}

static void copy(char *to, size_t size, struct gx_str s)
{
    size_t n = s.n < size ? s.n : size - 1;
    while (n < s.n && n > 0 && (s.p[n] & 0xc0) == 0x80)
        n--; /* not in the middle of a character */
    if (n)
        memcpy(to, s.p, n);
    to[n] = 0;
}

/* The slot of this key, or one that it may have; NULL: all of its places are in use. */
static struct slot *place_of(struct gx_seen *seen, uint64_t key, int64_t now_us)
{
    struct slot *free_one = NULL;
    for (uint64_t i = 0; i < PROBES; i++) {
        struct slot *slot = &seen->slots[(key + i) % GX_SEEN_KEYS_MAX];
        if (slot->key == key)
            return slot;
        if (!free_one && (slot->key == 0 || is_over(slot, now_us)))
            free_one = slot;
    }
    return free_one;
}

/* What another key counted there is written first. */
static void begin(struct gx_seen *seen, struct slot *slot, const struct gx_seen_note *note,
                  uint64_t key, int64_t now_us)
{
    if (slot->key && slot->key != key && slot->more)
        submit(seen, slot, slot->more, now_us);
    int64_t more = slot->key == key ? slot->more : 0;
    *slot = (struct slot){
        .key = key, .from_us = now_us, .by = note->by, .about = note->about, .what = note->what
    };
    copy(slot->name, sizeof slot->name, gx_str_c(note->name));
    copy(slot->value, sizeof slot->value, note->value);
    submit(seen, slot, more + 1, now_us);
}

void gx_seen_add(struct gx_seen *seen, const struct gx_seen_note *note, int64_t now_us)
{
    /* More different things at one time than there is room for are counted together. */
    struct gx_seen_note together = { .what = note->what, .name = note->name };
    pthread_mutex_lock(&seen->lock);
    for (int i = 0; i < 2; i++, note = &together) {
        uint64_t key = key_of(note);
        struct slot *slot = place_of(seen, key, now_us);
        if (!slot)
            continue;
        if (slot->key == key && !is_over(slot, now_us))
            slot->more++;
        else
            begin(seen, slot, note, key, now_us);
        break;
    }
    pthread_mutex_unlock(&seen->lock);
}

void gx_seen_flush(struct gx_seen *seen)
{
    int64_t now_us = gx_clock_us();
    pthread_mutex_lock(&seen->lock);
    for (size_t i = 0; i < GX_SEEN_KEYS_MAX; i++) {
        if (seen->slots[i].more)
            submit(seen, &seen->slots[i], seen->slots[i].more, now_us);
        seen->slots[i] = (struct slot){ 0 };
    }
    pthread_mutex_unlock(&seen->lock);
}

void gx_seen_end(struct gx_seen *seen)
{
    gx_seen_flush(seen);
    pthread_mutex_destroy(&seen->lock);
}
