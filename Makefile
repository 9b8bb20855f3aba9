# Guanxi.  `make demo` and `make check` are all a newcomer needs; HACKING.md explains the rest.
#
#   make demo      install what is missing, build, load demo data, serve http://127.0.0.1:8080
#   make           build/guanxi: hardened release build
#   make debug     build/debug/guanxi: ASan + UBSan, what the tests use
#   make check     everything that must pass before a commit lands (T=name for one test)
#   make fmt       clang-format over the tree

SHELL    := /bin/bash
CC       := gcc
CXX      := g++
B        := build
GEN      := $(B)/gen
SQLITE   := $(B)/deps/sqlite
DUCKDB   := $(B)/deps/duckdb

PKGS     := libmicrohttpd gnutls libsodium icu-uc icu-i18n libutf8proc libzip expat \
            libbrotlienc libpq xlsxwriter zlib libqrencode libcbor libcurl
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wformat=2 -Werror
# What pkg-config says is known only when the packages are there, so it is kept in a file that
# make makes first (and then reads this one anew).
ifneq ($(MAKECMDGOALS),clean)
include $(B)/deps/flags.mk
endif
CPPFLAGS := -D_GNU_SOURCE -Isrc -I$(GEN) -I$(SQLITE) -isystem $(DUCKDB) $(PKG_CFLAGS)
CFLAGS   := -std=c11 -g $(WARN)
CXXFLAGS := -std=c++17 -g -Wall -Wextra -Werror
LIBS     := $(PKG_LIBS) -lphonenumber -lstdc++ -lpthread -lm -ldl
LIBS     := $(filter-out -fopenmp,$(LIBS))

RELEASE  := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
            -fcf-protection -fPIE
DEBUG    := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -fPIE
HARD     := -pie -Wl,-z,relro,-z,now,-z,noexecstack

