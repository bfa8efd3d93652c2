package org.nestwalk.traces.record;

import java.nio.file.Path;
import java.util.List;

/// What to record and where to.
///
/// @param command the program and its arguments; not empty
/// @param output the `.nwt` file to create or replace
/// @param tool what to record with
/// @param dataOnly whether to leave out instruction fetches
/// @param limit after how many accesses to stop the program; `Long.MAX_VALUE` for never
public record RecordRequest(
        List<String> command, Path output, Tool tool, boolean dataOnly, long limit) {}
