# Every word below works on a fresh clone: it first makes .venv and installs the exact versions of
# requirements/ into it, with uv when uv is there or can be installed, and with plain pip otherwise.
# A stamp file remembers what was installed, so that the second time costs nothing.

PYTHON ?= python3
VENV := .venv
# `make test PYTHON=python3.12`: where .venv is of another version, that version gets its own.
ifneq ($(origin PYTHON),file)
ASKED := $(shell $(PYTHON) -c 'import sys; print("{}.{}".format(*sys.version_info))' 2>/dev/null)
ifneq ($(filter-out python$(ASKED),$(notdir $(wildcard .venv/lib/python3*))),)
VENV := .venv-$(ASKED)
endif
endif
BIN := $(VENV)/bin
# Some wheels (torch) are hundreds of megabytes: uv's 30 seconds are too few on a slow line.
export UV_HTTP_TIMEOUT ?= 600

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

MADE := $(VENV)/.stamp-python
BASE := $(VENV)/.stamp-base
DEV := $(VENV)/.stamp-dev
RAY := $(VENV)/.stamp-ray
QUICKLOOK := $(VENV)/.stamp-quicklook
MOON := $(VENV)/.stamp-moon
DOCS := $(VENV)/.stamp-docs
STORAGE := $(VENV)/.stamp-storage

# uv of the machine, else uv inside .venv, and pip of .venv where there is no uv or it fails.
# uv leaves compiling to the first import, which then costs every process half a minute where
# PYTHONDONTWRITEBYTECODE is set.
UV = $$(command -v uv || echo $(BIN)/uv)
INSTALL = { [ -x "$(UV)" ] && "$(UV)" pip install --quiet --compile-bytecode --python $(BIN)/python $(1); } \
	|| $(BIN)/python -m pip install --quiet $(1)

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(BASE) ## Make a planet, map its craters, score the map, let a candidate be judged (projects/demo)
	$(BIN)/ejmap demo

.PHONY: quicklook
quicklook: $(QUICKLOOK) ## Map the rayed craters of the real Mercury (projects/mercury-quicklook)
	$(BIN)/ejmap quicklook

.PHONY: ui
ui: $(BASE) ## Browse the demo's assets, maps and scores at 127.0.0.1:3000
	$(BIN)/ejmap ui

.PHONY: secrets
secrets: .env ## Make the password of the containers (.env, which nobody else can read)

.env:
	@umask 077; printf 'EJMAP_POSTGRES_PASSWORD=%s\n' \
		"$$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')" > $@

# One process a core, and at most four: each holds torch. A file stays in one process, as its fixtures do.
# In the order of their folders, so that browser and integration come first: xdist's own order puts files
# of few tests last, which are the long ones, and one process would then wait for the other.
SPREAD := --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

.PHONY: test
test: $(DEV) $(QUICKLOOK) $(MOON) ## Run the tests
	$(BIN)/python -m pytest -m "not slow and not gpu and not daemon and not faults and not slurm and not ray and not storage" --durations=5 $(SPREAD)

.PHONY: test-daemon
test-daemon: $(DEV) ## Run the tests that wait for a real daemon (minutes)
	$(BIN)/python -m pytest -m daemon -rA

.PHONY: test-faults
test-faults: $(DEV) ## Kill and damage a small project in all its stages (an hour; EJMAP_FAULT_KILLS=N for fewer kills); goes on where it stopped (.faults)
	$(BIN)/python -m pytest -m faults -rA
	$(BIN)/python -m tests.faults.record

.PHONY: image
image: ## Build the image without Docker, and try the commands in it (root, buildah, debootstrap; 15 minutes, 30 GB)
	docker/image.sh build
	docker/image.sh try

.PHONY: test-slurm
test-slurm: $(DEV) ## Run the tests of a Slurm of one node (minutes; Debian: slurmctld slurmd slurm-client munge; EJMAP_SLURM_CRATERS=40 for more craters than 3)
	$(BIN)/python -m pytest -m slurm -rA

