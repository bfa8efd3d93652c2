package org.nestwalk.lab.conformance;

import java.util.Map;

/// One access whose answer or effect on memory is not the expected one.
///
/// @param caseId the case
/// @param index which of its accesses, from 0
/// @param access the access as the case writes it
/// @param expected fields of the expected answer
/// @param got fields of the walker's answer
/// @param difference what differs: `answer`, or a place in memory or the log index
public record Mismatch(
        String caseId,
        int index,
        String access,
        Map<String, String> expected,
        Map<String, String> got,
        String difference) {}
