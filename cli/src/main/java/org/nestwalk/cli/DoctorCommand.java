package org.nestwalk.cli;

import java.util.List;
import java.util.Map;
import org.nestwalk.document.Document;
import org.nestwalk.document.json.JsonFormat;
import org.nestwalk.kvm.doctor.Doctor;
import org.nestwalk.kvm.doctor.Finding;
import org.nestwalk.kvm.doctor.Host;
import org.nestwalk.report.host.DoctorText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
    @Mixin private Output output = new Output();

    @Override
    public void run() {
        output.check(List.of());
        List<Finding> findings = Doctor.examine(Host.running());
        Document document = DoctorText.of(findings);
        output.show(document);
        output.write(JsonFormat.DOCTOR, Map.of("findings", findings), document);
    }
}
