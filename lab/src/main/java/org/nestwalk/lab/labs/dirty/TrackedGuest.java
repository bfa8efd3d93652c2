package org.nestwalk.lab.labs.dirty;

import java.util.function.Supplier;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.Eager;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.labs.dirty.DirtyTrackingResult.Case;
import org.nestwalk.lab.vm.MappedGuest;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// A guest of a case on one of the machines, and its clocks.
final class TrackedGuest implements AutoCloseable {
    static final long BASE = 0x40_0000_0000L;

    private static final long UNIT = 4L << 20;

    private final Machine machine;
    private final MappedGuest guest;
    private final Clock clock;

    /// How time passes.
    private interface Clock {
        /// Time of the CPU in its guest and in exits.
        long running(VirtualCpu cpu);

        /// Time of the CPU in exits alone.
        long exits(VirtualCpu cpu);

        /// Time of the hypervisor that is no CPU's.
        long beside(MappedGuest guest);
    }

    private TrackedGuest(Machine machine, Case guest, Clock clock) {
        this.machine = machine;
        this.clock = clock;
        PageSize pages = pages(guest);
        try {
            this.guest =
                    new MappedGuest(machine, 1, BASE, guest.workingSet(), pages, new Eager(pages));
        } catch (RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    private static PageSize pages(Case guest) {
        return guest.pages().equals(PageSize.SIZE_4K.label()) ? PageSize.SIZE_4K : PageSize.SIZE_2M;
    }

    /// On the simulated machine, whose time is in cycles.
    static TrackedGuest simulated(ProcessorModel model, Case guest) {
        long memory = MappedGuest.memoryFor(BASE, guest.workingSet());
        long host = memory + memory / 16 + 4 * UNIT & -UNIT;
        return new TrackedGuest(
                new SimulatedMachine(SimulatedSettings.of(model, host)),
                guest,
                new Clock() {
                    @Override
                    public long running(VirtualCpu cpu) {
                        return cpu.walkCounts().orElseThrow().cycles(model.costs().accessCycles())
                                + exits(cpu);
                    }

                    @Override
                    public long exits(VirtualCpu cpu) {
                        return cpu.account().cycles();
                    }

                    @Override
                    public long beside(MappedGuest mapped) {
                        return mapped.vm().background().cycles();
                    }
                });
    }

    /// On KVM, whose time is in nanoseconds. Exits that the host's kernel handles are part of the
    /// time that the guest runs.
    ///
    /// @param chunk bytes whose bits of a bitmap are cleared at once
    /// @throws org.nestwalk.InputException if there is no KVM, or it has no such log
    static TrackedGuest onKvm(KvmSettings.Dirty log, boolean traps, long chunk, Case guest) {
        return new TrackedGuest(
                KvmMachine.open(
                        new KvmSettings(
                                traps ? KvmSettings.Backing.SHARED : KvmSettings.Backing.ANONYMOUS,
                                pages(guest) != PageSize.SIZE_4K,
                                traps,
                                log,
                                chunk)),
                guest,
                new Clock() {
                    @Override
                    public long running(VirtualCpu cpu) {
                        return cpu.nanoseconds();
                    }

                    @Override
                    public long exits(VirtualCpu cpu) {
                        return 0;
                    }

                    @Override
                    public long beside(MappedGuest mapped) {
                        return System.nanoTime();
                    }
                });
    }

    MappedGuest mapped() {
        return guest;
    }

    private VirtualCpu cpu() {
        return guest.vm().cpus().getFirst();
    }

    long running() {
        return clock.running(cpu());
    }

    long exitTime() {
        return clock.exits(cpu());
    }

    /// What came of work of the hypervisor, and how long it took.
    record Timed<T>(T result, long time) {}

    /// Does `work` of the hypervisor.
    <T> Timed<T> timed(Supplier<T> work) {
        long before = clock.beside(guest);
        T result = work.get();
        return new Timed<>(result, clock.beside(guest) - before);
    }

    /// Exits that tracking has caused so far.
    long trackingExits() {
        return cpu().account().exits(ExitReason.WRITE_TRAP) + logFullExits();
    }

    /// Of those, by full logs or rings.
    long logFullExits() {
        Account account = cpu().account();
        return account.exits(ExitReason.LOG_FULL);
    }

    @Override
    public void close() {
        machine.close();
    }
}
