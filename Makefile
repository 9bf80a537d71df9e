# The two commands for newcomers are `make run` and `make test`; README.md tells about them.
PY := .venv/bin/python
ARGS ?=
# What runs without a screen or a service beside it; each test's own mark says what it needs.
WORKERS ?= auto
# Each with a whole shop of its own beside it.
BROWSERS ?= 2

.PHONY: run test check e2e bench lock clean

run: .venv/run.stamp ## The whole shop on its embedded default
	@$(PY) manage.py run

test: .venv/dev.stamp ## Every test that needs no browser; with DATABASE_URL and REDIS_URL, on those
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

check: .venv/dev.stamp ## Style, types, layers, migrations, templates, deployment settings
	@PY=$(PY) bin/check

e2e: .venv/dev.stamp ## The shop in a real browser (needs Chromium)
	@$(PY) -m pytest e2e -n $(BROWSERS) $(ARGS)

bench: .venv/dev.stamp ## What it costs, as ratios in one run
	@$(PY) -m bench $(ARGS)

lock: ## Pin and hash what requirements*.in name (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

clean: ## Remove the environment and all state of the embedded default
	rm -rf .venv var staticfiles

.venv/run.stamp: requirements.txt
	@bin/setup
	@touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt
	@bin/setup dev
	@touch .venv/run.stamp $@
