# Sourced by ./mvnw, ./nestwalk and ./check: sets JAVA_HOME to the newest JDK that is at least
# 25.0.3, or explains what was looked at and how to get one. POSIX sh; changes nothing else.

nestwalk_least=25.0.3

# Prints "MAJOR.MINOR.PATCH" of the JDK in $1, or nothing. The release file answers in no time; a
# directory without one, or without javac, is not a JDK we can build with.
nestwalk_jdk_version() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9.]*\).*"$/\1/p' "$1/release" | head -n 1
}

# A version as one comparable number: 25.0.3 is 25000003.
nestwalk_rank() {
  nestwalk_saved_ifs=$IFS
  IFS=.
  # shellcheck disable=SC2086
  set -- $1
  IFS=$nestwalk_saved_ifs
  printf '%d%03d%03d' "${1:-0}" "${2:-0}" "${3:-0}"
}

nestwalk_find_jdk() {
  nestwalk_best=
  nestwalk_best_rank=$(($(nestwalk_rank "$nestwalk_least") - 1))
  nestwalk_seen=
  nestwalk_on_path=$(command -v javac 2>/dev/null || :)
  if [ -n "$nestwalk_on_path" ]; then
    nestwalk_on_path=$(readlink -f "$nestwalk_on_path" 2>/dev/null || printf '%s' "$nestwalk_on_path")
    nestwalk_on_path=${nestwalk_on_path%/bin/javac}
  fi
  for nestwalk_dir in "${JAVA_HOME:-}" "$nestwalk_on_path" \
    /usr/lib/jvm/* /opt/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
    "${HOME:-}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$nestwalk_dir" ] && [ -d "$nestwalk_dir" ] || continue
    nestwalk_version=$(nestwalk_jdk_version "$nestwalk_dir")
    [ -n "$nestwalk_version" ] || continue
    nestwalk_seen="$nestwalk_seen
  $nestwalk_dir ($nestwalk_version)"
    nestwalk_this=$(nestwalk_rank "$nestwalk_version")
    if [ "$nestwalk_this" -gt "$nestwalk_best_rank" ]; then
      nestwalk_best=$nestwalk_dir
      nestwalk_best_rank=$nestwalk_this
    fi
  done
  if [ -z "$nestwalk_best" ]; then
    {
      echo "Nestwalk needs a JDK, version $nestwalk_least or newer, and found none."
      echo "JDKs seen:${nestwalk_seen:- none}"
      echo "Looked at JAVA_HOME, javac on the PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks, mise and macOS's JDK folder."
      echo "Install one from your distribution (for example the package openjdk-25-jdk or temurin-25-jdk), or with sdkman: sdk install java 25-tem."
    } >&2
    return 2
  fi
  JAVA_HOME=$nestwalk_best
  export JAVA_HOME
}
