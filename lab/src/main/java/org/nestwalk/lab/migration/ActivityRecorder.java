package org.nestwalk.lab.migration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.StepSource;
import org.nestwalk.hypervisor.migration.PageActivity;
import org.nestwalk.hypervisor.migration.RepeatedActivity;
import org.nestwalk.hypervisor.migration.Touches;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.lab.vm.RunOptions;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmResult;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel;

/// Finds out what a program or trace does to its pages over time: it runs in a virtual machine,
/// whose clock says when each access is made, and its accesses say which page each goes to. The
/// second half of its accesses is what it does again and again; what the first half touches is
/// there already.
///
/// Pages are numbered in the order in which they are touched first. The pages of the guest's kernel
/// are left out: its tables are written while memory is mapped, which is over then.
public final class ActivityRecorder {
    private static final int LEVELS = 4;
    private static final int INTERVALS = 256;
    private static final int PAGE_SHIFT = 12;
    private static final long KERNEL = 64L << 20;
    private static final long LARGE = 2L << 20;

    // Times within an interval are kept in 32 bits.
    private static final long LONGEST = 2_000_000_000L;

    private final ProcessorModel model;
    private final double slower;

    /// @param slower how many times as long everything takes as on the processor, for the work that
    ///   a program does between accesses
    public ActivityRecorder(ProcessorModel model, double slower) {
        this.model = model;
        this.slower = slower;
    }

    /// A guest with so much memory that runs `program`.
    ///
    /// @param memoryBytes of the guest
    /// @throws InputException if there is no such program, or it needs more memory
    public RepeatedActivity record(String program, long memoryBytes, ProgressListener progress) {
        long footprint = GuestProgram.footprint(program, LEVELS);
        VmResult result =
                VmRun.simulated(
                                VmOptions.of(program, footprint + footprint / 64 + KERNEL & -LARGE)
                                        .withRun(RunOptions::withoutContents),
                                model)
                        .run(progress)
                        .requireNoFailure();
        List<VmResult.Moment> clock = result.timeline();
        long accesses = clock.getLast().accesses();
        Recording recording = new Recording(clock, accesses / 2, accesses);
        try {
            recording.read(GuestProgram.open(program, LEVELS, Long.MAX_VALUE, 1).openCopy(0));
        } catch (ArithmeticException e) {
            throw new InputException(program + " runs too long to be recorded", e);
        }
        long pages = recording.numbers.size();
        if (pages << PAGE_SHIFT > memoryBytes) {
            throw InputException.of(
                    "memory",
                    "%s touches %,d pages of 4 KiB, more than the guest has"
                            .formatted(program, pages));
        }
        return new RepeatedActivity(memoryBytes, recording.held, true, recording.intervals);
    }

    /// The accesses of a program, read once more.
    private final class Recording {
        final Map<Long, Integer> numbers = new HashMap<>();
        final PageSet held = new PageSet();
        final List<PageActivity.Interval> intervals = new ArrayList<>();
        private final List<VmResult.Moment> clock;
        private final long from;
        private final long to;
        private final long spacing;
        private final Marks touched = new Marks();
        private final Marks written = new Marks();
        private int moment;
        private long begun;

        Recording(List<VmResult.Moment> clock, long from, long to) {
            this.clock = clock;
            this.from = from;
            this.to = to;
            this.spacing = Math.max(1, (to - from) / INTERVALS);
        }

        void read(StepSource source) {
            long[] block = new long[1 << 14];
            long made = 0;
            begun = time(from);
            while (made < to) {
                int count = source.next(block);
                if (count == 0 && source.call() == null) {
                    break;
                }
                for (int i = 0; i < count && made < to; i++) {
                    made++;
                    access(block[i], made);
                }
            }
            if (!touched.isEmpty()) {
                end(time(to));
            }
            if (intervals.isEmpty()) {
                throw new InputException("nothing to record: the program makes no accesses");
            }
        }

        private void access(long packed, long made) {
            long gva = Access.address(packed) >>> PAGE_SHIFT;
            int page = numbers.computeIfAbsent(gva, _ -> numbers.size());
            int kind = Access.kind(packed);
            if (made <= from) {
                held.add((long) page << PAGE_SHIFT, 1L << PAGE_SHIFT);
                return;
            }
            long time = time(made);
            touched.add(page, since(time));
            if (kind == Access.STORE || kind == Access.MODIFY) {
                written.add(page, since(time));
            }
            if ((made - from) % spacing == 0 || time - begun > LONGEST) {
                end(time);
            }
        }

        private int since(long time) {
            return Math.toIntExact(Math.max(0, time - begun));
        }

        /// Simulated nanoseconds at which an access was made.
        private long time(long made) {
            while (moment + 1 < clock.size() - 1 && clock.get(moment + 1).accesses() < made) {
                moment++;
            }
            while (moment > 0 && clock.get(moment).accesses() > made) {
                moment--;
            }
            VmResult.Moment before = clock.get(moment);
            VmResult.Moment after = clock.get(Math.min(moment + 1, clock.size() - 1));
            long span = Math.max(1, after.accesses() - before.accesses());
            double part = (double) (made - before.accesses()) / span;
            double time =
                    before.nanoseconds() + part * (after.nanoseconds() - before.nanoseconds());
            return Math.round(slower * time);
        }

        private void end(long time) {
            intervals.add(
                    new PageActivity.Interval(
                            Math.max(1, time - begun), touched.take(), written.take()));
            begun = time;
        }
    }

    /// Pages to which something happened in an interval.
    private static final class Marks {
        private int[] pages = new int[1 << 10];
        private int[] times = new int[1 << 10];
        private int[] last = new int[1 << 10];
        private int count;
        private int interval = 1;

        void add(int page, int time) {
            if (page >= last.length) {
                last = Arrays.copyOf(last, Math.max(page + 1, 2 * last.length));
            }
            if (last[page] == interval) {
                return;
            }
            last[page] = interval;
            if (count == pages.length) {
                pages = Arrays.copyOf(pages, 2 * count);
                times = Arrays.copyOf(times, 2 * count);
            }
            pages[count] = page;
            times[count++] = time;
        }

        boolean isEmpty() {
            return count == 0;
        }

        Touches take() {
            Touches all = new Touches(Arrays.copyOf(pages, count), Arrays.copyOf(times, count));
            count = 0;
            interval++;
            return all;
        }
    }
}
