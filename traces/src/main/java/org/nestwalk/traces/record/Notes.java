package org.nestwalk.traces.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a recorder noted of processes that it does not record; `plugin.c` describes the lines.
///
/// @param children what each forked child executed first, in order; empty for one that executed
///   nothing
/// @param left the program that the recorded process itself executed and that could not be
///   recorded, or null
record Notes(List<String> children, @Nullable String left) {
    /// Reads the notes in the file at `path`; without one there are none.
    static Notes read(Path path) throws IOException {
        Map<String, String> children = new LinkedHashMap<>();
        String left = null;
        if (Files.exists(path)) {
            String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "fork" -> children.putIfAbsent(words[1], "");
                    case "exec" -> children.merge(words[1], words[2], Notes::first);
                    case "left" -> left = words[2];
                    default -> {
                        // The rest of a name with a line break in it.
                    }
                }
            }
        }
        return new Notes(List.copyOf(children.values()), left);
    }

    private static String first(String before, String now) {
        return before.isEmpty() ? now : before;
    }
}
