package org.nestwalk.traces.record;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What came of a recording.
///
/// @param recorder the tool that recorded, such as `qemu-x86_64`
/// @param dependence whether the file says which accesses depend on which
/// @param program the program that was recorded and its arguments: another one than asked for, by
///   its path, if that executed another in its place
/// @param accesses how many accesses the file holds
/// @param bytes the file's size
/// @param stopped whether the program was stopped: by the limit, or because the user wished so
/// @param exitStatus the program's exit status, 128 plus the signal's number if a signal ended it
/// @param children what each child process executed, which was not recorded; empty text for one
///   that executed nothing
/// @param left the program that the recorded one executed in its place and that could not be
///   recorded, or null
/// @param mapped bytes of anonymous memory that the program mapped in all; 0 where unknown
/// @param mappedAtMost bytes of it that were mapped at once, at most
public record Recording(
        String recorder,
        boolean dependence,
        List<String> program,
        long accesses,
        long bytes,
        boolean stopped,
        int exitStatus,
        List<String> children,
        @Nullable String left,
        long mapped,
        long mappedAtMost) {}
