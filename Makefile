# What README tells people to type. Only python3 (3.11 to 3.13) and make are assumed.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# The marker of a finished installation: newer than the lock file means nothing to do.
SETUP := .venv/.installed
SETUP_BI := .venv-bi/.installed
SETUP_SPARK := .venv/.installed-spark
SETUP_DEPLOY := .venv-deploy/.installed
# A file of tests stays in one process: its tests share what they have set up.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

export DBT_PROFILES_DIR := dbt_project
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1

.PHONY: bi test-bi screenshots-bi lock-bi metrics setup-spark test-spark bench-engines lock-spark test-deploy lock-deploy
.PHONY: run test setup ui scenarios explain close erase lake report screenshots alert-test lint bench bench-extract bench-models test-slow lock clean help
.DEFAULT_GOAL := help

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

run: $(SETUP) ## materialise everything and print the headline
	@$(BIN)/python -m orchestration.run

test: lint ## all tests
	@$(PYTEST)

setup: $(SETUP) ## create .venv and install the locked packages

ui: $(SETUP) ## open the Dagster UI on http://127.0.0.1:3000
	@$(BIN)/python -m orchestration.run ui

scenarios: $(SETUP) ## compare with expected results: make scenarios DIR=folder
	@test -n "$(DIR)" || { echo "revfunnel: say which folder: make scenarios DIR=path/to/scenarios" >&2; exit 1; }
	@$(BIN)/python -m orchestration.scenarios $(DIR)

explain: $(SETUP) ## where a customer's figures come from: make explain CUSTOMER=cus_...
	@test -n "$(CUSTOMER)" || { echo "revfunnel: say which customer: make explain CUSTOMER=cus_..." >&2; exit 1; }
	@$(BIN)/python -m orchestration.explain $(CUSTOMER)

close: $(SETUP) ## close a month, and every open one before it: make close MONTH=2026-01
	@test -n "$(MONTH)" || { echo "revfunnel: say which month: make close MONTH=2026-01" >&2; exit 1; }
	@$(BIN)/python -m orchestration.close $(MONTH)

alert-test: $(SETUP) ## send a test message to every channel of REVFUNNEL_ALERT_URLS
	@$(BIN)/python -m orchestration.alert_test

erase: $(SETUP) ## blank a person's data in every stored version: make erase CUSTOMER=cus_... (or a HubSpot id)
	@test -n "$(CUSTOMER)" || { echo "revfunnel: say whom: make erase CUSTOMER=cus_... (or a HubSpot id)" >&2; exit 1; }
	@$(BIN)/python -m orchestration.erase $(CUSTOMER)

lake: $(SETUP) ## move the warehouse's raw data, history and all, to where REVFUNNEL_DESTINATION says
	@$(BIN)/python -m orchestration.lake.move

report: $(SETUP) ## write report.html from what is published, and open it
	@$(BIN)/python -m orchestration.report

screenshots: $(SETUP) ## pictures of the report into docs/ (needs Chromium)
	@$(BIN)/python -m tests.screenshots

bi: $(SETUP) $(SETUP_BI) ## dashboards in a local Apache Superset on http://127.0.0.1:8088 (900 MB, once)
	@$(BIN)/python -m dashboards.serve

test-bi: $(SETUP) $(SETUP_BI) ## the dashboards, each in a browser (needs Chromium; runs first what was never run)
	@test -f "$$($(BIN)/python -c 'from orchestration.settings import load_settings; print(load_settings().published_path)')" \
		|| $(MAKE) --no-print-directory run
	@$(BIN)/python -m pytest tests/bi

screenshots-bi: $(SETUP) $(SETUP_BI) ## pictures of the dashboards into docs/ (needs Chromium)
	@$(BIN)/python -m tests.bi.screenshots

setup-spark: $(SETUP_SPARK) ## add what REVFUNNEL_ENGINE=spark needs to .venv (600 MB; needs Java 17)

test-spark: $(SETUP_SPARK) ## DuckDB and Spark come to the same, row by row; also on a cluster that loses a worker (half an hour)
	@$(BIN)/python -m pytest tests/spark

metrics: $(SETUP) ## ask for metrics: make metrics Q="--metrics mrr,nrr_12m --group-by metric_time__month"
	@$(if $(Q),,echo 'revfunnel: say what: make metrics Q="--metrics mrr --group-by metric_time__month"' >&2; exit 1)
	@$(BIN)/python -m orchestration.metrics query $(Q)

