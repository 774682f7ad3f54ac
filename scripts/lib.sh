# shellcheck shell=bash
# Shared by the scripts beside it; sourced with bash, never run.
# After sourcing: $root is the repository, the working directory is $root.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Compile jobs that fit: one per core, and one per GiB of memory (a file with Beast takes about that much).
jobs_that_fit() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || echo "$cores")
  [ "${memory:-1}" -lt 1 ] && memory=1
  echo $(( cores < memory ? cores : memory ))
}

# The presets name clang++-19 and lld-19; where a distribution has neither, g++ 12 or later and its own linker do.
compiler_options() {
  if have clang++-19 && have ld.lld-19; then
    return
  fi
  printf '%s\n' -DCMAKE_CXX_COMPILER=g++ -DCMAKE_EXE_LINKER_FLAGS=
}

# configure PRESET: only when that build directory was never configured (CMake redoes it by itself when its files change).
configure() {
  [ -f "build/$1/build.ninja" ] && return
  local options=()
  [ "$1" = gcc ] || mapfile -t options < <(compiler_options)
  cmake --preset "$1" "${options[@]}" >&2
}

# build PRESET [TARGET...]: all of it without targets. Everything is written to standard error, nothing when up to date.
build() {
  local preset=$1
  shift
  configure "$preset"
  local targets=()
  [ $# -gt 0 ] && targets=(--target "$@")
  cmake --build "build/$preset" --parallel "$(jobs_that_fit)" "${targets[@]}" \
    | sed -u -e '/^ninja: no work to do\.$/d' -e '/Re-checking globbed directories/d' >&2
}

# Where `setup` keeps the log and the process id of a Docker Engine that it started.
engine_state_dir() { echo "${XDG_RUNTIME_DIR:-/tmp}/slipway-engine"; }

# The process id of a running engine that `setup` started; fails without one.
own_engine() {
  local pid
  pid=$(cat "$(engine_state_dir)/dockerd.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] && echo "$pid"
}
