package org.nestwalk.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.nestwalk.lab.machines.Machines;

/// The machine of the published NUMA measurements with caches of a thirteenth, so that programs of
/// 1 GiB have tables that do not fit them.
final class SmallNumaMachine {
    private SmallNumaMachine() {}

    /// Writes its file into `directory`.
    static Path write(Path directory) throws IOException {
        try (InputStream preset = Machines.class.getResourceAsStream("cascade-lake-6252.yaml")) {
            byte[] text = Objects.requireNonNull(preset).readAllBytes();
            return Files.writeString(
                    directory.resolve("small.yaml"),
                    new String(text, StandardCharsets.UTF_8)
                            .replace("size: 1MiB", "size: 64KiB")
                            .replace("size: 35.75MiB", "size: 2.75MiB"));
        }
    }
}
