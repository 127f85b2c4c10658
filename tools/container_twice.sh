#!/bin/sh
# The container's ground twice, and whether both are the same, file by file: Debian's packages by mmdebstrap, and the
# house's own source compiled inside it. Not in it: .venv and the browser libraries, which are held by their hashes.
# Needs root and apt-get. APT_SNAPSHOT: the address of an archive of one day; without it, Debian as it is now.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "tools/container_twice.sh needs root" >&2; exit 1; }
command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
commit=$(git rev-parse HEAD) # it may move while this runs
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct "$commit")
export SOURCE_DATE_EPOCH
packages=$(sed -n 's/.*--no-install-recommends \(.*\)$/\1/p' ops/install.sh | tr ' ' ',')
compiling=$(sed -n 's/.*-m \(compileall .*\)$/\1/p' ops/install.sh)
both=$(mktemp -d)
trap 'rm -rf --one-file-system "$both"' EXIT
for one in first second; do
    mmdebstrap --quiet --variant=minbase --include="$packages" bookworm "$both/$one.tar" ${APT_SNAPSHOT:+"$APT_SNAPSHOT"}
    root="$both/$one"
    mkdir -p "$root/opt/cunzhantong"
    tar -xf "$both/$one.tar" -C "$root" --exclude=./dev
    git archive "$commit" | tar -x -C "$root/opt/cunzhantong"
    # Word splitting is meant: these are the words of ops/install.sh.
    # shellcheck disable=SC2086
    chroot "$root" sh -c "cd /opt/cunzhantong && python3 -m $compiling"
    (cd "$root" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$both/$one.sums"
    rm -rf --one-file-system "$root"
    echo "$one: $(wc -l <"$both/$one.sums") files, $(sha256sum <"$both/$one.sums" | cut -c1-16)"
done
diff "$both/first.sums" "$both/second.sums" || { echo "these files differ" >&2; exit 1; }
echo "the same, file by file"
