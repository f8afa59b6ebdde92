# shellcheck shell=bash
# Installs what the build needs on Debian 12, from apt and npm only. Sourced by ./dev, which calls `setup`.

readonly npm_stamp=node_modules/.steelyard-installed

# Debian's Node knows only the authorities that were compiled into it; these are the system's.
if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -e /etc/ssl/certs/ca-certificates.crt ]]; then
  export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
fi

# packages_in: the lines of a package list on stdin without comments, as "name version-pattern".
packages_in() {
  local name pattern rest
  while read -r name pattern rest; do
    [[ -z $name || $name == '#'* ]] || printf '%s %s\n' "$name" "$pattern"
  done
}

# apt_missing FILE: those packages of FILE, as apt's "name=version-pattern", that are not installed in that version.
apt_missing() {
  local name pattern status installed
  declare -A versions=()
  while read -r status name installed; do
    [[ $status == installed ]] && versions[${name%%:*}]=$installed
  done < <(dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n')
  while read -r name pattern; do
    # shellcheck disable=SC2053 # the right side is a pattern
    [[ ${versions[$name]:-} == $pattern ]] || printf '%s=%s\n' "$name" "$pattern"
  done < <(packages_in <"$1")
}

# has_node: whether a Node that can install the npm packages is there already.
has_node() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)'
}

# as_root COMMAND...: runs it as root, by sudo if need be.
as_root() {
  if ((EUID == 0)); then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# without_cluster PACKAGES...: keeps Debian's PostgreSQL, if it is among them, from creating a database of its own and
# starting its server. The tests start servers for themselves.
without_cluster() {
  local directory=/etc/postgresql-common/createcluster.d
  if [[ " $* " == *" postgresql-"* && ! -e $directory ]]; then
    as_root mkdir -p "$directory"
    echo 'create_main_cluster = false' | as_root tee "$directory/steelyard.conf" >/dev/null
  fi
}

# setup_apt FILES...: installs what is missing of the packages that FILES list.
setup_apt() {
  local missing file
  mapfile -t missing < <(
    for file in "$@"; do apt_missing "$file"; done
    has_node || apt_missing deploy/setup/node.txt
  )
  if ((${#missing[@]} == 0)); then
    return 0
  fi
  if ! command -v apt-get >/dev/null; then
    fail "setup needs Debian 12: there is no apt-get here. To do without, install by hand: ${missing[*]}"
  fi
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    fail "setup has to install Debian packages, but you are not root and there is no sudo. As root, run:
  apt-get update && apt-get install --no-install-recommends $(printf "'%s' " "${missing[@]}")"
  fi
  printf 'setup: installing %d Debian packages: %s\n' "${#missing[@]}" "${missing[*]%%=*}"
  mkdir -p build/log
  local log=build/log/apt.log
  if ! { without_cluster "${missing[@]}" && as_root apt-get -q update &&
    as_root apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 install "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    local os
    os=$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-unknown}")
    fail "apt-get failed (all of its output is in $log). The versions are Debian 12's; this is: $os"
  fi
}

# npm_inputs: one hash over what decides the contents of node_modules.
npm_inputs() {
  cat package.json package-lock.json .npmrc | sha256sum | cut -d' ' -f1
}

setup_npm() {
  local wanted file intact=1
  wanted=$(npm_inputs)
  for file in @bufbuild/buf-linux-x64/bin/buf @duckdb/node-bindings-linux-x64/libduckdb.so \
    duckdb/src/duckdb/src/include/duckdb.h google-gax/build/protos/google/api/annotations.proto; do
    [[ -s node_modules/$file ]] || intact=0
  done
  if ((intact)) && [[ -e $npm_stamp && $(cat "$npm_stamp") == "$wanted" ]]; then
    return 0
  fi
  echo 'setup: installing npm packages from package-lock.json: DuckDB, its C header, Google API protos, buf'
  mkdir -p build/log
  if ! npm ci --no-audit --no-fund >build/log/npm.log 2>&1; then
    tail -n 25 build/log/npm.log >&2
    fail 'npm ci failed (all of its output is in build/log/npm.log)'
  fi
  printf '%s\n' "$wanted" >"$npm_stamp"
}

# setup: brings the machine to the state that building and testing need. Says nothing if there was nothing to do.
setup() {
  setup_apt deploy/setup/apt-build.txt
  setup_npm
}

# setup_lint: the same for ./dev lint and ./dev fix.
setup_lint() {
  setup_apt deploy/setup/apt-build.txt deploy/setup/apt-lint.txt
  setup_npm
}
