# check.mk - the tests; the Makefile includes it.
#
#   make check               everything a commit needs; one last line "N passed, N failed"
#   make check T=name        only what has that name: a part, a test, a fuzz target, an API file
#   make check-slow          what takes longer than a commit wants to wait
#   make unit | api | attack …  one part
#   make fuzz F=json SECONDS=60
#
# A part prints "N passed, N failed" at its end, or is judged by its exit status.  tools/check
# runs all of them, whatever happens to one, and sums up.  To add a part, add a target and += it.

CHECK_PARTS := deps layers security-doc tidy fmt-check headers clang release unit fuzz-replay api \
    api-pg cli attack attack-pg live imports privacy store store-pg operation archive faults \
    sql fuzz-sql crash signin isolation isolation-pg tenants
SLOW_PARTS  := attack-slow fuzz-smoke imports-slow archive-slow faults-slow sql-slow crash-slow \
    fuzz-sql-slow crash-pg-slow power-slow isolation-slow isolation-pg-slow failover \
    expr-duck-slow

.PHONY: check check-slow layers security-doc tidy fmt-check headers clang unit fuzz-replay
.PHONY: fuzz-smoke fuzz
.PHONY: api cli attack release
check:
	+@MAKE='$(MAKE)' T='$(T)' tools/check $(CHECK_PARTS)
check-slow:
	+@MAKE='$(MAKE)' T='$(T)' tools/check $(CHECK_PARTS) $(SLOW_PARTS)

# --- what needs no program
layers:
	@awk -f tools/layers.awk LAYERS $(SRC) $(CXXSRC) $(wildcard src/*/*.h)
# docs/SECURITY.md: each requirement answered once, and only files named that are there.
security-doc:
	@awk -f tools/security.awk tools/asvs-ids docs/SECURITY.md
tidy: $(call objs,debug)
	@tools/tidy $(B)/debug/src
FMT_FILES = $(shell find src tests tools -name '*.[ch]' -o -name '*.cc')
fmt-check:
	@bad=$$(clang-format --dry-run -Werror $(FMT_FILES) 2>&1 | grep -o "^[^ :]*\.[ch]c*" | sort -u); \
	[ -z "$$bad" ] || { echo "not formatted (make fmt):" $$bad; exit 1; }
headers: $(GEN)/fold.c | $(SOURCES)
	@for h in $(wildcard src/*/*.h); do \
	    echo "#include \"$${h#src/}\"" | \
	        $(CC) $(CPPFLAGS) $(CFLAGS) -fsyntax-only -x c - || { echo "$$h"; bad=1; }; \
	done; exit $${bad:-0}
