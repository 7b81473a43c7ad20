#!/usr/bin/env bash
# Rules of the code that no compiler checks. Each is a function that prints what breaks it and then fails.
#   tests/layering.sh RULE SOURCE_FOLDER [PROGRAM]
#   tests/layering.sh selfTest      every rule of the sources must object to a file that breaks it
set -uo pipefail

# offending EXPLANATION PATTERN FOLDER NAMES…: fails where a file called like NAMES holds PATTERN.
offending() {
  local explanation="$1" pattern="$2" folder="$3" names=()
  shift 3
  for name in "$@"; do names+=(--include "$name"); done
  [ -d "$folder" ] || { echo "There is no folder $folder."; return 1; }
  if grep -rnE --exclude-dir build --exclude-dir .git "${names[@]}" "$pattern" "$folder"; then
    echo "$explanation"
    return 1
  fi
}

engineHasNoQtOrVtk() {
  offending "The engine includes neither Qt nor VTK." '#include *[<"](Q[A-Z]|Qt|vtk)' "$1/engine" '*.h' '*.cpp'
}
engineKnowsNoOtherLayer() {
  offending "The layers are engine <- widgets <- app." '#include *[<"](widgets|app)/' "$1/engine" '*.h' '*.cpp'
}
engineHeadersHideLibraries() {
  offending "Headers of the engine show none of its libraries' types." \
    '#include *[<"](opencv|google/protobuf|onnx|oneapi|dnnl|gif_lib|hwy/)' "$1/engine" '*.h'
}
# printf() writes numbers by the desktop's language; what the engine writes is read again.
engineNumbersHaveAPoint() {
  offending "The engine writes numbers by core/number_text.h." '\bv?(s|sn|f)?printf *\(' "$1/engine" \
    '*.h' '*.cpp'
}
onlyClipUsesOpenCv() {
  local found
  found="$(grep -rnE --include '*.h' --include '*.cpp' '#include *[<"]opencv' "$1/engine" "$1/widgets" "$1/app" |
    grep -v "^$1/engine/clip/")"
  [ -z "$found" ] && return 0
  echo "$found"
  echo "OpenCV stays inside engine/clip."
  return 1
}
widgetsKnowNoApp() {
  offending "The layers are engine <- widgets <- app." '#include *[<"]app/' "$1/widgets" '*.h' '*.cpp'
}
cmakeUsesTargetsOnly() {
  offending "Build rules belong to targets." \
    '^ *(include_directories|add_definitions|add_compile_options|link_libraries|link_directories|FetchContent_\w+|file\(GLOB)' \
    "$1" CMakeLists.txt
}

# The program holds one Qt and no library that drags in another.
programHasOneQt() {
  local libraries
  libraries="$(ldd "$2")" || { echo "ldd cannot read $2."; return 1; }
  grep -q libQt6Core <<< "$libraries" || { echo "$2 does not seem to be the program: it has no Qt 6."; return 1; }
  if grep -E 'libQt5|libopencv_(highgui|ccalib|cvv|viz)|not found' <<< "$libraries"; then
    echo "The program must hold no Qt 5 and no OpenCV module that brings it."
    return 1
  fi
}

# wideVectors OBJECTS: functions outside the kernels' own namespaces (N_AVX2, N_AVX3, …) that use vectors which not
# every x86-64 processor has. The linker may keep such a copy of a shared inline function for everybody, and the
# program would die of an illegal instruction on an older machine.
wideVectors() {
  local found
  found="$(objdump -d --no-show-raw-insn "$1" |
    awk '/^[0-9a-f]+ <.*>:$/ { name = $2 } /%[yz]mm/ { wide = 1; if (name !~ /N_AVX/) print name }
         END { if (!wide) print "(no wide vectors at all)" }' | sort -u)"
  echo "$found"
}
portableCodeIsPortable() {
  [ "$(uname -m)" = x86_64 ] || return 0
  local found
  found="$(wideVectors "$2")"
  [ -z "$found" ] && return 0
  echo "$found"
  echo "Only functions in a target's own namespace may use wide vectors, and $2 must hold some of those."
  return 1
}

