package org.nestwalk.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.lab.progress.LivePages;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

/// The map of a virtual machine's pages as it runs.
class LivePagesTest {
    private static final String PROGRAM = "zipf:footprint=4MiB,accesses=200k";

    /// Looks at every chance.
    private static final class Watcher implements ProgressListener {
        private final List<LivePages> seen = new ArrayList<>();

        @Override
        public boolean update(ProgressEvent event) {
            return true;
        }

        @Override
        public boolean wantsPages() {
            return true;
        }

        @Override
        public void see(LivePages pages) {
            seen.add(pages);
        }

        private List<LivePages> tracked() {
            return seen.stream().filter(pages -> pages.written() != null).toList();
        }
    }

    private static VmOptions metered(boolean sampled) {
        return VmOptions.of(PROGRAM, 32L << 20)
                .withRun(run -> run.with(new DirtyRateOptions(100_000, sampled)));
    }

    private static long marked(LivePages pages) {
        long marked = 0;
        for (byte cell : pages.cells()) {
            marked += (cell & LivePages.WRITTEN) == 0 ? 0 : 1;
        }
        return marked;
    }

    private static void checkMarks(Watcher watcher) {
        assertThat(watcher.tracked()).isNotEmpty();
        for (LivePages pages : watcher.tracked()) {
            LivePages.Written written = Objects.requireNonNull(pages.written());
            assertThat(marked(pages)).isEqualTo(written.pages());
            assertThat(written.from()).isLessThan(written.until());
            assertThat(written.until()).isLessThanOrEqualTo(pages.nanoseconds());
        }
        assertThat(watcher.tracked()).anyMatch(pages -> marked(pages) > 0);
    }

    @Test
    void pagesOfTheMetersLastPeriodAreMarkedAndARunIsTheSameForBeingWatched() {
        Watcher watcher = new Watcher();
        VmResult watched = VmRun.simulated(metered(false), TestMachines.plain()).run(watcher);
        checkMarks(watcher);
        VmResult alone =
                VmRun.simulated(metered(false), TestMachines.plain()).run(ProgressListener.NONE);
        assertThat(watched.cycles()).isEqualTo(alone.cycles());
        assertThat(watched.software().dirtyRate())
                .isEqualTo(alone.software().dirtyRate())
                .isNotEmpty();
    }

    @Test
    void nothingIsSaidOfWritesThatNobodyTracksOrThatAreSampled() {
        Watcher watcher = new Watcher();
        VmRun.simulated(metered(true), TestMachines.plain()).run(watcher);
        VmRun.simulated(VmOptions.of(PROGRAM, 32L << 20), TestMachines.plain()).run(watcher);
        assertThat(watcher.seen).isNotEmpty().allMatch(pages -> marked(pages) == 0);
        assertThat(watcher.tracked()).isEmpty();
    }

    @Test
    void pagesWrittenOnKvmAreMarked() {
        Path device = Path.of("/dev/kvm");
        assumeTrue(Files.isReadable(device) && Files.isWritable(device), "this host has no KVM");
        Watcher watcher = new Watcher();
        VmRun.onKvm(metered(false), OptionalInt.empty()).run(watcher);
        checkMarks(watcher);
    }
}
