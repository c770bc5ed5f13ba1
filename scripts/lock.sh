#!/bin/sh
# Pins every dependency with its hashes, for Python 3.11 to 3.13 on Linux, macOS and Windows. Needs uv.
set -eu
cd "$(dirname "$0")/.."

lock() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --upgrade "$@"
}

# llama-cpp-python is compiled on the machine that runs it, so it has a file of its own.
lock --no-emit-package llama-cpp-python pyproject.toml --output-file requirements.txt
lock --no-emit-package llama-cpp-python --extra dev --constraint requirements.txt \
    pyproject.toml --output-file requirements-dev.txt
lock requirements-build.in --output-file requirements-build.txt
grep -h 'llama-cpp-python' pyproject.toml | tr -d ' "' | sed 's/,$//' |
    lock --no-deps --no-annotate --no-binary llama-cpp-python - --output-file requirements-llama.txt
