package org.nestwalk.lab.machines;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Names;

/// The machines that can be named: presets, and files in the same form.
public final class Machines {
    private static final List<String> PRESETS =
            List.of(
                    "skylake-sp",
                    "cascade-lake-6252",
                    "icelake-sp",
                    "sapphire-rapids",
                    "zen3",
                    "zen4",
                    "zen5",
                    "opteron-2008",
                    "textbook",
                    "yardstick");

    private Machines() {}

    /// The names of the presets, in the order to show them.
    public static List<String> presets() {
        return PRESETS;
    }

    /// The preset of that name, or the machine in a file if the name ends in `.yaml` or `.yml`.
    /// Throws [InputException] for an unknown name or a file that is not a machine, and
    /// [UncheckedIOException] for a file that cannot be read.
    public static MachineFile named(String nameOrPath) {
        if (PRESETS.contains(nameOrPath)) {
            return preset(nameOrPath);
        }
        if (nameOrPath.endsWith(".yaml") || nameOrPath.endsWith(".yml")) {
            try {
                return read(Path.of(nameOrPath));
            } catch (InvalidPathException e) {
                throw new InputException("not a path: '" + nameOrPath + "'", e);
            }
        }
        throw new InputException(
                "unknown machine '"
                        + nameOrPath
                        + "'"
                        + Names.suggestion(nameOrPath, PRESETS)
                        + "; use "
                        + String.join(", ", PRESETS)
                        + " or the path of a file ending in .yaml");
    }

    /// The machine in the file at `path`; throws like [#named].
    public static MachineFile read(Path path) {
        try {
            return MachineReader.read(path.getFileName().toString(), Files.readAllBytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The machine in `text`; messages call it `fileName`.
    public static MachineFile parse(String fileName, String text) {
        return MachineReader.read(fileName, text.getBytes(StandardCharsets.UTF_8));
    }

    private static MachineFile preset(String name) {
        String file = name + ".yaml";
        try (InputStream in = Machines.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + file);
            }
            return MachineReader.read(file, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
