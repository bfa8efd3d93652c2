package org.nestwalk.hypervisor.intrusion;

import java.util.function.Consumer;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// Takes samples of the pages that a guest writes: every period, and of what was found so far
/// whenever a log was full.
///
/// A machine forgets that a page was written only if it is told to, each period. Otherwise a page
/// is found once, and whatever is written to it later is not seen.
public final class WriteSensor implements ExitPart, AutoCloseable {
    private final VirtualMachine vm;
    private final DirtyPages written;
    private final boolean forget;
    private final Consumer<PageSet> soFar;
    private final PageSet known = new PageSet();
    private long fullLogs;

    /// Starts looking.
    ///
    /// @param forget whether pages are found again in each period
    /// @param soFar receives what was found in this period whenever a log was full
    /// @throws UnsupportedOperationException if the machine has no such source
    public WriteSensor(
            VirtualMachine vm, DirtySource source, boolean forget, Consumer<PageSet> soFar) {
        this.vm = vm;
        this.soFar = soFar;
        this.forget = forget;
        written = vm.trackDirty(source);
        vm.attach(this);
    }

    /// What was written in the `nanoseconds` since the last time.
    public WriteSample collect(long nanoseconds) {
        PageSet pages = new PageSet();
        if (forget) {
            written.collect(pages);
        } else {
            written.peek(pages);
            known.forEachRange(pages::remove);
            known.addAll(pages);
        }
        return new WriteSample(pages, nanoseconds);
    }

    /// How often a log was full.
    public long fullLogs() {
        return fullLogs;
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        return Verdict.NOT_MINE;
    }

    @Override
    public void logEmptied(VirtualCpu cpu) {
        fullLogs++;
        PageSet pages = new PageSet();
        written.peek(pages);
        soFar.accept(pages);
    }

    @Override
    public void close() {
        vm.detach(this);
        written.close();
    }
}
