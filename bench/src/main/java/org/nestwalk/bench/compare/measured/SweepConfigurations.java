package org.nestwalk.bench.compare.measured;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.Replacement;

/// The sixteen machines of the sweep: all presets but those that have the structures of another,
/// and variations in which structures are missing, larger, or replaced otherwise. No two run the
/// same code.
public final class SweepConfigurations {
    private static final Set<String> LIKE_ANOTHER =
            Set.of("cascade-lake-6252", "haswell-4850", "opteron-pwc");

    /// A machine with the name of its configuration.
    record Configuration(String name, ProcessorModel machine) {}

    private SweepConfigurations() {}

    /// The names, in the order in which the sweep runs them.
    public static List<String> names() {
        return all().stream().map(Configuration::name).toList();
    }

    static List<Configuration> all() {
        List<Configuration> all = new ArrayList<>();
        for (String preset : Machines.presets()) {
            if (!LIKE_ANOTHER.contains(preset)) {
                all.add(new Configuration(preset, machine(preset)));
            }
        }
        all.add(new Configuration("yardstick-caches", Variation.withCaches(machine("yardstick"))));
        all.add(
                new Configuration(
                        "yardstick-no-walk-caches", machine("yardstick").withoutWalkCaches()));
        all.add(
                new Configuration(
                        "yardstick-random",
                        Variation.withReplacement(machine("yardstick"), Replacement.RANDOM)));
        all.add(
                new Configuration(
                        "skylake-tree-plru",
                        Variation.withReplacement(machine("skylake-sp"), Replacement.TREE_PLRU)));
        all.add(
                new Configuration(
                        "skylake-no-nested-tlb",
                        Variation.withoutNestedTlb(machine("skylake-sp"))));
        all.add(new Configuration("zen4-flat-memory", Variation.withFlatMemory(machine("zen4"))));
        all.add(
                new Configuration(
                        "icelake-tlbs-x2", Variation.withLargerTlbs(machine("icelake-sp"), 2)));
        return all;
    }

    private static ProcessorModel machine(String preset) {
        return Machines.named(preset).model();
    }
}
