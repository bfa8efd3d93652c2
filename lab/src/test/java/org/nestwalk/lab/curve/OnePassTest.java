package org.nestwalk.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nestwalk.InputException;
import org.nestwalk.lab.compare.CompareOptions;
import org.nestwalk.lab.compare.ComparisonResult;
import org.nestwalk.mmu.model.Geometry;

/// One pass has the misses of simulations of every size: whatever runs, on whatever machine, under
/// whatever setup.
class OnePassTest {
    private static final int SIZES = 5;
    private static final int TRACES = Boolean.getBoolean("nestwalk.long") ? 400 : 40;
    private static final List<String> MACHINES =
            List.of("skylake-sp", "icelake-sp", "zen4", "opteron-2008", "textbook", "yardstick");
    private static final List<String> SETUPS =
            List.of(
                    "native:4K",
                    "native:2M",
                    "nested:4K/4K",
                    "nested:4K/2M",
                    "nested:2M/4K",
                    "nested:2M/2M",
                    "nested:1G/4K",
                    "shadow:4K",
                    "shadow:2M",
                    "flat:4K");
    private static final List<String> LAYOUTS =
            List.of("contiguous", "scattered", "fragmented:0.5", "fragmented:0.02");

    /// Something to run with sizes to compare.
    record Run(
            long seed, String program, String machine, String setup, String layout, long warmup) {
        static Run of(long seed) {
            Random random = new Random(seed);
            long pages = 1L << 8 + random.nextInt(7);
            String size = "footprint=" + pages * 4 + "KiB,accesses=15000,seed=" + seed;
            String program =
                    switch (random.nextInt(4)) {
                        case 0 -> "gups:" + size;
                        case 1 -> "sequential:" + size;
                        case 2 -> "btree:" + size;
                        default -> "zipf:" + size + ",writes=0.4";
                    };
            return new Run(
                    seed,
                    program,
                    pick(random, MACHINES),
                    pick(random, SETUPS),
                    pick(random, LAYOUTS),
                    random.nextBoolean() ? 0 : 4000);
        }

        private static <T> T pick(Random random, List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        List<Geometry> sizes() {
            Random random = new Random(~seed);
            List<Geometry> sizes = new ArrayList<>();
            while (sizes.size() < SIZES) {
                boolean power = random.nextBoolean();
                int sets = power ? 1 << random.nextInt(9) : 1 + random.nextInt(300);
                int ways = power ? 1 << random.nextInt(8) : 1 + random.nextInt(40);
                sizes.add(CurveSizes.of(sets * ways, ways));
            }
            return sizes;
        }
    }

    static List<Run> runs() {
        return IntStream.range(0, TRACES).mapToObj(Run::of).toList();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void everySizeMissesAsOftenAsInASimulationOfItsOwn(Run run) {
        VariedTlb tlb = Curves.tlb(run.machine());
        List<Geometry> sizes = run.sizes();
        sizes.add(tlb.model().geometry());
        ExactCurve curve = Curves.exact(tlb, sizes);
        CompareOptions options =
                Curves.after(
                        Curves.options(tlb.machineWith(sizes.getLast()), run.layout(), run.setup()),
                        run.warmup());
        List<ComparisonResult> results =
                Curves.run(run.program(), tlb, options, sizes, List.of(curve));
        for (int i = 0; i < sizes.size(); i++) {
            long simulated = results.get(i + 1).setups().getFirst().counts().l2Misses();
            assertThat((long) curve.misses(sizes.get(i)) + curve.otherMisses())
                    .as("%s", sizes.get(i))
                    .isEqualTo(simulated);
        }
        assertThat(results.getFirst().setups().getFirst().counts().l2Misses())
                .as("the machine as it is")
                .isEqualTo(results.getLast().setups().getFirst().counts().l2Misses());
    }

    /// Instructions, too, and of a real program.
    @ParameterizedTest
    @CsvSource({"skylake-sp", "zen5"})
    void recordedProgramsAreCountedLikeGeneratedOnes(String machine) {
        String trace = System.getProperty("nestwalk.root", "..") + "/examples/cc1.nwt";
        VariedTlb tlb = Curves.tlb(machine);
        List<Geometry> sizes =
                List.of(CurveSizes.of(64, 4), CurveSizes.of(1536, 12), CurveSizes.of(100, 100));
        ExactCurve curve = Curves.exact(tlb, sizes);
        CompareOptions all =
                Curves.options(tlb.machineWith(sizes.get(0)), "scattered", "nested:4K/4K");
        CompareOptions options =
                new CompareOptions(
                        all.machine(),
                        all.setups(),
                        200_000,
                        0,
                        0,
                        1,
                        "scattered",
                        "scattered",
                        4,
                        4,
                        1);
        List<ComparisonResult> results = Curves.run(trace, tlb, options, sizes, List.of(curve));
        for (int i = 0; i < sizes.size(); i++) {
            assertThat((long) curve.misses(sizes.get(i)) + curve.otherMisses())
                    .isEqualTo(results.get(i + 1).setups().getFirst().counts().l2Misses());
        }
        assertThat(curve.otherMisses() > 0).isEqualTo(machine.equals("zen5"));
    }

    @Test
    void counterDoesNotChangeWhatIsCounted() {
        VariedTlb tlb = Curves.tlb("skylake-sp");
        CompareOptions options =
                Curves.options(
                        tlb.machineWith(tlb.model().geometry()), "contiguous", "nested:2M/4K");
        String program = "zipf:footprint=16MiB,accesses=20000,writes=0.5";
        List<Geometry> sizes = List.of(tlb.model().geometry());
        ComparisonResult watched =
                Curves.run(program, tlb, options, List.of(), List.of(Curves.exact(tlb, sizes)))
                        .getFirst();
        ComparisonResult alone = Curves.run(program, tlb, options, List.of(), List.of()).getFirst();
        assertThat(watched.setups()).usingRecursiveComparison().isEqualTo(alone.setups());
    }

    @Test
    void pagesThatOnlyTheFirstLevelHoldsAsAWholeAreRefused() {
        VariedTlb tlb = Curves.tlb("zen4");
        List<Geometry> sizes = List.of(tlb.model().geometry());
        CompareOptions options =
                Curves.options(tlb.machineWith(sizes.getFirst()), "contiguous", "native:1G");
        assertThatThrownBy(() ->
                        Curves.run(
                                "gups:footprint=4GiB,accesses=1000",
                                tlb,
                                options,
                                List.of(),
                                List.of(Curves.exact(tlb, sizes))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("zen4 holds 1G pages as a whole in its first-level TLBs")
                .hasMessageContaining("leave out setups of 1G pages");
    }

    @ParameterizedTest
    @CsvSource({
        "'skylake-sp:tlb.l2.replacement=TREE_PLRU', under TREE_PLRU",
        "'skylake-sp:tlb.l2.replacement=RANDOM', under RANDOM",
        "'skylake-sp:tlb.l2.serves=INSTRUCTION', no second-level TLBs for data in 4K pages"
    })
    void machinesWithoutATlbUnderLruAreRefused(String machine, String why) {
        assertThatThrownBy(() -> Curves.tlb(machine))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(why);
    }
}
