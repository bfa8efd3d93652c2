package org.nestwalk.bench.compare.measured;

import java.util.List;
import java.util.function.LongFunction;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.guest.kernel.Vma;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;

/// The replay loop in a guest on KVM, as the seam runs programs.
final class GuestReplay implements AutoCloseable {
    private static final long BASE = 1L << 32;
    private static final long TABLES = 32L << 20;
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final KvmMachine machine;
    private final VirtualMachine vm;
    private final VirtualCpu cpu;
    private final PageSize pages;
    private final long bytes;
    private final long[] accesses;

    /// Of accesses to `bytes` of memory, all of it there, in pages of `pages` in the guest and
    /// behind it.
    ///
    /// @param stream the accesses to memory from an address
    GuestReplay(long bytes, PageSize pages, LongFunction<long[]> stream) {
        this.pages = pages;
        this.bytes = bytes;
        accesses = stream.apply(BASE);
        boolean large = pages == PageSize.SIZE_2M;
        machine =
                KvmMachine.open(
                        new KvmSettings(
                                KvmSettings.Backing.ANONYMOUS,
                                large,
                                false,
                                KvmSettings.Dirty.NONE));
        vm = machine.create(new VmSettings("guest", bytes + TABLES, 1, TranslationMode.NESTED));
        cpu = vm.cpus().getFirst();
        GuestKernel kernel =
                new GuestKernel(
                        vm,
                        KernelSettings.of(
                                large ? PagePolicy.TRANSPARENT_HUGE : PagePolicy.SMALL,
                                SoftwareCosts.assumed(1)));
        kernel.run(
                kernel.start(0, "stream", List.of(new Vma(BASE, BASE + bytes, Vma.ALL))),
                eachPage(bytes),
                0);
        // The task never ends, so that the CPU goes on in its address space.
        if (!(kernel.slice(0, (int) (bytes / SMALL)) instanceof Slice.More)) {
            throw new IllegalStateException("pages could not be touched");
        }
        long faults = kernel.counts().pageFaults();
        if (faults != bytes / pages.bytes()) {
            throw new IllegalStateException("%d page faults in the guest".formatted(faults));
        }
    }

    /// As [NativeReplay#mark] does.
    private static AccessSource eachPage(long bytes) {
        long[] next = {0};
        return block -> {
            for (int i = 0; i < block.length; i++) {
                block[i] = Access.pack(Access.STORE, BASE + next[0]);
                next[0] = (next[0] + SMALL) % bytes;
            }
            return block.length;
        };
    }

    /// Makes all accesses.
    void replay() {
        cpu.setProgram(0, Checksum.START);
        VmExit exit = cpu.run(accesses, 0, accesses.length);
        if (!(exit instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("the guest ended with " + exit);
        }
    }

    /// The checksum of the last replay.
    long checksum() {
        return cpu.state().checksum();
    }

    /// Checks that the memory is mapped on the host by pages of the size that was asked for.
    ///
    /// @throws IllegalStateException if not
    void checkPages() {
        long large = vm.secondLevel().backedBytes(PageSize.SIZE_2M);
        if (pages == PageSize.SIZE_2M ? large < bytes : large > 0) {
            throw new IllegalStateException(
                    "%d bytes of the guest are mapped by 2-MiB pages".formatted(large));
        }
    }

    @Override
    public void close() {
        vm.close();
        machine.close();
    }
}