.PHONY: test-ray
test-ray: $(DEV) $(RAY) ## Run the tests of a Ray of one node (minutes; installs Ray, 75 MB; EJMAP_RAY_CRATERS=40 for more craters than 3)
	EJMAP_REQUIRE_RAY=1 $(BIN)/python -m pytest -m ray -rA

.PHONY: test-storage
test-storage: $(DEV) $(STORAGE) ## Run the tests of a bucket on a server of S3 (minutes; installs 110 MB)
	$(BIN)/python -m pytest -m storage -rA

.PHONY: test-fuzz
test-fuzz: $(DEV) ## Give damaged input to every reader, at most 100 minutes; goes on where it stopped (.fuzz)
	$(BIN)/python -m tests.fuzz

.PHONY: test-all
test-all: $(DEV) $(QUICKLOOK) $(MOON) ## Run all tests but test-faults and test-fuzz, also those of minutes and those of an accelerator
	$(BIN)/python -m pytest -m "not faults"

.PHONY: check
check: check-style check-types check-borders structure check-dagster check-files ## Check style, types, imports, the Dagster definitions and what is committed

.PHONY: check-style check-types check-borders check-dagster check-files
check-style: $(DEV)
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check --quiet .

check-types: $(DEV)
	$(BIN)/pyright

check-borders: $(DEV)
	$(BIN)/lint-imports
	$(BIN)/deptry .

.PHONY: structure
structure: $(MADE) ## Measure modules, functions, folders and floors of imports, held to their limits
	$(BIN)/python .ci/structure.py

check-dagster: $(DEV)
	$(BIN)/dg check defs
	$(BIN)/python .ci/check_code_location.py

check-files: $(DEV)
	$(BIN)/python .ci/check_committed_files.py

.PHONY: bench
bench: $(BASE) ## Measure speed and memory against the plain way, as one table (25 minutes)
	benchmarks/all.sh $(BIN)/python

.PHONY: bench-models
bench-models: demo $(MOON) ## Score the demo's EJSEG on EJMAP-Bench and crater classifiers on the Moon (20 minutes)
	$(BIN)/ejmap bench score projects/demo
	$(BIN)/python benchmarks/crater_classifier.py

.PHONY: quantities
quantities: $(BASE) ## Write docs/quantities.md from the declarations of the quantities
	$(BIN)/python -m ejmap_project.analysis.quantities_page > docs/quantities.md

.PHONY: figures
figures: $(BASE) ## Score the bench and write its figures into docs/bench.md and the README (ENTRIES="NAME=FOLDER ...")
	$(BIN)/python benchmarks/figures.py $(ENTRIES)

.PHONY: models
models: $(DEV) $(QUICKLOOK) $(MOON) ## Make the ready-made models anew, from nothing (an hour; goes on where it stopped)
	$(BIN)/python -m ejmap_project.training.make_ready_models .models ejmap_ml/ready

.PHONY: map-bundle
map-bundle: ## Build the program of the map page from map_page/ (needs Node and npm; users need neither)
	cd map_page && npm install --no-package-lock --silent && npx tsc && node build.mjs

.PHONY: licences
licences: $(DEV) $(QUICKLOOK) $(MOON) $(DOCS) $(STORAGE) ## Write docs/licences.md from the metadata of all direct dependencies
	@folder=$$(mktemp -d); trap 'rm -r "$$folder"' EXIT; \
	$(BIN)/uv pip install --quiet --no-deps --python-version 3.12 --target "$$folder" craterstats ray; \
	$(BIN)/python .ci/licences.py "$$folder"

.PHONY: fmt
fmt: $(DEV) ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: docs
docs: $(DOCS) ## Build the pages of docs/ and the API as a web site (site/); fails on a link that leads nowhere
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "site/index.html"

.PHONY: setup
setup: $(DEV) $(QUICKLOOK) $(MOON) ## Only make .venv, with everything that developers need

