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

    /// Opens what arrives on `pipe`.
    AccessStream open(InputStream pipe);

    /// Whether the program's own mappings have the addresses of the process that runs it.
    boolean sharesAddresses();

    /// The path of the tool, for messages.
    Path tool();
}
