package org.nestwalk.lab.conformance;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;

/// What checking a batch found.
///
/// @param cases cases run
/// @param accesses accesses checked
/// @param mismatches accesses that differ
/// @param first the first mismatches, as many as were to be kept
/// @param line the line at which the check ended
/// @param error what is wrong with that line, or null if the whole batch was checked
record BatchResult(
        long cases,
        long accesses,
        long mismatches,
        List<Mismatch> first,
        int line,
        @Nullable InputException error) {}