.PHONY: pins
pins: $(DEV) ## Compile requirements/ anew from pyproject.toml, to the newest versions that fit
	$(call PIN,pyproject.toml --upgrade) > requirements/base.txt
	$(call PIN,--no-deps --group quicklook) > requirements/quicklook.txt
	$(call PIN,--no-deps --group moon) > requirements/moon.txt
	$(call PIN,pyproject.toml --extra postgres --upgrade -c requirements/base.txt) \
		| grep -vxFf requirements/base.txt > requirements/postgres.txt
	$(call PIN,pyproject.toml --extra kubernetes --upgrade -c requirements/base.txt) \
		| grep -vxFf requirements/base.txt > requirements/kubernetes.txt
	$(call PIN,pyproject.toml --extra object-store --upgrade -c requirements/base.txt) \
		| grep -vxFf requirements/base.txt > requirements/object-store.txt
	printf -- "-r base.txt\n-r postgres.txt\n-r kubernetes.txt\n-r object-store.txt\n" > requirements/dev.txt
	$(call PIN,pyproject.toml --extra postgres --extra kubernetes --extra object-store --group dev \
		--upgrade -c requirements/base.txt) \
		| grep -vxFf requirements/base.txt | grep -vxFf requirements/postgres.txt \
		| grep -vxFf requirements/kubernetes.txt | grep -vxFf requirements/object-store.txt \
		>> requirements/dev.txt
	$(call PIN,pyproject.toml --extra ray --upgrade -c requirements/base.txt -c requirements/dev.txt) \
		| grep -vxFf requirements/base.txt > requirements/ray.txt
	$(call PIN,--group docs --upgrade -c requirements/base.txt -c requirements/dev.txt) \
		| grep -vxFf requirements/base.txt > requirements/docs.txt
	$(call PIN,--group storage --upgrade -c requirements/base.txt -c requirements/dev.txt) \
		| grep -vxFf requirements/base.txt > requirements/storage.txt

# Where a newer Python allows a newer release, both are pinned, each with its Python.
# No header and no index: neither a path nor the address of a registry belongs into the repository.
PIN = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(1)

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "EJMAP needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
		"Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@[ -x $(BIN)/python ] || { echo "making $(VENV)"; \
		$(PYTHON) -m venv $(VENV) || uv venv --quiet --seed --python $(PYTHON) $(VENV); }
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv \
		|| echo "uv cannot be installed; pip does the same, more slowly"
	@touch $@

$(BASE): $(MADE) requirements/base.txt pyproject.toml
	@echo "installing requirements/base.txt (torch is large: minutes on a slow line)"
	@$(call INSTALL,-r requirements/base.txt)
	@$(call INSTALL,--no-deps --editable .)
	@touch $@

$(DEV): $(BASE) requirements/dev.txt requirements/postgres.txt requirements/kubernetes.txt \
		requirements/object-store.txt
	@echo "installing requirements/dev.txt"
	@$(call INSTALL,-r requirements/dev.txt)
	@touch $@

$(RAY): $(DEV) requirements/ray.txt
	@echo "installing requirements/ray.txt"
	@$(call INSTALL,-r requirements/ray.txt)
	@touch $@

$(QUICKLOOK): $(BASE) requirements/quicklook.txt
	@echo "installing requirements/quicklook.txt"
	@$(call INSTALL,--no-deps -r requirements/quicklook.txt)
	@touch $@

$(MOON): $(BASE) requirements/moon.txt
	@echo "installing requirements/moon.txt"
	@$(call INSTALL,--no-deps -r requirements/moon.txt)
	@touch $@

$(DOCS): $(BASE) requirements/docs.txt
	@echo "installing requirements/docs.txt"
	@$(call INSTALL,-r requirements/docs.txt)
	@touch $@

$(STORAGE): $(BASE) requirements/storage.txt
	@echo "installing requirements/storage.txt"
	@$(call INSTALL,-r requirements/storage.txt)
	@touch $@
