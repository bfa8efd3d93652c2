package org.nestwalk.traces.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/// One way to run a program so that its accesses arrive on a pipe.
interface Launcher {
    /// What a trace's header says recorded it.
    String name();

    /// The command that runs `program` and writes to the pipe of `workspace`.
    List<String> command(Workspace workspace, List<String> program) throws IOException;

    /// Whether what arrives will say which accesses depend on which; known once there is a
    /// [#command].
    default boolean derivesDependence() {
        return false;
    }

    /// Opens what arrives on `pipe`, which is that of `workspace`.
    AccessStream open(Workspace workspace, InputStream pipe);

    /// The path of the tool, for messages.
    Path tool();
}
