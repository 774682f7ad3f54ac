#!/usr/bin/env bash
# Lint steps, each of them also on its own: scripts/lint.sh [format|tidy|coroutines|all] [FILE...]
#
#   format       clang-format 19 over every tracked C++ file
#   tidy         clang-tidy 19 (.clang-tidy) on files changed since the base, or on those named. The base is $LINT_BASE,
#                else where the branch left origin/main, else the commit before; $LINT_SECONDS (default 480) bounds it, and
#                what did not fit is named
#   coroutines   what GCC 12 compiles to memory corruption, and lambdas whose captures die before they end (style: name it,
#                then await it), in every file with co_await
set -euo pipefail
. "$(dirname "$0")/lib.sh"

budget=${LINT_SECONDS:-480}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cpp_files() {
  git ls-files -- 'src/*.cpp' 'src/*.h' 'include/*.h' 'tests/*.cpp' 'tests/*.h' 'bench/*.cpp' 'bench/*.h' \
    ':!tests/golden'
}

# Files that are tracked but were deleted in the working tree are nobody's fault.
existing() { while IFS= read -r file; do [ -f "$file" ] && printf '%s\n' "$file"; done; true; }

# Compile commands and generated headers, which both clang tools need.
prepare_database() {
  configure asan
  build asan slipway_api_generate
}

lint_format() {
  have clang-format-19 || { say "format: no clang-format-19 here, not checked"; return 0; }
  cpp_files | existing | xargs -r clang-format-19 --dry-run -Werror
}

# The commit to compare with; nothing when there is none (a first commit, a shallow clone).
lint_base() {
  local base head
  head=$(git rev-parse HEAD)
  if [ -n "${LINT_BASE:-}" ]; then
    git rev-parse --verify --quiet "$LINT_BASE^{commit}" || die "LINT_BASE=$LINT_BASE is no commit here"
    return
  fi
  if base=$(git merge-base HEAD origin/main 2>/dev/null) && [ "$base" != "$head" ]; then
    echo "$base"
    return
  fi
  git rev-parse --verify --quiet 'HEAD~1^{commit}' || true
}

# Changed .cpp files below src/, newest changes first; a changed header stands for the .cpp beside it or in its module.
changed_sources() {
  local base file
  base=$(lint_base)
  {
    if [ -n "$base" ]; then
      git diff --name-only --diff-filter=d "$base"
    else
      git ls-files
    fi
    git ls-files --others --exclude-standard
  } | while IFS= read -r file; do
    case $file in
      src/*.cpp) echo "$file" ;;
      src/*.h) echo "${file%.h}.cpp" ;;
      include/slipway/*.h) file=${file#include/slipway/}; echo "src/${file%.h}.cpp" ;;
    esac
  done | sort -u | existing
}

# One file; run by xargs in a shell of its own. $4 is the second since the epoch when the budget ends.
tidy_one() {
  if [ "$(date +%s)" -ge "$4" ]; then
    echo "$1" >>"$2/skipped"
    return 0
  fi
  clang-tidy-19 -p "$3" --quiet --warnings-as-errors='*' "$1" 2>"$2/$$.err" && return
  grep -E 'error|rror while' "$2/$$.err" >&2
  return 1
}

lint_tidy() {
  have clang-tidy-19 || { say "tidy: no clang-tidy-19 here, not checked"; return 0; }
  local files=("$@") status=0
  [ $# -gt 0 ] || mapfile -t files < <(changed_sources)
  if [ ${#files[@]} -eq 0 ]; then
    say "tidy: no changed file below src/"
    return
  fi
  prepare_database
  export -f tidy_one
  printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(jobs_that_fit)" \
    bash -c 'tidy_one "$4" "$1" "$2" "$3"' tidy "$scratch" build/asan "$(( $(date +%s) + budget ))" || status=1
  local skipped=0
  [ -f "$scratch/skipped" ] && skipped=$(wc -l <"$scratch/skipped")
  say "tidy: $(( ${#files[@]} - skipped )) of ${#files[@]} files checked"
  if [ "$skipped" -gt 0 ]; then
    say "tidy: not checked, because $budget seconds were over (LINT_SECONDS): $(sort "$scratch/skipped" | tr '\n' ' ')"
  fi
  return $status
}

# clang-query matchers. forCallable keeps each within one function: what a lambda's body does is the lambda's affair.
# A cxxBindTemporaryExpr is a temporary with a destructor that does something, so plain structures of numbers pass.
write_matchers() {
  local function='forCallable(functionDecl(equalsBoundNode("function")))'
  local awaits="isExpansionInMainFile(), forCallable(functionDecl().bind(\"function\")), hasDescendant(coawaitExpr($function))"
  local owner='coroutineBodyStmt(isExpansionInMainFile(), forCallable(cxxMethodDecl(ofClass(cxxRecordDecl(isLambda(), has(fieldDecl()))))))'
  printf '%s\n' 'set output diag' 'set bind-root false' \
    "match exprWithCleanups($awaits, forEachDescendant(cxxBindTemporaryExpr(has(initListExpr()), $function).bind(\"a temporary aggregate in an expression that awaits: name it first\")))" \
    "match exprWithCleanups($awaits, forEachDescendant(cxxBindTemporaryExpr(has(lambdaExpr()), $function).bind(\"a lambda that owns its captures in an expression that awaits: name it first\")))" \
    "match $owner.bind(\"a capturing lambda is a coroutine: its captures die with the closure; write a function with parameters\")"
}

# A file that does not parse proves nothing, so that is a fault too.
coroutines_one() {
  local out
  out=$(clang-query-19 -p "$2" -f "$3" "$1" 2>&1) || { printf '%s\n' "$out" >&2; return 1; }
  if grep -E '^[^ ]+: (fatal )?error: |^[0-9]+:[0-9]+: Error ' <<<"$out" >&2; then
    return 1
  fi
  ! grep -E 'note: "a .* binds here' <<<"$out" | sed 's/note: "\(.*\)" binds here/error: \1/' | sort -u | grep . >&2
}

lint_coroutines() {
  have clang-query-19 || { say "coroutines: no clang-query-19 here, not checked"; return 0; }
  local files=("$@")
  [ $# -gt 0 ] || mapfile -t files < <(git grep -lw co_await -- 'src/*.cpp' 'tests/*.cpp' 'bench/*.cpp' | existing)
  if [ ${#files[@]} -eq 0 ]; then
    say "coroutines: no file awaits"
    return
  fi
  prepare_database
  write_matchers >"$scratch/matchers"
  export -f coroutines_one
  local status=0
  printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(jobs_that_fit)" \
    bash -c 'coroutines_one "$3" "$1" "$2"' coroutines build/asan "$scratch/matchers" || status=1
  say "coroutines: ${#files[@]} files checked"
  return $status
}

step=${1:-all}
[ $# -gt 0 ] && shift
case $step in
  format) lint_format ;;
  tidy) lint_tidy "$@" ;;
  coroutines) lint_coroutines "$@" ;;
  all) lint_format; lint_tidy; lint_coroutines ;;
  *) say "usage: scripts/lint.sh [format|tidy|coroutines|all] [FILE...]"; exit 2 ;;
esac
