package org.nestwalk.hypervisor;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.machine.ExitHandler;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// A virtual machine's hypervisor: gives every exit to the policy whose business it is.
public final class Hypervisor implements ExitHandler {
    private final VirtualMachine vm;
    private final BackingPolicy backing;
    private final Map<Integer, HypercallService> services = new HashMap<>();

    /// The hypervisor of `vm`, from now on; prepares its memory.
    ///
    /// @throws org.nestwalk.InputException if the backing policy cannot be kept
    public Hypervisor(VirtualMachine vm, BackingPolicy backing) {
        this.vm = vm;
        this.backing = backing;
        vm.onExit(this);
        backing.prepare(vm);
    }

    /// What answers a hypercall.
    @FunctionalInterface
    public interface HypercallService {
        /// The answer to a call, which comes from the guest: arguments are to be distrusted.
        long answer(VirtualCpu cpu, long first, long second, long third);
    }

    /// Has hypercalls with `number` answered by `service`.
    public void serve(int number, HypercallService service) {
        services.put(number, service);
    }

    @Override
    public boolean handle(VirtualCpu cpu, VmExit exit) {
        return switch (exit) {
            case VmExit.Violation violation -> back(violation);
            case VmExit.Hypercall call -> answer(cpu, call);
            case VmExit.OwnershipViolation refused -> split(refused);
            // Whoever asked for a log or for traps handles them before this hypervisor: see
            // WriteLogging and WriteProtection. What nobody takes ends the run, and loses nothing.
            case VmExit.LogFull full -> false;
            case VmExit.WriteTrap trap -> false;
            case VmExit.Misconfiguration misconfiguration -> false;
            case VmExit.Interrupted interrupted -> false;
            case VmExit.ProgramEnd end -> false;
            case VmExit.Failure failure -> false;
        };
    }

    private boolean back(VmExit.Violation violation) {
        if (violation.mapped()) {
            return false;
        }
        if (!backing.back(vm, violation.gpa())) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left to back %s".formatted(vm.settings().name()));
        }
        return true;
    }

    /// A 2-MiB mapping of what the guest owns page by page.
    private boolean split(VmExit.OwnershipViolation refused) {
        if (refused.sizeMismatch()) {
            vm.secondLevel().split(refused.gpa());
        }
        return refused.sizeMismatch();
    }

    private boolean answer(VirtualCpu cpu, VmExit.Hypercall call) {
        HypercallService service = services.get(call.number());
        if (service != null) {
            cpu.answer(service.answer(cpu, call.first(), call.second(), call.third()));
        }
        return true;
    }
}
