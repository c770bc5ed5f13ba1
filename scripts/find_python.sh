#!/bin/sh
# Prints the path of a Python 3.11 to 3.13: $PYTHON if it is set, else the first one that is found.
set -u

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    if fits "$PYTHON"; then
        command -v "$PYTHON"
        exit 0
    fi
    echo "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13 that runs." >&2
    exit 1
fi

for candidate in python3 python3.13 python3.12 python3.11 python; do
    if fits "$candidate"; then
        command -v "$candidate"
        exit 0
    fi
done

cat >&2 <<'TEXT'
No Python 3.11, 3.12 or 3.13 was found.
  Debian, Ubuntu:  sudo apt-get install python3 python3-venv python3-dev
  Fedora:          sudo dnf install python3.13 python3.13-devel
  Arch:            sudo pacman -S uv && uv python install 3.13
  macOS:           brew install python@3.13
Or name one yourself:  make setup PYTHON=/path/to/python3.13
TEXT
exit 1
