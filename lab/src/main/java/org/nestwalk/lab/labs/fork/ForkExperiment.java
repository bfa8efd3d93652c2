package org.nestwalk.lab.labs.fork;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Document;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.fork.ForkMethod;
import org.nestwalk.lab.fork.ForkPlan;
import org.nestwalk.lab.fork.ForkResult;
import org.nestwalk.lab.fork.ForkRun;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.vm.VmParameters;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.parameter.Arguments;
import org.nestwalk.parameter.Domain;
import org.nestwalk.parameter.Parameter;

/// A guest is frozen in mid-run, and children are made of it, on the simulated machine or on KVM,
/// by one method or several side by side.
public final class ForkExperiment implements Experiment<ForkComparison> {
    private static final String SIMULATED = "sim";
    private static final String ON = "on";
    private static final String CHILDREN = "children";
    private static final String AFTER = "after";
    private static final String DIVERGE = "diverge";
    private static final String SEED = "seed";
    private static final String HOST_MEMORY = "host-memory";
    private static final String THREADS = "threads";
    private static final String METHOD = "method";

    private final Spec spec;

    private ForkExperiment(String name, String question, List<String> methods) {
        this.spec =
                new Spec(
                        name,
                        question,
                        VmRun.BLOCKING_MODEL
                                + "; making a virtual machine takes no time on the simulated"
                                + " machine, copying and mapping do; on KVM all times are measured",
                        Workloads.programsAndTraces(
                                "what the guest runs", "zipf:footprint=32MiB,accesses=400K"),
                        List.of(
                                Parameter.choice(ON, "what it runs on", SIMULATED, "kvm"),
                                Machines.parameter("skylake-sp").onlyWith(ON, SIMULATED),
                                VmParameters.memory("memory of each guest", 64L << 20),
                                VmParameters.cpus(),
                                Parameter.multiple(
                                                HOST_MEMORY,
                                                "memory of the host; guests that find none fail,"
                                                        + " and the others go on",
                                                4L << 30,
                                                4L << 20,
                                                16L << 20,
                                                16L << 40)
                                        .onlyWith(ON, SIMULATED),
                                Parameter.count(CHILDREN, "how many are made of it", 4, 1, 10_000),
                                Parameter.count(
                                        AFTER,
                                        "accesses of the parent, on all virtual CPUs, before it is"
                                                + " frozen",
                                        200_000,
                                        1,
                                        1_000_000_000_000L),
                                Parameter.choice(
                                        DIVERGE,
                                        "whether children go on as the parent (none) or begin the"
                                                + " program anew, each with a seed of its own, in"
                                                + " the memory that they have",
                                        "none",
                                        SEED),
                                Parameter.count(
                                        THREADS,
                                        "threads that guests run on side by side; simulated times"
                                                + " depend on chance if these are several",
                                        1,
                                        1,
                                        256),
                                Parameter.of(
                                                METHOD,
                                                "how children get memory: 4K pages copied when they"
                                                    + " are written (cow), 2M pages split or copied"
                                                    + " whole then, or all copied first (eager)",
                                                new Domain.Choice(ForkMethod.labels()),
                                                "cow")
                                        .by(methods.toArray(String[]::new))
                                        .several()));
    }

    /// All methods side by side.
    public static ForkExperiment comparison() {
        return new ForkExperiment(
                "fork",
                "Virtual machines that share memory until they write to it.",
                ForkMethod.labels());
    }

    /// One method, as a virtual machine is forked.
    public static ForkExperiment single() {
        return new ForkExperiment(
                "vm-fork",
                "Freeze a running virtual machine, and make others of it.",
                List.of(ForkMethod.COW.label()));
    }

    @Override
    public Spec spec() {
        return spec;
    }

    @Override
    public ForkComparison run(Laboratory laboratory, Arguments given) {
        ForkPlan.@Nullable Simulated simulated = simulated(given);
        ForkPlan plan =
                new ForkPlan(
                        given.text(Workloads.PROGRAM),
                        given.size(VmParameters.MEMORY),
                        given.whole(VmParameters.CPUS),
                        given.count(AFTER),
                        given.whole(CHILDREN),
                        given.text(DIVERGE).equals(SEED),
                        given.whole(THREADS));
        List<Function<Meter, ForkResult>> parts = new ArrayList<>();
        for (String label : methods(given)) {
            parts.add(meter -> ForkRun.of(plan, ForkMethod.of(label), simulated, meter.part()));
        }
        return new ForkComparison(
                simulated == null ? null : simulated.model().name(),
                plan.program(),
                plan.cpus(),
                plan.after(),
                plan.children(),
                given.text(DIVERGE),
                laboratory.inOrder(parts));
    }

    /// On KVM, unless told otherwise, those that it can do.
    private static List<String> methods(Arguments given) {
        List<String> asked = given.texts(METHOD);
        boolean all = given.text(ON).equals(SIMULATED) || given.isGiven(METHOD);
        return asked.stream().filter(label -> all || ForkMethod.of(label).isOnKvm()).toList();
    }

    private static ForkPlan.@Nullable Simulated simulated(Arguments given) {
        if (!given.text(ON).equals(SIMULATED)) {
            return null;
        }
        return new ForkPlan.Simulated(Timing.blocking(given), given.size(HOST_MEMORY));
    }

    @Override
    public boolean isFlawless(ForkComparison result) {
        return result.methods().stream().allMatch(ForkResult::isFlawless);
    }

    @Override
    public Document document(ForkComparison result) {
        return ForkDocument.of(result);
    }
}
