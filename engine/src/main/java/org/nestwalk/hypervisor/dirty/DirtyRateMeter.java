package org.nestwalk.hypervisor.dirty;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// How fast a virtual machine's pages are written, as an operator asks before a migration (QEMU's
/// `calc-dirty-rate`), period after period. A period ends when the meter is next called after it is
/// over, so that it is somewhat longer where a CPU's turn is.
public final class DirtyRateMeter implements BackgroundWork, AutoCloseable {
    private final VirtualMachine vm;
    private final DirtyRateMethod method;
    private final long period;
    private final List<Sample> samples = new ArrayList<>();
    private long from;
    private @Nullable PageSet written;

    /// What a period came to.
    ///
    /// @param from nanoseconds when it began
    /// @param until nanoseconds when it ended
    /// @param written pages of 4 KiB that were written in it
    /// @param again of these, pages that were written in the period before, too: the writable
    ///   working set, which pre-copy cannot get ahead of (Clark et al., NSDI 2005, section 3); null
    ///   if the method does not tell pages apart
    /// @param error standard error of `written`; null if that is exact
    public record Sample(
            long from, long until, long written, @Nullable Long again, @Nullable Double error) {
        /// Pages written a second.
        public double rate() {
            return written * 1e9 / Math.max(1, until - from);
        }
    }

    /// What a method found in one period.
    ///
    /// @param written as in [Sample]
    /// @param again as in [Sample]
    /// @param error as in [Sample]
    /// @param pages that were written; null if the method does not find all. Changed no more.
    record Found(
            long written, @Nullable Long again, @Nullable Double error, @Nullable PageSet pages) {}

    /// How pages are found. Used while no CPU is in the guest.
    interface DirtyRateMethod {
        /// What was written since the last call, or since the method was made.
        Found next();

        /// Ends it.
        void close();
    }

    private DirtyRateMeter(VirtualMachine vm, DirtyRateMethod method, long period) {
        this.vm = vm;
        this.method = method;
        this.period = period;
    }

    /// One that tracks all pages by the least expensive way that the machine has, large ones split
    /// when they are written.
    ///
    /// @param period in nanoseconds
    /// @throws UnsupportedOperationException if the machine has none
    public static DirtyRateMeter exact(VirtualMachine vm, long period) {
        return new DirtyRateMeter(vm, new TrackedRate(vm), period);
    }

    /// One that looks whether a sample of pages has changed, 512 for each GiB, as QEMU's does by
    /// default (`DIRTYRATE_DEFAULT_SAMPLE_PAGES`), 64 at least, and estimates the rest. Pages that
    /// are written with what they hold already are not found.
    ///
    /// @param period in nanoseconds
    /// @param seed of the choice of pages
    public static DirtyRateMeter sampled(VirtualMachine vm, long period, long seed) {
        return new DirtyRateMeter(vm, vm.exclusively(() -> new SampledRate(vm, seed)), period);
    }

    @Override
    public void tick(long nanos) {
        if (nanos >= nextNanos()) {
            end(nanos);
        }
    }

    @Override
    public long nextNanos() {
        return from + period;
    }

    /// The run is over: the last period ends, however long it was.
    public void end(long nanos) {
        if (nanos > from) {
            Found found = vm.exclusively(method::next);
            samples.add(new Sample(from, nanos, found.written, found.again, found.error));
            from = nanos;
            written = found.pages;
        }
    }

    /// The pages that were written in the last period that is over, which is the last of
    /// [#samples]; null if there is none, or if the method does not find all. To be read only.
    public @Nullable PageSet lastWritten() {
        return written;
    }

    /// The periods so far.
    public List<Sample> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void close() {
        method.close();
    }
}
