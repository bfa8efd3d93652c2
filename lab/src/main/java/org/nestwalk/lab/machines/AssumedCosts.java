package org.nestwalk.lab.machines;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.nestwalk.machine.SoftwareCosts;

/// What software's work costs, as part of a manifest.
public final class AssumedCosts {
    private AssumedCosts() {}

    /// Every cost, each named and marked as an assumption.
    public static List<MachineFile.Parameter> of(SoftwareCosts costs) {
        List<MachineFile.Parameter> parameters = new ArrayList<>();
        for (RecordComponent component : SoftwareCosts.class.getRecordComponents()) {
            String name = component.getName();
            try {
                parameters.add(
                        new MachineFile.Parameter(
                                name,
                                String.valueOf(component.getAccessor().invoke(costs)),
                                name.equals("exit")
                                        ? "exitCycles of the machine"
                                        : "assumption: order of magnitude"));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return parameters;
    }
}
