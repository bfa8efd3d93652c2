package org.nestwalk.lab.labs.vm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.Json;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.experiment.ExperimentReport;
import org.nestwalk.lab.experiment.Laboratory;
import org.nestwalk.lab.experiment.Written;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.machines.Timing;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.lab.vm.VmParameters;
import org.nestwalk.lab.vm.VmRun;
import org.nestwalk.lab.vm.VmTarget;
import org.nestwalk.parameter.Arguments;

/// Programs in a virtual machine whose guest has a kernel and whose host has a hypervisor, on the
/// simulated machine or on this host's KVM.
public final class VmRunExperiment implements Experiment<VmReport> {
    private static final Spec SPEC =
            new Spec(
                    "vm-run",
                    "Programs in a virtual machine, from the first touch of its memory to the end.",
                    VmRun.MODEL,
                    VmParameters.programs(),
                    VmParameters.options());

    @Override
    public Spec spec() {
        return SPEC;
    }

    @Override
    public VmReport run(Laboratory laboratory, Arguments given) {
        VmOptions options = VmParameters.options(given);
        if (VmParameters.target(given) == VmTarget.SIM) {
            MachineFile machine = Timing.machine(given);
            VmParameters.checkSeed(given, machine);
            return run(laboratory, VmRun.simulated(options, machine.model()), machine);
        }
        OptionalInt node =
                given.has(VmParameters.NODE)
                        ? OptionalInt.of(given.whole(VmParameters.NODE))
                        : OptionalInt.empty();
        return run(laboratory, VmRun.onKvm(options, node), null);
    }

    /// The first event says that everything is there.
    private static VmReport run(Laboratory laboratory, VmRun ready, @Nullable MachineFile machine) {
        try (ready) {
            laboratory.progress().update(ProgressEvent.run(0, OptionalLong.empty()));
            return VmReport.of(ready.run(laboratory.progress()), machine);
        }
    }

    /// The result says by itself what is not complete.
    @Override
    public Written written(Arguments given, VmReport report, boolean complete, String version) {
        Document document = document(report);
        Map<String, Object> fields = new LinkedHashMap<>(Json.fields(report));
        fields.put("claims", ExperimentReport.said(document));
        return new Written(JsonFormat.VM, fields, document, document);
    }

    @Override
    public boolean isFlawless(VmReport report) {
        return report.isFlawless();
    }

    @Override
    public Document document(VmReport report) {
        return VmDocument.of(report);
    }
}
