package org.nestwalk.kvm.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.nestwalk.InputException;
import org.nestwalk.kvm.sys.MappedMemory;

/// The host's NUMA nodes, as its kernel lists them in sysfs.
///
/// @param nodes by ascending number; one, with unknown processors and memory, where the kernel
///   lists none
public record HostNodes(List<Node> nodes) {
    private static final Node ONLY = new Node(0, new BitSet(), 0);

    /// One node.
    ///
    /// @param number of it
    /// @param processors on it; empty if that is not known, or it has memory only
    /// @param freeBytes of its memory; 0 if that is not known
    public record Node(int number, BitSet processors, long freeBytes) {}

    /// Copies the list.
    public HostNodes {
        nodes = List.copyOf(nodes);
    }

    /// The nodes of this host.
    public static HostNodes running() {
        return in(Path.of("/sys"));
    }

    /// The nodes that `sys`, the root of sysfs, lists.
    public static HostNodes in(Path sys) {
        Path folder = sys.resolve("devices/system/node");
        List<Node> found = new ArrayList<>();
        for (int number : numbers(firstLine(folder.resolve("online"))).stream().toArray()) {
            Path node = folder.resolve("node" + number);
            found.add(
                    new Node(
                            number,
                            numbers(firstLine(node.resolve("cpulist"))),
                            freeBytes(node.resolve("meminfo"))));
        }
        return new HostNodes(found.isEmpty() ? List.of(ONLY) : found);
    }

    /// The numbers of a list such as `0-3,8`; none if it is not one.
    private static BitSet numbers(String list) {
        BitSet numbers = new BitSet();
        for (String range : list.split(",", -1)) {
            if (range.matches("\\d{1,6}(-\\d{1,6})?")) {
                String[] ends = range.split("-", -1);
                int first = Integer.parseInt(ends[0]);
                int last = Integer.parseInt(ends[ends.length - 1]);
                numbers.set(first, Math.max(first, last) + 1);
            }
        }
        return numbers;
    }

    private static String firstLine(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.getFirst().strip();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // a kernel without the file lists nothing there
        }
    }

    private static long freeBytes(Path meminfo) {
        return lines(meminfo).stream()
                .filter(line -> line.matches("Node \\d+ MemFree:\\s+\\d{1,15} kB"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:\\s+(\\d+) kB", "$1")) << 10)
                .findFirst()
                .orElse(0);
    }

    /// The node with that number.
    ///
    /// @throws InputException if there is none
    public Node node(int number) {
        return nodes.stream()
                .filter(node -> node.number() == number)
                .findFirst()
                .orElseThrow(() ->
                        InputException.of(
                                "node", "no node %d; this host has %s".formatted(number, range())));
    }

    private String range() {
        return nodes.size() == 1
                ? "node " + nodes.getFirst().number() + " only"
                : "nodes "
                        + nodes.stream()
                                .map(node -> Integer.toString(node.number()))
                                .collect(Collectors.joining(", "));
    }

    /// Where a virtual machine of `bytes` belongs whose threads may run on `allowed` processors: on
    /// the first node that has one of these and the memory; nowhere if none has, or there is one
    /// node only.
    public OptionalInt choose(BitSet allowed, long bytes) {
        return nodes.size() == 1
                ? OptionalInt.empty()
                : nodes.stream()
                        .filter(node -> node.processors().intersects(allowed))
                        .filter(node -> node.freeBytes() >= bytes)
                        .mapToInt(Node::number)
                        .findFirst();
    }

    /// Checks that `node` can have a virtual machine of `bytes` whose threads may run on `allowed`
    /// processors.
    ///
    /// @return the processors that they may run on there; all that are allowed if those of the node
    ///   are not known
    /// @throws InputException if it cannot
    public BitSet check(int node, BitSet allowed, long bytes) {
        Node found = node(node);
        if (found.freeBytes() != 0 && bytes > found.freeBytes()) {
            throw InputException.of(
                    "node",
                    "node %d has %d bytes free, and the guest has %d; use less memory, or another node"
                            .formatted(node, found.freeBytes(), bytes));
        }
        BitSet both = (BitSet) allowed.clone();
        if (!found.processors().isEmpty()) {
            both.and(found.processors());
        }
        if (both.isEmpty() || node > MappedMemory.MOST_NODE) {
            throw InputException.of(
                    "node",
                    "this process may not run on the processors of node %d".formatted(node));
        }
        return both;
    }
}
