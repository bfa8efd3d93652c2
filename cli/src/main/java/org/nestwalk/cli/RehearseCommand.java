package org.nestwalk.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `nestwalk rehearse ROOT`: exercises the commands on the files of a checkout, so that the
/// launcher can make the JDK's ahead-of-time cache from what they load (JEP 483, JEP 514).
@Command(
        name = "rehearse",
        hidden = true,
        description = "Exercises the commands, for the launcher's ahead-of-time cache.")
final class RehearseCommand implements Runnable {
    @Parameters(paramLabel = "ROOT", description = "The checkout.")
    private Path root = Path.of("");

    @Override
    public void run() {
        String trace = root.resolve("examples/cc1.nwt").toString();
        String cases =
                root.resolve("lab/src/test/resources/conformance/cases-2k.jsonl.gz").toString();
        List<String[]> lines =
                List.of(
                        new String[] {"run", trace, "--limit", "3M"},
                        new String[] {"run", "gups:footprint=64MiB,accesses=300k", "--json", "-"},
                        new String[] {"curve", trace, "--limit", "300k"},
                        new String[] {"vm", "run", "gups:footprint=8MiB,accesses=300k"},
                        new String[] {"walk", "0x7f1234567123", "--warm"},
                        new String[] {"trace", "info", trace},
                        new String[] {"conform", cases, cases, cases, cases});
        lines.forEach(RehearseCommand::execute);
        record();
        move();
    }

    /// A recording, where there is what it needs; else it ends at once.
    private static void record() {
        try {
            Path folder = Files.createTempDirectory("nestwalk-rehearsal");
            Path trace = folder.resolve("true.nwt");
            execute("record", "-o", trace.toString(), "--", "true");
            Files.deleteIfExists(trace);
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Both sides of a migration, each of which usually has a process of its own.
    private static void move() {
        String place = "127.0.0.1:" + freePort();
        String[] receive = {"vm", "receive", "--listen", place};
        CompletableFuture<Void> target = CompletableFuture.runAsync(() -> execute(receive));
        execute(
                "vm",
                "migrate",
                "gups:footprint=4MiB,accesses=2M",
                "--to",
                place,
                "--memory",
                "16MiB");
        target.join();
    }

    private static int freePort() {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(String... line) {
        CommandLine command = Main.commandLine(line);
        command.setOut(new PrintWriter(Writer.nullWriter()));
        command.execute(line);
    }
}
