# check.mk - the tests; the Makefile includes it.

.PHONY: check unit
check: unit
UNIT_OBJS := $(patsubst tests/%.c,$(B)/debug/tests/%.o,$(UNIT))
$(B)/debug/unit: $(UNIT_OBJS) $(B)/debug/gen/tests.o $(call libobjs,debug)
	$(CC) $(DEBUG) $(HARD) -o $@ $^ $(LIBS)
unit: $(B)/debug/unit
	tools/pg-test $(B)/debug/unit $(T)
