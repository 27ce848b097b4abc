#!/bin/sh
# Installs what requirements.lock names, with its hashes, into .venv. `make setup` calls it when the lock has changed.
set -eu

PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}
INSTALLED=$VENV/.installed

say() {
    printf '%s\n' "$*" >&2
}

if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "Python 3.11 or newer is needed, and $PYTHON is not that: install one and name it, as in 'make PYTHON=python3.12 setup'."
    exit 1
fi

digest=$("$PYTHON" -c 'import hashlib, sys; print(hashlib.sha256(b"".join(open(f, "rb").read() for f in sys.argv[1:])).hexdigest())' \
    requirements.lock pyproject.toml)
if [ -f "$INSTALLED" ] && [ "$(cat "$INSTALLED")" = "$digest" ]; then
    touch "$INSTALLED"
    exit 0
fi

say "Installing the locked dependencies into $VENV ..."
if [ ! -x "$VENV/bin/python" ] && ! "$PYTHON" -m venv "$VENV"; then
    say "$PYTHON cannot make virtual environments: install its venv module (Debian: apt-get install python3-venv) and run this again."
    rm -rf "$VENV"
    exit 1
fi

offline="The package index cannot be reached or lacks a locked package (above): connect to it and run this again."
if [ ! -x "$VENV/bin/uv" ]; then
    # uv first, alone, by the same lock and the same hashes: it installs the rest ten times faster than pip
    only_uv=$(mktemp)
    trap 'rm -f "$only_uv"' EXIT
    awk '/^uv==/ {inside = 1} inside {print} inside && !/\\$/ {exit}' requirements.lock > "$only_uv"
    "$VENV/bin/python" -m pip --version >/dev/null 2>&1 || "$VENV/bin/python" -m ensurepip >/dev/null
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$only_uv" || { say "$offline"; exit 1; }
fi
"$VENV/bin/uv" pip sync --quiet --compile-bytecode --python "$VENV/bin/python" --require-hashes requirements.lock || { say "$offline"; exit 1; }
"$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation --offline -e .

# parts that are no Python packages: a failure here is told again, and matters only, where the part is needed
"$VENV/bin/python" -m deploy.local fetch

printf '%s' "$digest" > "$INSTALLED"
