package org.nestwalk.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.InputException;
import org.nestwalk.Release;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.labs.run.RunExperiment;
import org.nestwalk.lab.progress.ProgressListener;

class SweepTest {
    private static final Study STUDY =
            new Study(
                    "run",
                    List.of(
                            new Axis(
                                    "program",
                                    List.of(
                                            "gups:footprint=64MiB,accesses=20k",
                                            "zipf:footprint=8MiB,accesses=20k")),
                            new Axis("machine", List.of("skylake-sp", "zen4")),
                            new Axis("setups", List.of("native:4K", "nested:4K/4K", "shadow:4K")),
                            new Axis("tlb.l2.entries", List.of("384", "1536")),
                            new Axis(Study.SEEDS, List.of("1", "2"))),
                    List.of(Map.of("machine", "zen4", "setups", "shadow:4K")));

    @TempDir private Path folder = Path.of("");

    private Map<String, String> files(Path of) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> cells = Files.list(of.resolve("cells"))) {
            for (Path cell : cells.toList()) {
                files.put(cell.getFileName().toString(), Files.readString(cell));
            }
        }
        return files;
    }

    private static Sweep.Outcome sweep(Study study, Path into, Shard shard, int threads) {
        return sweep(study, into, shard, threads, ProgressListener.NONE);
    }

    private static Sweep.Outcome sweep(
            Study study, Path into, Shard shard, int threads, ProgressListener watcher) {
        Cells cells = Cells.of(study, false);
        return new Sweep(cells, StudyFolder.open(into, cells), shard, threads).run(watcher);
    }

    private static Study ofTraceAndProgram(Path trace) {
        List<String> both = List.of(trace.toString(), "gups:footprint=1MiB,accesses=1k");
        return new Study("run", List.of(new Axis("program", both)), List.of());
    }

    @Test
    void everyCombinationIsACellButThoseLeftOut() {
        Cells cells = Cells.of(STUDY, false);

        assertThat(cells.cells()).hasSize(2 * 2 * 3 * 2 * 2 - 2 * 2 * 2);
        assertThat(cells.skipped()).isEqualTo(8);
        assertThat(cells.cells()).extracting(Cell::id).doesNotHaveDuplicates();
    }

    @Test
    void aCellIsWhatTheExperimentSaysAlone() throws IOException {
        sweep(STUDY, folder, Shard.ALL, 2);
        Cells cells = Cells.of(STUDY, false);
        RunExperiment run = new RunExperiment();

        for (Cell cell : List.of(cells.cells().get(3), cells.cells().getLast())) {
            String alone =
                    CellResult.line(
                            cell,
                            CellResult.of(
                                    run,
                                    cell.arguments(),
                                    run.run(Laboratory.unwatched(), cell.arguments())));
            assertThat(files(folder).get(cell.id() + ".json")).isEqualTo(alone);
        }
    }

    @Test
    void whatWasEndedGoesOnToTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        sweep(STUDY, whole, Shard.ALL, 1);

        int starts = 0;
        boolean ended = true;
        while (ended) {
            starts++;
            // Each start is told a little more often before it is ended.
            AtomicInteger left = new AtomicInteger(2 * starts);
            ended = sweep(STUDY, parts, Shard.ALL, 2, _ -> left.decrementAndGet() > 0).ended();
        }

        assertThat(starts).isGreaterThan(1);
        assertThat(files(parts)).isEqualTo(files(whole));
    }

    @Test
    void shardsTogetherMakeTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole");
        Path shards = folder.resolve("shards");
        sweep(STUDY, whole, Shard.ALL, 1);

        for (int i = 4; i >= 1; i--) {
            sweep(STUDY, shards, new Shard(i, 4), 1);
        }

        assertThat(files(shards)).isEqualTo(files(whole));
    }

    @Test
    void whatIsFinishedIsNotRunAgain() {
        sweep(STUDY, folder, Shard.ALL, 1);

        Sweep.Outcome again = sweep(STUDY, folder, Shard.ALL, 1);

        assertThat(again.made()).isZero();
        assertThat(again.found()).isEqualTo(again.cells());
    }

    @Test
    void anExperimentOfTheLabIsSweptToo() throws IOException {
        Study study =
                new Study(
                        "hint",
                        List.of(
                                new Axis("program", List.of("gups:footprint=4MiB,accesses=2k")),
                                new Axis("memory", List.of("16MiB", "32MiB"))),
                        List.of());

        Sweep.Outcome outcome = sweep(study, folder, Shard.ALL, 2);

        assertThat(outcome.failures()).isEmpty();
        assertThat(files(folder)).hasSize(2);
    }

    @Test
    void aCellThatFailsIsSaidAndTheOthersGoOn() throws IOException {
        Path damaged = folder.resolve("damaged.trace");
        Files.writeString(damaged, " L 1000,8\n S 2000,8\n L 10");
        Study study = ofTraceAndProgram(damaged);

        Sweep.Outcome outcome = sweep(study, folder, Shard.ALL, 1);

        assertThat(outcome.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure).contains("damaged.trace"));
        assertThat(outcome.made()).isEqualTo(1);
    }

    @Test
    void aFolderThatTakesNothingMoreEndsTheStudyAndKeepsWhatIsFinished() throws IOException {
        Cells cells = Cells.of(STUDY, false);
        StudyFolder there = StudyFolder.open(folder, cells);
        // A folder in the place of a cell's file cannot be written over.
        Path blocked = folder.resolve("cells").resolve(cells.cells().getLast().id() + ".json");

        assertThatThrownBy(() ->
                        new Sweep(cells, there, Shard.ALL, 1)
                                .run(_ -> {
                                    block(blocked);
                                    return true;
                                }))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cannot be written")
                .hasMessageContaining("what is finished is kept");
        assertThat(there.isFinished(cells.cells().getFirst())).isTrue();
    }

    private static void block(Path path) {
        try {
            Files.createDirectories(path.resolve("in-the-way"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anotherProcessIsKeptFromTheSameShard() throws Exception {
        Cells cells = Cells.of(STUDY, false);
        StudyFolder there = StudyFolder.open(folder, cells);
        try (AutoCloseable _ = there.lock(Shard.ALL)) {
            assertThatThrownBy(() -> sweep(STUDY, folder, Shard.ALL, 1))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("another process runs all of the study");
        }
    }

    @Test
    void anotherStudyIsKeptOutOfTheFolder() {
        sweep(STUDY, folder, new Shard(1, 100), 1);
        Study other = new Study("run", List.of(new Axis("program", List.of("gups"))), List.of());

        assertThatThrownBy(() -> StudyFolder.open(folder, Cells.of(other, false)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds another study, of run with program (2)");
    }

    @Test
    void resultsOfAnotherVersionAreNotMixedIn() throws IOException {
        StudyFolder.open(folder, Cells.of(STUDY, false));
        Path file = folder.resolve("study.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\"0\\.[^\"]*\"", "\"0.0.1\""));

        assertThatThrownBy(() -> StudyFolder.open(folder, Cells.of(STUDY, false)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds results of Nestwalk 0.0.1");
    }

    @Test
    void aDamagedCellIsNamed() throws IOException {
        sweep(STUDY, folder, Shard.ALL, 1);
        Cells cells = Cells.of(STUDY, false);
        Cell cell = cells.cells().get(2);
        Files.writeString(folder.resolve("cells").resolve(cell.id() + ".json"), "{\"id\":");

        assertThatThrownBy(() -> StudyFolder.of(folder).result(cell))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(cell.id() + ".json is damaged; remove it");
    }

    @Test
    void aChangedTraceIsAnotherCell() throws IOException {
        Path trace = folder.resolve("a.trace");
        Study study =
                new Study(
                        "run", List.of(new Axis("program", List.of(trace.toString()))), List.of());
        Files.writeString(trace, " L 1000,8\n");
        String before = Cells.of(study, false).cells().getFirst().id();
        Files.writeString(trace, " L 2000,8\n");

        assertThat(Cells.of(study, false).cells().getFirst().id()).isNotEqualTo(before);
    }

    @Test
    void combinationsThatCannotBeAreAnErrorUnlessTheyAreLeftOut() {
        Study study =
                new Study(
                        "run",
                        List.of(
                                new Axis("program", List.of("gups")),
                                new Axis("tlb.l2.entries", List.of("1536", "1000"))),
                        List.of());

        assertThatThrownBy(() -> Cells.of(study, false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("1 combination of 2 cannot be")
                .hasMessageContaining("12 does not divide 1000");
        assertThat(Cells.of(study, true).impossible()).isEqualTo(1);
    }

    @Test
    void seedsReachProgramsThatAreGivenNone() {
        Study study =
                new Study(
                        "run",
                        List.of(
                                new Axis(
                                        "program",
                                        List.of("gups", "zipf:accesses=5", "gups:seed=9")),
                                new Axis(Study.SEEDS, List.of("3"))),
                        List.of());

        assertThat(Cells.of(study, false).cells())
                .extracting(cell -> cell.arguments().text("program"))
                .containsExactly("gups:seed=3", "zipf:accesses=5,seed=3", "gups:seed=9");
        assertThat(Cells.of(study, false).cells().getFirst().arguments().text("seed"))
                .isEqualTo("3");
    }

    @Test
    void whatReadsAChangedTraceIsRunAgainInTheSameFolder() throws IOException {
        Path trace = folder.resolve("a.trace");
        Path into = folder.resolve("study");
        Study study = ofTraceAndProgram(trace);
        Files.writeString(trace, " L 1000,8\n");
        sweep(study, into, Shard.ALL, 1);
        Files.writeString(trace, " L 2000,8\n L 3000,8\n");

        Sweep.Outcome again = sweep(study, into, Shard.ALL, 1);

        assertThat(again.found()).isEqualTo(1);
        assertThat(again.made()).isEqualTo(1);
        Files.delete(trace);
        StudyFolder there = StudyFolder.of(into);
        assertThat(there.cells().cells())
                .extracting(cell ->
                        Objects.requireNonNull(there.result(cell)).at("/runs/0/accesses").asInt())
                .containsExactly(2, 1000);
    }

    @Test
    void seedsOfProgramsDoNotAskForAnythingElseThatIsRandom() {
        Study study =
                new Study(
                        "vm-run",
                        List.of(
                                new Axis("program", List.of("gups:footprint=4MiB,accesses=2k")),
                                new Axis("memory", List.of("32MiB")),
                                new Axis(Study.SEEDS, List.of("1", "2"))),
                        List.of());

        assertThat(sweep(study, folder, Shard.ALL, 1).failures()).isEmpty();
    }

    @Test
    void aStartThatFoundNoRoomLeavesAFolderThatCanBeUsed() throws IOException {
        Files.createFile(folder.resolve(".0f.part"));

        StudyFolder.check(folder);

        Files.createFile(folder.resolve("other"));
        assertThatThrownBy(() -> StudyFolder.check(folder)).isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1]",
                "{}",
                "{\"version\":\"VERSION\"}",
                "{\"version\":\"VERSION\",\"study\":{\"axes\":[{\"name\":\"a\",\"values\":[{}]}]}}"
            })
    void aDamagedStudyIsNamed(String text) throws IOException {
        Files.writeString(folder.resolve("study.json"), text.replace("VERSION", Release.VERSION));

        assertThatThrownBy(() -> StudyFolder.of(folder).cells())
                .isInstanceOf(InputException.class)
                .hasMessageContaining("study.json is damaged");
    }

    @Test
    void othersMayReadWhatIsKept() throws IOException {
        sweep(STUDY, folder, new Shard(1, 100), 1);
        Path plain = Files.createFile(folder.resolve("plain"));

        assertThat(Files.getPosixFilePermissions(folder.resolve("study.json")))
                .isEqualTo(Files.getPosixFilePermissions(plain));
    }
}
