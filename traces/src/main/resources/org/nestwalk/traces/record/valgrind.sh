#!/bin/sh
# What valgrind starts in its own place when a process under it executes a program: the recorded
# process goes on under valgrind, its children run without. The folder of this file has, beside the
# pipe, the recorded process's number in "pid" and lackey's path in "tool"; "program" is written here:
# the program executed and its arguments, with a zero byte after each; notes are as plugin.c says.
folder=${0%/*}
if [ "$$" = "$(cat "$folder/pid")" ]; then
  (
    while case ${1-} in --*) ;; *) false ;; esac; do shift; done
    printf '%s\0' "$@" >"$folder/program"
  )
  # A line that lackey itself never writes, at the place where the new program begins.
  echo '==nestwalk==' >"$folder/pipe"
  export VALGRIND_LAUNCHER="$0"
  exec "$(cat "$folder/tool")" "$@"
fi
while case ${1-} in --*) ;; *) false ;; esac; do shift; done
printf 'fork %s\nexec %s %s\n' $$ $$ "$1" >>"$folder/notes"
# Valgrind has put its own libraries in front.
LD_PRELOAD=$(printf %s "${LD_PRELOAD-}" | sed 's/[^: ]*vgpreload[^: ]*[: ]*//g')
[ -n "$LD_PRELOAD" ] || unset LD_PRELOAD
exec "$@"
