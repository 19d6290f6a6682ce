# `make` alone lists what there is to make.

PYTHON  ?=
VENV    ?= .venv
ARGS    ?=
SEED    ?=
TIMES   ?=

PY      := $(VENV)/bin/python
RUNTIME := $(VENV)/.ready-runtime
DEV     := $(VENV)/.ready-dev

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

demo: $(RUNTIME)  ## see it work: a made-up conference, a made-up team, in the browser
	$(VENV)/bin/huihou demo $(ARGS)

test: $(DEV) browser  ## run every test (ARGS='-k letters' for some)
	$(VENV)/bin/pytest -n 2 --dist worksteal $(ARGS)

check: lint types imports sizes translations spelling secure holes  ## run every check that is no test (make -k check: all of them, past a failure)

fmt: $(DEV)  ## format the code, and correct what can be corrected by itself
	$(VENV)/bin/ruff check --fix --quiet . || true
	$(VENV)/bin/ruff format .

faults: $(DEV)  ## kill, freeze and starve the bot on both databases for long, and print what came of it (SEED=…, TIMES=2, ARGS=F1)
	HUIHOU_FAULTS=1 $(VENV)/bin/pytest tests/faults tests/bot/platforms/slack/test_wrong_shapes.py --deselect tests/faults/test_suite.py -q -o faulthandler_timeout=0
	SEED=$(SEED) TIMES=$(TIMES) $(PY) -m tests.faults $(ARGS)

fuzz: $(DEV)  ## throw junk at every way in and print what became of it (INPUTS=300: fewer)
	HUIHOU_FUZZ=$(or $(INPUTS),10000) nice -n 10 $(VENV)/bin/pytest tests/security/test_fuzz.py -s -p no:randomly -o faulthandler_timeout=0 $(ARGS)

audit: $(DEV)  ## ask PyPI whether anything that is installed has a known hole
	$(VENV)/bin/pip-audit --strict --disable-pip --requirement requirements.lock $(ARGS)

sbom: $(DEV)  ## write sbom.json: what an installation consists of, by CycloneDX
	@$(PY) -W ignore::UserWarning -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file sbom.json.new
	@mv sbom.json.new sbom.json && echo 'Written: sbom.json'

machine: $(DEV)  ## say commands at random and hold the bot to what must always be true (ROUNDS=1000: fifty thousand); then F10
	ROUNDS=$(or $(ROUNDS),400) $(VENV)/bin/pytest tests/stories/test_machine.py $(ARGS)
	SEED=$(SEED) TIMES=$(TIMES) $(PY) -m tests.faults F10

soak: $(DEV)  ## live through days with twenty thousand checklists and a million tasks (MINUTES=60)
	$(PY) -m benchmarks.soak --minutes $(or $(MINUTES),60) $(ARGS)

bench: $(DEV)  ## measure what the README's table of figures says
	$(PY) -m benchmarks $(ARGS)

words: $(DEV)  ## collect the sentences to translate into the catalogs
	$(PY) -m messages.collect update

docs: $(DEV)  ## write docs/commands.md again
	$(PY) -m bot docs-commands > docs/commands.md.new
	mv docs/commands.md.new docs/commands.md

lock:  ## write both locks again from pyproject.toml (ARGS=--upgrade: newest versions); needs uv
	@command -v uv >/dev/null || { echo 'make lock needs uv: pip install uv' >&2; exit 1; }
	$(COMPILE) --group build -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock
	@! grep -nE '[a-z]+://|^-' requirements.lock requirements-dev.lock  # an address is a fact about one machine

test-313:  ## run the tests that need no browser on Python 3.13
	@python=$$($(FIND_313)) || { echo 'There is no Python 3.13 here: install it, or set PYTHON_313=…' >&2; exit 1; }; \
	$(MAKE) --no-print-directory VENV=.venv-313 PYTHON="$$python" .venv-313/.ready-dev && \
	.venv-313/bin/pytest -n 2 --dist worksteal -m 'not browser' $(ARGS)

help:
	@grep -hE '^[a-z0-9-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

