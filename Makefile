# Each of these works from a fresh clone, with git, Python 3.8 or later and access to PyPI.

PYTHON ?= python3

# tox finds interpreters on the PATH only.
empty :=
export PATH := $(PATH)$(subst $(empty) $(empty),,$(addprefix :,$(wildcard $(HOME)/.pyenv/versions/*/bin)))

.PHONY: build run check test integration bench soak keep-release check-config fuzz oracle verdicts new-version lint format coverage-server lock clean

build:  ## the charm and its examples of a Prometheus: build/alertmanager, build/prometheus, build/watchdog
	@$(PYTHON) -m tools.build_charm . build
	@$(PYTHON) -m tools.build_charm examples/prometheus build
	@$(PYTHON) -m tools.build_charm examples/watchdog build

run:  ## both charms on real Alertmanager and Prometheus, on this machine; UNITS=3, JUJU_VERSION=3.6, REAL=1 for a real rhythm
	@$(PYTHON) -m tools.run_sandbox $(if $(UNITS),--units $(UNITS)) $(if $(JUJU_VERSION),--juju $(JUJU_VERSION)) $(if $(REAL),--real)

check:  ## what to run before every commit: lint, and the sources' tests on this Python; TESTS= for some
	@$(MAKE) --no-print-directory lint
	@bin=$$($(PYTHON) -m tools.environment test) && $$bin/python -m pip install --quiet --no-deps \
	-r wheelhouse.txt -r layers/pod-spec/wheelhouse.txt && \
	$$bin/python -m pytest --numprocesses=2 --dist=loadgroup $(or $(TESTS),tests/unit tests/bus)

test:  ## the logic and the hooks of stories on Python 3.8, the rest on the default one; the built charm's hooks on all there are
	@$(PYTHON) -m tools.system_packages openssl chromium chromedriver
	@logic=$$($(PYTHON) -m tools.interpreters) && tox=$$($(PYTHON) -m tools.environment tox) && \
	"$$tox/tox" run-parallel -e lint,$$logic,py-real

integration:  ## an application's life on the Juju controller you are logged in to, in models of its own; JUJU=sandbox/bin/juju
	@$(if $(filter %sandbox/bin/juju,$(JUJU)),$(PYTHON) -m tools.system_packages openssl && )bin=$$($(PYTHON) -m tools.environment test) && \
	JUJU="$(or $(JUJU),juju)" KUBECTL="$(KUBECTL)" KEEP_MODEL="$(KEEP_MODEL)" MUST_RUN=1 \
	$$bin/python -m pytest $(if $(filter %sandbox/bin/juju,$(JUJU)),--numprocesses=4 --dist=loadgroup) \
	$(or $(TESTS),tests/integration)

soak:  ## the long tests that make test leaves out; SEED=7 for other chances, TESTS= for some, ends after MINUTES=45
	@$(PYTHON) -m tools.system_packages openssl
	@bin=$$($(PYTHON) -m tools.environment test) && $$bin/python -m pip install --quiet --no-deps \
	-r wheelhouse.txt -r layers/pod-spec/wheelhouse.txt && SEED=$(or $(SEED),1) \
	timeout --foreground --signal=INT --kill-after=2m $(or $(MINUTES),45)m \
	$$bin/python -m pytest -m soak --numprocesses=2 --dist=loadgroup $(TESTS)

keep-release:  ## VERSION=0.2.0 COMMIT=v0.2.0: what was released, for the tests that upgrade from it
	@$(PYTHON) -m tools.keep_release "$(VERSION)" "$(COMMIT)"

check-config:  ## FILE=alertmanager.yml, one problem a line; VERSION=0.28.1, FILES=folder beside it
	@bin=$$($(PYTHON) -m tools.environment run) && \
	PYTHONPATH=lib $$bin/python -m alertmanager_config check "$(FILE)" \
	$(if $(VERSION),--version "$(VERSION)") $(if $(FILES),--files "$(FILES)")

fuzz:  ## the validator against real servers on odd and spoilt configurations; CASES=20000, TREES=600, SEED=1, VERSIONS=0.35.0, SERVERS=2 at once
	@$(PYTHON) -m tools.system_packages
	@bin=$$($(PYTHON) -m tools.environment test) && PYTHONPATH=lib:tests:. $$bin/python \
	-m tools.fuzz_validator --cases $(or $(CASES),20000) --trees $(or $(TREES),600) --seed $(or $(SEED),1) --servers $(or $(SERVERS),2) $(VERSIONS)

oracle:  ## VERSION=0.35.0: builds that Alertmanager, for the tests that ask real servers; needs Go
	@$(PYTHON) -m tools.build_alertmanager $(VERSION)

verdicts:  ## VERSION=0.35.0: records what that server does with the configurations of tests/data
	@bin=$$($(PYTHON) -m tools.environment test) && PYTHONPATH=lib:tests:. $$bin/python -m support.recorded_verdicts "$(VERSION)"

new-version:  ## VERSION=0.36.0: lists what that Alertmanager has that the validator's tables lack; needs Go
	@bin=$$($(PYTHON) -m tools.environment test) && PYTHONPATH=lib:tests:. $$bin/python -m tools.new_version "$(VERSION)"

bench:  ## what hooks cost, how soon a change is in force, what it restarts; fails if a count or the validator's time is off
	@$(PYTHON) -m tools.system_packages
	@bin=$$($(PYTHON) -m tools.environment test) && PYTHONPATH=lib:tests:. $$bin/python -m bench

lint:  ## what tox -e lint does
	@bin=$$($(PYTHON) -m tools.environment lint) && \
	"$$bin/ruff" check . && "$$bin/ruff" format --check . && PYTHONPATH=lib:layers/pod-spec/lib "$$bin/lint-imports"

format:  ## the code, as lint wants it
	@ruff=$$($(PYTHON) -m tools.environment lint) && "$$ruff/ruff" check --fix . && "$$ruff/ruff" format .

coverage-server:  ## serves the report of the last test run; says on which port
	@test -d htmlcov || { echo "no report yet: run make test first"; exit 1; }
	@$(PYTHON) -u -m http.server --directory htmlcov 0

lock:  ## requirements/lock: what requirements/*.txt come to on every Python; UPGRADE=--upgrade for the newest
	@uv=$$($(PYTHON) -m tools.environment uv) && cd requirements && for file in *.txt; do \
	"$$uv/uv" pip compile --quiet $(UPGRADE) --universal --python-version 3.8 --no-annotate \
	--custom-compile-command "make lock" --output-file lock/$$file $$file || exit 1; done

clean:  ## everything that git ignores
	@git -c core.excludesFile=/dev/null clean -fdXq
