package org.nestwalk.cli;

import java.util.List;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.LargePagesStory;
import org.nestwalk.lab.vm.LargePagesStory.Cell;
import org.nestwalk.report.story.LargePagesText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `nestwalk lab large-pages`: four combinations of page sizes, and one out of step.
@Command(
        name = "large-pages",
        description = "What large pages are worth where guest and host have to agree on them.",
        mixinStandardHelpOptions = true)
final class LabLargePagesCommand implements Runnable {
    @Parameters(
            paramLabel = "PROGRAM|TRACE",
            arity = "0..1",
            description = "A program or a trace file to run in each (default: ${DEFAULT-VALUE}).")
    private String program = "gups:footprint=256MiB,accesses=2M";

    @Mixin private StoryOptions options = new StoryOptions();

    @Override
    public void run() {
        options.check();
        MachineFile machine = options.machine();
        List<Cell> cells =
                StoryOptions.watched(
                        progress -> LargePagesStory.run(machine.model(), program, progress));
        options.tell(
                "large-pages",
                machine,
                List.of(program),
                cells,
                LargePagesText.of(machine.model().name(), program, cells));
    }
}
