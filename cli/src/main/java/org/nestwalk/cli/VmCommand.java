package org.nestwalk.cli;

import org.nestwalk.lab.labs.fork.ForkExperiment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `nestwalk vm`: virtual machines with a guest's kernel and a hypervisor.
@Command(
        name = "vm",
        description = "Run programs in virtual machines, under a guest's kernel and a hypervisor.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = VmInspectCommand.class)
final class VmCommand implements Runnable {
    /// The command, with all of its own.
    static CommandLine command() {
        CommandLine vm = new CommandLine(new VmCommand());
        vm.addSubcommand(VmRunCommand.command());
        vm.addSubcommand("fork", LabRun.command("fork", ForkExperiment.single()));
        vm.addSubcommand(VmSnapshotCommand.command());
        vm.addSubcommand(VmRestoreCommand.command());
        vm.addSubcommand(VmMigrateCommand.command());
        vm.addSubcommand(VmReceiveCommand.command());
        return vm;
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    /// Without a command of its own, shows which there are.
    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "vm needs a command: run, fork, snapshot, restore, inspect, migrate or receive");
    }
}
