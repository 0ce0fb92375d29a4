#!/usr/bin/env bash
# The gate, golangci-lint and govulncheck over every module of modules.txt.
#
#   scripts/lint.sh
#
# The tools are pinned in scripts/tools/go.mod and built once into .cache/bin.
# govulncheck needs its database: GOVULNDB names another one (file:///… works
# offline); when none is reached, one line says so and lint goes on.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

bin=$PWD/.cache/bin
failed=0

tool() { # an import path: builds it if the pins are newer than the binary
  local name=${1##*/}
  [[ -x $bin/$name && $bin/$name -nt scripts/tools/go.mod ]] && return
  echo "lint: building $name (once)"
  mkdir -p "$bin"
  GOWORK=off go -C scripts/tools build -o "$bin/$name" "$1" && touch "$bin/$name"
}

modules=()
while read -r dir _; do
  [[ -z $dir || $dir = \#* ]] && continue
  # A module that has no Go file yet is no error.
  [[ -n $(go -C "$dir" list ./... 2>/dev/null) ]] && modules+=("./$dir/...")
done <modules.txt

echo "lint: gate"
go run ./scripts/gate || failed=1

echo "lint: golangci-lint"
if tool github.com/golangci/golangci-lint/v2/cmd/golangci-lint; then
  "$bin/golangci-lint" run "${modules[@]}" || failed=1
else
  echo "lint: golangci-lint cannot be built" >&2
  failed=1
fi

echo "lint: govulncheck"
vulnerabilities() { # it looks at one module at a time
  local dir said
  for dir in "${modules[@]}"; do
    said=$("$bin/govulncheck" -C "${dir%/...}" ${GOVULNDB:+-db "$GOVULNDB"} ./... 2>&1) && continue
    if grep -q 'fetching vulnerabilities' <<<"$said"; then
      echo "lint: the vulnerability database is not reachable (GOVULNDB can name another): nothing was checked against it"
      return 0
    fi
    printf '%s:\n%s\n' "${dir%/...}" "$said"
    failed=1
  done
}
if tool golang.org/x/vuln/cmd/govulncheck; then
  vulnerabilities
else
  echo "lint: govulncheck cannot be built" >&2
  failed=1
fi

exit $failed
