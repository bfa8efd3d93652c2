package org.nestwalk.serve;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.experiment.Experiment;

/// How a server is started.
///
/// @param address where it listens; port 0 for any that is free
/// @param results the folder of results; null for one that goes with the server
/// @param experiments what can be started
/// @param names what users call them
/// @param version Nestwalk's
public record Settings(
        InetSocketAddress address,
        @Nullable Path results,
        List<Experiment<?>> experiments,
        Names names,
        String version) {
    /// Copies the list.
    public Settings {
        experiments = List.copyOf(experiments);
    }
}
