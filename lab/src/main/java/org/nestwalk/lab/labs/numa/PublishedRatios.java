package org.nestwalk.lab.labs.numa;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/// Published figures: run times relative to those with both tables local, as published: Panwar et
/// al., "Fast local page-tables for virtualized NUMA servers with vMitosis", ASPLOS 2021, from the
/// logs of its artefact; Xeon Gold 6252, four sockets, 4-KiB pages, CPU and data on one node.
final class PublishedRatios {
    private static final Placement[] ORDER = {
        Placement.LR,
        Placement.RL,
        Placement.RR,
        Placement.LRI,
        Placement.RLI,
        Placement.RRI,
        Placement.MIGRATED
    };

    private static final Map<String, Map<Placement, Double>> RATIOS =
            Map.of(
                    "gups", ratios(1.35, 1.36, 1.68, 2.10, 2.07, 3.05, 0.98),
                    "btree", ratios(1.28, 1.29, 1.55, 1.76, 1.75, 2.54, 1.00),
                    "xsbench", ratios(1.12, 1.12, 1.25, 1.41, 1.36, 1.77, 1.03));

    /// Both tables remote and loaded for GUPS with 2-MiB pages in both dimensions, memory not
    /// fragmented.
    private static final double GUPS_LARGE_PAGES = 1.03;

    /// The part of cycles that page walks take natively with both tables local, 4-KiB pages:
    /// Achermann et al., "Mitosis: transparently self-replicating page-tables for large-memory
    /// machines", ASPLOS 2020.
    private static final Map<String, Double> TRANSLATION_SHARES =
            Map.of("gups", 0.83, "btree", 0.43, "xsbench", 0.35);

    private PublishedRatios() {}

    private static Map<Placement, Double> ratios(double... values) {
        Map<Placement, Double> ratios = new EnumMap<>(Placement.class);
        for (int i = 0; i < ORDER.length; i++) {
            ratios.put(ORDER[i], values[i]);
        }
        return ratios;
    }

    /// The ratio of a program, by its name, with 4-KiB pages; empty if none is published.
    static OptionalDouble of(String program, Placement placement) {
        Double ratio = RATIOS.getOrDefault(program, Map.of()).get(placement);
        return ratio == null ? OptionalDouble.empty() : OptionalDouble.of(ratio);
    }

    /// The smallest ratio published for tables of which one or both are remote.
    static double least() {
        return RATIOS.values().stream()
                .flatMap(ratios -> ratios.entrySet().stream())
                .filter(ratio -> ratio.getKey() != Placement.MIGRATED)
                .mapToDouble(Map.Entry::getValue)
                .min()
                .orElseThrow();
    }

    /// The part of a program's cycles that translation takes; empty if none is published.
    static OptionalDouble translationShare(String program) {
        Double share = TRANSLATION_SHARES.get(program);
        return share == null ? OptionalDouble.empty() : OptionalDouble.of(share);
    }

    /// The ratio of a program for [Placement#RRI] with 2-MiB pages; empty if none is published.
    static OptionalDouble ofLargePages(String program) {
        return program.equals("gups")
                ? OptionalDouble.of(GUPS_LARGE_PAGES)
                : OptionalDouble.empty();
    }
}
