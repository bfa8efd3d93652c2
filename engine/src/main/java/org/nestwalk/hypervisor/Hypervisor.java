package org.nestwalk.hypervisor;

import java.util.HashMap;
import java.util.Map;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// The part of a hypervisor that every virtual machine needs: backs memory as it is touched, and
/// answers hypercalls. Other parts are attached beside it and need not know it
/// ([VirtualMachine#attach]).
public final class Hypervisor implements ExitPart {
    private final VirtualMachine vm;
    private final BackingPolicy backing;
    private final Map<Integer, HypercallService> services = new HashMap<>();

    private Hypervisor(VirtualMachine vm, BackingPolicy backing) {
        this.vm = vm;
        this.backing = backing;
    }

    /// Prepares the memory of `vm` and attaches its hypervisor.
    ///
    /// @throws org.nestwalk.InputException if the backing policy cannot be kept
    public static Hypervisor start(VirtualMachine vm, BackingPolicy backing) {
        Hypervisor hypervisor = new Hypervisor(vm, backing);
        vm.attach(hypervisor);
        backing.prepare(vm);
        return hypervisor;
    }

    /// What answers a hypercall.
    @FunctionalInterface
    public interface HypercallService {
        /// The answer to a call, which comes from the guest: arguments are to be distrusted.
        long answer(VirtualCpu cpu, long first, long second, long third);
    }

    /// Answers hypercalls with `number` by `service`.
    public void serve(int number, HypercallService service) {
        services.put(number, service);
    }

    @Override
    public Verdict handle(VirtualCpu cpu, VmExit exit) {
        return switch (exit) {
            case VmExit.Violation violation when !violation.mapped() -> back(violation);
            case VmExit.Hypercall call -> answer(cpu, call);
            case VmExit.OwnershipViolation refused -> split(refused);
            default -> Verdict.NOT_MINE;
        };
    }

    private Verdict back(VmExit.Violation violation) {
        if (!backing.back(vm, violation.gpa())) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left to back %s".formatted(vm.settings().name()));
        }
        return Verdict.RESUME;
    }

    /// Splits a 2-MiB mapping of what the guest owns page by page. Anything else is tampering, with
    /// which the guest stops.
    private Verdict split(VmExit.OwnershipViolation refused) {
        if (refused.sizeMismatch()) {
            vm.secondLevel().split(refused.gpa());
        }
        return Verdict.resumeIf(refused.sizeMismatch());
    }

    private Verdict answer(VirtualCpu cpu, VmExit.Hypercall call) {
        HypercallService service = services.get(call.number());
        if (service == null) {
            return Verdict.NOT_MINE;
        }
        cpu.answer(service.answer(cpu, call.first(), call.second(), call.third()));
        return Verdict.RESUME;
    }
}
