package org.nestwalk.traces.record;

/// What came of a recording.
///
/// @param recorder the tool that recorded, such as `qemu-x86_64`
/// @param accesses how many accesses the file holds
/// @param bytes the file's size
/// @param stopped whether the program was stopped: by the limit, or because the user wished so
/// @param exitStatus the program's exit status, 128 plus the signal's number if a signal ended it
public record Recording(
        String recorder, long accesses, long bytes, boolean stopped, int exitStatus) {}
