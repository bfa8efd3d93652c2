package org.nestwalk.traces.record;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.format.ByteInput;
import org.nestwalk.traces.format.LackeyReader;

/// Runs the program under valgrind's lackey, which writes text.
final class LackeyLauncher implements Launcher {
    private final Path valgrind;

    private LackeyLauncher(Path valgrind) {
        this.valgrind = valgrind;
    }

    /// A launcher, or null where valgrind is missing.
    static @Nullable LackeyLauncher find() {
        Path valgrind = Programs.find("valgrind");
        return valgrind == null ? null : new LackeyLauncher(valgrind);
    }

    @Override
    public String name() {
        return "valgrind lackey";
    }

    @Override
    public List<String> command(Workspace workspace, List<String> program) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                valgrind.toString(),
                                "--tool=lackey",
                                "--trace-mem=yes",
                                "--child-silent-after-fork=yes",
                                "--log-file=" + workspace.pipe()));
        command.addAll(program);
        return command;
    }

    @Override
    public AccessStream open(InputStream pipe) {
        LackeyReader reader = new LackeyReader(new ByteInput(pipe, "valgrind's output"));
        return new AccessStream() {
            @Override
            public int read(TraceBlock block) {
                return reader.read(block);
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    @Override
    public boolean sharesAddresses() {
        return false;
    }

    @Override
    public Path tool() {
        return valgrind;
    }
}
