#!/usr/bin/env bash
# PostgreSQL, MariaDB and Redis for the tests, on a bare Debian.
#
#   scripts/services.sh              start what is missing, print `export …` lines, leave them running
#   scripts/services.sh run COMMAND  the same, run COMMAND with the variables, then stop what was started
#   scripts/services.sh stop         stop what was started
#
# For each server, in this order: a variable that is set is kept; a server that
# answers on its standard port is used; else a private one is started on a free
# port, its data in a temporary folder, after apt-get install when its package is
# missing and this is root. What cannot be had is told on one line on standard
# error, and its tests skip. GOAUTH_SERVICES=none starts nothing.
set -euo pipefail

state=${GOAUTH_SERVICES_DIR:-${TMPDIR:-/tmp}/goauth-services-$(id -u)}
env_file=$state/env
export PGCONNECT_TIMEOUT=3

say() { echo "services: $*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [[ $(id -u) = 0 ]]; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    answers "$port" || { echo "$port"; return; }
  done
}

# as runs a command as the server's own user when this is root: PostgreSQL and
# MariaDB refuse to run as root.
as() {
  local user=$1
  shift
  if is_root; then (cd / && setpriv --reuid="$user" --regid="$user" --init-groups -- "$@"); else "$@"; fi
}

apt_updated=
install_packages() {
  is_root && have apt-get || return 1
  say "installing $* (Debian packages)"
  if [[ -z $apt_updated ]]; then
    apt-get update -qq >/dev/null 2>&1 || true
    apt_updated=yes
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

wait_for() { # seconds, then a command that succeeds when the server is ready
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < until)) || return 1
    sleep 0.1
  done
}

# serve starts a server as a user, and remembers the signal that stops it at once.
serve() {
  local signal=$1 user=$2 log=$3
  shift 3
  if is_root; then
    (cd / && exec setpriv --reuid="$user" --regid="$user" --init-groups -- "$@") >>"$log" 2>&1 </dev/null &
  else
    "$@" >>"$log" 2>&1 </dev/null &
  fi
  echo "$signal $!" >>"$state/pids"
}

# ---- PostgreSQL

pg_program() { # Debian keeps the server programs out of PATH
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin/"$1" 2>/dev/null | sort -V | tail -1)
  [[ -n $found ]] && echo "$found" || command -v "$1"
}

pg_query() { psql -X -q -At -h 127.0.0.1 -p "$1" -U postgres -d "$2" -c "$3"; }

pg_usable() {
  have psql && pg_query "$1" postgres 'select 1' >/dev/null 2>&1 || return 1
  [[ $(pg_query "$1" postgres "select 1 from pg_database where datname='test'") = 1 ]] ||
    pg_query "$1" postgres 'create database test' >/dev/null 2>&1
}

postgres() {
  pg_usable 5432 && { pg_url 5432; return; }
  pg_program initdb >/dev/null && have psql || install_packages postgresql || { say "PostgreSQL: not installed, its tests will be skipped"; return; }
  pg_usable 5432 && { pg_url 5432; return; }
  local port data=$state/postgres user=postgres # the user that Debian's package makes
  port=$(free_port)
  is_root || user=
  mkdir -p "$data"
  if is_root; then chown "$user" "$data"; fi
  if ! as "$user" "$(pg_program initdb)" -D "$data/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$state/postgres.log" 2>&1; then
    say "PostgreSQL: initdb failed ($(tail -1 "$state/postgres.log")), its tests will be skipped"
    return
  fi
  serve INT "$user" "$state/postgres.log" "$(pg_program postgres)" -D "$data/data" -p "$port" -k "$data" -c listen_addresses=127.0.0.1 \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200
  if wait_for 30 pg_usable "$port"; then pg_url "$port"; else say "PostgreSQL: does not start ($(tail -1 "$state/postgres.log")), its tests will be skipped"; fi
}

pg_url() { offer GOAUTH_TEST_POSTGRES "postgres://postgres@127.0.0.1:$1/test?sslmode=disable"; }

# ---- MariaDB

my_usable() {
  have mariadb && mariadb --no-defaults --connect-timeout=3 -h 127.0.0.1 -P "$1" -u root -e 'create database if not exists test' >/dev/null 2>&1
}

