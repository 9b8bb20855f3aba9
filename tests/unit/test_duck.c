/* test_duck.c - the analytical database's library: it is there, has what we use, and answers. */
#include <string.h>

#include "gx_test.h"
#include "report/duck.h"

GX_TEST(duck_loads_and_answers)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    struct gx_duck duck;
    if (!GX_CHECK(gx_duck_load(&ctx, &duck) == GX_OK, gx_ctx_text(&ctx).p))
        return;
    GX_CHECK(strncmp(duck.library_version(), "v1.4.", 5) == 0, duck.library_version());

    duckdb_database db;
    duckdb_connection con;
    duckdb_result result;
    GX_CHECK(duck.open_ext(NULL, &db, NULL, NULL) == DuckDBSuccess, "opens in memory");
    GX_CHECK(duck.connect(db, &con) == DuckDBSuccess, "connects");
    GX_CHECK(duck.query(con, "SELECT 6 * 7", &result) == DuckDBSuccess, "answers");
    duckdb_data_chunk chunk = duck.fetch_chunk(result);
    const int32_t *answer = duck.vector_get_data(duck.data_chunk_get_vector(chunk, 0));
    GX_CHECK(answer[0] == 42, "rightly");
    duck.destroy_data_chunk(&chunk);
    duck.destroy_result(&result);
    duck.disconnect(&con);
    duck.close(&db);
    gx_arena_free(&arena);
}
