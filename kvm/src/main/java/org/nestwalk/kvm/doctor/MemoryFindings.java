package org.nestwalk.kvm.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nestwalk.kvm.machine.HostNodes;
import org.nestwalk.kvm.sys.Errno;

/// Large pages, page faults handled by users, and memory nodes.
final class MemoryFindings {
    private static final String THP = "kernel/mm/transparent_hugepage/";
    private static final String FAULTS = "page faults handled by Nestwalk: write traps, post-copy";
    private static final Map<Integer, String> FEATURES = new LinkedHashMap<>();

    static {
        // UFFD_FEATURE_* of linux/userfaultfd.h that are of use here.
        FEATURES.put(0, "write-protect");
        FEATURES.put(5, "shared memory");
        FEATURES.put(10, "minor faults");
        FEATURES.put(12, "write-protect of shared memory");
        FEATURES.put(15, "asynchronous write-protect");
        FEATURES.put(16, "move");
    }

    private MemoryFindings() {}

    static List<Finding> of(Host host) {
        List<Finding> findings = new ArrayList<>();
        findings.add(
                transparent(
                        host,
                        "transparent large pages",
                        "enabled",
                        "guest memory by 2M pages, calibrate"));
        findings.add(
                transparent(
                        host,
                        "transparent large pages of shared memory",
                        "shmem_enabled",
                        "2M pages under guests that are forked or migrated"));
        findings.add(explicit(host, "2M", 2048));
        findings.add(explicit(host, "1G", 1 << 20));
        findings.add(userFaults(host, "userfaultfd", false, FAULTS));
        findings.add(
                userFaults(
                        host,
                        "userfaultfd, user mode only",
                        true,
                        "the same, of this process but not of KVM"));
        findings.add(nodes(host));
        return findings;
    }

    private static Finding transparent(Host host, String name, String file, String use) {
        String line = host.sysLine(THP + file);
        int from = line.indexOf('[');
        int to = line.indexOf(']');
        if (from < 0 || to < from) {
            return Finding.absent(name, "the kernel has none", use, "a kernel that has them");
        }
        String mode = line.substring(from + 1, to);
        if (mode.equals("never") || mode.equals("deny")) {
            return Finding.absent(
                    name,
                    mode + "; MADV_COLLAPSE may still make some",
                    use,
                    "as root: echo %s > %s"
                            .formatted(
                                    file.equals("enabled") ? "madvise" : "advise",
                                    Path.of("/sys").resolve(THP + file)));
        }
        return Finding.present(name, mode, use);
    }

    private static Finding explicit(Host host, String label, int kibibytes) {
        String folder = "kernel/mm/hugepages/hugepages-%dkB/".formatted(kibibytes);
        String reserved = host.sysLine(folder + "nr_hugepages");
        String name = "explicit large pages, " + label;
        String use = "nothing yet (large pages that cannot be refused)";
        if (reserved.isEmpty()) {
            return Finding.absent(name, "the kernel or the processor has none", use, "");
        }
        if (reserved.equals("0")) {
            return Finding.absent(
                    name,
                    "none are reserved",
                    use,
                    "as root: echo N > " + Path.of("/sys").resolve(folder + "nr_hugepages"));
        }
        return Finding.present(
                name,
                "%s reserved, %s free".formatted(reserved, host.sysLine(folder + "free_hugepages")),
                use);
    }

    private static Finding userFaults(Host host, String name, boolean userMode, String use) {
        long features = host.kernel().userFaults(userMode);
        if (features < 0) {
            String permission = host.procLine("sys/vm/unprivileged_userfaultfd");
            boolean refused = features == -Errno.EPERM || features == -Errno.EACCES;
            return Finding.absent(
                    name,
                    Errno.text((int) -features)
                            + (permission.isEmpty()
                                    ? ""
                                    : "; vm.unprivileged_userfaultfd=" + permission),
                    use,
                    refused
                            ? "as root: sysctl vm.unprivileged_userfaultfd=1"
                            : "a kernel with CONFIG_USERFAULTFD");
        }
        List<String> names = new ArrayList<>();
        FEATURES.forEach((bit, feature) -> {
            if ((features >>> bit & 1) != 0) {
                names.add(feature);
            }
        });
        return Finding.present(name, String.join(", ", names), use);
    }

    private static Finding nodes(Host host) {
        List<HostNodes.Node> nodes = HostNodes.in(host.sys()).nodes();
        String use = "memory and threads of a guest on one node";
        String each =
                nodes.stream()
                        .map(node ->
                                "node %d with %d processors"
                                        .formatted(node.number(), node.processors().cardinality()))
                        .collect(Collectors.joining(", "));
        return nodes.size() > 1
                ? Finding.present("memory nodes", nodes.size() + " nodes: " + each, use)
                : Finding.absent("memory nodes", "1 node: all memory is near", use, "");
    }
}
