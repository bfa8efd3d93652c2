package org.nestwalk.traces.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.format.ByteInput;
import org.nestwalk.traces.format.LackeyReader;

/// Runs the program under valgrind's lackey, which writes text.
///
/// Valgrind can follow what a process executes, but then follows its children, too, into the same
/// text. What it starts in its place is therefore a script of ours, `valgrind.sh`, which sends
/// children on without valgrind. For that, lackey itself is started as valgrind's own launcher does
/// it: by its path, with `VALGRIND_LAUNCHER` set. Where it is not found, valgrind is started as it
/// is, and follows nothing.
final class LackeyLauncher implements Launcher {
    private static final String SCRIPT = "valgrind.sh";
    private static final String MARK = "==nestwalk==";
    private static final List<String> FOLDERS =
            List.of("libexec/valgrind", "lib/valgrind", "lib64/valgrind");

    private final Path valgrind;
    private final @Nullable Path lackey;

    private LackeyLauncher(Path valgrind, @Nullable Path lackey) {
        this.valgrind = valgrind;
        this.lackey = lackey;
    }

    /// A launcher, or null where valgrind is missing.
    static @Nullable LackeyLauncher find() {
        Path valgrind = Programs.find("valgrind");
        return valgrind == null ? null : new LackeyLauncher(valgrind, lackey(valgrind));
    }

    private static @Nullable Path lackey(Path valgrind) {
        String architecture = System.getProperty("os.arch", "").replace("aarch64", "arm64");
        Path bin = valgrind.toAbsolutePath().getParent();
        Path root = bin == null ? null : bin.getParent();
        if (root == null) {
            return null;
        }
        return FOLDERS.stream()
                .map(folder -> root.resolve(folder, "lackey-" + architecture + "-linux"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    @Override
    public String name() {
        return "valgrind lackey";
    }

    @Override
    public List<String> command(Workspace workspace, List<String> program) throws IOException {
        List<String> command = new ArrayList<>();
        if (lackey == null) {
            command.add(valgrind.toString());
        } else {
            Path folder = workspace.directory();
            Path script = folder.resolve(SCRIPT);
            try (InputStream text = LackeyLauncher.class.getResourceAsStream(SCRIPT)) {
                if (text == null) {
                    throw new AssertionError(SCRIPT + " is not on the class path");
                }
                Files.copy(text, script);
            }
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
            Files.writeString(folder.resolve("tool"), lackey.toString());
            command.addAll(
                    List.of(
                            "/bin/sh",
                            "-c",
                            "echo $$ >\"$0/pid\"; export VALGRIND_LAUNCHER=\"$0/valgrind.sh\";"
                                    + " exec \"$@\"",
                            folder.toString(),
                            lackey.toString(),
                            "--trace-children=yes"));
        }
        command.addAll(
                List.of(
                        "--tool=lackey",
                        "--trace-mem=yes",
                        "--child-silent-after-fork=yes",
                        "--log-file=" + workspace.pipe()));
        command.addAll(program);
        return command;
    }

    @Override
    public AccessStream open(Workspace workspace, InputStream pipe) {
        return new LackeyStream(workspace.directory().resolve("program"), pipe);
    }

    @Override
    public Path tool() {
        return valgrind;
    }

    private static final class LackeyStream implements AccessStream {
        private final Path program;
        private final MarkedStream text;
        private LackeyReader reader;
        private @Nullable List<String> executed;

        LackeyStream(Path program, InputStream pipe) {
            this.program = program;
            text = new MarkedStream(pipe, MARK);
            reader = reader();
        }

        private LackeyReader reader() {
            return new LackeyReader(new ByteInput(text, "valgrind's output"));
        }

        @Override
        public int read(TraceBlock block) {
            int count = reader.read(block);
            while (count == 0 && text.next()) {
                executed = words();
                reader = reader();
                count = reader.read(block);
            }
            return count;
        }

        private List<String> words() {
            try {
                String words = new String(Files.readAllBytes(program), StandardCharsets.UTF_8);
                return List.of(words.substring(0, words.length() - 1).split("\0", -1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public @Nullable List<String> executed() {
            List<String> last = executed;
            executed = null;
            return last;
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
