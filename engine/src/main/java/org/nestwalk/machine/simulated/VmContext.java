package org.nestwalk.machine.simulated;

import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.host.HypervisorTables;
import org.nestwalk.machine.simulated.shootdown.Shootdown;
import org.nestwalk.machine.simulated.shootdown.VmCpus;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.CostModel;

/// What the parts of one virtual machine work with.
///
/// @param host what all virtual machines have in common
/// @param id its number, from 1, by which it owns frames
/// @param settings its own
/// @param protection of its memory
/// @param cpus its own
/// @param shootdown what makes them forget what they have cached of the second level
record VmContext(
        SimulatedHost host,
        int id,
        VmSettings settings,
        VmProtection protection,
        VmCpus cpus,
        Shootdown shootdown) {
    /// That of a new virtual machine, without CPUs yet.
    static VmContext of(SimulatedHost host, int id, VmSettings settings) {
        VmCpus cpus = new VmCpus();
        return new VmContext(
                host,
                id,
                settings,
                new VmProtection(host, id, settings.protection()),
                cpus,
                new Shootdown(cpus, host.ledger(), host.costs()));
    }

    /// What software takes.
    SoftwareCosts costs() {
        return host.costs();
    }

    /// How long a CPU has run that has counted `counts` and spent what `account` says.
    long nanoseconds(MmuCounts counts, Account account) {
        CostModel model = host.settings().model().costs();
        long cycles = counts.cycles(model.accessCycles()) + account.cycles();
        return (long) (cycles / model.frequencyGHz());
    }

    /// Charges whoever is served.
    void charge(Cost cost, long cycles) {
        host.ledger().charge(cost, cycles);
    }

    /// Charges looking at the second level, as [org.nestwalk.machine.VirtualMachine#scanned].
    void chargeScan(long entries, long pages) {
        charge(Cost.HOST_SCANNING, entries * costs().scanning() + pages * costs().zeroing());
    }

    /// The node that new memory comes from: that of the CPU that is served, or of the first.
    int node() {
        return cpus.node(host.ledger().served());
    }

    /// Frames for tables and other structures of the hypervisor, from that node.
    HypervisorTables newTables() {
        return new HypervisorTables(host.frames(), id, this::node);
    }

    /// Translations of all CPUs are about to change.
    void interruptTransactions() {
        cpus.interruptTransactions(-1);
    }

    /// Removes what any processor has cached of the mapping of a range.
    void flush(long gpa, long bytes) {
        shootdown.flush(gpa, bytes);
    }
}
