/* feed_facts.c - facts about customers, kept with the records they follow from. */
#include "report/feed_int.h"

enum gx_code feed_facts_load(struct feed_work *work)
{
    (void)work;
    return GX_OK;
}
enum gx_code feed_facts_shape(struct feed_work *work)
{
    (void)work;
    return GX_OK;
}
enum gx_code feed_facts_touched(struct feed_work *work, const bool *touched)
{
    (void)work, (void)touched;
    return GX_OK;
}
enum gx_code feed_facts_renew(struct feed_work *work, const bool *touched)
{
    (void)work, (void)touched;
    return GX_OK;
}
enum gx_code feed_facts_all(struct feed_work *work)
{
    (void)work;
    return GX_OK;
}
enum gx_code feed_facts_check(struct feed_work *work, struct gx_warehouse_check *check)
{
    (void)work, (void)check;
    return GX_OK;
}
