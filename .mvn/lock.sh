# Sourced by ./mvnw and ./nestwalk: one build of a tree at a time, since two would overwrite each
# other's classes. POSIX sh.

# Takes the lock of the tree $1, waiting for whoever has it, and says so. It is held until the shell
# ends, or what it executes in its place; nested builds need none. With flock the kernel frees it in
# any case; without, a directory names the holder's process, and that of a process that is gone is
# taken over.
nestwalk_lock() {
  [ -z "${NESTWALK_BUILDING:-}" ] && [ -w "$1/.mvn" ] || return 0
  NESTWALK_BUILDING=$$
  export NESTWALK_BUILDING
  nestwalk_lock_file=$1/.mvn/build.lock
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$nestwalk_lock_file"
    flock -n 9 2>/dev/null && return 0
    nestwalk_lock_wait
    flock 9
    return 0
  fi
  nestwalk_lock_file=$nestwalk_lock_file.d
  nestwalk_lock_said=
  nestwalk_lock_nameless=0
  until mkdir "$nestwalk_lock_file" 2>/dev/null; do
    nestwalk_lock_holder=$(cat "$nestwalk_lock_file/pid" 2>/dev/null || :)
    if [ -z "$nestwalk_lock_holder" ]; then
      # Its process has not written its number yet, or was killed before it could.
      nestwalk_lock_nameless=$((nestwalk_lock_nameless + 1))
    fi
    if [ "$nestwalk_lock_nameless" -gt 10 ] ||
      { [ -n "$nestwalk_lock_holder" ] && ! ps -p "$nestwalk_lock_holder" >/dev/null 2>&1; }; then
      # Only one of several that find it abandoned can rename it; a new one goes back.
      if mv "$nestwalk_lock_file" "$nestwalk_lock_file.$$" 2>/dev/null; then
        if [ "$(cat "$nestwalk_lock_file.$$/pid" 2>/dev/null || :)" = "$nestwalk_lock_holder" ]; then
          rm -rf "$nestwalk_lock_file.$$"
        else
          mv "$nestwalk_lock_file.$$" "$nestwalk_lock_file"
        fi
      fi
      continue
    fi
    [ -n "$nestwalk_lock_said" ] || nestwalk_lock_wait
    nestwalk_lock_said=1
    sleep 1
  done
  echo $$ >"$nestwalk_lock_file/pid"
}

nestwalk_lock_wait() {
  echo "nestwalk: another build of this checkout is running; waiting for it to end" >&2
}

# Frees what nestwalk_lock took, where the process goes on after its build.
nestwalk_unlock() {
  [ "${NESTWALK_BUILDING:-}" = $$ ] || return 0
  rm -rf "$1/.mvn/build.lock.d"
  exec 9>&-
}
