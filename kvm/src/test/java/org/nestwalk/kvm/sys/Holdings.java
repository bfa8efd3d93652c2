package org.nestwalk.kvm.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What this process holds of what can leak.
///
/// @param opened file descriptors by our own count
/// @param mapped mappings by our own count
/// @param descriptors file descriptors by the kernel's
/// @param mappings mappings by the kernel's
/// @param threads of this process
public record Holdings(int opened, int mapped, long descriptors, long mappings, long threads) {
    // Classes are loaded, code compiled and memory collected meanwhile.
    private static final long SLACK_OF_JAVA = 30;

    /// What it is now.
    public static Holdings now() {
        return new Holdings(
                FileDescriptor.open(),
                MappedMemory.open(),
                entries("/proc/self/fd"),
                lines("/proc/self/maps"),
                entries("/proc/self/task"));
    }

    /// Fails if there is more now, of anything that is ours.
    public void areNotExceeded() {
        Holdings now = now();
        assertThat(now.opened).as("our descriptors").isEqualTo(opened);
        assertThat(now.mapped).as("our mappings").isEqualTo(mapped);
        assertThat(now.descriptors).as("descriptors").isLessThan(descriptors + SLACK_OF_JAVA);
        assertThat(now.mappings).as("mappings").isLessThan(mappings + SLACK_OF_JAVA);
        assertThat(now.threads).as("threads").isLessThan(threads + SLACK_OF_JAVA);
    }

    private static long entries(String directory) {
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
