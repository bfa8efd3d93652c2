package org.nestwalk.lab.migration.move;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.parameter.Arguments;

/// Guests that move between two sides of this process, over TCP.
final class Moves {
    private static final String KEEP = "keep=";

    private Moves() {}

    /// The file that `words` name for a guest in doubt.
    private static Path keep(List<String> words) {
        return words.stream()
                .filter(word -> word.startsWith(KEEP))
                .map(word -> Path.of(word.substring(KEEP.length())))
                .findFirst()
                .orElse(Path.of(System.getProperty("java.io.tmpdir"), "in-doubt.nws"));
    }

    /// Arguments as `key=value`; several values with commas.
    static Arguments arguments(Experiment.Spec spec, List<String> words) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (String word : words) {
            if (word.startsWith(KEEP)) {
                continue;
            }
            int at = word.indexOf('=');
            String key = word.substring(0, at);
            String value = word.substring(at + 1);
            boolean several = key.equals("encodings");
            given.put(key, several ? Arrays.asList(value.split(",", -1)) : List.of(value));
        }
        return Arguments.of(spec.all(), given, name -> name);
    }

    /// A side that waits for a guest.
    record Waiting(int port, CompletableFuture<ArrivalResult> result, List<MoveEvent> events) {}

    static Waiting receive(ProgressListener progress, String... words) {
        List<String> all = new ArrayList<>(List.of("listen=127.0.0.1:0", "patience=5"));
        all.addAll(List.of(words));
        Arguments given = arguments(MoveParameters.receive(), all);
        CompletableFuture<Integer> port = new CompletableFuture<>();
        CompletableFuture<ArrivalResult> result = new CompletableFuture<>();
        List<MoveEvent> events = new CopyOnWriteArrayList<>();
        Thread _ =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                result.complete(
                                        Reception.run(
                                                given,
                                                keep(all),
                                                progress,
                                                events::add,
                                                port::complete));
                            } catch (RuntimeException | Error e) {
                                port.completeExceptionally(e);
                                result.completeExceptionally(e);
                            }
                        });
        return new Waiting(port.join(), result, events);
    }

    static Waiting receive(String... words) {
        return receive(ProgressListener.NONE, words);
    }

    /// Sends `program` to `port`.
    static MoveResult migrate(
            ProgressListener progress, int port, String program, String... words) {
        List<String> all =
                new ArrayList<>(
                        List.of("program=" + program, "to=127.0.0.1:" + port, "patience=5"));
        all.addAll(List.of(words));
        return Departure.run(
                arguments(MoveParameters.migrate(), all), keep(all), progress, _ -> {});
    }

    static MoveResult migrate(int port, String program, String... words) {
        return migrate(ProgressListener.NONE, port, program, words);
    }
}
