package org.nestwalk.lab.labs.fidelity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nestwalk.lab.labs.fidelity.Trial.Caches;

/// Published figures. Programs have the sizes that the sources ran.
///
/// @param group which measurements it is of
/// @param program that ran
/// @param what the figure is
/// @param least value published; the value, if it is one
/// @param most value published
/// @param figure ours
/// @param lacks what the model does not have that explains a deviation
record Published(
        String group,
        String program,
        String what,
        double least,
        double most,
        Figure figure,
        String lacks) {
    /// What is published, and where.
    private enum Source {
        VMITOSIS(
                "Xeon 6252, vMitosis",
                "Panwar et al., \"Fast local page-tables for virtualized NUMA servers with"
                        + " vMitosis\", ASPLOS 2021, from the logs of its artefact",
                "cascade-lake-6252"),
        MITOSIS(
                "Xeon E7-4850 v3, Mitosis",
                "Achermann et al., \"Mitosis: transparently self-replicating page-tables for"
                        + " large-memory machines\", ASPLOS 2020, from the tables of its artefact",
                "haswell-4850"),
        BHARGAVA(
                "Opteron, Bhargava",
                "Bhargava et al., \"Accelerating two-dimensional page walks for virtualized"
                        + " systems\", ASPLOS 2008, abstract",
                "opteron-pwc");

        private final String label;
        private final String cite;
        private final String machine;

        Source(String label, String cite, String machine) {
            this.label = label;
            this.cite = cite;
            this.machine = machine;
        }
    }

    private static final String ENDLESS = ",accesses=100M";
    private static final Map<String, String> LARGE =
            Map.of(
                    "gups", "gups:footprint=64GiB" + ENDLESS,
                    "btree", "btree:footprint=35GiB,fanout=6" + ENDLESS,
                    "xsbench", "xsbench:footprint=322GiB" + ENDLESS);
    private static final Map<String, String> MEDIUM =
            Map.of(
                    "gups", "gups:footprint=64GiB" + ENDLESS,
                    "btree", "btree:footprint=35GiB,fanout=6" + ENDLESS,
                    "xsbench", "xsbench:footprint=85GiB" + ENDLESS,
                    "hash-join", "hash-join:footprint=17GiB,phase=probe" + ENDLESS);
    private static final List<String> SMALL =
            List.of(
                    "zipf:footprint=2GiB" + ENDLESS,
                    "btree:footprint=2GiB" + ENDLESS,
                    "hash-join:footprint=2GiB,phase=probe" + ENDLESS,
                    "graph-bfs:footprint=2GiB" + ENDLESS);

    private static final String NATIVE = "native:4K";
    private static final String NATIVE_LARGE = "native:2M";
    private static final String NESTED = "nested:4K/4K";
    private static final String NESTED_LARGE = "nested:2M/2M";

    private static final String WALKS =
            "what walks find in the last-level cache: real ones keep lines of tables longer than"
                    + " least recently used order does, above all with two dimensions of them";
    private static final String WORK =
            "the instructions between accesses, which take time of their own and leave walkers"
                    + " idle";
    private static final String QUEUES =
            "how a loaded node's queue treats walks beside other references, and bandwidth";
    private static final String NODES =
            "which nodes real tables are on above the leaves, and snoops of other sockets";
    private static final String PROGRAMS =
            "the programs of that study, which are not to be had (zipf, btree, hash-join and"
                    + " graph-bfs stand for them)";

    /// All figures, in the order to show them.
    static List<Published> all() {
        List<Published> all = new ArrayList<>();
        vmitosis(all);
        nodes(all);
        mitosis(all);
        bhargava(all);
        return all;
    }

    /// Where the figures are from, by group.
    static List<String> sources() {
        List<String> sources = new ArrayList<>();
        for (Source source : Source.values()) {
            sources.add(source.label + ": " + source.cite + "; machine " + source.machine);
        }
        return sources;
    }

    /// Whether it is of one of the programs that all three studies of large memories have.
    boolean isCore() {
        return LARGE.containsKey(program);
    }

    /// Whether it is of the source of that name, such as `mitosis`.
    boolean isOf(String source) {
        return Source.valueOf(source.toUpperCase(Locale.ROOT)).label.equals(group);
    }

    /// Our deviation from what is published, 0.1 for 10 % more; 0 within it.
    double deviation(double value) {
        return value < least ? value / least - 1 : value > most ? value / most - 1 : 0;
    }

    private static void vmitosis(List<Published> all) {
        Source source = Source.VMITOSIS;
        ratio(all, source, "gups", "virtual/native, 4K", 1.94, NESTED, NATIVE, WALKS);
        ratio(all, source, "btree", "virtual/native, 4K", 1.45, NESTED, NATIVE, WALKS);
        ratio(all, source, "xsbench", "virtual/native, 4K", 1.40, NESTED, NATIVE, WALKS);
        ratio(all, source, "gups", "virtual/native, 2M", 1.20, NESTED_LARGE, NATIVE_LARGE, WORK);
        ratio(all, source, "xsbench", "virtual/native, 2M", 1.03, NESTED_LARGE, NATIVE_LARGE, WORK);
        ratio(all, source, "gups", "virtual, 4K/2M", 3.29, NESTED, NESTED_LARGE, WALKS);
        ratio(all, source, "xsbench", "virtual, 4K/2M", 1.67, NESTED, NESTED_LARGE, WALKS);
        ratio(all, source, "gups", "native, 4K/2M", 2.05, NATIVE, NATIVE_LARGE, WALKS);
        ratio(all, source, "xsbench", "native, 4K/2M", 1.22, NATIVE, NATIVE_LARGE, WALKS);
        share(all, "gups", 0.89);
        share(all, "btree", 0.39);
        share(all, "xsbench", 0.30);
    }

    private static void ratio(
            List<Published> all,
            Source source,
            String program,
            String what,
            double value,
            String above,
            String below,
            String lacks) {
        Trial trial = Trial.of(source.machine, LARGE.getOrDefault(program, program), above);
        Figure figure = new Figure.Ratio(trial, trial.with(below));
        all.add(new Published(source.label, program, what, value, value, figure, lacks));
    }

    private static void share(List<Published> all, String program, double value) {
        Source source = Source.VMITOSIS;
        Trial trial = Trial.of(source.machine, LARGE.getOrDefault(program, program), NESTED);
        all.add(
                new Published(
                        source.label,
                        program,
                        "second-level walks, of cycles",
                        value,
                        value,
                        new Figure.SecondLevelShare(trial),
                        WORK));
    }

    private static void nodes(List<Published> all) {
        Tables[] tables = {Tables.LR, Tables.RL, Tables.RR, Tables.LRI, Tables.RLI, Tables.RRI};
        nodes(all, "gups", tables, 1.35, 1.36, 1.68, 2.10, 2.07, 3.05);
        nodes(all, "btree", tables, 1.28, 1.29, 1.55, 1.76, 1.75, 2.54);
        nodes(all, "xsbench", tables, 1.12, 1.12, 1.25, 1.41, 1.36, 1.77);
        Source source = Source.VMITOSIS;
        Trial large = Trial.of(source.machine, LARGE.getOrDefault("gups", ""), NESTED_LARGE);
        node(all, source, "gups", "2M, RRI/LL", 1.03, large, Tables.RRI);
    }

    private static void nodes(
            List<Published> all, String program, Tables[] tables, double... values) {
        Source source = Source.VMITOSIS;
        Trial local = Trial.of(source.machine, LARGE.getOrDefault(program, ""), NESTED);
        for (int i = 0; i < tables.length; i++) {
            String what = "4K, " + tables[i] + "/LL";
            node(all, source, program, what, values[i], local, tables[i]);
        }
    }

    private static void node(
            List<Published> all,
            Source source,
            String program,
            String what,
            double value,
            Trial local,
            Tables tables) {
        Figure figure = new Figure.Ratio(local.with(tables), local);
        boolean loaded = tables.name().endsWith("I");
        all.add(
                new Published(
                        source.label,
                        program,
                        what,
                        value,
                        value,
                        figure,
                        loaded ? QUEUES : NODES));
    }

    private static void mitosis(List<Published> all) {
        Source source = Source.MITOSIS;
        mitosis(all, source, "gups", 0.83, 1.53, 3.22);
        mitosis(all, source, "btree", 0.43, 1.30, 2.03);
        mitosis(all, source, "xsbench", 0.35, 1.09, 1.48);
        mitosis(all, source, "hash-join", 0.60, 1.28, 2.12);
    }

    private static void mitosis(
            List<Published> all,
            Source source,
            String program,
            double share,
            double remote,
            double loaded) {
        Trial local = Trial.of(source.machine, MEDIUM.getOrDefault(program, ""), NATIVE);
        all.add(
                new Published(
                        source.label,
                        program,
                        "native walks, of cycles",
                        share,
                        share,
                        new Figure.WalkShare(local),
                        WORK));
        node(all, source, program, "native, R/L", remote, local, Tables.RL);
        node(all, source, program, "native, RI/L", loaded, local, Tables.RLI);
    }

    private static void bhargava(List<Published> all) {
        List<Trial> every =
                SMALL.stream()
                        .map(program -> Trial.of(Source.BHARGAVA.machine, program, NESTED))
                        .toList();
        gain(
                all,
                "nested entries in the walk cache",
                0.15,
                0.38,
                every,
                trial -> trial.with(Caches.GUEST_STRUCTURE),
                trial -> trial.with(Caches.STRUCTURE));
        gain(
                all,
                "a nested TLB more",
                0.03,
                0.07,
                every,
                trial -> trial.with(Caches.STRUCTURE),
                trial -> trial);
        gain(
                all,
                "large pages of the host more",
                0.03,
                0.22,
                every,
                trial -> trial,
                trial -> trial.with("nested:4K/2M"));
    }

    private static void gain(
            List<Published> all,
            String what,
            double least,
            double most,
            List<Trial> trials,
            UnaryOperator<Trial> without,
            UnaryOperator<Trial> with) {
        Figure figure =
                new Figure.Gain(
                        trials.stream()
                                .map(trial ->
                                        new Figure.Ratio(without.apply(trial), with.apply(trial)))
                                .toList());
        all.add(new Published(Source.BHARGAVA.label, "a mix", what, least, most, figure, PROGRAMS));
    }
}
