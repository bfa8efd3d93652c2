package org.nestwalk.kvm.machine;

import org.nestwalk.kvm.handle.KvmVcpu;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VmExit;

/// The exits of one virtual CPU: offered to the parts of the hypervisor, timed and counted. Used
/// with the exclusive lock held.
final class KvmExits {
    private final KvmVirtualMachine vm;
    private final KvmCpu cpu;
    private final Account account;
    private final OpenedPages opened;

    KvmExits(KvmVirtualMachine vm, KvmCpu cpu, Account account) {
        this.vm = vm;
        this.cpu = cpu;
        this.account = account;
        this.opened = new OpenedPages(vm.secondLevel());
    }

    /// Offers the exit to the hypervisor's parts, and returns if the guest goes on; opens the page
    /// of an access that is to be performed although it is refused.
    ///
    /// @throws UnhandledExit if the guest stops
    void handle(VmExit exit) {
        handle(
                ExitReason.of(exit),
                () -> opened.open(exit, vm.exits().handle(cpu, exit, vm.secondLevel())));
    }

    /// The CPU's dirty ring is full: empties it, and tells the parts.
    void logFull(KvmVcpu vcpu) {
        handle(
                ExitReason.LOG_FULL,
                () -> {
                    vm.log().drain(vcpu);
                    vm.exits().logEmptied(cpu);
                });
    }

    /// Handles an exit that is the machine's own business.
    void handle(ExitReason reason, Runnable handling) {
        long start = System.nanoTime();
        try {
            handling.run();
        } finally {
            long cycles = vm.cycles(System.nanoTime() - start);
            account.spend(Cost.EXIT, cycles);
            account.countExit(reason, cycles);
            vm.observer().exited(cpu, reason, cycles);
        }
    }

    /// Whether a page is open for one access.
    boolean isStepping() {
        return !opened.isEmpty();
    }

    /// Closes the pages that were opened for one access.
    void endStep() {
        if (opened.close()) {
            handle(ExitReason.SINGLE_STEP, () -> {});
        }
    }
}
