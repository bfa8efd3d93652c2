package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.KernelStore;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.FrameMemory;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.paging.AccessType;

/// A virtual CPU in kernel mode.
final class SimulatedKernelCpu implements KernelCpu {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final SimulatedCpu cpu;
    private final VmContext vm;
    private final OpenedPages opened;
    private final FrameMemory view;
    private final CpuTranslation translation;
    private long loaded;
    private @Nullable KernelStore storing;

    SimulatedKernelCpu(SimulatedCpu cpu, VmContext vm, OpenedPages opened) {
        this.opened = opened;
        this.cpu = cpu;
        this.vm = vm;
        this.view = vm.protection().view();
        this.translation = cpu.translation();
    }

    @Override
    public VirtualCpu cpu() {
        return cpu;
    }

    @Override
    public long load(long gpa) {
        check(gpa, Long.BYTES);
        cpu.alone(() -> loaded = view.read(translation.translateKernel(gpa, false)));
        return loaded;
    }

    @Override
    public void store(long gpa, long value) {
        check(gpa, Long.BYTES);
        storing(KernelStore.of(value), () -> translation.storeKernel(gpa, value));
    }

    /// Does `work`, which makes `store`, alone.
    private void storing(KernelStore store, Runnable work) {
        cpu.alone(() -> {
            KernelStore before = storing;
            storing = store;
            try {
                work.run();
            } finally {
                storing = before;
            }
        });
    }

    @Override
    public @Nullable KernelStore storing() {
        return storing;
    }

    @Override
    public long fetchLinear(long gva) {
        return loadLinear(gva, AccessType.FETCH);
    }

    @Override
    public long loadLinear(long gva) {
        return loadLinear(gva, AccessType.READ);
    }

    private long loadLinear(long gva, int type) {
        cpu.alone(() -> loaded = view.read(reach(gva, type)));
        return loaded;
    }

    /// The host-physical address for an access of `type` to `gva`, with all that it takes. Alone.
    long reach(long gva, int type) {
        return SupervisorAccess.make(translation, opened, gva, type);
    }

    @Override
    public void storeLinear(long rip, long gva, long value) {
        storing(
                new KernelStore(rip, gva, value),
                () -> view.write(reach(gva, AccessType.WRITE), value));
    }

    @Override
    public void zero(long gpa, long bytes) {
        check(gpa, bytes);
        cpu.alone(() -> {
            for (long page = gpa; page < gpa + bytes; page += PAGE) {
                view.release(translation.translateKernel(page, true));
            }
        });
    }

    @Override
    public void storePage(long gpa, long[] words) {
        check(gpa, PAGE);
        cpu.alone(() -> {
            long hpa = translation.translateKernel(gpa, true);
            for (int i = 0; i < words.length; i++) {
                view.write(hpa + (long) i * Long.BYTES, words[i]);
            }
        });
    }

    @Override
    public void copy(long from, long to, long bytes) {
        check(from, bytes);
        check(to, bytes);
        cpu.alone(() -> {
            for (long offset = 0; offset < bytes; offset += PAGE) {
                // The second translation may exit, and the first one's page move meanwhile.
                translation.translateKernel(from + offset, false);
                long target = translation.translateKernel(to + offset, true);
                long source = translation.translateKernel(from + offset, false);
                view.copyFrame(source, target);
            }
        });
    }

    @Override
    public long encryptionBit() {
        return vm.protection().encryptionBit();
    }

    @Override
    public void validate(long gpa, long bytes) {
        if (vm.protection().isOwned()) {
            check(gpa, bytes);
            cpu.alone(() -> {
                for (long page = gpa; page < gpa + bytes; page += PAGE) {
                    translation.validateKernel(page);
                }
            });
        }
    }

    @Override
    public void access(int kind, long gva) {
        int type =
                switch (kind) {
                    case Access.FETCH -> AccessType.FETCH;
                    case Access.LOAD -> AccessType.READ;
                    default -> AccessType.WRITE;
                };
        cpu.alone(() -> loaded = reach(gva, type));
    }

    @Override
    public void loadCr3(long cr3, boolean keep) {
        cpu.alone(() -> translation.loadCr3(cr3, keep));
    }

    @Override
    public long cr3() {
        return translation.cr3;
    }

    @Override
    public void invlpg(long gva) {
        cpu.alone(() ->
                translation.invalidate(
                        Invalidations.invlpg(translation.vpid(), translation.pcid(), gva)));
    }

    @Override
    public void invpcidAddress(int pcid, long gva) {
        cpu.alone(() ->
                translation.invalidate(
                        Invalidations.invpcidAddress(translation.vpid(), pcid, gva)));
    }

    @Override
    public void invpcidContext(int pcid) {
        cpu.alone(() ->
                translation.invalidate(
                        Invalidations.invpcidSingleContext(translation.vpid(), pcid)));
    }

    @Override
    public long hypercall(int number, long first, long second, long third) {
        if (vm.settings().mode() == TranslationMode.NATIVE) {
            return NO_SUCH_CALL;
        }
        cpu.answer(NO_SUCH_CALL);
        cpu.alone(() -> cpu.exit(new VmExit.Hypercall(number, first, second, third)));
        return cpu.answer();
    }

    @Override
    public void spend(Cost cost, long cycles) {
        cpu.account().spend(cost, cycles);
    }

    @Override
    public void interrupt(int index, KernelWork work) {
        KernelCpu other = vm.cpus().all().get(index).kernel();
        cpu.alone(() -> {
            vm.cpus().interruptTransactions(index);
            spend(Cost.GUEST_SHOOTDOWN, vm.costs().interrupt());
            other.spend(Cost.GUEST_SHOOTDOWN, vm.costs().interrupted());
            work.run(other);
        });
    }

    private void check(long gpa, long bytes) {
        vm.settings().checkInside(gpa, bytes);
    }
}
