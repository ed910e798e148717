# Oriel: what can be done here. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help demo test check bench picture dist clean

help: ## This list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build Oriel and start it with a fictional tenant; prints an address and a sign-in.
	@cargo run --quiet --locked --package oriel -- demo

test: ## Everything: format, lints, policy, all tests on both databases, the browser.
	@scripts/prepare
	@cargo fmt --all --check
	@cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
	@scripts/test

check: ## What also needs a tool that is not everywhere: cargo deny.
	@cargo deny check bans licenses sources

bench: ## Measure what section "Numbers" of ARCHITECTURE.md promises, on this machine.
	@scripts/bench

picture: ## Take the picture of the README anew, in a real browser.
	@cargo run --quiet --locked --package browser --example picture -- docs/report.png

dist: ## Make the Debian package, with a bill of materials and the notices of the libraries in it: dist/oriel_*.deb.
	@scripts/dist

clean: ## Remove what was built.
	@cargo clean
