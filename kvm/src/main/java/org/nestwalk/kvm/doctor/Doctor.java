package org.nestwalk.kvm.doctor;

import java.util.List;
import java.util.stream.Stream;

/// Looks at a host.
public final class Doctor {
    private Doctor() {}

    /// Everything that is looked for, whether present or not. Changes nothing.
    public static List<Finding> examine(Host host) {
        return Stream.of(
                        KvmFindings.of(host),
                        MemoryFindings.of(host),
                        DeviceFindings.of(host),
                        ToolFindings.of(host))
                .flatMap(List::stream)
                .toList();
    }
}
