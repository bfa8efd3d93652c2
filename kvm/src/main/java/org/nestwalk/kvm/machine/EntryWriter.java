package org.nestwalk.kvm.machine;

import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RCX;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RFLAGS;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RIP;
import static org.nestwalk.kvm.handle.GeneralRegisters.Name.RSP;

import org.jspecify.annotations.Nullable;
import org.nestwalk.kvm.code.KernelStubs;
import org.nestwalk.kvm.handle.Exit;
import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.kvm.handle.SystemRegisters;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.SystemCallException;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;

/// Writes entries of the guest's tables back from within the guest; see
/// [KernelStubs#rewriteEntries]. It has a virtual CPU of its own, made when it is first needed:
/// those of the guest belong to their threads, which may be about to read why they exited.
///
/// Callers hold the exclusive lock.
final class EntryWriter {
    private static final long RESERVED_FLAG = 2;

    private final KvmVirtualMachine vm;
    private final int index;
    private final ControlArea control;
    private @Nullable KvmVcpu cpu;

    /// @param index of its CPU: the number of the guest's CPUs
    EntryWriter(KvmVirtualMachine vm, int index, ControlArea control) {
        this.vm = vm;
        this.index = index;
        this.control = control;
    }

    /// Puts the entry at `gpa` into place `place` of the list.
    void list(int place, long gpa) {
        control.list(index, place, gpa);
    }

    /// Writes the first `count` entries of the list.
    ///
    /// @throws GuestFailure if that cannot be done
    void write(int count) {
        KvmVcpu writer = cpu();
        writer.general().set(RSP, control.listLinear(index));
        writer.general().set(RCX, count);
        writer.general().set(RIP, control.rewriteEntry());
        writer.general().set(RFLAGS, RESERVED_FLAG);
        writer.generalChanged();
        while (true) {
            int error = writer.enter();
            if (error == 0 && writer.exit() == Exit.DIRTY_RING_FULL) {
                vm.log().drain(writer);
            } else if (error == 0 && writer.exit() == Exit.IO) {
                if (writer.port() == KernelStubs.REWRITTEN_PORT) {
                    return;
                }
                throw failure("exception %d".formatted(exception(writer)));
            } else if (error != Errno.EINTR && writer.exit() != Exit.INTERRUPTED) {
                throw failure("exit %d, error %d".formatted(writer.exitNumber(), error));
            }
        }
    }

    /// Gives its CPU up, if it has one: the next is of the virtual machine as it is then.
    ///
    /// @return the CPU
    @Nullable KvmVcpu leave() {
        KvmVcpu left = cpu;
        cpu = null;
        return left;
    }

    private static int exception(KvmVcpu writer) {
        return writer.port() - KernelStubs.EXCEPTION_PORT;
    }

    private KvmVcpu cpu() {
        if (cpu == null) {
            try {
                cpu = vm.addCpu(index);
            } catch (SystemCallException e) {
                throw failure(String.valueOf(e.getMessage()));
            }
            SystemRegisters system = cpu.system();
            control.prepare(system, index);
            system.setKernelSegments(ControlArea.KERNEL_CODE, ControlArea.KERNEL_DATA);
            cpu.systemChanged();
        }
        return cpu;
    }

    private GuestFailure failure(String what) {
        return new GuestFailure(
                VmExit.Cause.UNHANDLED_EXIT,
                "page tables of %s could not be written back: %s"
                        .formatted(vm.settings().name(), what));
    }
}