test-deploy: $(SETUP) $(SETUP_DEPLOY) ## the deployment of docs/deployment.md on a real Postgres (needs Debian's postgresql; minutes)
	@$(BIN)/python -m pytest tests/deploy

lint: $(SETUP) ## ruff, pyright, sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@mkdir -p target/lint && REVFUNNEL_HOME=target/lint PYTHONWARNINGS=ignore \
		$(BIN)/sqlfluff lint --disable-progress-bar models tests/dbt

bench: $(SETUP) ## measured figures, as ratios within one run
	@$(BIN)/python -m tests.bench

bench-extract: $(SETUP) ## 100,000 and 1,000,000 invoices, ours against dlt's rest_api (minutes)
	@$(BIN)/python -m tests.bench_extract

bench-models: $(SETUP) ## the dbt build of 60,000, 300,000 and 1,200,000 subscriptions (an hour, 50 GB of disk)
	@$(BIN)/python -m tests.bench_models

bench-engines: $(SETUP_SPARK) ## models on DuckDB and on Spark at 1, 5 and 20 million invoice lines (hours, 60 GB of disk)
	@$(BIN)/python -m tests.bench_engines

test-slow: $(SETUP) ## the long forms: kills, faults, 40 days, new random histories, 5 companies (an hour)
	@$(PYTEST) -m slow

lock: $(SETUP) ## resolve requirements.lock anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@{ echo '# Every package with its version and hashes, made from pyproject.toml by `make lock`.'; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --extra dev pyproject.toml; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

lock-spark: $(SETUP) ## resolve requirements-spark.lock anew from pyproject.toml, at the versions of requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@{ echo '# What models on Spark need too, at the versions of requirements.lock, made from pyproject.toml by `make lock-spark`.'; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --constraints requirements.lock --extra dev --extra spark pyproject.toml; \
		} > requirements-spark.lock.new
	@mv requirements-spark.lock.new requirements-spark.lock

# At the versions of requirements.lock, and without what only development needs.
lock-deploy: $(SETUP) ## resolve deploy/requirements*.lock anew from pyproject.toml and requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@lock() { \
		{ echo '# What the image installs, with hashes, at the versions of requirements.lock; by `make lock-deploy`.'; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --constraints requirements.lock "$${@:2}" pyproject.toml; \
		} > deploy/new.lock && mv deploy/new.lock "deploy/$$1"; }; \
	lock requirements.lock --extra deploy && lock requirements-spark.lock --extra deploy --extra spark

lock-bi: $(SETUP) ## resolve dashboards/requirements.lock anew from dashboards/requirements.in
	@$(BIN)/python -m pip install --quiet uv
	@{ echo '# Superset and all it needs, with hashes, made from requirements.in by `make lock-bi`.'; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links dashboards/requirements.in; } > dashboards/requirements.lock.new
	@mv dashboards/requirements.lock.new dashboards/requirements.lock

# Never data: closed months and the history of the raw tables cannot be read again from any account.
clean: ## remove what can be made anew: environments, target, logs, caches; your data stays
	rm -rf .venv .venv-bi .venv-deploy target logs .pytest_cache .ruff_cache .hypothesis

$(SETUP): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else \
		"revfunnel: Python 3.11, 3.12 or 3.13 is needed, %s is %d.%d; say which: make PYTHON=python3.12 ..." % (sys.executable, *v))'
	@echo "Installing the locked packages into .venv (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m orchestration.dbt_manifest
	@touch $@

$(SETUP_BI): dashboards/requirements.lock
	@echo "Installing Apache Superset into .venv-bi (some minutes, once)"
	@test -x .venv-bi/bin/python || $(PYTHON) -m venv .venv-bi
	@.venv-bi/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r dashboards/requirements.lock
	@touch $@

# A superset of requirements.lock: whoever does not build on Spark does without its 600 MB.
$(SETUP_SPARK): requirements-spark.lock $(SETUP)
	@echo "Installing Spark into .venv (600 MB, some minutes, once)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock
	@touch $@

$(SETUP_DEPLOY): deploy/requirements.lock
	@echo "Installing what the deployment's image holds into .venv-deploy (a minute, once)"
	@test -x .venv-deploy/bin/python || $(PYTHON) -m venv .venv-deploy
	@.venv-deploy/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r deploy/requirements.lock
	@touch $@
