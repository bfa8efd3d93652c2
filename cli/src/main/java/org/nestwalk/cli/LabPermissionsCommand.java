package org.nestwalk.cli;

import java.util.List;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.PermissionMatrix;
import org.nestwalk.lab.vm.PermissionMatrix.Cell;
import org.nestwalk.report.story.PermissionsText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `nestwalk lab permissions`: who stops an access that guest and hypervisor have to allow.
@Command(
        name = "permissions",
        description =
                "Every combination of what a guest's kernel and its hypervisor allow, accessed in"
                        + " every way, and who gets the fault.",
        mixinStandardHelpOptions = true)
final class LabPermissionsCommand implements Runnable {
    @Mixin private StoryOptions options = new StoryOptions();

    @Override
    public void run() {
        options.check();
        MachineFile machine = options.machine();
        List<Cell> cells =
                StoryOptions.watched(progress -> PermissionMatrix.run(machine.model(), progress));
        options.tell(
                "permissions",
                machine,
                List.of(),
                cells,
                PermissionsText.of(machine.model().name(), cells));
    }
}
