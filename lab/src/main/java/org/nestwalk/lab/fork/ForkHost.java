package org.nestwalk.lab.fork;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.machine.Machine;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// A machine to fork virtual machines on, with its clock.
///
/// @param machine runs them
/// @param clock of what they take
/// @param costs of software on it
/// @param gigahertz cycles of accounts in a nanosecond
/// @param shortage of the host's memory, which is real; null on the simulated machine, which says
///   so by itself
record ForkHost(
        Machine machine,
        ForkClock clock,
        SoftwareCosts costs,
        double gigahertz,
        @Nullable Shortage shortage)
        implements AutoCloseable {
    /// A simulated machine.
    ///
    /// @param hostBytes its memory
    static ForkHost simulated(ProcessorModel model, long hostBytes) {
        SimulatedMachine machine = new SimulatedMachine(SimulatedSettings.of(model, hostBytes));
        return new ForkHost(
                machine,
                ForkClock.simulated(model.costs().frequencyGHz()),
                machine.settings().costs(),
                model.costs().frequencyGHz(),
                null);
    }

    /// The host's KVM.
    ///
    /// @throws org.nestwalk.InputException if there is none
    static ForkHost kvm() {
        KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE);
        return new ForkHost(
                machine,
                ForkClock.MEASURED,
                SoftwareCosts.NONE,
                1,
                new Shortage(machine.host()::freeBytes));
    }

    /// Whether times are the host's.
    boolean measured() {
        return shortage != null;
    }

    /// Whether it has hardly any memory left for what guests write.
    boolean isShort() {
        return shortage != null && shortage.isNear();
    }

    /// Memory that is taken, in pages of 4 KiB; 0 where others take some, too.
    long taken() {
        return measured()
                ? 0
                : (machine.host().bytes() - machine.host().freeBytes()) / PageSize.SIZE_4K.bytes();
    }

    /// Checks that nothing is lost or has two owners, as far as that can be seen, and gives all
    /// back.
    ///
    /// @throws IllegalStateException if something is: an error of this program
    void closeAndVerify() {
        if (machine instanceof SimulatedMachine simulated) {
            simulated.closeAndVerify();
        } else {
            machine.close();
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
