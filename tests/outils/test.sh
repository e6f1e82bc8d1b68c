#!/usr/bin/env bash
# The suite: SQLite, then PostgreSQL in a private cluster, then journeys in Chromium, then interop.
# What could not run is said in one line, with how to get it; with CI=true everything must run.
set -u
cd "$(dirname "$0")/../.."
bin=.venv/bin
export PYTHONPATH=$PWD
what=${1:-all}
failed=() ; missing=()
# What the suite writes lives in memory where there is room: databases of races, profiles of Chromium, the cluster.
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
[ "${room:-0}" -gt 2000000 ] && [ -w /dev/shm ] && export TMPDIR=/dev/shm
work=$(mktemp -d -t tandem-test.XXXXXX); chmod 755 "$work"; export TMPDIR=$work
trap 'rm -rf "$work"' EXIT
# Modules are compiled once for all workers and all parts, out of the sources; kept from one run to the next.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/tandem/pycache
need() { # message: something is not on this machine
  missing+=("$1"); echo "NON LANCÉ : $1"; [ "${CI:-}" = true ] && failed+=("$1")
}
apt_install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1
}
part() {
  local name=$1; shift
  local start=$SECONDS
  echo "== $name"
  if "$@"; then echo "== $name: ok, $((SECONDS - start)) s"; else echo "== $name: FAILED, $((SECONDS - start)) s"; failed+=("$name"); fi
}
unit() { $bin/pytest -q -p no:cacheprovider -n 2 --dist worksteal tandem config simulateurs tests/maison tests/attaques tests/fiabilite "$@"; }

# Some tests look inside the PDF that was made.
readers() {
  command -v pdfinfo >/dev/null || apt_install poppler-utils
  command -v pdfinfo >/dev/null || { missing+=("poppler-utils"); echo "NON LANCÉ : la lecture des PDF (apt-get install poppler-utils)"; }
}
sqlite() { readers; part "tests unitaires, SQLite" unit; }

postgresql() {
  local initdb; initdb=$(find_initdb)
  if [ -z "$initdb" ]; then apt_install postgresql && initdb=$(find_initdb); fi
  if [ -z "$initdb" ]; then need "PostgreSQL (apt-get install postgresql)"; return; fi
  local pg; pg=$(dirname "$initdb")
  local dir=$work/cluster; mkdir "$dir"; chmod 755 "$dir"
  local as=()
  if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || useradd --system --no-create-home postgres
    chown postgres "$dir"; as=(runuser -u postgres --)
  fi
  # By a socket of this folder alone: no port that another program could take.
  if ! (cd "$dir" && "${as[@]}" "$initdb" -D "$dir/data" -U tandem -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 \
    && "${as[@]}" "$pg/pg_ctl" -D "$dir/data" -w -l "$dir/server.log" \
       -o "-k $dir -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off" \
       start >>"$dir/log" 2>&1); then
    cat "$dir/log"; failed+=("PostgreSQL did not start"); return
  fi
  # --reuse-db: nothing to drop, the whole cluster goes; a thread of a race may still hold a connection.
  DATABASE_URL="postgresql://tandem@${dir//\//%2F}/postgres" part "tests unitaires, PostgreSQL" unit --reuse-db
  (cd "$dir" && "${as[@]}" "$pg/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1)
  rm -rf "$dir"
}
find_initdb() {
  # Debian hides the real one by version; the newest serves.
  local found; found=$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(command -v initdb || true)
  [ -n "$found" ] && [ -x "$(dirname "$found")/pg_ctl" ] && echo "$found"
}

parcours() {
  command -v chromium >/dev/null || apt_install chromium
  if ! command -v chromium >/dev/null; then need "Chromium (apt-get install chromium)"; return; fi
  part "parcours dans Chromium" $bin/pytest -q -p no:cacheprovider -n 2 --dist loadscope tests/parcours
}

interop() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then need "Node 20 et npm (apt-get install nodejs npm)"; return; fi
  (cd tests/interop && [ -d node_modules ] && [ node_modules -nt package-lock.json ] || npm ci --silent --no-audit --no-fund) \
    || { failed+=("npm ci"); return; }
  part "interop" $bin/pytest -q -p no:cacheprovider tests/interop
}

case $what in
  all) sqlite; postgresql; parcours; interop ;;
  sqlite | postgresql | parcours | interop) "$what" ;;
  *) echo "usage: test.sh all|sqlite|postgresql|parcours|interop"; exit 2 ;;
esac
[ ${#failed[@]} -eq 0 ] && exit 0
echo "test: ${#failed[@]} failed: ${failed[*]}"; exit 1
