#!/usr/bin/env bash
# Installs what is missing (Debian 12), builds ConvScope and starts it with the arguments given:
#   bash app/run.sh [program arguments]      for instance: bash app/run.sh clip.mp4 --kernel 3,5,5
#   bash app/run.sh --build-only             stops after the build
# What works without a display is the program's own affair: see bash app/run.sh --help.
set -uo pipefail
started="$PWD"
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
source app/setup.sh

buildOnly=false
arguments=()
for argument in "$@"; do
  if [ "$argument" = --build-only ]; then buildOnly=true; else arguments+=("$argument"); fi
done

# The program writes its own output (lists, --help) to stdout: the words about the build go to stderr.
installMissing build >&2 || exit 1
buildPreset release convscope >&2 || exit 1
program="$PWD/build/release/bin/convscope"
if $buildOnly; then
  echo "Built $program"
  exit 0
fi
# Files in the arguments are meant from where the user stands.
cd "$started" || exit 1
exec "$program" "${arguments[@]}"
