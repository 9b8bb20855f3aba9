/* test_slow.c - who takes long is served in turn, within a share, or refused in words. */
#include "main/slow.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "gx_test.h"

enum { PIECES = 12 };

struct piece {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_req req;
    enum gx_code code;
    int place; /* the how-manieth to be done, from 1; 0: not done */
};

static struct {
    _Atomic int at_once, most, done;
    _Atomic bool hold;
} world;

static enum gx_code work(struct gx_req *req)
{
    (void)req;
    int now = atomic_fetch_add(&world.at_once, 1) + 1;
    if (now > atomic_load(&world.most))
        atomic_store(&world.most, now);
    while (atomic_load(&world.hold))
        usleep(200);
    atomic_fetch_sub(&world.at_once, 1);
    return GX_OK;
}

static void done(struct gx_req *req, enum gx_code code)
{
    struct piece *p = req->private_;
    p->code = code;
    p->place = atomic_fetch_add(&world.done, 1) + 1;
}

static void prepare(struct piece *p)
{
    *p = (struct piece){ 0 };
    p->ctx.arena = &p->arena;
    p->req.ctx = &p->ctx;
    p->req.private_ = p;
}

static void wait_for(int count)
{
    for (int i = 0; i < 20000 && atomic_load(&world.done) < count; i++)
        usleep(500);
}

static void wait_until_held(int count)
{
    for (int i = 0; i < 20000 && atomic_load(&world.at_once) < count; i++)
        usleep(500);
}

static const struct gx_slow_options two_threads = {
    .threads = 2, .running_each = 1, .waiting_each = 4, .waiting = 6, .full = GX_M_LONG_READS
};

GX_TEST(slow_in_turn_and_within_a_share)
{
    struct gx_arena arena = { 0 };
    struct gx_slow *slow;
    struct piece pieces[PIECES];
    atomic_store(&world.done, 0);
    atomic_store(&world.most, 0);
    atomic_store(&world.hold, true);
    GX_CHECK(gx_slow_start(&arena, &two_threads, &slow) == GX_OK, "threads");
    for (int i = 0; i < PIECES; i++)
        prepare(&pieces[i]);
    /* One of person 1 runs, four wait, the next is too many. */
    gx_slow_submit(slow, &pieces[0].req, 1, false, work, done);
    wait_until_held(1);
    for (int i = 1; i < 6; i++)
        gx_slow_submit(slow, &pieces[i].req, 1, false, work, done);
    GX_CHECK(pieces[5].place == 1 && pieces[5].code == GX_E_RATE, "too many of one person");
    GX_CHECK(pieces[5].ctx.errors && pieces[5].ctx.errors->message == GX_M_LONG_READS, "in words");
    /* Person 2 need not wait for them; three more people fill the queue. */
    gx_slow_submit(slow, &pieces[6].req, 2, false, work, done);
    wait_until_held(2);
    gx_slow_submit(slow, &pieces[7].req, 3, false, work, done);
    gx_slow_submit(slow, &pieces[8].req, 4, false, work, done);
    gx_slow_submit(slow, &pieces[9].req, 5, false, work, done);
    GX_CHECK(pieces[9].code == GX_E_BUSY, "too many of all");
    gx_slow_submit(slow, &pieces[10].req, 5, true, work, done);
    GX_CHECK(pieces[10].place == 0, "a reply that has begun is not refused");
    atomic_store(&world.hold, false);
    wait_for(11);
    for (int i = 0; i < 11; i++)
        GX_CHECK(pieces[i].place > 0, "each is done");
    GX_CHECK(atomic_load(&world.most) == 2, "two at one time, one of each");
    gx_slow_stop(slow);
    for (int i = 0; i < PIECES; i++)
        gx_arena_free(&pieces[i].arena);
    gx_arena_free(&arena);
}

GX_TEST(slow_refuses_what_waits_when_the_server_stops)
{
    struct gx_arena arena = { 0 };
    struct gx_slow *slow;
    struct piece pieces[3];
    atomic_store(&world.done, 0);
    atomic_store(&world.hold, true);
    GX_CHECK(gx_slow_start(&arena, &two_threads, &slow) == GX_OK, "threads");
    for (int i = 0; i < 3; i++)
        prepare(&pieces[i]);
    gx_slow_submit(slow, &pieces[0].req, 1, false, work, done);
    wait_until_held(1);
    gx_slow_submit(slow, &pieces[1].req, 1, false, work, done);
    gx_slow_submit(slow, &pieces[2].req, 1, true, work, done);
    gx_slow_drain(slow);
    GX_CHECK(pieces[1].code == GX_E_BUSY && pieces[1].place == 1, "refused");
    GX_CHECK(pieces[0].place == 0 && pieces[2].place == 0, "what has begun goes on");
    atomic_store(&world.hold, false);
    wait_for(3);
    GX_CHECK(pieces[0].code == GX_OK && pieces[2].code == GX_OK, "to its end");
    gx_slow_stop(slow);
    for (int i = 0; i < 3; i++)
        gx_arena_free(&pieces[i].arena);
    gx_arena_free(&arena);
}
