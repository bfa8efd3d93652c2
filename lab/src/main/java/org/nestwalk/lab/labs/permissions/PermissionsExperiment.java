package org.nestwalk.lab.labs.permissions;

import java.util.List;
import org.nestwalk.document.Document;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.parameter.Arguments;

/// Layered permissions as a running system: one page of a guest under every combination of rights
/// that its kernel and its hypervisor can give it, accessed in every way, and who gets the fault.
public final class PermissionsExperiment implements Experiment<PermissionsResult> {
    private static final Spec SPEC =
            new Spec(
                    "permissions",
                    "Every combination of what a guest's kernel and its hypervisor allow, accessed"
                            + " in every way, and who gets the fault.",
                    VmRun.BLOCKING_MODEL + "; CR0.WP and EFER.NXE are set, SMEP and SMAP are not",
                    null,
                    List.of(Machines.parameter("skylake-sp")));

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public PermissionsResult run(Laboratory laboratory, Arguments given) {
        return of(laboratory, Timing.blocking(given));
    }

    /// All combinations on a processor.
    static PermissionsResult of(Laboratory laboratory, ProcessorModel model) {
        try (PermissionMatrix matrix = new PermissionMatrix(model)) {
            return new PermissionsResult(
                    model.name(),
                    model.translation().secondLevel(),
                    laboratory.inOrder(matrix.rows()).stream().flatMap(List::stream).toList());
        }
    }

    @Override
    public Document document(PermissionsResult result) {
        return PermissionsDocument.of(result);
    }
}
