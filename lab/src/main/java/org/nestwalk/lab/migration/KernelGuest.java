package org.nestwalk.lab.migration;

import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.Slice;
import org.nestwalk.hypervisor.migration.live.GuestCpus;
import org.nestwalk.lab.snapshot.StateText;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;

/// A guest of Nestwalk's kernel, as a migration drives it and tells it.
///
/// @param kernel that runs in its CPUs
public record KernelGuest(GuestKernel kernel) implements GuestCpus {
    @Override
    public boolean run(int cpu, int quantum) {
        return switch (kernel.slice(cpu, quantum)) {
            case Slice.More _ -> true;
            case Slice.Idle _ -> false;
            case Slice.Stopped(VmExit.Interrupted _) -> true;
            case Slice.Stopped(VmExit.Failure(VmExit.Cause cause, String message)) ->
                    throw new GuestFailure(cause, message);
            case Slice.Stopped(VmExit exit) ->
                    throw new InputException("the virtual machine stopped: " + exit);
        };
    }

    @Override
    public byte[] state() {
        return StateText.write(GuestState.saveCpus(kernel));
    }
}
