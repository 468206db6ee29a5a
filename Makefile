# Everything a developer and a CI machine do here. Needs make, and Node 20 or newer with npm; Node 24 and the rest are installed on first use.

.DEFAULT_GOAL := help
.PHONY: help install demo cluster test test-watch check soak search bench build dist deploy watch clean

# A copy of the lock file that was last installed: its content decides, so a fresh checkout of the same one installs nothing.
INSTALLED := node_modules/.installed-lock.json

# Our own Node 24 first. Not for npm: `npm ci` removes node_modules, and with it the node it would be running on.
RUN := PATH="$(CURDIR)/node_modules/.bin:$$PATH"

help: ## This list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-17s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Installs what package-lock.json names, if that has changed.

$(INSTALLED): package-lock.json
	@cmp -s package-lock.json $@ || npm ci --no-audit --no-fund --loglevel=error
	@cp package-lock.json $@

demo: $(INSTALLED) ## Runs everything on this machine: bridge, a Mattermost double with the plugin, and a web chat.
	@$(RUN) node test/demo/main.ts

cluster: $(INSTALLED) ## The same with two replicas behind a balancer, on PostgreSQL: kill one. CLUSTER_ONCE=1 plays it and ends.
	@$(RUN) node test/cluster/main.ts

test: $(INSTALLED) ## All tests; ONLY='webapp -t bundle' for some. POSTGRES_URL: use that server.
	@$(RUN) vitest run $(ONLY)

CHECKS := types lint dead-code repository:check generated:check

test-watch: $(INSTALLED) ## Runs tests anew whenever they or what they test change: `make test-watch ONLY=bridge/thread`.
	@$(RUN) vitest watch $(ONLY)

check: $(INSTALLED) ## Types, lint and format, dead code, repository hygiene, generated files.
	@logs=$$(mktemp -d); trap 'rm -rf "$$logs"' EXIT; \
	for part in $(CHECKS); do ($(RUN) node --run $$part >"$$logs/$$part" 2>&1 || touch "$$logs/$$part.failed") & done; wait; \
	failed=''; for part in $(CHECKS); do \
	    cat "$$logs/$$part"; test ! -e "$$logs/$$part.failed" || failed="$$failed $$part"; \
	done; \
	test -z "$$failed" || { echo "Not in order:$$failed" >&2; exit 1; }

soak: $(INSTALLED) ## Real bridges under kill -9, SIGSTOP, clock jumps and faults: MINUTES=10 SEED=… STORE=sqlite|postgres|both REPLICAS=1|2 FAULTS=0.1; docs/tests.md.
	@$(RUN) node test/soak/main.ts

# Four files side by side, each with a test for either database, one after the other.
SEARCH := test/delivery/model.test.ts test/delivery/crash.test.ts test/replies/answers-model.test.ts test/replies/answers-crash.test.ts

search: $(INSTALLED) ## Looks for faults for MINUTES=10 with the tests' own models and kills: fresh seeds from SEED=…, small counterexamples.
	@SOAK_SECONDS=$$(($${MINUTES:-10} * 30)) $(RUN) vitest run --maxWorkers=4 $(SEARCH)

bench: $(INSTALLED) ## Measures throughput and latency.
	@$(RUN) node test/bench/main.ts

build: $(INSTALLED) ## The plugin's bundle: webapp/dist/main.js.
	@$(RUN) node webapp/build.ts

dist: $(INSTALLED) ## The plugin's archive for upload to Mattermost, in dist/.
	@$(RUN) node webapp/pack.ts

deploy: $(INSTALLED) ## Uploads the plugin to a Mattermost server: MM_SERVICESETTINGS_SITEURL, and MM_ADMIN_TOKEN or …_USERNAME and …_PASSWORD.
	@$(RUN) node webapp/deploy.ts

watch: $(INSTALLED) ## Builds the plugin's bundle anew whenever a file of webapp/ changes.
	@$(RUN) node --watch-path=webapp/src --watch-path=webapp/i18n webapp/build.ts

clean: ## Removes what was built; installed packages stay.
	@rm -rf dist webapp/dist coverage
