#!/usr/bin/env bash
# Run a command against Debian's PostgreSQL 15, in a private cluster that lives as long as the command:
#
#     tools/pg15.sh .venv/bin/python -m pytest -m "not browser"
#
# The cluster listens on a free loopback port, asks for a password (SCRAM), and runs as an unprivileged user even when
# this script is root. SANFUWU_TEST_DATABASE_URL names its superuser; the tests make database and roles themselves.
set -euo pipefail

bin=${PG15_BIN:-/usr/lib/postgresql/15/bin}
if [ ! -x "$bin/postgres" ]; then
  echo "PostgreSQL 15 is not at $bin (Debian 12: apt install postgresql-15; elsewhere set PG15_BIN)." >&2
  exit 1
fi
[ $# -gt 0 ] || { echo "usage: $0 COMMAND …" >&2; exit 2; }

home=$(mktemp -d "${TMPDIR:-/tmp}/sanfuwu-pg15.XXXXXX")
as=()
if [ "$(id -u)" -eq 0 ]; then
  user=${PG15_USER:-postgres}
  id "$user" >/dev/null 2>&1 || user=nobody
  chown "$user" "$home"
  as=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups --)
fi
in_home() { (cd "$home" && "${as[@]}" "$@"); }

stop() {
  in_home "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N18 -tx1 /dev/urandom | tr -d ' \n')
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(umask 077; printf '%s' "$password" >"$home/password")
[ "$(id -u)" -ne 0 ] || chown "$user" "$home/password"

in_home "$bin/initdb" -D "$home/data" -U postgres --pwfile="$home/password" -A scram-sha-256 \
  -E UTF8 --locale=C.UTF-8 >"$home.log" 2>&1 || { cat "$home.log" >&2; rm -f "$home.log"; exit 1; }
rm -f "$home.log" "$home/password"
cat >>"$home/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 100
shared_buffers = 128MB
CONF
in_home "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w -t 60 start >/dev/null || {
  cat "$home/server.log" >&2
  exit 1
}

echo "PostgreSQL 15 in a private cluster on 127.0.0.1:$port"
export SANFUWU_TEST_DATABASE_URL="postgresql://postgres:$password@127.0.0.1:$port/postgres"
"$@"
