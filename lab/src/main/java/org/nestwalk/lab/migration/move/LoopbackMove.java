package org.nestwalk.lab.migration.move;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.parameter.Arguments;

/// A guest moves between two machines of this process, over TCP on the loopback address. The port
/// is open for as long as the move takes, and takes no guest but this one, which is known by a
/// random number of 64 bits; others who connect can send nothing that is used.
public final class LoopbackMove {
    private static final String HOST = "127.0.0.1:";

    private final Arguments given;
    private final ProgressListener progress;
    private final Consumer<MigrationProgress> steps;
    private final long id = new SecureRandom().nextLong();
    private boolean ended;
    private volatile boolean over;

    /// What came of it on both sides.
    ///
    /// @param source at the side that the guest was to leave
    /// @param target at the side that it was to come to
    /// @param ended whether the user has ended it: programs that had not come to their end are left
    ///   out
    public record Sides(MoveResult source, ArrivalResult target, boolean ended) {
        /// Whether the guest is on one side, all programs that ended had the checksums of plain
        /// execution, and those that were not ended by the user did end.
        public boolean isFlawless() {
            boolean there =
                    switch (source.fate()) {
                        case MOVED -> target.isVerified();
                        case STAYED -> target.fate() == ArrivalResult.Fate.NOT_ARRIVED;
                        case IN_DOUBT -> false;
                    };
            return there && source.isVerified();
        }
    }

    private LoopbackMove(
            Arguments given, ProgressListener progress, Consumer<MigrationProgress> steps) {
        this.given = given;
        this.progress = progress;
        this.steps = steps;
    }

    /// Runs the program, moves it, and runs it to its end.
    ///
    /// @param given of [MoveParameters#loopback]
    /// @param progress is told how far it is, and ends migration and program by returning false
    /// @param steps is shown each step of the migration
    /// @throws InputException if it is asked for something that cannot be
    /// @throws org.nestwalk.lab.experiment.EndedEarly if it is ended before the migration begins
    public static Sides run(
            Arguments given, ProgressListener progress, Consumer<MigrationProgress> steps) {
        return new LoopbackMove(given, progress, steps).run();
    }

    private Sides run() {
        Path folder = folder();
        Path keep = folder.resolve("in-doubt.nws");
        CompletableFuture<Integer> port = new CompletableFuture<>();
        CompletableFuture<ArrivalResult> target = new CompletableFuture<>();
        Thread _ =
                Thread.ofPlatform()
                        .daemon()
                        .name("target of a move")
                        .start(() -> receive(keep, port, target));
        try {
            MoveResult source = migrate(joined(port), keep);
            over = source.fate() == MoveResult.Fate.STAYED;
            return new Sides(source, joined(target), isEnded());
        } finally {
            over = true;
            // Nothing of it goes on when this returns.
            var _ = target.handle((_, _) -> true).join();
            clear(folder);
        }
    }

    private MoveResult migrate(int port, Path keep) {
        Map<String, List<String>> asked = asked(MoveParameters.migrate());
        asked.put(MoveParameters.TO, List.of(HOST + port));
        return Departure.run(
                Arguments.of(MoveParameters.migrate().all(), asked, given::called),
                keep,
                // One phase, whose figures say which round it is.
                event -> tell(moved(event)),
                new Side());
    }

    private void receive(
            Path keep, CompletableFuture<Integer> port, CompletableFuture<ArrivalResult> target) {
        try {
            Map<String, List<String>> asked = asked(MoveParameters.receive());
            asked.put(MoveParameters.LISTEN, List.of(HOST + 0));
            target.complete(
                    Reception.run(
                            Arguments.of(MoveParameters.receive().all(), asked, given::called),
                            keep,
                            _ -> !over,
                            port::complete,
                            new Side()));
        } catch (RuntimeException | Error e) {
            port.completeExceptionally(e);
            target.completeExceptionally(e);
        }
    }

    /// What was given of what one side can be asked, and the program, which only here has a
    /// default.
    private Map<String, List<String>> asked(Experiment.Spec side) {
        Map<String, List<String>> asked = new LinkedHashMap<>();
        side.all()
                .forEach(parameter -> {
                    String name = parameter.name();
                    List<String> texts = given.values().get(name);
                    if (texts != null && (given.isGiven(name) || name.equals(Workloads.PROGRAM))) {
                        asked.put(name, texts);
                    }
                });
        return asked;
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /// With those figures that the numbers of bytes do not say.
    private static ProgressEvent moved(ProgressEvent event) {
        Map<String, Double> figures = new LinkedHashMap<>(event.figures());
        figures.keySet().retainAll(Set.of("iteration", "dirtyRate", "expectedDowntimeMs"));
        return new ProgressEvent("moved", event.done(), event.total(), event.unit(), figures);
    }

    private final class Side implements Within {
        @Override
        public long id() {
            return id;
        }

        @Override
        public boolean runs(String phase, long made) {
            return tell(new ProgressEvent(phase, made, OptionalLong.empty(), "accesses", Map.of()));
        }

        @Override
        public void moves(MigrationProgress at) {
            steps.accept(at);
        }
    }

    /// By the threads of both sides.
    private synchronized boolean tell(ProgressEvent event) {
        ended |= !progress.update(event);
        return !ended;
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("nestwalk-move");
        } catch (IOException e) {
            throw new InputException("no folder for temporary files: " + e.getMessage(), e);
        }
    }

    /// A guest in doubt is kept, and the folder with it.
    private static void clear(Path folder) {
        try (var files = Files.list(folder)) {
            if (files.findAny().isEmpty()) {
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
