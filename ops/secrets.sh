#!/bin/sh
# Makes the secrets of ops/compose.yaml, once: ops/secrets.sh FOLDER. What is there stays as it is.
# Each file belongs to whom it is for, inside its container, and to nobody else.
set -eu
folder=${1:?a folder}
umask 077
mkdir -p "$folder"
cd "$folder"
word() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
if [ ! -e db-password ]; then
    word >db-password
fi
if [ ! -e s3-secret ]; then
    word >s3-secret
fi
rm -f pgpass s3.json # made anew: nobody writes into a file of 0400
# Any database: the drill of backups restores into one of its own.
printf 'db:5432:*:czt:%s\n' "$(cat db-password)" >pgpass
printf '{"identities": [{"name": "czt", "credentials": [{"accessKey": "czt", "secretKey": "%s"}],' "$(cat s3-secret)" >s3.json
printf ' "actions": ["Admin", "Read", "Write", "List"]}]}\n' >>s3.json
chmod 0400 db-password pgpass s3-secret s3.json
if [ "$(id -u)" = 0 ]; then
    chown 970:970 pgpass s3-secret # the house (ops/Dockerfile)
    chown 971:971 s3.json # the store
fi
