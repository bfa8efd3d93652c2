package org.nestwalk.lab.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.document.Bars;
import org.nestwalk.document.Document;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;

class ForkRunTest {
    private static final boolean LONG = Boolean.getBoolean("nestwalk.long");
    private static final long MEMORY = 16L << 20;
    private static final String PROGRAM = "zipf:footprint=4MiB,accesses=40k,seed=3";

    private static ForkPlan plan(int children, boolean seeds) {
        return new ForkPlan(PROGRAM, MEMORY, 1, 20_000, children, seeds, 1);
    }

    private static ForkPlan.Simulated simulated(long hostBytes) {
        return new ForkPlan.Simulated(Machines.named("textbook").model(), hostBytes);
    }

    private static ForkResult run(ForkPlan plan, ForkMethod method) {
        return ForkRun.of(plan, method, simulated(1L << 30), ProgressListener.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void allGuestsEndAsOnPlainMemory(ForkMethod method) {
        for (boolean seeds : new boolean[] {false, true}) {
            ForkResult result = run(plan(3, seeds), method);
            assertThat(result.isFlawless()).as("%s", result).isTrue();
            assertThat(result.children().verified()).isEqualTo(4);
            assertThat(result.children().single()).isEqualTo(4);
            assertThat(result.end().accesses()).isEqualTo(seeds ? 120_000 : 60_000);
        }
    }

    @Test
    void familyGrowsAsItIsMade() {
        List<Integer> sizes = new ArrayList<>();
        ProgressListener watcher =
                new ProgressListener() {
                    @Override
                    public boolean update(ProgressEvent event) {
                        return true;
                    }

                    @Override
                    public boolean wantsCharts() {
                        return true;
                    }

                    @Override
                    public void see(Document charts) {
                        sizes.add(((Bars) charts.blocks().getLast()).rows().size());
                    }
                };
        ForkResult result =
                ForkRun.of(plan(3, false), ForkMethod.COW, simulated(1L << 30), watcher);
        assertThat(sizes).isSorted().startsWith(2, 3, 4).endsWith(4);
        assertThat(result.family())
                .extracting(ForkResult.Relative::name)
                .containsExactly("the parent", "child 1", "child 2", "child 3");
        List<ForkResult.Relative> children = result.family().subList(1, 4);
        assertThat(children.stream().mapToLong(ForkResult.Relative::own).sum())
                .isEqualTo(result.end().own())
                .isPositive();
        assertThat(children).allMatch(child -> child.accesses() == 20_000);
    }

    /// Threads of one process, or a process on each CPU where the program makes calls.
    @ParameterizedTest
    @ValueSource(strings = {PROGRAM, "arena:footprint=1MiB,arena=64KiB,accesses=30k,seed=3"})
    void guestsWithSeveralCpusEndAsOnPlainMemory(String program) {
        // What makes calls cannot map anew what its parent has mapped.
        for (boolean seeds : program.equals(PROGRAM) ? List.of(false, true) : List.of(false)) {
            ForkPlan plan = new ForkPlan(program, 2 * MEMORY, 3, 50_000, 3, seeds, seeds ? 2 : 1);
            for (ForkMethod method : List.of(ForkMethod.COW, ForkMethod.COW_SPLIT)) {
                ForkResult result = run(plan, method);
                assertThat(result.isFlawless()).as("%s", result).isTrue();
                assertThat(result.children().verified()).isEqualTo(4);
                assertThat(result.children().single()).isEqualTo(4);
            }
            if (isKvmThere()) {
                ForkResult result = ForkRun.of(plan, ForkMethod.COW, null, ProgressListener.NONE);
                assertThat(result.children().verified()).isEqualTo(4);
            }
        }
    }

    @Test
    void accessesOfAllCpusAreCounted() {
        ForkPlan plan = new ForkPlan(PROGRAM, 2 * MEMORY, 3, 50_001, 2, false, 1);
        ForkResult result = run(plan, ForkMethod.COW);
        assertThat(result.end().accesses()).isEqualTo(2 * (3 * 40_000 - 50_001));
        ForkPlan last = new ForkPlan(PROGRAM, 2 * MEMORY, 3, 119_999, 2, false, 1);
        assertThat(run(last, ForkMethod.COW).end().accesses()).isEqualTo(2);
        ForkPlan late = new ForkPlan(PROGRAM, 2 * MEMORY, 3, 120_000, 2, false, 1);
        assertThatThrownBy(() -> run(late, ForkMethod.COW))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("ends after 120,000 accesses");
    }

    @Test
    void freezingTakesTheSameTimeHoweverMuchIsTouched() {
        ForkResult little = run(new ForkPlan(PROGRAM, MEMORY, 1, 1, 1, false, 1), ForkMethod.COW);
        ForkResult much =
                run(new ForkPlan(PROGRAM, MEMORY, 1, 39_000, 1, false, 1), ForkMethod.COW);
        assertThat(much.frozenPages()).isGreaterThan(20 * little.frozenPages());
        assertThat(much.freezing()).isEqualTo(little.freezing());
        assertThat(much.copyingAll()).isGreaterThan(100 * much.freezing());
    }

    @Test
    void eachCopyIsAPageOfTheChildren() {
        // All of its pages are touched long before.
        ForkPlan plan =
                new ForkPlan("gups:footprint=1MiB,accesses=40k", MEMORY, 1, 30_000, 3, true, 1);
        ForkResult result = run(plan, ForkMethod.COW);
        // The first access of each child came before copies were watched.
        long own = result.end().own() - result.moments().getFirst().own();
        assertThat(Objects.requireNonNull(result.copies()).count()).isBetween(own, own + 3);
        assertThat(own).isBetween(3 * 256L - 3, 3 * 256L + 30);
        assertThat(run(plan, ForkMethod.EAGER).copies()).isNull();
    }

    @Test
    void childrenOfOneSeedTouchTheSamePagesAndOthersDoNot() {
        assertThat(run(plan(3, false), ForkMethod.COW).children().overlap()).isEqualTo(1);
        ForkPlan others =
                new ForkPlan("zipf:footprint=8MiB,accesses=2k", MEMORY, 1, 1_000, 3, true, 1);
        assertThat(run(others, ForkMethod.COW).children().overlap()).isBetween(0.1, 0.9);
    }

    /// A guest that finds no memory fails alone: its memory goes to the others.
    @Test
    void guestsOutOfMemoryFailAndTheOthersGoOn() {
        ForkResult result =
                ForkRun.of(
                        plan(6, true), ForkMethod.COW, simulated(16L << 20), ProgressListener.NONE);
        assertThat(result.children().failed()).isPositive();
        assertThat(result.children().verified()).isPositive();
        assertThat(result.children().wrong()).isZero();
        assertThat(result.children().failure()).contains("the host has no memory left");
        assertThat(result.isFlawless()).isFalse();
    }

    @Test
    void threadsChangeNoChecksum() {
        ForkResult result =
                run(new ForkPlan(PROGRAM, MEMORY, 1, 20_000, 9, true, 3), ForkMethod.COW);
        assertThat(result.children().verified()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {40_000, 1_000_000})
    void programThatEndsBeforeIsRefused(long after) {
        assertThatThrownBy(() ->
                        run(new ForkPlan(PROGRAM, MEMORY, 1, after, 1, false, 1), ForkMethod.COW))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("ends after 40,000 accesses");
    }

    @Test
    void traceHasNoSeeds(@TempDir Path directory) throws IOException {
        Path trace = Files.writeString(directory.resolve("t.lackey"), " L 1000,8\n");
        ForkPlan plan = new ForkPlan(trace.toString(), MEMORY, 1, 100, 1, true, 1);
        assertThatThrownBy(() -> run(plan, ForkMethod.COW))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(trace.toString());
    }

    @Test
    void watcherEndsARun() {
        assertThatThrownBy(() ->
                        ForkRun.of(
                                plan(2, false),
                                ForkMethod.COW,
                                simulated(1L << 30),
                                event -> event.done() < 30_000))
                .isInstanceOf(EndedEarly.class);
    }

    /// With the heap that tests have, which is smaller than the launcher's.
    @Test
    void manyChildrenCoexist() {
        int children = LONG ? 1_000 : 40;
        ForkPlan plan =
                new ForkPlan(
                        "gups:footprint=1MiB,accesses=2k", MEMORY, 1, 1_000, children, true, 1);
        assertThat(run(plan, ForkMethod.COW).children().verified()).isEqualTo(children + 1);
    }

    @Test
    void manyChildrenCoexistOnKvm() {
        needsKvm();
        int children = LONG ? 500 : 20;
        ForkPlan plan =
                new ForkPlan(
                        "gups:footprint=1MiB,accesses=2k", MEMORY, 1, 1_000, children, true, 1);
        ForkResult result = ForkRun.of(plan, ForkMethod.COW, null, ProgressListener.NONE);
        assertThat(result.children().verified()).isEqualTo(children + 1);
    }

    @Test
    void fullHeapSaysHowManyChildrenFit() {
        int[] told = {0};
        ProgressListener full =
                event -> {
                    // Two blocks of the parent's, and then one event a child.
                    if (++told[0] > 4 + 7) {
                        throw new OutOfMemoryError("planted");
                    }
                    return true;
                };
        assertThatThrownBy(() ->
                        ForkRun.of(plan(20, false), ForkMethod.COW, simulated(1L << 30), full))
                .isInstanceOf(InputException.class)
                .hasMessageMatching(
                        "the Java heap of [0-9,]+ MiB is full with [1-9]+ of 20 children; ask for"
                                + " fewer children, .* NESTWALK_JAVA_OPTS=-Xmx[0-9]+g");
    }

    @Test
    void hostWithHardlyAnyMemoryIsNotFilled() {
        assertThat(new Shortage(() -> 200L << 20).isNear()).isTrue();
        assertThat(new Shortage(() -> 1L << 30).isNear()).isFalse();
        assertThat(Shortage.ofHost(7, 20)).contains("7 of 20 children; ask for fewer children");
    }

    private static boolean isKvmThere() {
        Path device = Path.of("/dev/kvm");
        return Files.isReadable(device) && Files.isWritable(device);
    }

    private static void needsKvm() {
        assumeTrue(isKvmThere(), "this host has no KVM");
    }

    @ParameterizedTest
    @EnumSource(names = {"COW", "EAGER"})
    void allGuestsOnKvmEndAsOnPlainMemory(ForkMethod method) {
        needsKvm();
        ForkResult result = ForkRun.of(plan(3, true), method, null, ProgressListener.NONE);
        assertThat(result.children().verified()).isEqualTo(4);
        assertThat(result.freezing()).isPositive();
        assertThat(result.creating()).isNotNull();
    }

    @Test
    void largePagesAreRefusedOnKvm() {
        assertThatThrownBy(() ->
                        ForkRun.of(
                                plan(1, false), ForkMethod.COW_SPLIT, null, ProgressListener.NONE))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cow-2M-split is for the simulated machine");
    }
}
