package org.nestwalk.cli;

import java.io.PrintWriter;
import org.nestwalk.InputException;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.TraceText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `nestwalk trace head`: prints the first accesses.
@Command(
        name = "head",
        description = "Print a trace's first accesses: number, thread, kind, address, size.",
        mixinStandardHelpOptions = true)
final class TraceHeadCommand implements Runnable {
    @Mixin private TraceInput input = new TraceInput();

    @Option(
            names = "-n",
            paramLabel = "N",
            description = "How many accesses, such as 100 or 5M (default: ${DEFAULT-VALUE}).")
    private long number = 20;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (number < 0) {
            throw new InputException("-n must not be negative, but is " + number);
        }
        PrintWriter out = spec.commandLine().getOut();
        TraceBlock block = new TraceBlock(TraceBlock.MIN_CAPACITY);
        try (TraceReader reader = input.open()) {
            long ordinal = 0;
            while (ordinal < number && reader.read(block) > 0) {
                for (int i = 0; i < block.count && ordinal < number; i++) {
                    int info = block.info[i];
                    out.printf(
                            "%9d  %3d  %-6s  %016x  %d%n",
                            ordinal++,
                            AccessInfo.thread(info),
                            TraceText.kindName(AccessInfo.kind(info)),
                            block.address[i],
                            AccessInfo.size(info));
                }
            }
        }
        out.flush();
    }
}
