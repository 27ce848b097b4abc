# Connexion: the commands of the house. `make` alone explains them.
# Any Python 3.11+ that has venv will do; everything else is installed into .venv by `make setup`.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
LOCK := requirements.lock
SERVICE ?=
# Two processes, each with a PostgreSQL and a Kafka of its own; the tests of one file stay together
TWO_AT_ONCE := -n 2 --dist loadfile
# Python may keep what it compiled: start-up takes half the time
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run status logs stop test test-containers test-keycloak quick check format bench chaos rush demo trace replay verify-audit retention backup restore drill upgrade-test compose-smoke golden

help: ## explain these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## install the locked dependencies into .venv (nothing to do while the lock is unchanged)

$(INSTALLED): $(LOCK) pyproject.toml
	@PYTHON=$(PYTHON) sh deploy/local/install.sh

run: setup ## start the whole platform on this machine; returns when it is ready and prints addresses and sign-ins
	@$(BIN)/python -m deploy.local run

status: setup ## which processes of the platform run, since when and how large
	@$(BIN)/python -m deploy.local status

logs: setup ## the newest log lines; SERVICE=documents-edge for one process
	@$(BIN)/python -m deploy.local logs $(SERVICE)

stop: setup ## end the platform; its data stays in .local
	@$(BIN)/python -m deploy.local stop

test: setup ## all tests: unit, integration on real PostgreSQL and Kafka, end to end in a browser
	@$(BIN)/python -m deploy.local prepare-tests
	@failed=0; \
	$(BIN)/pytest $(TWO_AT_ONCE) -m "not alone" || failed=1; \
	$(BIN)/pytest -m alone || failed=1; \
	exit $$failed

test-containers: setup ## the tests of broker and storage, on testcontainers
	CONNEXION_TEST_PROVIDER=containers $(BIN)/pytest $(TWO_AT_ONCE) -m "broker or storage"

test-keycloak: setup ## sign in with another OpenID Connect provider: Keycloak, fetched the first time (two minutes)
	CONNEXION_TEST_KEYCLOAK=1 $(BIN)/pytest -m keycloak

quick: setup ## what to run before every commit, in under two minutes: lint, types and the tests that start no server
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pytest -q $(TWO_AT_ONCE) -m "not e2e and not broker and not storage and not database and not slow" --timeout 60

check: setup ## format, lint, types, import rules, schema drift, migrations
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m chassis.state_diagrams --check
	@$(BIN)/python -m deploy.local.schema

format: setup ## put every file into the house's format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup ## measure the speed goals, each as a ratio within one run
	$(BIN)/python -m tests.bench

chaos: setup ## break the running platform and count what was lost or doubled
	$(BIN)/python -m tests.chaos

rush: setup ## play the closing rush against a running platform; WITH="--factor 0.1 --overload --address URL"
	$(BIN)/python -m tests.rush $(WITH)

demo: setup ## play a whole round by the rules of 2021 and one by those of 2028, through the gateway; SMALL=1 for six bidders
	$(BIN)/python -m tests.demo $(if $(SMALL),--small)

trace: setup ## show one request's way through all services; ID= the reference on an error page, or any trace id
	@$(BIN)/python -m deploy.local.trace $(ID)

replay: setup ## say parked messages again; SERVICE=notices_svc names whose
	@$(BIN)/python -m deploy.local replay $(SERVICE)

verify-audit: setup ## check the sealed audit of every service and name the first bad row
	@$(BIN)/python -m deploy.local.verify_audit

retention: setup ## what the records schedule lets go, and what holds keep: a dry run; WITH="--due-before 2040-01-01"
	@$(BIN)/python -m deploy.local.retention $(WITH)

backup: setup ## copy the running platform's data, as of one moment; TO= a new folder
	@$(BIN)/python -m deploy.local backup $(TO)

restore: setup ## put a backup where no platform stands yet; FROM= its folder; then make run
	@$(BIN)/python -m deploy.local restore $(FROM)

drill: setup ## lose everything but a backup, restore it, and count what is missing
	$(BIN)/python -m tests.chaos F34

upgrade-test: setup ## run the last release beside this one under load, forward and back; WITH="--seconds 120"
	@$(BIN)/python -m tests.upgrade $(WITH)

compose-smoke: setup ## carry a document through the images and the Compose file (deploy/images/build first)
	CONNEXION_TEST_COMPOSE=1 $(BIN)/pytest -q tests/deployment/test_compose_run.py

golden: setup ## write the golden schemas and examples of the events anew
	$(BIN)/python -m events.golden
