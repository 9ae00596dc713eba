# What a person types. Each target is a script of tools/ or a line of cmake; `make` builds and never installs anything.
# As root, `make demo`, `make test` and `make bench` first install the Debian packages that are missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: build soak demo test fresh-test bench check tidy format asan tsan fuzz clean help

build: ## Build build/release/weir
	@tools/build release weir

demo: ## Build, serve a sample component, call it, stop
	@tools/demo

test: ## Build and run all tests
	@tools/packages --install build guests test
	@tools/build release
	@tools/test --suites

fresh-test: ## Run the README's commands in a minimal Debian 12
	@tools/fresh-test

bench: ## Measure against nginx and Wasmtime; PEERS=1 builds wasmtime-cli
	@tools/packages --install build guests bench
	@tools/build release weir native_hello tls_bench
	@bench/run

soak: ## Good and hostile load for SECONDS_ALL (600): memory and descriptors may not grow
	@tools/build release weir test_server
	@tools/soak $${SECONDS_ALL:-600}

check: ## Check includes, headers, format, file sizes, paths
	@tools/check/all

tidy: ## Run clang-tidy over src/, for a person to judge
	@tools/check/tidy

format: ## Format the C++ in place
	@tools/check/format --fix

asan: ## Unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/build asan unit_tests
	@tools/test --preset asan

tsan: ## Unit tests of the rooms with threads under ThreadSanitizer
	@tools/build tsan threaded_unit_tests
	@tools/test --preset tsan --list threaded_unit_tests

fuzz: ## Run every fuzzer for SECONDS_EACH seconds (60)
	@tools/build fuzz fuzzers
	@tools/ci/fuzz $${SECONDS_EACH:-60}

clean: ## Remove build/; the cache of engine and compiled files stays (tools/lib.sh says where it is)
	rm -rf build

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14