# gcc makes the program; clang only has its say about every file.
clang: $(GEN)/fold.c $(GEN)/routes.c $(GEN)/tests.c | $(SOURCES)
	@printf '%s\n' $(SRC) $(wildcard tests/*/*.c tools/*.c) | xargs -P $$(nproc) -n 8 \
	    clang $(CPPFLAGS) -Itests/unit $(CFLAGS) -Wno-string-conversion -fsyntax-only
	@printf '%s\n' $(CXXSRC) | xargs -r clang++ $(CPPFLAGS) $(CXXFLAGS) -fsyntax-only

# --- what people get compiles too: the optimiser sees more than the debug build does
release: $(B)/guanxi

# --- everything but main() as a library, so that a test takes only what it uses
$(B)/debug/libguanxi.a: $(call libobjs,debug)
	@rm -f $@
	@ar rcs $@ $^

# --- unit tests
UNIT_OBJS := $(patsubst tests/%.c,$(B)/debug/tests/%.o,$(UNIT))
API_OBJS  := $(patsubst %.c,$(B)/debug/%.o,$(sort $(wildcard tests/run/*.c)))
$(B)/debug/unit: $(UNIT_OBJS) $(filter-out %/api.o,$(API_OBJS)) $(B)/debug/gen/tests.o \
                   $(B)/debug/libguanxi.a | $(B)/debug/libduckdb.so
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
unit: $(B)/debug/unit
	@tools/pg-test $(B)/debug/unit $(T)
.PHONY: expr-duck-slow
expr-duck-slow: $(GEN)/fold.c | $(SOURCES)
	@tools/expr-duck $(B)

# --- fuzzing: the kept inputs under gcc in every check, new ones by clang's libFuzzer
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
$(B)/debug/fuzz/%: $(B)/debug/tests/fuzz/fuzz_%.o $(B)/debug/tests/fuzz/replay.o \
                   $(B)/debug/libguanxi.a
	@mkdir -p $(@D)
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
.SECONDARY: $(FUZZ:%=$(B)/debug/tests/fuzz/fuzz_%.o) $(B)/debug/tests/fuzz/replay.o \
            $(FUZZ:%=$(B)/fuzz/tests/fuzz/fuzz_%.o)
fuzz-replay: $(FUZZ:%=$(B)/debug/fuzz/%)
	@tools/fuzz replay $(filter $(if $(T),$(T),%),$(FUZZ))

FUZZ_FLAGS := -w -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_OBJS  := $(patsubst %,$(B)/fuzz/%.o,$(basename $(LIBSRC) $(CXXSRC) gen/routes.c gen/fold.c))
$(B)/fuzz/%.o: %.c | $(SOURCES)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) $(CFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(B)/fuzz/%.o: %.cc | $(B)/deps/.ready
	@mkdir -p $(@D)
	clang++ $(CPPFLAGS) $(CXXFLAGS) $(FUZZ_FLAGS) -fno-sanitize=vptr -fsanitize=fuzzer-no-link \
	    -MMD -MP -c -o $@ $<
$(B)/fuzz/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	clang $(CPPFLAGS) $(CFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(B)/fuzz/libguanxi.a: $(FUZZ_OBJS) $(B)/debug/gen/embedded.o $(B)/release/sqlite3.o
	@rm -f $@
	@ar rcs $@ $^
$(B)/fuzz/fuzz_%: $(B)/fuzz/tests/fuzz/fuzz_%.o $(B)/fuzz/libguanxi.a
	clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)
fuzz: $(B)/fuzz/fuzz_$(F)
	@tools/fuzz new $(F) $(or $(SECONDS),60)
fuzz-smoke: $(FUZZ:%=$(B)/fuzz/fuzz_%)
	@tools/fuzz smoke $(FUZZ)

# --- the command line, case by case against the real program
cli: $(B)/debug/guanxi
	@tests/cli/run $(B)/debug/guanxi $(T)

# --- the REST API: data files against the real program
$(B)/debug/api: $(API_OBJS) $(B)/debug/libguanxi.a
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
API_FILES = $(sort $(wildcard tests/api/*.api packs/*/tests/*.api))
api: $(B)/debug/api $(B)/debug/guanxi
	@$(B)/debug/api $(B)/debug/guanxi \
	    $(if $(T),$(foreach f,$(API_FILES),$(if $(findstring $(T),$f),$f)),$(API_FILES))

# --- the same files on PostgreSQL: a cluster made for this run, a tenant for each file
.PHONY: api-pg
api-pg: $(B)/debug/api $(B)/debug/guanxi
	@PG_FSYNC=off tools/pg-test sh -c 'GUANXI_RUN_DB=$$GUANXI_TEST_PG exec "$$@"' sh $(B)/debug/api \
	    $(B)/debug/guanxi \
	    $(if $(T),$(foreach f,$(API_FILES),$(if $(findstring $(T),$f),$f)),$(API_FILES))

# --- the server as an attacker meets it: every operation, every role, at one time
ATTACK := attack kit matrix idor headers
$(B)/debug/attack: $(patsubst %,$(B)/debug/tests/attack/%.o,$(ATTACK)) \
                   $(filter-out %/api.o,$(API_OBJS)) $(B)/debug/libguanxi.a
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
$(B)/debug/swarm: $(B)/debug/tests/attack/swarm.o $(filter-out %/api.o,$(API_OBJS)) \
                  $(B)/debug/libguanxi.a
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
# The swarm mostly waits for deadlines, so both run at one time.
attack: $(B)/debug/attack $(B)/debug/swarm $(B)/debug/guanxi
	@mkdir -p $(B)/attack; s=0; \
	{ $(if $(T),,$(B)/debug/swarm $(B)/debug/guanxi > $(B)/attack/swarm.txt & w=$$!;) \
	    $(B)/debug/attack $(B)/debug/guanxi $(T) || s=1; \
	    $(if $(T),,wait $$w || s=1; cat $(B)/attack/swarm.txt;) exit $$s; } | tools/add-up

# --- what many do at one time, on PostgreSQL
.PHONY: attack-pg attack-slow
attack-pg: $(B)/debug/attack $(B)/debug/guanxi
	@PG_FSYNC=off tools/pg-test sh -c 'GUANXI_RUN_DB=$$GUANXI_TEST_PG exec "$$@"' sh \
	    $(B)/debug/attack $(B)/debug/guanxi races admin
attack-slow: $(B)/debug/swarm $(B)/debug/guanxi
	@$(B)/debug/swarm $(B)/debug/guanxi 10000 slow

# --- signing in with what needs a telephone, a key or a provider
.PHONY: signin
signin: $(B)/debug/guanxi web/node_modules/.ready
	@GUANXI=$(abspath $<) T='$(T)' web/$(WEB_NODE) tests/signin/run.ts

# --- one program, many tenants: kept apart, opened and closed, deleted to the last byte
.PHONY: tenants
tenants: $(B)/debug/guanxi web/node_modules/.ready
	@PG_FSYNC=off GUANXI=$(abspath $<) T='$(T)' tools/pg-test web/$(WEB_NODE) tests/tenants/run.ts

# --- who reaches what: random worlds against a naive oracle, on every path
$(B)/debug/isolation: $(B)/debug/tests/isolation/isolation.o $(B)/debug/tests/isolation/world.o \
                      $(B)/debug/libguanxi.a
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
.PHONY: isolation isolation-slow isolation-pg isolation-pg-slow
isolation: $(B)/debug/isolation
	@$< 20000
isolation-slow: $(B)/debug/isolation
	@$< 200000
isolation-pg: $(B)/debug/isolation
	@PG_FSYNC=off tools/pg-test $< 1000
isolation-pg-slow: $(B)/debug/isolation
	@PG_FSYNC=off tools/pg-test $< 200000

# --- the warehouse: fed from the log, asked, stopped, killed, and equal to the records
$(B)/debug/warehouse: $(B)/debug/tests/warehouse/warehouse.o $(B)/debug/libguanxi.a \
                      | $(B)/debug/libduckdb.so
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
.PHONY: warehouse warehouse-pg warehouse-slow
warehouse: $(B)/debug/warehouse
	@$< 10
warehouse-pg: $(B)/debug/warehouse
	@PG_FSYNC=off tools/pg-test $< 2
warehouse-slow: $(B)/debug/warehouse
	@$< 500
CHECK_PARTS += warehouse
SLOW_PARTS  += warehouse-pg warehouse-slow

# --- people who are erased: from every file, and from what is restored
.PHONY: privacy
privacy: $(B)/debug/guanxi
	@tests/privacy/run $<

# --- streams of live events that stay open
.PHONY: live
live: $(B)/debug/guanxi
	@tests/live/run $<

# --- stores: several servers on one PostgreSQL, a tenant that moves; other tests once more there
.PHONY: store store-pg
store: $(B)/debug/guanxi
	@PG_FSYNC=off tools/pg-test tests/store/run $<
store-pg: $(B)/debug/guanxi
	@PG_FSYNC=off tools/pg-test sh -c 'GUANXI_DB=$$GUANXI_TEST_PG; export GUANXI_DB; s=0; \
	    tests/cli/run $< $(T) || s=1; tests/live/run $< || s=1; exit $$s' 2>&1 | tools/add-up

# --- the primary of a PostgreSQL pair killed three times while people write (docs/HA.md)
.PHONY: failover
failover: $(B)/debug/guanxi
	@tests/store/failover $< 3

# --- imports through the whole product: a few files and kills in every check, all in the slow one
.PHONY: imports imports-slow
imports: $(B)/debug/guanxi
	@FEW=40 BYTES=100000 KILLS=4 ROWS=1500 tests/import/run $< sales life torture killed
imports-slow: $(B)/debug/guanxi
	@tests/import/run $< traders torture killed

# --- the program as a service: TLS, figures, confinement, start and stop
.PHONY: operation
operation: $(B)/debug/guanxi $(B)/guanxi
	@tests/operation/run $^ $(T)

# --- archives: incremental backups, any moment brought back, damage found
.PHONY: archive archive-slow
archive: $(B)/guanxi
	@tests/archive/run $< $(T)
archive-slow: $(B)/debug/guanxi
	@{ MOMENTS=20 tests/archive/run $< $(T) || s=1; tools/pg-test tests/archive/pg $< || s=1; \
	    exit $${s:-0}; } 2>&1 | tools/add-up

# --- every call that can fail does, once
.PHONY: faults faults-slow
$(B)/debug/fault.so: tests/faults/fault.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -shared -o $@ $< -ldl
faults: $(B)/debug/fault.so $(B)/guanxi
	@STEP=13 MEMORY=10 tests/faults/run $(B)/guanxi $< $(T)
faults-slow: $(B)/debug/fault.so $(B)/guanxi web/node_modules/.ready
	@{ MEMORY=1000 tests/faults/run $(B)/guanxi $< $(T) || s=1; \
	    web/$(WEB_NODE) tests/faults/flips.ts $(B)/guanxi 1000 || s=1; \
	    exit $${s:-0}; } 2>&1 | tools/add-up

# --- killed, cut off, out of disk: what was acknowledged is there
.PHONY: crash crash-slow crash-pg-slow power-slow
$(B)/debug/crash-kill: $(B)/debug/tests/crash/kill.o $(filter-out %/api.o,$(API_OBJS)) \
                   $(B)/debug/libguanxi.a
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
crash: $(B)/debug/crash-kill $(B)/guanxi
	@$(B)/debug/crash-kill $(B)/guanxi 20
crash-slow: $(B)/debug/crash-kill $(B)/guanxi
	@$(B)/debug/crash-kill $(B)/guanxi 1000 7
crash-pg-slow: $(B)/debug/crash-kill $(B)/guanxi
	@tools/pg-test tests/crash/pg $(abspath $(B)/debug/crash-kill) $(abspath $(B)/guanxi) 200 3
$(B)/debug/power-client: tests/crash/power_client.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -O1 -static -o $@ $< -lpthread
$(B)/debug/power-unsynced.so: tests/crash/power_unsynced.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -fPIC -shared -o $@ $<
power-slow: $(B)/debug/power-client $(B)/debug/power-unsynced.so $(B)/guanxi
	@tests/crash/power $(B)/guanxi $(B)/debug/power-client $(B)/debug/power-unsynced.so 20

# --- a Debian package of the release program
.PHONY: deb
deb: $(B)/guanxi
	@tools/mkdeb $(B)/guanxi $(B)/deb

# --- what the program is made of, as CycloneDX
.PHONY: sbom
sbom: $(B)/guanxi
	@tools/sbom $< > $(B)/guanxi.cdx.json
	@echo "$(B)/guanxi.cdx.json: $$(grep -c '^{"type"' $(B)/guanxi.cdx.json) libraries"
