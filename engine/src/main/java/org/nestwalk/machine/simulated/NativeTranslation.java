package org.nestwalk.machine.simulated;

import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.tlb.InvalidationScope;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.paging.SecondLevel;

/// Native paging: one dimension, no hypervisor.
final class NativeTranslation extends CpuTranslation {
    private final Mmu mmu;

    NativeTranslation(TrappingCpu cpu, VmContext vm) {
        super(cpu, vm);
        mmu = newMmu(SecondLevel.NONE);
        loadCr3(0, true);
    }

    @Override
    int vpid() {
        return 0;
    }

    @Override
    Mmu mmu() {
        return mmu;
    }

    @Override
    void resolve(TranslationFault fault) {
        cpu.exception(fault);
    }

    @Override
    long translateKernel(long gpa, boolean write) {
        return gpa;
    }

    @Override
    void loadCr3(long value, boolean keep) {
        cr3 = value;
        mmu.enter(vpid(), pcid(), TranslationContexts.NO_EPT);
        mmu.loadRoot(value);
        if (!keep) {
            mmu.invalidate(Invalidations.movToCr3(vpid(), pcid()));
        }
    }

    @Override
    void invalidate(InvalidationScope scope) {
        mmu.invalidate(scope);
    }

    @Override
    void secondLevelChanged(long gpa, long bytes) {}
}
