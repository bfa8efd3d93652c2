package org.nestwalk.cli;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.HintStory;
import org.nestwalk.lab.vm.HintStory.Way;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.report.story.HintText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nestwalk lab hint`: large pages on a fragmented host, with and without being told.
@Command(
        name = "hint",
        description =
                "A guest that announces its large pages, on a host whose memory is in pieces.",
        mixinStandardHelpOptions = true)
final class LabHintCommand implements Runnable {
    @Parameters(
            paramLabel = "PROGRAM",
            arity = "0..1",
            description = "What to run in each (default: ${DEFAULT-VALUE}).")
    private String program = "gups:footprint=512MiB,accesses=4M";

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description =
                    "Guest memory; the host has half as much again (default: ${DEFAULT-VALUE}).")
    private String memory = "768MiB";

    @Option(
            names = "--fragmentation",
            paramLabel = "D:KIND",
            description = "Of the host's free memory (default: 0.98:random).")
    private String fragmentation = HintStory.FRAGMENTATION.spec();

    @Option(
            names = "--khugepaged",
            paramLabel = "FACTOR",
            description =
                    "One way has khugepaged work FACTOR times as often as Linux"
                            + " (default: ${DEFAULT-VALUE}).")
    private double khugepaged = 10_000;

    @Mixin private StoryOptions options = new StoryOptions();

    @Override
    public void run() {
        options.check();
        if (!(khugepaged > 0 && khugepaged <= 1e6)) {
            throw new InputException(
                    "--khugepaged is a factor above 0, up to a million, not " + khugepaged);
        }
        MachineFile machine = options.machine();
        Fragmentation imposed = Fragmentation.parse(fragmentation);
        VmOptions told =
                VmOptions.of(program, Quantities.size(memory, "--memory"))
                        .with(vm -> {
                            vm.fragmentation = imposed;
                            vm.contents = false;
                        });
        List<Way> ways =
                StoryOptions.watched(
                        progress -> HintStory.run(told, machine.model(), khugepaged, progress));
        options.tell(
                "hint",
                machine,
                List.of(
                        program,
                        "--memory",
                        memory,
                        "--fragmentation",
                        imposed.spec(),
                        "--khugepaged",
                        Double.toString(khugepaged)),
                ways,
                HintText.of(machine.model().name(), told, ways));
    }
}
