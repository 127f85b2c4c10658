#!/bin/sh
# Puts in place what this machine lacks; says exactly what is missing where it may not install.
#
#   tools/setup.sh venv                 .venv with pip, from Python 3.11 or newer
#   tools/setup.sh pip FILE             the packages of a lock file, each by its hash
#   tools/setup.sh supply               what looks after packages (make lock, sbom, audit), apart in .venv/supply
#   tools/setup.sh browser              Chromium, WebKitGTK, a Chinese font, pdftoppm and strace, for tests;
#                                       nginx and promtool, unpacked and never started by themselves
#   tools/setup.sh fonts                more Chinese faces for make accuracy, where apt-get may
set -eu
cd "$(dirname "$0")/.."

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Runs a command silently; its whole output appears only when it fails.
quietly() {
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update -qq || echo "apt-get update failed; trying with the lists at hand" >&2
    quietly apt-get install -y -qq --no-install-recommends "$@" ||
        fail "apt-get could not install: $*" "Install it by hand, then run make again."
}

may_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    # 3.11 first: it is what the pinned versions are tested with.
    for name in "${PYTHON:-python3.11}" python3.11 python3.12 python3.13 python3; do
        if new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    return 1
}

make_venv() {
    python=$(find_python) ||
        fail "Python 3.11 or newer is missing." "On Debian 12: apt-get install python3 python3-venv"
    echo "setting up .venv with $("$python" --version)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if may_apt; then
            apt_install "python$version-venv"
        elif "$python" -m pip --version >/dev/null 2>&1; then
            # Debian 12 guards its own Python; --user does not touch it, but pip wants the word.
            quietly env PIP_BREAK_SYSTEM_PACKAGES=1 "$python" -m pip install -q --user virtualenv ||
                fail "pip could not install virtualenv for this user; the reason stands above."
            "$python" -m virtualenv -q .venv || { rm -rf .venv; fail "virtualenv failed."; }
            return
        else
            fail "The Python module venv is missing, and so is pip; I am not root and may not install." \
                "Ask an administrator for: apt-get install python$version-venv"
        fi
    fi
    quietly "$python" -m venv .venv || {
        rm -rf .venv # half an environment would look like a whole one to make
        fail "The virtual environment .venv could not be made; the reason stands above."
    }
}

install_packages() {
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        rm -rf .venv # left over from an interrupted set-up
        make_venv
    fi
    echo "installing the packages of $1"
    quietly .venv/bin/python -m pip install -q --disable-pip-version-check --no-input \
        --require-hashes -r "$1" || fail "pip could not install $1; the reason stands above."
}

# Apart, so that nothing of it is ever part of the house.
supply() {
    [ ! -x .venv/supply/bin/pip-audit ] || [ tools/supply.lock -nt .venv/supply/bin/pip-audit ] || return 0
    quietly .venv/bin/python -m virtualenv -q .venv/supply 2>/dev/null ||
        quietly .venv/bin/python -m venv .venv/supply || fail "the environment .venv/supply could not be made."
    echo "installing the packages of tools/supply.lock"
    quietly .venv/supply/bin/python -m pip install -q --disable-pip-version-check --no-input \
        --require-hashes -r tools/supply.lock || fail "pip could not install tools/supply.lock; the reason stands above."
    touch .venv/supply/bin/pip-audit
}

has_chinese_font() {
    if command -v fc-list >/dev/null; then
        [ -n "$(fc-list :lang=zh-cn file)" ]
    else
        [ -n "$(find /usr/share/fonts -iname '*wqy*' -o -iname '*cjk*' 2>/dev/null | head -n 1)" ]
    fi
}

has_chromium() {
    command -v chromium-headless-shell >/dev/null && return
    # The build without windows is a third lighter; where it cannot be had, the other one serves,
    # and nobody waits a second time for an answer that was no.
    asked=.venv/.asked-for-headless-shell
    if may_apt && [ ! -e "$asked" ]; then
        [ ! -d .venv ] || touch "$asked"
        (apt_install chromium-headless-shell) >/dev/null 2>&1 && return
    fi
    command -v chromium >/dev/null
}

# Only unpacked: installed, it would begin to serve this machine. One program of a Debian package.
unpack() {
    package=$1 program=$2
    [ ! -x ".venv/$package/$program" ] && [ ! -x "/$program" ] || return 0
    command -v apt-get >/dev/null && [ -d .venv ] || return 0
    here=$(mktemp -d)
    chmod 755 "$here"
    if (cd "$here" && apt-get download -qq "$package") >/dev/null 2>&1; then
        mkdir -p ".venv/$package"
        dpkg-deb --fsys-tarfile "$here/$package"_*.deb | tar -x -C ".venv/$package" "./$program"
    else
        echo "$package could not be had; the test of what ops/ ships for it will say so" >&2
    fi
    rm -rf "$here"
}

browser() {
    unpack nginx usr/sbin/nginx
    unpack prometheus usr/bin/promtool
    missing=""
    has_chromium || missing="$missing chromium"
    has_chinese_font || missing="$missing fonts-wqy-microhei"
    command -v WebKitWebDriver >/dev/null || missing="$missing webkit2gtk-driver"
    command -v xvfb-run >/dev/null || missing="$missing xvfb xauth"
    command -v pdftoppm >/dev/null || missing="$missing poppler-utils"
    command -v strace >/dev/null || missing="$missing strace" # the power cut drill records with it
    [ -n "$missing" ] || return 0
    if may_apt; then
        echo "installing for the tests:$missing"
        # shellcheck disable=SC2086  # a list of packages, one word each
        apt_install $missing
    else
        fail "The tests need programs that are missing here:$missing" \
            "I may not install them (not root, or no apt-get). Ask an administrator for:" \
            "  apt-get install --no-install-recommends$missing"
    fi
}

# Accuracy can be measured without them, on our own faces; the result says which were there.
fonts() {
    missing=""
    for wanted in wqy-microhei/wqy-microhei.ttc wqy-zenhei/wqy-zenhei.ttc arphic-ukai/ukai.ttc \
        lxgw-wenkai/LXGWWenKai-Regular.ttf; do
        [ -n "$(find /usr/share/fonts -name "${wanted#*/}" 2>/dev/null)" ] ||
            missing="$missing fonts-${wanted%/*}"
    done
    if [ -n "$missing" ] && may_apt; then
        echo "installing for make accuracy:$missing"
        # shellcheck disable=SC2086  # a list of packages, one word each
        apt_install $missing
    fi
}

case "${1:-}" in
venv) make_venv ;;
pip) install_packages "$2" ;;
supply) supply ;;
browser) browser ;;
fonts) fonts ;;
*) fail "usage: tools/setup.sh venv | pip FILE | supply | browser | fonts" ;;
esac
