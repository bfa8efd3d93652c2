package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Two short runs of an experiment.
///
/// @param claim which holds in the first and not in the second
/// @param holds arguments of the first
/// @param fails arguments of the second
record ShortRuns(String claim, List<String> holds, List<String> fails) {
    /// Stands for the file of a small machine.
    static final String SMALL = "SMALL";

    private static final String FEW = " --machine textbook:tlb.l2.entries=96";

    private static final Map<String, ShortRuns> RUNS =
            Map.ofEntries(
                    Map.entry(
                            "curve",
                            of(
                                    "large-pages-beat-every-size-under-native-4k",
                                    "gups:footprint=16MiB,accesses=30k --simulate 64x4",
                                    "gups:footprint=4MiB,accesses=30k --simulate none --machine"
                                            + " textbook --warmup 29k")),
                    Map.entry(
                            "devices",
                            of(
                                    "deferred-is-as-published",
                                    "--packet 1500 --packets 600 --ring 32",
                                    "--packet 1500 --packets 600 --ring 32 --strict 0.01")),
                    Map.entry(
                            "dma-attack",
                            of("wrong-orders-are-found", "--secrets 20", "--secrets 1 --seed 5")),
                    Map.entry(
                            "dirty-tracking",
                            of(
                                    "large-pages-amplify",
                                    "--working-set 8MiB --accesses 3k --intervals 1 --writes 0.01",
                                    "--working-set 4MiB --accesses 4k --intervals 1 --writes 1")),
                    Map.entry(
                            "double-caching",
                            of(
                                    "none-reads-again-what-the-guest-forgot",
                                    "--pages 20 --replicates 2",
                                    "--pages 20 --replicates 2 --passes 1 --guest-cache 1"
                                            + " --host-cache 1")),
                    Map.entry(
                            "encryption",
                            of(
                                    "large-pages-save-walks",
                                    "gups:footprint=64MiB,accesses=5k --adder 0,10 --attacks 5",
                                    "gups:footprint=4TiB,accesses=2k --adder 0,10 --attacks 5")),
                    Map.entry(
                            "fidelity",
                            of(
                                    "most-ratios-are-met",
                                    "--source mitosis --only gups --accesses 50k",
                                    "--source bhargava --accesses 2k")),
                    Map.entry(
                            "fork",
                            of(
                                    "sharing-pays",
                                    "zipf:footprint=8MiB,accesses=40k --after 39k --memory 16MiB",
                                    "zipf:footprint=8MiB,accesses=200k --after 1k --memory 16MiB")),
                    Map.entry(
                            "paper",
                            of(
                                    "gains-are-gains",
                                    "dmt-2024 --footprint 1GiB --accesses 20k",
                                    "ahn-2012 --footprint 64MiB --accesses 10k")),
                    Map.entry(
                            "hint",
                            of(
                                    "hint-pays",
                                    "gups:footprint=32MiB,accesses=200k --memory 64MiB",
                                    "gups:footprint=32MiB,accesses=200k --memory 64MiB"
                                            + " --fragmentation none")),
                    Map.entry(
                            "integrity",
                            of(
                                    "log-suits-patching",
                                    "--attacks 1 --quanta 6 --text 8 --mixed 1",
                                    "--attacks 1 --quanta 6 --text 8 --mixed 1 --patches 0")),
                    Map.entry(
                            "intrusion",
                            of(
                                    "fresh-pages-are-found",
                                    "gups:footprint=1MiB --train gups:footprint=2MiB --training 4"
                                            + " --clean 3 --attacks 1 --quanta 20",
                                    "gups:footprint=1MiB --train gups:footprint=2MiB --training 4"
                                            + " --clean 3 --attacks 1 --quanta 20 --patches 300")),
                    Map.entry(
                            "large-pages",
                            of(
                                    "in-step-pays-most",
                                    "gups:footprint=64MiB,accesses=100k" + FEW,
                                    "sequential:footprint=64KiB,accesses=2k" + FEW)),
                    Map.entry(
                            "layout",
                            of(
                                    "sets-are-hidden",
                                    "--machine opteron-2008 --memory 16MiB --granule 4K --layouts"
                                            + " 10 --attempts 2 --addresses 1 --accesses 5k",
                                    "--machine opteron-2008 --memory 16MiB --granule 2M --layouts 1"
                                            + " --attempts 2 --addresses 1 --accesses 5k")),
                    Map.entry(
                            "merging",
                            of(
                                    "ksm-finds-most",
                                    "gups:footprint=64KiB,accesses=5k --image 1MiB --time 3"
                                            + " --guests 2",
                                    "gups:footprint=64KiB,accesses=5k --image 1MiB --time 0.1"
                                            + " --guests 2")),
                    Map.entry(
                            "migration",
                            of(
                                    "wishes-can-be-kept",
                                    "zipf:footprint=4MiB,accesses=20k --memory 16MiB --map",
                                    "zipf:footprint=4MiB,accesses=20k --memory 16MiB --want"
                                            + " downtime<1us")),
                    Map.entry(
                            "numa",
                            of(
                                    "remote-tables-cost-gups",
                                    "gups:footprint=1GiB,accesses=1M --node-memory 1536MiB"
                                            + " --machine SMALL",
                                    "gups:footprint=1GiB,accesses=1M --node-memory 1536MiB"
                                            + " --machine SMALL --remote 1 --loaded 1")),
                    Map.entry(
                            "permissions",
                            of("the-second-level-allows-fetches-alone", "", "--machine zen4")),
                    Map.entry(
                            "prefetch",
                            of(
                                    "hints-waste-less",
                                    "--pages 100 --hostile 100 --pattern sequential",
                                    "--pages 100 --hostile 100 --pattern strided")),
                    Map.entry(
                            "restore",
                            of(
                                    "recorded-set-is-three-times-as-fast",
                                    "gups:footprint=4MiB,accesses=20k --after 15k --memory 16MiB",
                                    "sequential:footprint=64KiB,accesses=200k --after 1k --memory"
                                            + " 16MiB")),
                    Map.entry(
                            "timing-channel",
                            of(
                                    "delays-leave-secrets-to-averages",
                                    "gups:footprint=64MiB --accesses 2k",
                                    "gups:footprint=64MiB --accesses 2k --delay 1e6")),
                    Map.entry(
                            "transactions",
                            of(
                                    "retries-are-wasted-on-dropped-exits",
                                    "gups:footprint=1MiB,accesses=5k",
                                    "gups:footprint=1MiB,accesses=5k --retries 0")),
                    Map.entry(
                            "watchpoints",
                            of(
                                    "rotation-in-turn-misses",
                                    "--pages 64 --armed 8 --runs 20 --bad 4 --periods 50",
                                    "--pages 16 --armed 16 --runs 20 --bad 4 --periods 50")));

    /// Those of an experiment.
    static ShortRuns of(String name) {
        assertThat(RUNS).as("short runs of " + name + ", to be added here").containsKey(name);
        return Objects.requireNonNull(RUNS.get(name));
    }

    private static ShortRuns of(String claim, String holds, String fails) {
        return new ShortRuns(claim, words(holds), words(fails));
    }

    private static List<String> words(String line) {
        return line.isEmpty() ? List.of() : List.of(line.split(" "));
    }
}
