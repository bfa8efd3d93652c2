package org.nestwalk.machine.simulated.shootdown;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.VirtualCpu;

/// The CPUs of one virtual machine, for those who change what they translate with.
///
/// Used alone (see [org.nestwalk.machine.simulated.host.World]).
public final class VmCpus {
    private final List<TranslatingCpu> cpus = new ArrayList<>();
    private IntConsumer transactions = index -> {};

    /// Adds the one whose index comes next.
    public void add(TranslatingCpu cpu) {
        cpus.add(cpu);
    }

    /// By index.
    public List<TranslatingCpu> all() {
        return cpus;
    }

    /// Has `interrupt` told of [#interruptTransactions].
    public void onInterrupt(IntConsumer interrupt) {
        transactions = interrupt;
    }

    /// Translations of a CPU, or of all (-1), are about to change.
    public void interruptTransactions(int index) {
        transactions.accept(index);
    }

    /// The CPU that is served, if it is one of these; otherwise null.
    public @Nullable TranslatingCpu served(@Nullable VirtualCpu served) {
        for (TranslatingCpu cpu : cpus) {
            if (cpu.equals(served)) {
                return cpu;
            }
        }
        return null;
    }

    /// The node that new memory comes from: that of the CPU that is served, if it is one of these,
    /// or of the first.
    public int node(@Nullable VirtualCpu served) {
        TranslatingCpu cpu = served(served);
        if (cpu != null) {
            return cpu.node();
        }
        return cpus.isEmpty() ? 0 : cpus.getFirst().node();
    }

    /// Removes what any processor has cached.
    public void invalidateAll() {
        cpus.forEach(TranslatingCpu::invalidateAll);
    }

    /// Has every CPU look for the second-level tables again.
    public void tablesMoved() {
        cpus.forEach(TranslatingCpu::tablesMoved);
    }

    /// Whether all log the pages that they write.
    public boolean haveLogs() {
        return cpus.stream().allMatch(cpu -> cpu.log() != null);
    }
}
