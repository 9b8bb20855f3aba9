# bench.mk - measuring; the Makefile includes it.
#
#   make bench                      all parts, small sizes: some five minutes
#   make bench P="http search"      some parts
#   make bench P=tenants            10,000 of them (TENANTS=10000 VISITS=1000)
#   make bench-feed                 the feed of the warehouse (RECORDS=200000 SECONDS_EACH=20)
#   make bench IMPORT_ROWS=1000000 SEARCH_ROWS=5000000    the sizes of docs/BENCHMARKS.md
.PHONY: bench
BENCH := $(addprefix $(B)/bench/,bare load gen)
$(B)/bench/bare: tests/bench/bare.c $(B)/release/sqlite3.o
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -O2 -fPIE -o $@ $^ -lmicrohttpd -lpthread -lm -ldl
$(B)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -O2 -o $@ $<
# The feed of the warehouse, with everything but main() of the release build.
$(B)/bench/feed: tests/bench/feed.c $(call libobjs,release) | $(B)/bench/libduckdb.so
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(RELEASE) -o $@ $^ $(LIBS)
$(B)/bench/libduckdb.so: $(DUCKDB)/libduckdb.so
	@mkdir -p $(@D)
	@ln -sfr $< $@
export TENANTS VISITS ROWS IMPORT_ROWS SEARCH_ROWS SECONDS_EACH ROUNDS BENCH_DIR KEEP
bench: $(B)/guanxi $(BENCH)
	@tests/bench/run $(P)

# Statistics of src/analysis: CUSTOMERS=6000000 STEP=weeks; processor time, one thread.
.PHONY: bench-analysis
CUSTOMERS ?= 6000000
STEP ?= weeks
ANALYSIS := $(wildcard src/analysis/*.c) \
            $(addprefix src/base/,arena.c assert.c buf.c ctx.c err.c str.c)
$(B)/bench/analysis: tests/bench/analysis.c tests/unit/luck.c $(ANALYSIS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) -O2 -o $@ $^ -lm
bench-analysis: $(B)/bench/analysis
	@$< $(CUSTOMERS) $(STEP)
.PHONY: bench-feed
bench-feed: $(B)/bench/feed
	@$< $(or $(RECORDS),200000) $(or $(SECONDS_EACH),20)