SRC      := $(sort $(wildcard src/*/*.c))
CXXSRC   := $(sort $(wildcard src/*/*.cc))
LIBSRC   := $(filter-out src/main/main.c,$(SRC))
GENSRC   := $(addprefix $(GEN)/,routes.c commands.c fold.c embedded.S)
UNIT     := $(sort $(wildcard tests/unit/*.c))

objs      = $(patsubst %,$(B)/$(1)/%.o,$(basename $(SRC) $(CXXSRC) $(GENSRC:$(GEN)/%=gen/%))) \
            $(B)/$(1)/sqlite3.o
libobjs   = $(filter-out $(B)/$(1)/src/main/main.o,$(call objs,$(1)))

.PHONY: all debug demo clean fmt deps
all: $(B)/guanxi
debug: $(B)/debug/guanxi

# The demo keeps its data in build/demo; `make clean` forgets it.
LISTEN   ?= 127.0.0.1:8080
demo: $(B)/guanxi
	@[ -e $(B)/demo/main.db ] || $(B)/guanxi demo all --data $(B)/demo
	$(B)/guanxi serve --data $(B)/demo --listen $(LISTEN)

include tools/check.mk
include tools/sql.mk
include tools/web.mk
include tools/bench.mk

# What the machine must have; does nothing when it is all there.
deps: $(B)/deps/.ready
$(B)/deps/.ready: tools/deps tools/apt-packages
	@mkdir -p $(@D)
	@tools/deps
	@touch $@
$(B)/deps/flags.mk: Makefile | $(B)/deps/.ready
	@{ echo "PKG_CFLAGS := $$(pkg-config --cflags libpq)"; \
	   echo "PKG_LIBS := $$(pkg-config --libs $(PKGS))"; } > $@
$(SQLITE)/sqlite3.h: $(SQLITE)/sqlite3.c ;
$(SQLITE)/sqlite3.c: tools/fetch-sqlite | $(B)/deps/.ready
	@tools/fetch-sqlite $(@D)
$(DUCKDB)/duckdb.h: $(DUCKDB)/libduckdb.so ;
$(DUCKDB)/libduckdb.so: tools/fetch-duckdb | $(B)/deps/.ready
	@tools/fetch-duckdb $(@D)
SOURCES  := $(SQLITE)/sqlite3.c $(DUCKDB)/libduckdb.so

# DuckDB is loaded by the processes that need it, from beside the program (report/duck.h).
$(B)/libduckdb.so $(B)/debug/libduckdb.so: $(DUCKDB)/libduckdb.so
	@mkdir -p $(@D)
	@ln -sfr $< $@

$(B)/guanxi: $(call objs,release) | $(B)/libduckdb.so
	$(CC) $(RELEASE) $(HARD) -o $@ $^ $(LIBS)
$(B)/debug/guanxi: $(call objs,debug) | $(B)/debug/libduckdb.so
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)

define rules
$(B)/$(1)/src/%.o: src/%.c | $(SOURCES)
	@mkdir -p $$(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/src/%.o: src/%.cc | $(B)/deps/.ready
	@mkdir -p $$(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/tests/%.o: tests/%.c | $(SOURCES)
	@mkdir -p $$(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/gen/%.o: $(GEN)/%.c
	@mkdir -p $$(@D)
	$(CC) $(CPPFLAGS) -Itests/unit $(CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(B)/$(1)/gen/%.o: $(GEN)/%.S
	@mkdir -p $$(@D)
	$(CC) -c -o $$@ $$<
$(B)/$(1)/sqlite3.o: $(SQLITE)/sqlite3.c
	@mkdir -p $$(@D)
	$(CC) -g $(3) -w -fPIE $(SQLITE_OPTIONS) -c -o $$@ $$<
endef
# https://www.sqlite.org/compile.html: recommended options, and what db/sqlite.c relies on.
SQLITE_OPTIONS := -DSQLITE_DQS=0 -DSQLITE_THREADSAFE=2 -DSQLITE_DEFAULT_MEMSTATUS=0 \
    -DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_MAX_EXPR_DEPTH=1000 -DSQLITE_OMIT_DEPRECATED \
    -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_USE_ALLOCA -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_STAT4 \
    -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=2 \
    -DSQLITE_MAX_VARIABLE_NUMBER=32766 -DSQLITE_ENABLE_DBSTAT_VTAB -DSQLITE_TRUSTED_SCHEMA=1 \
    -DSQLITE_ENABLE_NULL_TRIM -DHAVE_FDATASYNC=1
$(eval $(call rules,release,$(RELEASE),-O3))
$(eval $(call rules,debug,$(DEBUG),-O2 -fsanitize=address))

# Central lists are made, never kept by hand.
$(GEN)/routes.c: tools/mkindex $(wildcard src/api/*.c)
	@mkdir -p $(@D)
	@tools/mkindex routes src/api/*.c > $@
$(GEN)/commands.c: tools/mkindex $(wildcard src/main/cli_*.c)
	@mkdir -p $(@D)
	@tools/mkindex commands src/main/cli_*.c > $@
$(GEN)/tests.c: tools/mkindex $(UNIT)
	@mkdir -p $(@D)
	@tools/mkindex tests $(UNIT) > $@
# What folding does to each code point; see src/base/fold.h.
$(GEN)/fold.c: $(B)/mkfold
	@$< > $@.part && mv $@.part $@
$(B)/mkfold: tools/mkfold.c src/base/fold.h | $(B)/deps/.ready
	@mkdir -p $(GEN)
	$(CC) $(CPPFLAGS) $(CFLAGS) -O1 -o $@ $< $(shell pkg-config --libs icu-uc icu-i18n)
$(GEN)/embedded.S: tools/mkembed $(shell find packs migrations -type f 2>/dev/null)
	@mkdir -p $(@D)
	@tools/mkembed packs migrations web/dist > $@

clean:
	rm -rf $(B)
fmt:
	clang-format -i $(shell find src tests -name '*.[ch]' -o -name '*.cc')

-include $(shell find $(B) -name '*.d' 2>/dev/null)
