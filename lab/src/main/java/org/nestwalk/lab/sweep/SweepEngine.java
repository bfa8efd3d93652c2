package org.nestwalk.lab.sweep;

import java.util.List;
import java.util.ServiceLoader;
import org.nestwalk.InputException;
import org.nestwalk.Services;

/// Runs groups of cells somewhere else, several at a time. Engines are found by
/// [java.util.ServiceLoader]; Nestwalk itself has none, since what they bring is large.
public interface SweepEngine {
    /// What it is asked for by.
    String name();

    /// Runs groups, in any order, until all are run or `results` wants no more.
    ///
    /// @param threads worker threads of a group, on which results do not depend
    /// @throws InputException if the engine cannot be reached, or has given up
    void run(List<SentGroup> groups, int threads, Results results);

    /// Who is told of results.
    interface Results {
        /// Takes what came of a group; one at a time.
        ///
        /// @param group its number, from 0
        /// @throws InputException if it cannot be kept; the engine then ends
        void take(int group, List<CellEnd> ends);

        /// Whether to go on; to be asked a few times a second.
        boolean wanted();
    }

    /// The engine of a name.
    ///
    /// @throws InputException if it is not there
    static SweepEngine named(String name) {
        List<SweepEngine> all =
                new Services<>(
                                () ->
                                        ServiceLoader.load(
                                                SweepEngine.class,
                                                SweepEngine.class.getClassLoader()),
                                SweepEngine::name,
                                List.of())
                        .all();
        return all.stream()
                .filter(engine -> engine.name().equals(name))
                .findFirst()
                .orElseThrow(() -> InputException.of("on", problem(name, all)));
    }

    private static String problem(String name, List<SweepEngine> all) {
        if (!all.isEmpty()) {
            return "there is no engine '%s'; there is %s"
                    .formatted(
                            name, String.join(", ", all.stream().map(SweepEngine::name).toList()));
        }
        return "there is no engine '%s' here; spark is there in a job that spark-submit starts"
                        .formatted(name)
                + " (docs/sweep.md)";
    }
}
