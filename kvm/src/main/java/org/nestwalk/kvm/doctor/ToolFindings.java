package org.nestwalk.kvm.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.nestwalk.kvm.sys.Errno;

/// Performance counters, and programs that Nestwalk calls or is built by.
final class ToolFindings {
    private static final Runtime.Version LEAST_JDK = Runtime.Version.parse("25.0.3");

    private ToolFindings() {}

    static List<Finding> of(Host host) {
        return List.of(
                counters(host),
                tool(
                        host,
                        "valgrind",
                        "record, where there is no qemu-x86_64",
                        "install the package valgrind",
                        "valgrind"),
                tool(host, "qemu-user", "record", "install the package qemu-user", "qemu-x86_64"),
                tool(
                        host,
                        "C compiler",
                        "record (QEMU's plugin), the exit benchmark",
                        "install the package gcc",
                        "cc"),
                tool(
                        host,
                        "C++ compiler",
                        "bench/compare (the yardstick)",
                        "install the package g++",
                        "g++"),
                jdk(host));
    }

    private static Finding counters(Host host) {
        String name = "performance counters";
        String use = "nothing yet (counting TLB misses instead of timing them)";
        String paranoid = host.procLine("sys/kernel/perf_event_paranoid");
        String level = paranoid.isEmpty() ? "" : "perf_event_paranoid=" + paranoid;
        int result = host.kernel().cycleCounter();
        if (result == 0) {
            return Finding.present(name, level, use);
        }
        String why = Errno.text(-result) + (level.isEmpty() ? "" : "; " + level);
        if (result == -Errno.EACCES || result == -Errno.EPERM) {
            return Finding.absent(name, why, use, "as root: sysctl kernel.perf_event_paranoid=1");
        }
        return Finding.absent(
                name,
                why,
                use,
                host.isGuest()
                        ? "whoever runs this virtual machine can lend it counters"
                        : "a kernel and a processor that have them");
    }

    private static Finding tool(
            Host host, String name, String use, String remedy, String... programs) {
        Optional<Path> found = host.program(programs);
        return found.isPresent()
                ? Finding.present(name, found.get().toString(), use)
                : Finding.absent(
                        name,
                        "no %s on PATH".formatted(String.join(" or ", programs)),
                        use,
                        remedy);
    }

    private static Finding jdk(Host host) {
        String use = "everything";
        Runtime.Version version = host.javaVersion();
        return version.compareToIgnoreOptional(LEAST_JDK) >= 0
                ? Finding.present("JDK", version.toString(), use)
                : Finding.absent(
                        "JDK",
                        "%s, but %s is needed".formatted(version, LEAST_JDK),
                        use,
                        "install a JDK " + LEAST_JDK + " or newer");
    }
}
