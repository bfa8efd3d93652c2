package org.nestwalk.kvm.doctor;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.sys.KernelFeatures;

/// Where to look for what a host offers.
///
/// @param device KVM's
/// @param sys root of sysfs
/// @param proc root of procfs
/// @param path folders of programs
/// @param kernel what can only be tried
/// @param javaVersion of the JDK
public record Host(
        Path device,
        Path sys,
        Path proc,
        List<Path> path,
        KernelFeatures kernel,
        Runtime.Version javaVersion) {
    /// Copies the list.
    public Host {
        path = List.copyOf(path);
    }

    /// The one that this process runs on.
    public static Host running() {
        List<Path> path = new ArrayList<>();
        String folders = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String folder : folders.split(File.pathSeparator, -1)) {
            folder(folder).ifPresent(path::add);
        }
        return new Host(
                Path.of(Kvm.DEVICE),
                Path.of("/sys"),
                Path.of("/proc"),
                path,
                KernelFeatures.RUNNING,
                Runtime.version());
    }

    private static Optional<Path> folder(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty(); // no folder of that name holds anything
        }
    }

    /// The first line of a file below sysfs; empty if it cannot be read.
    String sysLine(String file) {
        return line(sys.resolve(file));
    }

    /// The first line of a file below procfs; empty if it cannot be read.
    String procLine(String file) {
        return line(proc.resolve(file));
    }

    private static String line(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().orElse("").strip();
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    /// The value of a field of `/proc/cpuinfo`, of the first processor; empty if there is none.
    public String processor(String field) {
        try (Stream<String> lines = Files.lines(proc.resolve("cpuinfo"))) {
            return lines.map(line -> line.split(":", 2))
                    .filter(parts -> parts.length == 2 && parts[0].strip().equals(field))
                    .map(parts -> parts[1].strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    /// Whether the processor has a feature, as `/proc/cpuinfo` names it.
    public boolean hasFlag(String flag) {
        return List.of(processor("flags").split(" ", -1)).contains(flag);
    }

    /// Whether another hypervisor runs the host.
    public boolean isGuest() {
        return hasFlag("hypervisor");
    }

    /// The value of a field of `/proc/meminfo` in bytes; 0 if there is none.
    public long memory(String field) {
        try (Stream<String> lines = Files.lines(proc.resolve("meminfo"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .filter(digits -> !digits.isEmpty() && digits.length() < 16)
                    .mapToLong(digits -> Long.parseLong(digits) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /// Where the first of `names` is that is a program.
    Optional<Path> program(String... names) {
        for (String name : names) {
            for (Path folder : path) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }
}
