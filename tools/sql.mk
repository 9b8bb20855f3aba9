# sql.mk - people's SQL: the guard, the parser process, the workers; check.mk includes it.
SQL_TEST := run world fuzz
.PHONY: sql sql-slow fuzz-sql fuzz-sql-slow
$(B)/debug/sql: $(patsubst %,$(B)/debug/tests/sql/%.o,$(SQL_TEST)) $(B)/debug/libguanxi.a \
                | $(B)/debug/libduckdb.so
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
sql: $(B)/debug/sql
	@$(B)/debug/sql corpus quick
sql-slow: $(B)/debug/sql
	@{ $(B)/debug/sql corpus; $(B)/debug/sql data; } | tools/add-up
fuzz-sql: $(B)/debug/sql
	@$(B)/debug/sql fuzz $(or $(SECONDS),10) $(or $(SEED),1)
fuzz-sql-slow: $(B)/debug/sql
	@$(B)/debug/sql fuzz $(or $(SECONDS),3600) $(or $(SEED),$(shell date +%s))
