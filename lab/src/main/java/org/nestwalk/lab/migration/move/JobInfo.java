package org.nestwalk.lab.migration.move;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.hypervisor.migration.MigrationRound;
import org.nestwalk.lab.migration.wire.PageCounts;

/// How far a migration is, in the columns that operators know from `virsh domjobinfo`.
///
/// @param timeElapsedMs since it began
/// @param memoryTotal bytes of the guest's memory
/// @param memoryProcessed bytes sent
/// @param memoryRemaining bytes to be sent, as far as they are known
/// @param memoryBandwidth bytes a second of late
/// @param dirtyRate pages a second that were found written in the last round; left out before one
///   is over
/// @param pageSize bytes
/// @param iteration rounds begun
/// @param constantPages pages of zeroes that were sent without contents
/// @param normalPages pages that were sent as they are
/// @param packedPages pages that were sent by their differences or packed
/// @param expectedDowntimeMs until what is left is sent: the downtime if the guest stopped now, but
///   for handing over, and the time left if it writes nothing more
public record JobInfo(
        double timeElapsedMs,
        long memoryTotal,
        long memoryProcessed,
        long memoryRemaining,
        long memoryBandwidth,
        @Nullable Long dirtyRate,
        long pageSize,
        int iteration,
        long constantPages,
        long normalPages,
        long packedPages,
        double expectedDowntimeMs) {
    private static final double MILLISECOND = 1e6;

    /// What `progress` says.
    static JobInfo of(MigrationProgress progress, PageCounts pages) {
        double left = progress.timeFor((double) progress.left()) / MILLISECOND;
        Long dirtyRate = null;
        if (!progress.rounds().isEmpty()) {
            MigrationRound last = progress.last();
            dirtyRate = Math.round(last.written() * 1e9 / Math.max(1, last.nanoseconds()));
        }
        return new JobInfo(
                progress.nanoseconds() / MILLISECOND,
                progress.memory(),
                progress.sent(),
                progress.left(),
                Math.round(progress.bandwidth()),
                dirtyRate,
                PageSize.SIZE_4K.bytes(),
                progress.rounds().size() + 1,
                pages.zero(),
                pages.plain(),
                pages.delta() + pages.zstd(),
                left);
    }
}
