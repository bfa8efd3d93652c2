package org.nestwalk.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `nestwalk man [COMMAND ...]`: manual pages, as `man` shows them.
@Command(
        name = "man",
        description = {
            "Writes the manual page of a command, made of what its help is made of; with --pages"
                    + " those of all commands.",
            "To read one: ./nestwalk man vm run | man -l -"
        },
        mixinStandardHelpOptions = true)
final class ManCommand implements Runnable {
    private static final String PAGES = "--pages";
    private static final String FOLDER = "man1";
    private static final String SECTION = ".1";

    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..*",
            description = "The command, such as vm run; nestwalk itself without one.")
    private List<String> command = List.of();

    @Option(
            names = PAGES,
            paramLabel = "FOLDER",
            description =
                    "Write a file for each command to this folder, which is called man1, such as"
                            + " ~/.local/share/man/man1, over those that are there.")
    private @Nullable Path folder;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        CommandSpec main = Main.commandLine().getCommandSpec();
        if (folder == null) {
            spec.commandLine().getOut().print(new ManPage(named(main)).text());
            return;
        }
        if (!command.isEmpty()) {
            throw new InputException(PAGES + " writes the pages of all commands; name none");
        }
        if (!folder.endsWith(FOLDER)) {
            throw new InputException(
                    "%s: man looks for pages of commands in folders called %s, and %s is none"
                            .formatted(PAGES, FOLDER, folder.toString().isEmpty() ? "''" : folder));
        }
        write(ManPage.all(main), folder);
    }

    private static List<String> shown(CommandSpec command) {
        return command.subcommands().entrySet().stream()
                .filter(one -> !one.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// The command that is asked for, below `main`.
    private CommandSpec named(CommandSpec main) {
        CommandSpec found = main;
        for (String name : command) {
            CommandLine below = found.subcommands().get(name);
            if (below == null) {
                throw new InputException(
                        found.subcommands().isEmpty()
                                ? found.qualifiedName()
                                        + " has no commands below it, such as "
                                        + name
                                : "%s has no command %s; there are %s"
                                        .formatted(
                                                found.qualifiedName(),
                                                name,
                                                String.join(", ", shown(found))));
            }
            found = below.getCommandSpec();
        }
        return found;
    }

    private static void write(List<ManPage> pages, Path folder) {
        try {
            Files.createDirectories(folder);
            for (ManPage page : pages) {
                Files.writeString(folder.resolve(page.name() + SECTION), page.text());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
