package org.nestwalk.lab.vm;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.machine.Capability;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.topology.Topology;

/// What a virtual machine runs on.
public enum VmTarget {
    /// The simulated machine, of one node.
    SIM("sim"),
    /// This host's KVM.
    KVM("kvm");

    private final String label;

    VmTarget(String label) {
        this.label = label;
    }

    /// The name on the command line.
    public String label() {
        return label;
    }

    /// What its machine can do.
    public Set<Capability> capabilities() {
        return switch (this) {
            case SIM -> SimulatedMachine.capabilities(Topology.ONE_NODE);
            case KVM -> KvmMachine.capabilities(KvmSettings.PLAIN);
        };
    }

    /// The names of those whose machine can do `needed`.
    static List<String> with(Capability needed) {
        return Stream.of(values())
                .filter(target -> target.capabilities().contains(needed))
                .map(VmTarget::label)
                .toList();
    }

    /// The one called `label`.
    ///
    /// @throws IllegalArgumentException if there is none
    static VmTarget named(String label) {
        return Stream.of(values())
                .filter(target -> target.label.equals(label))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new);
    }
}
