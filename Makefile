# `make run` on a fresh machine does everything. `make` alone lists what there is.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GPU ?= auto
PROFILE ?= auto
WAV ?=
REQUESTS ?= ../shared/data/requests.tsv
ARGS ?=

VENV := .venv/bin
# the configuration file decides unless PROFILE is given; figures and tests are of the starter
ifeq ($(origin PROFILE),file)
bench eval-say test check: PROFILE := starter
bench eval-say test check: export ASSISTANT_PROFILE := starter
else
export ASSISTANT_PROFILE := $(PROFILE)
endif

SETUP = python="$$(scripts/find_python.sh)" && "$$python" scripts/setup.py --gpu $(GPU) --profile $(PROFILE)

.PHONY: help
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*  ## ' $(firstword $(MAKEFILE_LIST)) | awk -F ':.*  ## ' '{printf "  make %-14s %s\n", $$1, $$2}'
	@echo
	@echo "  GPU=cuda|metal|vulkan|cpu   PROFILE=auto|starter|laptop|gpu   PYTHON=/path/to/python"

.PHONY: run
run:  ## set up what is missing, then talk; what takes long goes on meanwhile
	@$(SETUP) --run
	@$(VENV)/assistant run $(ARGS)

.PHONY: demo
demo:  ## the same without a sound card: answer a recording (WAV=file)
	@$(SETUP) --models --prepare
	@$(VENV)/assistant demo $(WAV) $(ARGS)

.PHONY: setup
setup:  ## make .venv, install the pinned packages, build llama.cpp
	@$(SETUP)

.PHONY: rebuild
rebuild:  ## build llama.cpp anew (after a crash, or on another processor)
	@$(SETUP) --rebuild

.PHONY: models
models:  ## fetch the models of PROFILE
	@$(SETUP) --models

.PHONY: models-verify
models-verify:  ## read the models of PROFILE in full and compare their hashes
	@$(SETUP)
	@$(VENV)/assistant models verify --profile $(PROFILE)

.PHONY: bench
bench:  ## latency on recordings beside baselines: a card, a line of JSON, docs/latency.svg
	@$(SETUP) --models --prepare
	@$(VENV)/assistant bench --picture docs/latency.svg $(ARGS)

.PHONY: eval-answers
eval-answers:  ## how much of what it says is right, and how much is honest (ARGS=files)
	@$(SETUP) --models --prepare
	@$(VENV)/assistant eval answers $(ARGS)

.PHONY: eval-text
eval-text:  ## who answers which request, without the model (REQUESTS=file ARGS=--confusion)
	@$(SETUP) --models --prepare
	@$(VENV)/assistant eval text $(REQUESTS) $(ARGS)

.PHONY: eval-hear
eval-hear:  ## how well it hears: commands in noise, words, questions (ARGS=--quick)
	@$(SETUP) --models --prepare
	@$(VENV)/assistant eval hear $(ARGS)

.PHONY: eval-say
eval-say:  ## is what the voice is given right, and is it understood (ARGS=--quick)
	@$(SETUP) --models --prepare
	@$(VENV)/assistant eval say $(wildcard ../shared/cases/say.tsv) tests/say_held_out.tsv $(ARGS)

.PHONY: test
test:  ## all tests, with models, sound server and recordings where they are
	@$(SETUP) --dev --test-tools --models --prepare
	@$(VENV)/python scripts/run_tests.py $(ARGS)

.PHONY: lint
lint:
	@$(SETUP) --dev --without-llama
	$(VENV)/ruff format --check
	$(VENV)/ruff check
	$(VENV)/mypy
	$(VENV)/lint-imports

.PHONY: check
check: lint  ## format, lint, types, contracts and the tests without models or devices
	@$(VENV)/python scripts/run_tests.py -q -m "not models and not pulse and not data" $(ARGS)

.PHONY: lock
lock:  ## pin the newest versions that pyproject.toml allows (needs uv)
	@scripts/lock.sh

.PHONY: clean
clean:  ## remove .venv, caches and build outputs; the weights stay
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf build dist snapshot_report.html
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.PHONY: clean-models
clean-models:  ## remove the weights
	find models -mindepth 1 -not -name catalog.toml -not -name README.md -delete
