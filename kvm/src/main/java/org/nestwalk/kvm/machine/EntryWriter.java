package org.nestwalk.kvm.machine;

import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RCX;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RFLAGS;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RIP;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RSP;

import org.nestwalk.kvm.code.KernelStubs;
import org.nestwalk.kvm.handle.Exit;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;

/// A virtual CPU of its own that writes entries of the guest's tables back as they are, from within
/// the guest, so that a hypervisor that shadows them sees what has been changed from outside; see
/// [KernelStubs#rewriteEntries]. It is always in kernel mode, and used by whoever works on the
/// machine alone.
final class EntryWriter {
    private static final long RESERVED_FLAG = 2;

    private final KvmVcpu vcpu;
    private final ControlArea control;
    private final int index;

    /// @param index of its part of the control area
    EntryWriter(KvmVcpu vcpu, ControlArea control, int index) {
        this.vcpu = vcpu;
        this.control = control;
        this.index = index;
        control.prepare(vcpu.system(), index);
        vcpu.system().setKernelSegments(ControlArea.KERNEL_CODE, ControlArea.KERNEL_DATA);
        vcpu.system().setCr3(control.root());
        vcpu.systemChanged();
    }

    /// Writes the words at `gpas` back.
    void write(Iterable<Long> gpas) {
        int count = 0;
        for (long gpa : gpas) {
            control.list(index, count, gpa);
            count++;
            if (count == ControlArea.LIST) {
                run(count);
                count = 0;
            }
        }
        if (count > 0) {
            run(count);
        }
    }

    private void run(int count) {
        vcpu.general().set(RSP, control.listLinear(index));
        vcpu.general().set(RCX, count);
        vcpu.general().set(RIP, control.rewriteEntry());
        vcpu.general().set(RFLAGS, RESERVED_FLAG);
        vcpu.generalChanged();
        int error;
        do {
            error = vcpu.enter();
        } while (error == Errno.EINTR);
        if (error != 0 || vcpu.exit() != Exit.IO || vcpu.port() != KernelStubs.REWRITTEN_PORT) {
            throw new GuestFailure(
                    VmExit.Cause.UNHANDLED_EXIT,
                    "page tables could not be written back: exit %d, error %d"
                            .formatted(vcpu.exitNumber(), error));
        }
    }
}
