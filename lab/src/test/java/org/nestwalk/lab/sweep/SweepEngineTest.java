package org.nestwalk.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.ProgressListener;

/// What engines are given and give back, by one that sends it as bytes and runs it here.
class SweepEngineTest {
    private static final Study STUDY =
            new Study(
                    "run",
                    List.of(
                            new Axis(
                                    "program",
                                    List.of(
                                            "gups:footprint=1MiB,accesses=1k",
                                            "stream:footprint=1MiB,accesses=1k")),
                            new Axis("setups", List.of("native:4K", "nested:4K/4K")),
                            new Axis("tlb.l2.entries", List.of("384", "768", "1536"))),
                    List.of());

    @TempDir private Path folder = Path.of("");

    /// @param attempt how often groups seem to have been begun before
    private record Sending(int attempt) implements SweepEngine {
        @Override
        public String name() {
            return "sending";
        }

        @Override
        public void run(List<SentGroup> groups, int threads, Results results) {
            for (int i = groups.size() - 1; i >= 0; i--) {
                if (!results.wanted()) {
                    throw new EndedEarly();
                }
                SentGroup arrived = (SentGroup) sent(groups.get(i));
                List<CellEnd> ends = arrived.run(attempt, threads, ProgressListener.NONE);
                results.take(i, ends.stream().map(end -> (CellEnd) sent(end)).toList());
            }
        }
    }

    private static Object sent(Object thing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(thing);
            out.flush();
            ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
            return new ObjectInputStream(in).readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private Sweep sweep(Study study, String into) {
        Cells cells = Cells.of(study, false);
        StudyFolder there = StudyFolder.open(folder.resolve(into), cells);
        return new Sweep(cells, there, Shard.ALL, 1);
    }

    private String cells(String into) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Cell cell : Cells.of(STUDY, false).cells()) {
            all.append(Files.readString(folder.resolve(into + "/cells/" + cell.id() + ".json")));
        }
        return all.toString();
    }

    @Test
    void anEngineMakesTheSameBytesHoweverOftenGroupsWereBegun() throws IOException {
        assertThat(sweep(STUDY, "here").run(ProgressListener.NONE).made()).isEqualTo(12);

        for (int attempt : List.of(0, 1, 40)) {
            Sweep.Outcome outcome =
                    sweep(STUDY, "sent" + attempt)
                            .runOn(new Sending(attempt), ProgressListener.NONE);
            assertThat(outcome.made()).isEqualTo(12);
            assertThat(cells("sent" + attempt)).isEqualTo(cells("here"));
        }
    }

    @Test
    void anEngineIsAskedOnlyForWhatIsNotFinished() {
        Sweep.Outcome ended = sweep(STUDY, "a").runOn(new Sending(0), event -> event.done() == 0);
        assertThat(ended.ended()).isTrue();
        assertThat(ended.made()).isEqualTo(6);

        Sweep.Outcome rest = sweep(STUDY, "a").runOn(new Sending(0), ProgressListener.NONE);

        assertThat(rest.ended()).isFalse();
        assertThat(rest.found()).isEqualTo(6);
        assertThat(rest.made()).isEqualTo(6);
    }

    @Test
    void aHostWithOtherFilesRefusesToRunACell() throws IOException {
        Path trace = Files.writeString(folder.resolve("a.lackey"), " L 1000,8\n");
        Study study =
                new Study(
                        "run", List.of(new Axis("program", List.of(trace.toString()))), List.of());
        SentGroup group = SentGroup.of(Cells.of(study, false).cells(), new Inputs());
        Files.writeString(trace, " L 2000,8\n");

        assertThat(group.run(0, 1, ProgressListener.NONE))
                .singleElement()
                .satisfies(end -> {
                    assertThat(end.line()).isEmpty();
                    assertThat(end.failure())
                            .contains("a host has another Nestwalk, or other files");
                });
    }

    @Test
    void aFileThatOthersWouldLookForElsewhereIsRefused() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path trace = Files.writeString(folder.resolve("a.lackey"), " L 1000,8\n");
        String relative = here.relativize(trace.toAbsolutePath()).toString();
        Study study = new Study("run", List.of(new Axis("program", List.of(relative))), List.of());

        assertThatThrownBy(() -> sweep(study, "b").runOn(new Sending(0), ProgressListener.NONE))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(relative + ": other hosts look for it elsewhere");
    }

    @Test
    void anEngineThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> SweepEngine.named("spark"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("spark is there in a job that spark-submit starts");
    }
}
