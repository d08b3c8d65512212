# `make demo` tells the story, `make test` proves it. Everything installs itself into $(VENV).
VENV ?= .venv
BIN = $(VENV)/bin
WORKERS ?= 2
PORT ?= 8000

.PHONY: help demo serve test check format bench soak clean

help:
	@echo "make demo    the example application's story, request by request, with its SQL (SQLite)"
	@echo "make serve   the example application at http://127.0.0.1:$(PORT)/docs"
	@echo "make test    all tests, on SQLite and on a real PostgreSQL (embedded if none is given)"
	@echo "make check   format, lint, types, import contracts"
	@echo "make bench   speed against the raw driver and SQLAlchemy, in one run; ARGS=--rivals adds other ORMs"
	@echo "make soak    the long fault tests: a quarter of an hour; SUBLIMATE_SOAK_SECONDS=300 gives each test longer"

demo:
	@scripts/venv $(VENV) demo
	@$(BIN)/python examples/blog/demo.py

serve:
	@scripts/venv $(VENV) demo
	@echo "http://127.0.0.1:$(PORT)/docs"
	@cd examples/blog && $(abspath $(BIN))/python -m uvicorn --factory app.main:create_app --port $(PORT)

test:
	@scripts/venv $(VENV) test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not soak" $(ARGS)

check:
	@scripts/venv $(VENV) test check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@if ls tests/typing/*.py >/dev/null 2>&1; then set -x; \
		$(BIN)/mypy --strict tests/typing && $(BIN)/pyright tests/typing; fi
	$(BIN)/lint-imports --no-logo

format:
	@scripts/venv $(VENV) test check
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench:
	@scripts/venv $(VENV) $(if $(findstring --rivals,$(ARGS)),rivals,test)
	@$(BIN)/python -m benchmarks $(ARGS)

soak:
	@scripts/venv $(VENV) test
	@$(BIN)/python -m pytest -m soak -s tests/faults $(ARGS)

clean:
	rm -rf $(VENV) .venv-* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
