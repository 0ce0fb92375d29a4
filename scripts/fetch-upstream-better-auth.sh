#!/usr/bin/env bash
# Clones the pinned Better Auth into reference/upstream-src/VERSION/repository/
# (ignored by git), for the parity suite and for reading.
#
#   scripts/fetch-upstream-better-auth.sh [VERSION]
#
# VERSION defaults to the one that reference/upstream-better-auth/VERSION.md pins;
# only a version that it pins is taken, at exactly its commit. UPSTREAM_GIT names
# another source: a path, or a URL. Run again, it only checks what is there.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pins=$root/reference/upstream-better-auth/VERSION.md
source=${UPSTREAM_GIT:-https://github.com/better-auth/better-auth.git}

fail() {
  echo "fetch-upstream-better-auth: $*" >&2
  exit 1
}

command -v git >/dev/null || fail "git is not installed"
[[ $# -le 1 ]] || fail "want at most one argument, the version"

# The table's rows: | version | tag | commit | date |
pinned=$(grep -E '^\| *[0-9]+\.[0-9]+\.[0-9]+ *\|' "$pins") || fail "no pinned version in $pins"
version=${1:-$(awk -F'|' 'NR == 1 { gsub(/[ `]/, "", $2); print $2 }' <<<"$pinned")}
read -r tag commit < <(awk -F'|' -v v="$version" '{ gsub(/[ `]/, "") } $2 == v { print $3, $4 }' <<<"$pinned") ||
  fail "version $version is not pinned in reference/upstream-better-auth/VERSION.md"
[[ $commit =~ ^[0-9a-f]{40}$ ]] || fail "the pin of $version is not a full commit hash: $commit"

to=$root/reference/upstream-src/$version/repository
head_of() { git -C "$1" rev-parse --verify --quiet HEAD; }

if [[ -d $to/.git ]]; then
  have=$(head_of "$to" || echo nothing)
  [[ $have = "$commit" ]] || fail "$to is at $have, the pin is $commit: delete it and run this again"
  [[ -z $(git -C "$to" status --porcelain --untracked-files=no) ]] || fail "$to has local changes: delete it and run this again"
  echo "Better Auth $version ($commit) is in ${to#"$root"/}"
  exit 0
fi
[[ ! -e $to ]] || fail "$to exists and is no checkout: delete it and run this again"

mkdir -p "$(dirname "$to")"
part=$(mktemp -d "$(dirname "$to")/.part.XXXXXX")
trap 'rm -rf "$part"' EXIT
said=$(GIT_TERMINAL_PROMPT=0 git -c advice.detachedHead=false clone --quiet --depth 1 --branch "$tag" -- "$source" "$part/repository" 2>&1) ||
  fail "cannot clone tag $tag from $source (set UPSTREAM_GIT to another source): $(tail -1 <<<"$said")"
have=$(head_of "$part/repository")
[[ $have = "$commit" ]] || fail "tag $tag of $source is at $have, the pin is $commit: nothing was kept"
mv "$part/repository" "$to"
echo "Better Auth $version ($commit) is in ${to#"$root"/}"