.PHONY: machine fuzz audit sbom demo test check fmt faults soak bench words docs lock test-313 help browser find-313 lint types imports sizes translations spelling secure holes

# The parts of `check`

lint: $(DEV)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(DEV)
	$(VENV)/bin/mypy

imports: $(DEV)
	$(VENV)/bin/lint-imports --no-logo

sizes: $(DEV)
	$(VENV)/bin/pytest tests/test_sizes.py -q -s

translations: $(DEV)
	$(PY) -m messages.collect check

spelling: $(DEV)
	$(VENV)/bin/codespell

secure: $(DEV)
	$(VENV)/bin/bandit --quiet --configfile pyproject.toml --recursive bot handlers storage messages

# What PyPI cannot be asked from here says nothing about the code.
ASKED = import pip_audit, urllib.request as web; web.urlopen(f"https://pypi.org/pypi/pip-audit/{pip_audit.__version__}/json", timeout=5)

holes: $(DEV)
	@if $(PY) -c '$(ASKED)' 2>/dev/null; then $(MAKE) --no-print-directory audit; \
	  else echo 'PyPI tells nothing of known holes here: that check is left out.'; fi

# Set-up: only what the locks name, by hash. The locks are complete, hence --no-deps: older pips refuse a locked package that
# another one wants with an extra. A stamp says that it is done; a changed lock or pyproject.toml undoes it.

$(RUNTIME): requirements.lock pyproject.toml | $(PY)
	@$(call install,requirements.lock)
	@touch $@

$(DEV): requirements.lock requirements-dev.lock pyproject.toml | $(PY)
	@$(call install,requirements-dev.lock)
	@touch $(RUNTIME) $@

$(PY):
	@python=$$($(FIND_PYTHON)) || { \
	  echo "Huihou needs Python 3.11 or newer; $(or $(PYTHON),python3) here is $$($(or $(PYTHON),python3) --version 2>&1)." >&2; \
	  echo 'Install one, or name one: make PYTHON=/path/to/python3.12 …' >&2; exit 1; }; \
	$(LOCKED) sh -ec '[ ! -x $(PY) ] || exit 0; echo "Making $(VENV) with $$("$$0" --version)"; \
	  if command -v uv >/dev/null; then uv venv --quiet --clear --no-python-downloads --python "$$0" $(VENV); \
	  else "$$0" -m venv --clear $(VENV); fi' "$$python"

# Two makes at once take turns where flock exists.
LOCKED = $(shell command -v flock >/dev/null && echo flock Makefile)

define install
$(LOCKED) sh -ec 'echo "Installing $(1) into $(VENV)"; \
  if command -v uv >/dev/null; then pip="uv --quiet pip"; to="--python $(PY) --compile-bytecode"; \
  else pip="$(PY) -m pip -qq --disable-pip-version-check"; to=; $(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null; fi; \
  $$pip install $$to --require-hashes --no-deps -r $(1); \
  $$pip install $$to --no-deps --no-build-isolation --editable .'
endef

FIND_PYTHON = for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && exit; done; exit 1

FIND_313 = for python in $${PYTHON_313:-python3.13 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.13.*/bin/python3.13}; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo "$$python" && exit; done; exit 1

find-313:
	@$(FIND_313)

# The browser tests need a Chromium and a font with Chinese characters in it.
browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  if command -v $$name >/dev/null; then exit 0; fi; done; \
	if [ -e '/Applications/Google Chrome.app' ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo 'Installing chromium and fonts-wqy-microhei for the browser tests'; log=$$(mktemp); \
	  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium fonts-wqy-microhei; } \
	    >"$$log" 2>&1 || cat "$$log" >&2; rm -f "$$log"; \
	else echo 'The browser tests will fail: install Chromium and a Chinese font (Debian: chromium fonts-wqy-microhei).' >&2; fi

COMPILE = uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-emit-index-url --custom-compile-command 'make lock' --extra pdf --extra postgres --extra s3 --extra wecom-bot --extra opentelemetry --extra sentry $(ARGS)
