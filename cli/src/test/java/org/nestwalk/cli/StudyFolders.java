package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What studies have left on disk.
final class StudyFolders {
    private StudyFolders() {}

    /// All files of two studies are there in both, with the same bytes; but for hidden ones, by
    /// which processes keep each other from the same work.
    static void assertSame(Path one, Path other, String said) throws IOException {
        NavigableSet<String> files = files(one);
        assertThat(files).contains("study.json", "results.jsonl", "results.csv");
        assertThat(files(other)).as(said).isEqualTo(files);
        for (String file : files) {
            assertThat(other.resolve(file)).as(said).hasSameBinaryContentAs(one.resolve(file));
        }
    }

    private static NavigableSet<String> files(Path folder) throws IOException {
        NavigableSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.startsWith("."))
                    .forEach(names::add);
        }
        return names;
    }

    /// How many cells of a study are finished.
    static long cells(Path folder) throws IOException {
        Path cells = folder.resolve("cells");
        if (!Files.isDirectory(cells)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(cells)) {
            return files.count();
        }
    }
}
