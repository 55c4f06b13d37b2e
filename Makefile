# What can be done here? `make help` lists it. Everything but the compose and image targets runs without Docker.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PY := .venv/bin/python
UV := .venv/bin/uv
SERVICES := ingest responder sender admin
PACKAGES := shared libs/clinic $(SERVICES:%=services/%) tools/simulator tools/demo tools/cli
# Test processes side by side (each waits a good part of its time; a file stays in one), and words for pytest: make test ARGS="-k bucket -x"
JOBS ?= 3
ARGS ?=
ONCE ?=
SEEDS ?=
SHORT ?=
SCHEMA_EXAMPLES ?= 100
# Words for docker compose up: make observe UP='--scale sender=3'
UP ?=

READY := .venv/.ready
LOCKED := requirements-dev.lock requirements-build.lock
TYPED := $(wildcard $(PACKAGES:%=%/src) scripts deploy/grafana)
# One flag list for every lock: the same file on every machine, hashes for all, nothing of ours in it.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-package frontdesk-shared --no-emit-package frontdesk-clinic --custom-compile-command "make lock"

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ── the environment ────────────────────────────────────────────────────────────────────────────────────────────────
.PHONY: setup
setup: $(READY)  ## the virtual environment, with everything for development

$(READY): scripts/setup $(LOCKED) $(PACKAGES:%=%/pyproject.toml)
	@scripts/setup $(PACKAGES)

.PHONY: lock
lock: $(READY)  ## resolve the dependencies anew; UPGRADE=1 takes the newest
	@for folder in $(SERVICES:%=services/%) tools/simulator tools/cli; do \
		$(COMPILE) $(if $(UPGRADE),--upgrade) $$folder/pyproject.toml -o $$folder/requirements.lock; done
	@$(COMPILE) $(if $(UPGRADE),--upgrade) requirements-build.in -o requirements-build.lock
	@$(COMPILE) $(if $(UPGRADE),--upgrade) requirements-dev.in $(PACKAGES:%=%/pyproject.toml) -o requirements-dev.lock

# ── checks ─────────────────────────────────────────────────────────────────────────────────────────────────────────
.PHONY: lint
lint: $(READY)  ## style, types, import contracts, shell, compose files, Dockerfiles, alert rules
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/mypy --strict --no-error-summary $(TYPED)
	@.venv/bin/lint-imports --no-cache | tail -n 4
	@.venv/bin/shellcheck .ci/run $$(grep -lE '^#!.*\b(ba)?sh' scripts/*)
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose*.yaml
	@.venv/bin/hadolint --config deploy/hadolint.yaml $(wildcard services/*/Dockerfile tools/*/Dockerfile)
	@$(PY) scripts/check_tree.py
	@if command -v promtool >/dev/null; then \
		promtool check config --lint=all deploy/prometheus/prometheus.yml >/dev/null && \
		promtool test rules deploy/prometheus/tests/*.yml >/dev/null; \
		else echo "lint: no promtool here (Debian: apt-get install prometheus), so the alert rules are left out"; fi
	@echo "lint: clean"

.PHONY: test
test: lint  ## lint and every test that needs neither Docker nor a browser
	@$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not browser" $(ARGS)

.PHONY: test-page
test-page: $(READY)  ## the admin's page in a browser, as people use it; its pictures go to .run/page
	@FRONTDESK_PICTURES=.run/page $(PY) -m pytest -n $(JOBS) --maxschedchunk 1 services/admin/tests/page/browser/test_looks.py \
		services/admin/tests/page $(ARGS)  # the longest ones first

.PHONY: test-services
test-services: $(READY)  ## each service's unit tests in an environment made from its own lock alone
	@$(PY) scripts/each_service.py $(SERVICES)

.PHONY: test-api
test-api: $(READY)  ## ask the admin API far more than `make test` does; SCHEMA_EXAMPLES=100 of each operation and kind
	@SCHEMA_EXAMPLES=$(SCHEMA_EXAMPLES) $(PY) -m pytest services/admin/tests/live/test_schema.py $(ARGS)

.PHONY: test-compose
test-compose: $(READY)  ## the unmodified compose files, brought up, talked to and taken down
	@FRONTDESK_COMPOSE=1 $(PY) -m pytest tests/compose $(ARGS)

.PHONY: chaos
chaos: $(READY)  ## kill, freeze and cut off services while messages flow; SEEDS=20, SEED=7, SHORT=1
	@SEEDS=$(SEEDS) SHORT=$(SHORT) $(PY) tests/chaos

.PHONY: figures
figures: $(READY)  ## pace, neighbours, take-over, an outage, restarts, a killed Redis: what the promises come to; ONLY=pace
	@$(PY) tests/chaos/figures.py

.PHONY: eval
eval: $(READY)  ## how good are the answers? the quality set, both halves
	@$(PY) tests/eval

.PHONY: bench
bench: $(READY)  ## how fast? webhook to gateway call, ingest alone
	@$(PY) tests/bench

# ── running ────────────────────────────────────────────────────────────────────────────────────────────────────────
.PHONY: demo
demo: $(READY)  ## everything on this machine, without Docker, with a phone in the browser; ONCE=1 talks and ends; CLINICS_DIR and CLINIC_DEFAULT: your clinic
	@ONCE=$(ONCE) $(PY) -m demo

.PHONY: up
up:  ## the same with Docker
	docker compose up --build --wait $(UP)

.PHONY: observe
observe:  ## the same with Docker, with Prometheus, Alertmanager, Grafana and a trace store
	docker compose -f compose.yaml -f compose.observability.yaml -f compose.dashboards.yaml up --build --wait $(UP)

# ── what is generated and kept ─────────────────────────────────────────────────────────────────────────────────────
.PHONY: dashboards
dashboards: $(READY)  ## Grafana's JSON from deploy/grafana/dashboards.py
	@$(PY) deploy/grafana/dashboards.py

.PHONY: docs
docs: $(READY) dashboards  ## the generated pages of docs/reference
	@$(PY) scripts/metrics_page.py
	@$(PY) scripts/events_page.py
	@$(PY) scripts/settings_page.py
	@$(PY) scripts/admin_api_page.py
	@$(PY) scripts/cli_page.py

# Redocly's recommended rules. Where npm is at hand; the tests check the answers against the same document.
.PHONY: lint-api
lint-api: $(READY)  ## the admin's OpenAPI document
	@mkdir -p .run && $(PY) scripts/admin_api_page.py .run/openapi.json
	@REDOCLY_TELEMETRY=off npx --yes @redocly/cli@2.77.0 lint .run/openapi.json

.PHONY: clean
clean:  ## the environment and every cache
	rm -rf .venv .run .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