mysql() {
  my_usable 3306 && { my_url 3306; return; }
  have mariadbd && have mariadb-install-db && have mariadb || install_packages mariadb-server || { say "MariaDB: not installed, its tests will be skipped"; return; }
  my_usable 3306 && { my_url 3306; return; }
  local port data=$state/mariadb user=mysql
  port=$(free_port)
  is_root || user=$(id -un)
  mkdir -p "$data"
  if is_root; then chown "$user" "$data"; fi
  if ! as "$user" mariadb-install-db --no-defaults --datadir="$data/data" --auth-root-authentication-method=normal --skip-test-db >"$state/mariadb.log" 2>&1; then
    say "MariaDB: mariadb-install-db failed ($(tail -1 "$state/mariadb.log")), its tests will be skipped"
    return
  fi
  serve TERM "$user" "$state/mariadb.log" "$(command -v mariadbd)" --no-defaults --datadir="$data/data" --port="$port" --socket="$data/s" --pid-file="$data/pid" \
    --bind-address=127.0.0.1 --skip-name-resolve --max-connections=300 --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0
  if wait_for 30 my_usable "$port"; then my_url "$port"; else say "MariaDB: does not start ($(tail -1 "$state/mariadb.log")), its tests will be skipped"; fi
}

my_url() { offer GOAUTH_TEST_MYSQL "root@tcp(127.0.0.1:$1)/test?parseTime=true&loc=UTC&interpolateParams=true"; }

# ---- Redis

redis_usable() { have redis-cli && [[ $(redis-cli -h 127.0.0.1 -p "$1" ping 2>/dev/null) = PONG ]]; }

redis() {
  redis_usable 6379 && { redis_url 6379; return; }
  have redis-server && have redis-cli || install_packages redis-server || { say "Redis: not installed, its tests will be skipped"; return; }
  redis_usable 6379 && { redis_url 6379; return; }
  local port
  port=$(free_port)
  serve TERM "$(id -un)" "$state/redis.log" redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$state"
  if wait_for 10 redis_usable "$port"; then redis_url "$port"; else say "Redis: does not start ($(tail -1 "$state/redis.log")), its tests will be skipped"; fi
}

redis_url() { offer GOAUTH_TEST_REDIS "redis://127.0.0.1:$1/0"; }

# ----

offer() { printf "export %s='%s'\n" "$1" "$2" >>"$env_file"; }

start() {
  mkdir -p "$state"
  : >"$env_file"
  [[ ${GOAUTH_SERVICES:-} != none ]] || { say "GOAUTH_SERVICES=none: nothing is started, tests that need a server will be skipped"; return; }
  if [[ -n ${GOAUTH_TEST_POSTGRES:-} ]]; then offer GOAUTH_TEST_POSTGRES "$GOAUTH_TEST_POSTGRES"; else postgres; fi
  if [[ -n ${GOAUTH_TEST_MYSQL:-} ]]; then offer GOAUTH_TEST_MYSQL "$GOAUTH_TEST_MYSQL"; else mysql; fi
  if [[ -n ${GOAUTH_TEST_REDIS:-} ]]; then offer GOAUTH_TEST_REDIS "$GOAUTH_TEST_REDIS"; else redis; fi
}

stop() {
  [[ -d $state ]] || return 0
  if [[ -f $state/pids ]]; then
    local signal pid
    while read -r signal pid; do kill -s "$signal" "$pid" 2>/dev/null || true; done <"$state/pids"
    while read -r signal pid; do wait_for 15 dead "$pid" || say "process $pid does not stop"; done <"$state/pids"
  fi
  rm -rf "$state"
}

dead() { ! kill -0 "$1" 2>/dev/null; }

case ${1:-print} in
  print)
    # Those that an earlier call left running are used again.
    [[ -f $env_file && -f $state/pids ]] && while read -r _ pid; do dead "$pid" && { stop; break; }; done <"$state/pids"
    [[ -f $env_file && -f $state/pids ]] || start
    cat "$env_file"
    ;;
  run)
    shift
    state=$(mktemp -d "${TMPDIR:-/tmp}/goauth-services-run.XXXXXX")
    chmod 755 "$state" # the servers' users enter it
    env_file=$state/env
    trap stop EXIT
    start
    # shellcheck disable=SC1090
    . "$env_file"
    "$@"
    ;;
  stop) stop ;;
  *)
    say "unknown command $1: use nothing, run COMMAND, or stop"
    exit 2
    ;;
esac
