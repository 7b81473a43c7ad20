# shellcheck shell=bash
# Sourced by app/run.sh and tests/run.sh: what a machine needs before it can build, and the build itself.

# Usage: installMissing build [test] [bench]
# Installs what app/packages.list names under these words and dpkg does not have.

installMissing() {
  local list packages=() missing=() package group
  list="$(dirname "${BASH_SOURCE[0]}")/packages.list"
  for group in "$@"; do
    while read -r package; do
      packages+=("$package")
    done < <(awk -v group="$group" '$1 == group { print $2 }' "$list")
  done

  if ! command -v dpkg-query > /dev/null; then
    echo "This system has no dpkg, so nothing was installed; app/packages.list says what the build needs." >&2
    return 0
  fi
  for package in "${packages[@]}"; do
    case "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2> /dev/null)" in
      ?i*) ;;
      *) missing+=("$package") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return 0

  local asRoot=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null; then
      echo "These packages are missing and installing them needs root or sudo: ${missing[*]}" >&2
      return 1
    fi
    asRoot=(sudo)
  fi
  echo "Installing: ${missing[*]}"
  local log
  log="$(mktemp)"
  # An old package index names versions that the archive no longer holds, so it is renewed first. Its status is not
  # asked: a broken third-party source need not stop us, and where nothing can be reached the installation fails.
  "${asRoot[@]}" apt-get -q update > "$log" 2>&1
  if ! "${asRoot[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install \
      "${missing[@]}" >> "$log" 2>&1; then
    if grep -qE 'resolving|[Cc]ould not connect|unreachable|Unable to locate' "$log"; then
      echo "The packages could not be installed because the package archive cannot be reached or lacks one of them: check the network, and that this is Debian 12." >&2
    else
      grep -E '^E:' "$log" | head -n 5 >&2
      echo "The packages could not be installed; the whole output is in $log." >&2
    fi
    return 1
  fi
  rm -f "$log"
}

# Usage: buildPreset PRESET [target...]
# Configures where needed and builds without a word per file: one line for every tenth of the work.
buildPreset() {
  local preset="$1" log jobs memory
  shift
  log="build/$preset.log"
  mkdir -p build
  # A compiler process may take a gigabyte here; more of them than that fits would swap.
  jobs="$(nproc)"
  memory="$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)"
  [ "${memory:-$jobs}" -lt "$jobs" ] && jobs=$((memory > 0 ? memory : 1))

  echo "Configuring ($preset)"
  if ! cmake --preset "$preset" > "$log" 2>&1; then
    grep -A 12 -E 'CMake Error' "$log" | head -n 40 >&2
    echo "The build could not be configured; the whole output is in $log." >&2
    return 1
  fi
  local shown=-1 tenth line
  cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"} 2>&1 | tee -a "$log" |
    while IFS= read -r line; do
      [[ "$line" =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
      tenth=$((BASH_REMATCH[1] * 10 / BASH_REMATCH[2]))
      if [ "$tenth" -gt "$shown" ]; then
        echo "Building ($preset): ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]} steps"
        shown=$tenth
      fi
    done
  if [ "${PIPESTATUS[0]}" -ne 0 ]; then
    if grep -q '^FAILED:' "$log"; then sed -n '/^FAILED:/,$p' "$log" | head -n 60 >&2; else tail -n 3 "$log" >&2; fi
    echo "The build failed; the whole output is in $log." >&2
    return 1
  fi
}
