PYTHON ?= python3

# The figures of the design beside their aims, in under two minutes.
bench:
	$(PYTHON) -m tests.bench

.PHONY: bench
