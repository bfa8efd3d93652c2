package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.host.NodeDelay;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.cache.EncryptionDelay;
import org.nestwalk.mmu.cache.MemoryDelay;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.paging.PageModificationLog;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.WalkResult;

/// How one virtual CPU's addresses are translated, in one of the [modes][
/// org.nestwalk.machine.TranslationMode]: its processor's MMU, and what happens where that cannot
/// translate.
abstract class CpuTranslation {
    static final int PCID = 0xfff;

    final TrappingCpu cpu;
    final VmContext vm;
    final @Nullable EncryptionDelay encryption;
    long cr3;
    private boolean released;

    CpuTranslation(TrappingCpu cpu, VmContext vm) {
        this.cpu = cpu;
        this.vm = vm;
        MemoryEncryption settings = vm.host().settings().encryption();
        this.encryption =
                settings == null
                        ? null
                        : new EncryptionDelay(
                                settings.cycles(),
                                settings.scope(),
                                vm.protection().encryptionBit());
    }

    /// The processor's MMU.
    abstract Mmu mmu();

    /// Makes an access possible that has failed, or throws [org.nestwalk.machine.GuestFailure] or
    /// [org.nestwalk.machine.UnhandledExit].
    abstract void resolve(TranslationFault fault);

    /// The host-physical address for an access of the guest's kernel to `gpa`, which is within
    /// guest memory.
    abstract long translateKernel(long gpa, boolean write);

    /// Walks for an access of `type` that the hypervisor makes in the guest's place: from the root,
    /// beside the processor's caches, and counting nothing.
    WalkResult walkBeside(long gva, int type) {
        throw new UnsupportedOperationException("only nested paging has accesses emulated");
    }

    /// PVALIDATE of the page at `gpa`, for a guest whose memory has owners.
    void validateKernel(long gpa) {
        throw new UnsupportedOperationException("only nested paging has owners of memory");
    }

    /// Stores a word for the guest's kernel, perhaps one of a table.
    void storeKernel(long gpa, long value) {
        memory().write(translateKernel(gpa, true), value);
    }

    /// MOV to CR3.
    abstract void loadCr3(long value, boolean keep);

    /// INVLPG, INVPCID.
    abstract void invalidate(InvalidationScope scope);

    /// Removes everything cached for the virtual machine, at no cost.
    final void invalidateAll() {
        mmu().invalidate(Invalidations.invvpidSingleContext(vpid()));
    }

    /// The CPU has moved, or the second-level tables have: looks for them again, with nothing
    /// cached of them.
    void tablesMoved() {
        invalidateAll();
    }

    /// The second level of a range has changed in a way that makes cached translations stale.
    abstract void secondLevelChanged(long gpa, long bytes);

    /// The virtual-processor identifier: all CPUs of a virtual machine have its number.
    int vpid() {
        return vm.id();
    }

    /// The page-modification log; null if the processor has none.
    @Nullable PageModificationLog log() {
        return null;
    }

    /// Gives frames back that belong to the CPU, which does not run any more.
    void release() {
        released = true;
    }

    /// Checks that the virtual machine was not closed: its memory and tables are others' then.
    ///
    /// @throws GuestFailure if it was
    final void requireOpen() {
        if (released) {
            throw new GuestFailure(
                    VmExit.Cause.UNHANDLED_EXIT, "%s was closed".formatted(vm.settings().name()));
        }
    }

    /// Does `work` if the virtual machine was not closed.
    final Runnable whileOpen(Runnable work) {
        return () -> {
            requireOpen();
            work.run();
        };
    }

    /// Memory as the processor sees it in this guest.
    final PhysicalMemory memory() {
        return vm.protection().view();
    }

    final Mmu newMmu(SecondLevel secondLevel) {
        SimulatedSettings settings = vm.host().settings();
        return new Mmu(
                settings.model(),
                memory(),
                Processor.registers(settings, true),
                vm.protection().features(),
                secondLevel,
                (gva, type) -> {},
                delay(),
                settings.seed() + cpu.index());
    }

    /// What memory costs besides: by where it is, and for being encrypted.
    private @Nullable MemoryDelay delay() {
        EncryptionDelay encrypted = encryption;
        NodeDelay node = cpu.delay();
        if (encrypted == null || node == null) {
            return encrypted == null ? node : encrypted;
        }
        long bit = vm.protection().encryptionBit();
        return (kind, hpa) -> encrypted.cycles(kind, hpa) + node.cycles(kind, hpa & ~bit);
    }

    final int pcid() {
        return (int) cr3 & PCID;
    }

    static long root(long cr3) {
        return cr3 & PagingEntry.ADDRESS;
    }
}
