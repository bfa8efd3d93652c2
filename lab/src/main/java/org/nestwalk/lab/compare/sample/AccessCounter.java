package org.nestwalk.lab.compare.sample;

import java.util.Map;
import java.util.OptionalLong;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// Counts the accesses of a source.
///
/// @param limit most to count
record AccessCounter(AccessSource source, long limit) {
    /// How many there are, or how many there were until `progress` ended it.
    ///
    /// @param block for some of them at a time
    long count(ProgressListener progress, long[] block) {
        long counted = 0;
        int read = source.next(block);
        while (read > 0 && counted < limit) {
            counted += Access.count(block, 0, read);
            if (!progress.update(
                    new ProgressEvent(
                            "counted", counted, OptionalLong.empty(), "accesses", Map.of()))) {
                break;
            }
            read = source.next(block);
        }
        return Math.min(counted, limit);
    }
}
