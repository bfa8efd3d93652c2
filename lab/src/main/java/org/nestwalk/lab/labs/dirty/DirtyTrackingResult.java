package org.nestwalk.lab.labs.dirty;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.dirty.Splitting;
import org.nestwalk.machine.DirtySource;

/// Ways of tracking written pages side by side.
///
/// @param machine name of the processor; left out on KVM
/// @param unit of all times: `cycles`, or `ns` where they are measured
/// @param accesses between two collections
/// @param intervals that were tracked, each ended by a collection
/// @param missing ways that this host does not have; left out if there are none
/// @param rows one for each way, in the order of the cases
public record DirtyTrackingResult(
        @Nullable String machine,
        String unit,
        long accesses,
        int intervals,
        @Nullable List<String> missing,
        List<Row> rows) {
    /// Copies the lists.
    public DirtyTrackingResult {
        missing = missing == null ? null : List.copyOf(missing);
        rows = List.copyOf(rows);
    }

    /// What a guest does, and in which pages.
    ///
    /// @param workingSet bytes that accesses are spread over evenly
    /// @param writes part of them that are stores, 0 to 1
    /// @param pages size of the guest's and of the host's pages
    public record Case(long workingSet, double writes, String pages) {}

    /// One way of tracking.
    ///
    /// @param guest what is tracked
    /// @param source how: `dirty flags`, `page-modification log`, `write protection`, `dirty
    ///   rings`, `KVM's bitmap` or `KVM's rings`
    /// @param splitting what becomes of large pages meanwhile: `none`, `lazy`, `eager`, or `host's`
    ///   where the host's kernel decides
    /// @param written data pages of 4 KiB that the guest wrote, all intervals together, each
    ///   counted once in each
    /// @param reported pages of 4 KiB that tracking reported, tables among them
    /// @param exits because of tracking
    /// @param logFullExits of those, because a log or a ring was full
    /// @param logEntries flags that went from 0 to 1, each of which the processor logs; left out
    ///   where it has no log, or an entry stands for a large page
    /// @param predictedExits full logs that this makes by the rule, floor((n - 1) / 512) for the n
    ///   entries of an interval; left out likewise
    /// @param beginTime that beginning to track took, in the result's unit
    /// @param exitTime that exits took; 0 on KVM, whose kernel handles most by itself
    /// @param collectTime that collections took
    /// @param extraTime by which the guest, its exits among that, took longer than untracked
    /// @param slowdown that as a part of what it took untracked
    /// @param rewriteExits exits of an interval that repeats the one before it with nothing
    ///   collected between
    public record Row(
            Case guest,
            String source,
            String splitting,
            long written,
            long reported,
            long exits,
            long logFullExits,
            @Nullable Long logEntries,
            @Nullable Long predictedExits,
            long beginTime,
            long exitTime,
            long collectTime,
            long extraTime,
            double slowdown,
            long rewriteExits) {
        /// What exits and collections took for each page that was written.
        double timePerPage() {
            return (double) (exitTime + collectTime) / Math.max(1, written);
        }

        /// By how much the guest took longer for each page that it wrote.
        double extraTimePerPage() {
            return (double) extraTime / Math.max(1, written);
        }
    }

    /// Whether times are measured.
    boolean isMeasured() {
        return machine == null;
    }

    /// The row of a way in a case, if there is one.
    Optional<Row> row(Case guest, DirtySource source, Splitting splitting) {
        return rows.stream()
                .filter(row ->
                        row.guest().equals(guest)
                                && row.source().equals(source.label())
                                && (isMeasured() || row.splitting().equals(splitting.label())))
                .findFirst();
    }
}
