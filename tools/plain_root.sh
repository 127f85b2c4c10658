#!/bin/sh
# The container's steps where no container can run: an empty Debian made by mmdebstrap, the house built in it by
# ops/install.sh, then started by a user who is not root, on a root that cannot be written. Needs root and apt-get.
# What this machine needs to reach Debian and PyPI (pip's settings, certificates) is lent to the empty one.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "tools/plain_root.sh needs root" >&2; exit 1; }
command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
root=$(mktemp -d)
if [ "${INSIDE:-}" != 1 ]; then
    # Mounts of our own, which go when we go.
    rm -rf "$root"
    INSIDE=1 exec unshare -m "$0"
fi
leave() {
    umount -R "$root/tmp" "$root/data" "$root/proc" "$root/dev" 2>/dev/null || true
    umount "$root" 2>/dev/null || true
    rm -rf --one-file-system "$root" "${said:-}"
}
trap leave EXIT
chmod 755 "$root"
echo "an empty Debian"
mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm "$root"
house="$root/opt/cunzhantong"
mkdir -p "$house"
git archive HEAD | tar -x -C "$house"
lend() { for one in "$@"; do [ ! -e "$one" ] || { mkdir -p "$root$(dirname "$one")"; cp -rL "$one" "$root$one"; }; done; }
lend /etc/resolv.conf /etc/hosts /etc/pip.conf "$HOME/.config/pip" /etc/apt/apt.conf.d \
    "${SSL_CERT_FILE:-}" "${PIP_CERT:-}" "${REQUESTS_CA_BUNDLE:-}" "${CURL_CA_BUNDLE:-}"
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
in_root() { chroot "$root" sh -c "cd /opt/cunzhantong && $1"; }
echo "ops/install.sh system"
in_root "ops/install.sh system" >/dev/null 2>&1
echo "ops/install.sh house"
in_root "ops/install.sh house" >/dev/null
in_root "useradd --system --uid 970 --home-dir /data --shell /usr/sbin/nologin cunzhantong && mkdir -p /data"
umount "$root/proc" "$root/dev"
mount --bind "$root" "$root"
mount -o remount,ro,bind "$root"
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0700,uid=970 tmpfs "$root/data"
mount -t tmpfs tmpfs "$root/tmp"
if touch "$house/written" 2>/dev/null; then echo "the root can be written" >&2; exit 1; fi
said=$(mktemp)
chroot --userspec=cunzhantong "$root" sh -c "cd /opt/cunzhantong && CZT_HOME=/data CZT_PORT=8765 HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 exec .venv/bin/python -m server run --county 140926" >"$said" 2>&1 &
started=$!
for _ in $(seq 60); do
    if curl -fsS http://127.0.0.1:8765/readyz 2>/dev/null; then
        echo
        kill "$started"
        wait "$started"
        echo "the house runs in a plain Debian, not as root, on a root that cannot be written"
        exit 0
    fi
    kill -0 "$started" 2>/dev/null || break
    sleep 1
done
cat "$said" >&2
exit 1
