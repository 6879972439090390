# Each target installs what it needs (Debian 12 as root, or Fedora) and can be repeated cheaply.
PYTHON := .venv/bin/python

.PHONY: help demo test test-fast test-anaconda campaign lint bench screenshots lab clean rpms images

help:
	@echo "make demo           turn a plain virtual machine into a Xen dom0 and log in to its XenAPI"
	@echo "make test           all tests: unit, component, virtual machines"
	@echo "make test-fast      unit and component tests only"
	@echo "make test-anaconda  the add-on's tests on Anaconda itself; ANACONDA_SOURCE names directories that have it"
	@echo "make campaign       what takes too long for every day: other examples (SEED=N tries the same again), all media"
	@echo "make bench          measure, each figure against its peer"
	@echo "make screenshots    take docs/screens anew, each picture from the real terminal output"
	@echo "make lab            build the lab only: what the tests and the demo boot and install from (cached)"
	@echo "make rpms           build the RPMs of the commit that is checked out, into build/rpms"
	@echo "make images         make updates.img and product.img for Anaconda, into build/images"
	@echo "make lint           ruff and mypy only (part of the tests too)"
	@echo "make clean          remove the virtual environment and caches of this tree"

demo: .venv/ready
	$(PYTHON) -m tests.lab demo

test: lab
	tools/test

test-fast: lab
	$(PYTHON) -m pytest tests/unit tests/component

test-anaconda: .venv/ready
	$(PYTHON) -m tests.anaconda

SEED ?= $(shell date +%s)
campaign: lab
	$(PYTHON) -m pytest tests/unit tests/component -m hypothesis --hypothesis-profile=campaign --hypothesis-seed=$(SEED) \
		--timeout=3600
	$(PYTHON) -m pytest tests/vm -m campaign

lint: .venv/ready
	$(PYTHON) -m pytest tests/unit/test_linters.py

bench: .venv/ready
	$(PYTHON) -m tests.bench

screenshots: .venv/ready
	$(PYTHON) -m tests.terminal.screenshots

lab: .venv/ready
	$(PYTHON) -m tests.lab build

rpms: .venv/ready
	packaging/build-rpms

images: .venv/ready
	packaging/make-images

.venv/ready: pyproject.toml tools/prepare tests/lab/install_deps.py
	tools/prepare
	@touch $@

clean:
	rm -rf .venv .hypothesis .mypy_cache .ruff_cache .pytest_cache
