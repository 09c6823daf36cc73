# The two commands of the README, and what they are made of.
SHELL := /bin/bash
JOBS ?= $(shell nproc)

.PHONY: help setup build scan test check bench clean

help:
	@echo "make scan    install dependencies, build the release, scan the example image"
	@echo "make test    install dependencies, build with warnings as errors, run all tests"
	@echo "make build   the release program: build/release/seaworthy"
	@echo "make check   everything that CI runs beside the tests (tools/check --all)"
	@echo "make bench   measurements against peers and physical limits (bench/run)"

# Debian 12 packages; does nothing where all of them are installed.
setup:
	@tools/setup build

build: setup
	@cmake --preset release > build-release.log 2>&1 || { cat build-release.log; exit 1; }
	@rm -f build-release.log
	@cmake --build --preset release -j $(JOBS)

scan: build
	@mkdir -p build/example
	@build/release/seaworthy db import --db build/example/db --quiet --complete \
	  examples/advisories examples/endoflife
	@build/release/seaworthy scan --db build/example/db --cache build/example/cache \
	  --limit feed-age=36500 oci:examples/harbour

test:
	@tools/setup test
	@cmake --preset dev
	@cmake --build --preset dev -j $(JOBS)
	@ctest --preset dev

check:
	@tools/setup check
	@tools/check --all

bench: build
	@tools/setup bench
	@cmake --preset bench > /dev/null
	@cmake --build --preset bench -j $(JOBS) --target match_bench
	@bench/run

clean:
	@rm -rf build
