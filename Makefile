# Two commands set everything up on a fresh Debian, Ubuntu or macOS machine:
#   make demo    a workspace with sample documents, worked through; says where to look
#   make test    everything that is checked before a change is taken in

BIN := .venv/bin
DEMO := demo-workspace
UV := 0.13.9
KILLS := 1000
DATABASE := sqlite
OUT := looking-glass
# many tests wait, and none needs more than one core
WORKERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) '*' 3 / 2)

.DEFAULT_GOAL := help
.PHONY: help demo test check format lock upgrade setup setup-dev fast wheel pages bench eval soak soak-summary
.PHONY: mutants clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: setup  ## make demo-workspace/ with sample documents and run it
	@if [ -e $(DEMO) ]; then \
		kept=$(DEMO)-$$(date +%Y%m%dT%H%M%S); \
		echo "the earlier demonstration is kept as $$kept"; \
		mv $(DEMO) $$kept; \
	fi
	$(BIN)/mailroom demo $(DEMO)

test: check  ## all checks, then all tests with branch coverage
	OMP_THREAD_LIMIT=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		--hypothesis-profile=ci --cov

check: setup-dev  ## everything but the tests: format, lint, types, import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev  ## rewrite the code as the formatter wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup:  ## install what the product runs on
	@scripts/setup

setup-dev:  ## install the tools of make test too
	@scripts/setup --dev

fast: setup  ## fetch the tiny models that read a page of pixels at half the cost
	@scripts/fast

lock:  ## pin what pyproject.toml asks for, with hashes; what is pinned already stays
	@scripts/lock $(UV)

upgrade:  ## the same with the newest of everything
	@scripts/lock $(UV) --upgrade

wheel: setup-dev  ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

pages: setup-dev  ## write into the documents what they take from the code: --help, reasons
	$(BIN)/python -m tests.help_blocks
	$(BIN)/python -m tests.reasons_page

bench: setup-dev  ## how ledgers are searched and documents decided and, with FOLDER=DIR, its documents are read
	$(BIN)/python -m tests.benchmarks.bench_matching
	$(BIN)/python -m tests.benchmarks.bench_deciding
	$(if $(FOLDER),$(BIN)/python -m tests.benchmarks.bench_reading $(FOLDER))
	$(if $(FOLDER),$(BIN)/python -m tests.benchmarks.bench_readers $(FOLDER))

eval: setup-dev  ## how well SET="DIR..." is read: figures and a page of failures in OUT; OPTIONS="--as-scan"
	$(BIN)/python -m tests.looking_glass $(SET) --out $(OUT) $(OPTIONS)

soak: setup-dev  ## kill it KILLS=1000 times on DATABASE=sqlite or postgresql; goes on where it was stopped
	$(BIN)/python -m tests.crash.soak --kills $(KILLS) --database $(DATABASE)

soak-summary:  ## what soaks on DATABASE have shown so far
	@$(BIN)/python -m tests.crash.soak summary --database $(DATABASE)

mutants: setup-dev  ## break every promise on purpose; each break must fail its tests
	$(BIN)/python -m tests.crash.mutants

clean:  ## remove .venv and every cache, keep all workspaces
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
		.coverage* htmlcov dist
