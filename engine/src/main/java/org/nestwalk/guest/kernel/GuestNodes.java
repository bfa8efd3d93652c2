package org.nestwalk.guest.kernel;

import java.util.Arrays;
import org.nestwalk.InputException;
import org.nestwalk.guest.kernel.NumaSettings.Awareness;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.VirtualNodes;

/// The nodes that a guest's kernel knows: which CPU is on which, and how its memory is divided.
final class GuestNodes {
    private final NumaSettings settings;
    private final int[] nodeOfCpu;
    private final int nodes;
    private final VirtualNodes division;

    /// As `settings` say; asks the hypervisor of `machine` if it has to.
    ///
    /// @throws InputException if they do not fit the machine, or its hypervisor does not answer
    GuestNodes(NumaSettings settings, VirtualMachine machine) {
        this.settings = settings;
        int cpus = machine.settings().cpus();
        nodeOfCpu =
                switch (settings.awareness()) {
                    case OBLIVIOUS -> new int[cpus];
                    case VISIBLE ->
                            settings.nodeOfCpu().stream().mapToInt(Integer::intValue).toArray();
                    case PARAVIRTUAL -> asked(machine);
                };
        if (nodeOfCpu.length != cpus) {
            throw new InputException(
                    "%d CPUs have virtual nodes; the guest has %d"
                            .formatted(nodeOfCpu.length, cpus));
        }
        nodes = Arrays.stream(nodeOfCpu).max().orElse(0) + 1;
        division = new VirtualNodes(isDivided() ? nodes : 1, machine.settings().memoryBytes());
    }

    /// How the guest's memory is divided: not at all, if it does not see nodes.
    long[] shares() {
        long[] shares = new long[division.nodes()];
        Arrays.setAll(shares, division::bytesOf);
        return shares;
    }

    private static int[] asked(VirtualMachine machine) {
        int[] answers = new int[machine.settings().cpus()];
        machine.exclusively(() -> {
            for (int cpu = 0; cpu < answers.length; cpu++) {
                KernelCpu kernel = machine.cpus().get(cpu).kernel();
                answers[cpu] = (int) kernel.hypercall(Hypercalls.NODE_OF_CPU, 0, 0, 0);
            }
        });
        if (Arrays.stream(answers).anyMatch(node -> node < 0)) {
            throw new InputException("the hypervisor does not tell the guest its CPUs' nodes");
        }
        return answers;
    }

    /// How many there are.
    int count() {
        return nodes;
    }

    /// The node of a CPU.
    int of(KernelCpu cpu) {
        return nodeOfCpu[cpu.cpu().index()];
    }

    int ofCpu(int cpu) {
        return nodeOfCpu[cpu];
    }

    /// Whether the guest's memory is divided among them.
    boolean isDivided() {
        return settings.awareness() == Awareness.VISIBLE && nodes > 1;
    }

    /// Whether each node has a copy of each page table.
    boolean copiesTables() {
        return settings.copiesTables() && nodes > 1;
    }

    int entryCycles() {
        return settings.entryCycles();
    }

    /// Asks the hypervisor to put the page at `gpa` on a node, if the guest's nodes are placed by
    /// asking. The hypervisor may refuse; the page then stays where it is.
    void place(KernelCpu cpu, long gpa, long bytes, int node) {
        if (settings.awareness() == Awareness.PARAVIRTUAL) {
            var _ = cpu.hypercall(Hypercalls.PLACE_PAGES, gpa, bytes, node);
        }
    }
}
