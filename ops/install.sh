#!/bin/sh
# From a checkout to a house that can be started: what a plain Debian needs, the packages, the browser
# libraries. The Dockerfile, the runbook and tools/plain_root.sh run these very steps.
#
#   ops/install.sh system     (root) Debian's packages
#   ops/install.sh house      .venv and web/vendor of the checkout that this file lies in
set -eu
cd "$(dirname "$0")/.."
case "${1:-}" in
system)
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3 python3-venv make ca-certificates curl
    rm -rf /var/lib/apt/lists/*
    ;;
house)
    make setup
    .venv/bin/python -m compileall -q server miniapp_api desk wsgi.py
    ;;
*)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
