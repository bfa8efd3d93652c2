package org.nestwalk.lab.labs.numa;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.topology.NodeCounts;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// Another tenant's virtual machine, whose program keeps the memory of a node busy: where the load
/// of that node comes from, if it is not given.
///
/// One of its CPUs runs on the same simulated machine, before the guest does; how often it refers
/// to the node's memory is measured. The others are taken to do the same. The node serves one line
/// after the other at its bandwidth, and each CPU has so many references under way as data
/// overlaps: a closed queueing network, whose asymptotic bounds say how long a reference waits
/// (Denning and Buzen, "The operational analysis of queueing network models", ACM Computing Surveys
/// 10(3), 1978). That memory is such a queue, and nothing else in its way is, is an assumption.
///
/// @param program as [org.nestwalk.guest.program.ProgramSpec] takes it
/// @param cpus that run it, 1 to 1,024
/// @param bandwidth of the node's memory in GB/s, 1 to 10,000
public record Tenant(String program, int cpus, double bandwidth) {
    /// The name of the parameter that says what runs there.
    static final String TENANT = "tenant";

    private static final String CPUS = "tenant-cpus";
    private static final String BANDWIDTH = "bandwidth";
    private static final int LINE = 64;
    private static final int ACCESSES = 400_000;

    /// What can be said of one.
    static List<Parameter> parameters() {
        return List.of(
                Parameter.of(
                                TENANT,
                                "have the remote node loaded by another virtual machine that runs"
                                        + " this, such as stream:footprint=4GiB",
                                new Domain.Text(
                                        "PROGRAM", "", text -> Workloads.program(text).spec()),
                                "")
                        .by(),
                Parameter.count(CPUS, "of that virtual machine, by default a socket", 24, 1, 1024)
                        .onlyWith(TENANT),
                Parameter.number(BANDWIDTH, "of a node's memory", 110, 1, 10_000, "GB/s")
                        .onlyWith(TENANT));
    }

    /// The one that is asked for; null if there is none.
    static @Nullable Tenant of(Arguments given) {
        return given.has(TENANT)
                ? new Tenant(given.text(TENANT), given.whole(CPUS), given.number(BANDWIDTH))
                : null;
    }

    /// The load that comes of it.
    ///
    /// @param program with all its parameters
    /// @param cpus that run it
    /// @param referencesPerCycle that one CPU, alone, makes to the node's memory
    /// @param utilisation of the memory by all, 0 to 1
    /// @param waitingCycles of each reference to the node, whoever makes it
    /// @param loaded latency of remote memory on the node, in units of local idle memory
    public record Load(
            String program,
            int cpus,
            double referencesPerCycle,
            double utilisation,
            double waitingCycles,
            double loaded) {}

    /// Makes the tenant's virtual machine on `machine`, with its memory in 2-MiB pages on the node
    /// that is remote for the guest of the experiment, runs one CPU of it, and finds what all of
    /// them do to that node. The virtual machine stays until `machine` is closed.
    ///
    /// @throws org.nestwalk.InputException if there is no such program, or the node cannot hold it
    Load measure(SimulatedMachine machine, NumaOptions options) {
        ProcessorModel model = machine.settings().model();
        Program parsed = Workloads.program(program);
        NumaOptions there = options.withCpuOn(options.away(), options.home());
        AccessRecord accesses = AccessRecord.first(parsed, ACCESSES);
        NumaGuest guest = new NumaGuest(machine, there, accesses, PageSize.SIZE_2M);
        int half = accesses.accesses().length / 2;
        guest.run(accesses.accesses(), 0, half);
        MmuCounts counts = guest.cpu().walkCounts().orElseThrow().copy();
        NodeCounts nodes = guest.placement().counts(0).copy();
        guest.run(accesses.accesses(), half, accesses.accesses().length);
        NodeCounts made = guest.placement().counts(0).since(nodes);
        long references = 0;
        for (int kind = 0; kind < NodeCounts.KINDS; kind++) {
            references += made.references(kind, options.away());
        }
        double cycles =
                Measurement.of(
                                guest.cpu().walkCounts().orElseThrow().since(counts),
                                made,
                                model,
                                options.underWay(model))
                        .cycles();
        return load(model, options, parsed.spec(), references, cycles);
    }

    private Load load(
            ProcessorModel model,
            NumaOptions options,
            String spec,
            long references,
            double cycles) {
        double service = LINE * model.costs().frequencyGHz() / bandwidth;
        double idle = model.memory().memoryCycles();
        double between = cycles / Math.max(1, references);
        double utilisation = Math.min(1, cpus * service / between);
        // Of the time from one reference to the next of the same slot, what is not memory's.
        double underWay = options.underWay(model);
        double thinking = Math.max(0, underWay * between - idle);
        double waiting = Math.max(0, cpus * underWay * service - thinking - idle);
        double loaded =
                Math.min(Topology.MOST_LOADED, options.topology().remote() + waiting / idle);
        return new Load(spec, cpus, 1 / between, utilisation, waiting, loaded);
    }
}
