package org.nestwalk.hypervisor.devices;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The order in which mappings are taken from devices, as data: so that a wrong one can be tried.
///
/// @param steps each once at most
public record UnmapOrder(List<UnmapStep> steps) {
    /// The only right one (VT-d specification, section 6.5.3.3; Linux, `intel_iommu_tlb_sync`).
    public static final UnmapOrder RIGHT = new UnmapOrder(List.of(UnmapStep.values()));

    /// Copies the list.
    public UnmapOrder {
        steps = List.copyOf(steps);
    }

    /// This order without a step.
    public UnmapOrder without(UnmapStep step) {
        return new UnmapOrder(steps.stream().filter(other -> other != step).toList());
    }

    /// This order with two steps in each other's place.
    public UnmapOrder swapped(UnmapStep one, UnmapStep other) {
        List<UnmapStep> changed = new ArrayList<>(steps);
        Collections.swap(changed, steps.indexOf(one), steps.indexOf(other));
        return new UnmapOrder(changed);
    }
}