# shellcheck disable=SC2016 # the backticks are Markdown
# README's table of packages and app/packages.list name the same ones.
readmeNamesThePackages() {
  local listed told
  listed="$(awk '$1 ~ /^[a-z]/ { print $2 }' "$1/app/packages.list" | sort -u)"
  told="$(sed -n '/^## Dependencies/,/^## /p' "$1/README.md" | grep -E '^\|' | cut -d'|' -f2 | grep -oE '`[^`]+`' |
    tr -d '`' | sort -u)"
  [ -n "$listed" ] && [ "$listed" = "$told" ] && return 0
  diff <(echo "$listed") <(echo "$told")
  echo "README.md (>) and app/packages.list (<) must name the same packages."
  return 1
}

# shellcheck disable=SC2016
selfTest() {
  local folder bad=0
  folder="$(mktemp -d)"
  mkdir -p "$folder"/{engine/clip,engine/conv,widgets,app}
  # breaks RULE FILE LINE: the rule must pass without the file and object to it.
  breaks() {
    "$1" "$folder" > /dev/null || { echo "$1 objects to clean sources."; bad=1; }
    echo "$3" > "$folder/$2"
    if "$1" "$folder" > /dev/null; then
      echo "$1 did not object to: $3"
      bad=1
    fi
    rm "$folder/$2"
  }
  breaks engineHasNoQtOrVtk engine/conv/a.cpp '#include <QString>'
  breaks engineHasNoQtOrVtk engine/a.h '#include <vtkActor.h>'
  breaks engineKnowsNoOtherLayer engine/a.cpp '#include "widgets/state/app_state.h"'
  breaks engineHeadersHideLibraries engine/clip/a.h '#include <opencv2/core.hpp>'
  breaks engineNumbersHaveAPoint engine/clip/a.cpp 'std::snprintf(text, 32, "%.3f", value);'
  breaks engineNumbersHaveAPoint engine/clip/a.cpp $'std::snprintf(\n    text, 32, "%.3f", value);'
  breaks onlyClipUsesOpenCv engine/conv/a.cpp '#include <opencv2/core.hpp>'
  breaks onlyClipUsesOpenCv widgets/a.cpp '#include "opencv2/core.hpp"'
  breaks widgetsKnowNoApp widgets/a.h '#include "app/command_line.h"'
  breaks cmakeUsesTargetsOnly CMakeLists.txt 'include_directories(engine)'
  breaks cmakeUsesTargetsOnly app/CMakeLists.txt '  file(GLOB sources *.cpp)'
  printf 'build  g++  compiler\n' > "$folder/app/packages.list"
  printf '## Dependencies\n| `g++` | compiler |\n## Next\n| `x` | y |\n' > "$folder/README.md"
  readmeNamesThePackages "$folder" > /dev/null || { echo "readmeNamesThePackages objects to equal lists."; bad=1; }
  printf 'build  cmake  build\n' >> "$folder/app/packages.list"
  readmeNamesThePackages "$folder" > /dev/null && { echo "readmeNamesThePackages misses a package."; bad=1; }
  if [ "$(uname -m)" = x86_64 ]; then
    echo 'void f(float* a) { for (int i = 0; i < 64; ++i) a[i] *= 2; }' > "$folder/f.cpp"
    if ! g++ -O3 -mavx2 -c "$folder/f.cpp" -o "$folder/f.o"; then
      echo "portableCodeIsPortable was not tried: g++ failed."
      bad=1
    elif portableCodeIsPortable "$folder" "$folder/f.o" > /dev/null; then
      echo "portableCodeIsPortable misses a function built for AVX2."
      bad=1
    fi
  fi
  rm -r "$folder"
  return $bad
}

"$@"
