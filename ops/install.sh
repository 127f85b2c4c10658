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
    if [ -n "${APT_SNAPSHOT:-}" ]; then # Debian as it was on one day: the address of that day's archive
        rm -f /etc/apt/sources.list.d/debian.sources
        echo "deb [check-valid-until=no] $APT_SNAPSHOT bookworm main" >/etc/apt/sources.list
    fi
    apt-get update -qq
    # An image has PostgreSQL's pg_dump as well, for backups; it must be no older than the server (compose.yaml).
    apt-get install -y -qq --no-install-recommends python3 python3-venv make ca-certificates curl \
        ${IMAGE:+postgresql-client}
    rm -rf /var/lib/apt/lists/*
    if [ "${IMAGE:-}" = 1 ]; then # an image's logs and caches only tell when it was made
        rm -rf /var/cache/apt/*.bin /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log
    fi
    ;;
house)
    make setup
    # By what stands in the source, not by when it was written: the same source gives the same files, and one that was
    # changed since (a checkout without this step) is not run as it was.
    .venv/bin/python -m compileall -q -f --invalidation-mode checked-hash server miniapp_api desk wsgi.py
    ;;
*)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
