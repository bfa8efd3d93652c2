package org.nestwalk.cli;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.transactions.TransactionStory;
import org.nestwalk.lab.transactions.TransactionStory.Result;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.report.story.TransactionsText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nestwalk lab transactions`: what aborts transactions in a virtual machine.
@Command(
        name = "transactions",
        description =
                "What aborts transactions in a virtual machine, and what the hypervisor has to do"
                        + " with it.",
        mixinStandardHelpOptions = true)
final class LabTransactionsCommand implements Runnable {
    @Parameters(
            paramLabel = "PROGRAM",
            arity = "0..1",
            description = "What to run as transactions (default: ${DEFAULT-VALUE}).")
    private String program = "gups:footprint=16MiB,accesses=200k";

    @Option(
            names = "--length",
            paramLabel = "N",
            description = "Accesses of a transaction, 1 to 16384 (default: ${DEFAULT-VALUE}).")
    private int length = 16;

    @Option(
            names = "--retries",
            paramLabel = "N",
            description =
                    "How often an aborted transaction is tried again before it takes the lock, 0 to"
                            + " 1000000 (default: ${DEFAULT-VALUE}).")
    private int retries = 3;

    @Option(
            names = "--interrupts",
            paramLabel = "RATE",
            description =
                    "Interrupts per cycle where lengths are compared, 1e-5 to 1e-3, far above real"
                            + " ones so that they show (default: ${DEFAULT-VALUE}).")
    private double interrupts = 1e-4;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of interrupts and shared lines (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin private StoryOptions options = new StoryOptions();

    @Override
    public void run() {
        options.check();
        if (!(interrupts >= 1e-5 && interrupts <= 1e-3)) {
            throw new InputException("--interrupts is from 1e-5 to 1e-3, not " + interrupts);
        }
        MachineFile machine = options.machine();
        TransactionSettings settings =
                TransactionSettings.of(length, retries).withInterrupts(interrupts, seed);
        Result result =
                StoryOptions.watched(progress ->
                        TransactionStory.run(machine.model(), program, settings, progress));
        options.tell(
                "transactions",
                machine,
                List.of(
                        program,
                        "--length",
                        Integer.toString(length),
                        "--retries",
                        Integer.toString(retries),
                        "--interrupts",
                        Double.toString(interrupts),
                        "--seed",
                        Long.toString(seed)),
                List.of(result),
                TransactionStory.MODEL,
                TransactionsText.of(machine.model().name(), result));
    }
}
