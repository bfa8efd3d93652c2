package org.nestwalk.cli;

import java.io.PrintWriter;
import java.util.List;
import org.nestwalk.kvm.doctor.Doctor;
import org.nestwalk.kvm.doctor.Finding;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.report.Json;
import org.nestwalk.report.host.DoctorText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `nestwalk doctor`: what this host offers.
@Command(
        name = "doctor",
        description = {
            "Says what this host offers that Nestwalk can use: KVM and which kind, its"
                    + " capabilities, large pages, userfaultfd, counters and programs.",
            "Each with what it is needed for, and how to get it. Changes nothing."
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Runnable {
    @Option(names = "--json", description = "Writes JSON.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        List<Finding> findings = Doctor.examine(Host.running());
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.text(findings) : DoctorText.of(findings));
        out.flush();
    }
}
