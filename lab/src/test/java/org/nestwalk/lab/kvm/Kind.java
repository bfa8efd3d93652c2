package org.nestwalk.lab.kvm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Machines that a guest can be saved on and go on on.
enum Kind {
    /// EPT without flags, backed by 4-KiB pages.
    EPT(SecondLevelFormat.EPT, TranslationMode.NESTED, PageSize.SIZE_4K),
    /// EPT with flags, backed by 2-MiB pages.
    EPT_LARGE(SecondLevelFormat.EPT_AD, TranslationMode.NESTED, PageSize.SIZE_2M),
    /// AMD's nested tables.
    NPT(SecondLevelFormat.NPT, TranslationMode.NESTED, PageSize.SIZE_4K),
    /// Shadow tables.
    SHADOW(SecondLevelFormat.EPT, TranslationMode.SHADOW, PageSize.SIZE_4K),
    /// KVM with traps and a log.
    KVM_WATCHED(null, TranslationMode.NESTED, PageSize.SIZE_4K),
    /// KVM with anonymous memory.
    KVM_PLAIN(null, TranslationMode.NESTED, PageSize.SIZE_2M),
    /// KVM with memory that can be frozen.
    KVM_FORKABLE(null, TranslationMode.NESTED, PageSize.SIZE_4K);

    static final List<Kind> SIMULATED = List.of(EPT, EPT_LARGE, NPT, SHADOW);
    static final List<Kind> ON_KVM = List.of(KVM_WATCHED, KVM_PLAIN);

    final TranslationMode mode;
    private final @Nullable SecondLevelFormat format;
    private final PageSize backing;

    Kind(@Nullable SecondLevelFormat format, TranslationMode mode, PageSize backing) {
        this.format = format;
        this.mode = mode;
        this.backing = backing;
    }

    FirstTouch backing() {
        return new FirstTouch(backing);
    }

    /// A machine with room for a virtual machine of `bytes`.
    Machine open(long bytes) {
        if (format == null) {
            return KvmMachine.open(
                    switch (this) {
                        case KVM_PLAIN -> KvmSettings.PLAIN;
                        case KVM_FORKABLE -> KvmSettings.FORKABLE;
                        default -> KvmSettings.WATCHED;
                    });
        }
        return new SimulatedMachine(
                SimulatedSettings.of(
                        TestMachines.of(format, List.of(), List.of(), null), bytes + (64L << 20)));
    }
}
