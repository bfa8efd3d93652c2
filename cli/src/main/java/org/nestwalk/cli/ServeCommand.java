package org.nestwalk.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.Experiments;
import org.nestwalk.serve.Names;
import org.nestwalk.serve.Server;
import org.nestwalk.serve.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `nestwalk serve`: a page on which experiments are started, watched and opened as reports.
@Command(
        name = "serve",
        description = {
            "Serve a page on which experiments are started, watched and opened as reports.",
            "It is for this machine only, unless --address says otherwise. Ctrl-C ends it; what"
                    + " runs is cancelled, and kept as far as it came."
        },
        mixinStandardHelpOptions = true)
final class ServeCommand implements Runnable {
    private static final String PORT = "--port";
    private static final String ADDRESS = "--address";
    private static final String RESULTS = "--results";
    private static final int USUAL_PORT = 8017;
    private static final int MOST_PORT = 65_535;

    private static final Names NAMES =
            new Names() {
                @Override
                public String command(Experiment.Spec spec) {
                    return "nestwalk " + Experiments.command(spec);
                }

                @Override
                public String parameter(Experiment.Spec spec, String name) {
                    return ParameterOptions.called(spec, name);
                }
            };

    @Option(
            names = PORT,
            paramLabel = "N",
            description = "Where to listen: 1 to 65535, or 0 for any that is free (default: 8017).")
    private int port = USUAL_PORT;

    @Option(
            names = ADDRESS,
            paramLabel = "ADDRESS",
            description =
                    "The address to listen at; any but a loopback address, such as 0.0.0.0, lets"
                            + " whoever reaches it start runs (default: 127.0.0.1).")
    private String address = "127.0.0.1";

    @Option(
            names = RESULTS,
            paramLabel = "FOLDER",
            description =
                    "Where results are kept, and others are found; made if it is not there, unless"
                            + " given they go when the server ends.")
    private @Nullable Path results;

    @Option(names = "--open", description = "Open the page in the usual browser.")
    private boolean open;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (port < 0 || port > MOST_PORT) {
            throw new InputException("%s: '%d' is not 0 to %d".formatted(PORT, port, MOST_PORT));
        }
        Settings settings =
                new Settings(
                        new InetSocketAddress(address(), port),
                        folder(),
                        Experiments.withCommands(),
                        NAMES,
                        Version.NUMBER);
        try (Interruption interruption = new Interruption();
                Server server = Server.start(settings)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("Nestwalk is at " + server.url());
            out.println(
                    results == null
                            ? "Results go when it ends; %s keeps them. Ctrl-C ends it."
                                    .formatted(RESULTS)
                            : "Results are kept in %s. Ctrl-C ends it.".formatted(results));
            if (!settings.address().getAddress().isLoopbackAddress()) {
                out.println("Whoever reaches this address can start runs here.");
            }
            out.flush();
            if (open) {
                show(server.url());
            }
            interruption.await();
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new InputException(
                    "%s: '%s' is no address of this machine, such as 127.0.0.1 or 0.0.0.0"
                            .formatted(ADDRESS, address),
                    e);
        }
    }

    private @Nullable Path folder() {
        if (results == null) {
            return null;
        }
        Path folder = results.toAbsolutePath().normalize();
        if (results.toString().isEmpty() || folder.getFileName() == null) {
            throw new InputException(
                    "%s: '%s' is no folder for results; name one of its own"
                            .formatted(RESULTS, results));
        }
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(folder);
            }
            if (!Files.isWritable(folder)) {
                throw new IOException("it may not be written");
            }
            return folder;
        } catch (IOException e) {
            throw new InputException(
                    "%s: %s cannot be used: %s; name a folder that is there, or can be made in one"
                            .formatted(RESULTS, results, e.getMessage()),
                    e);
        }
    }

    /// Opens the page, or says that it cannot.
    private void show(String url) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> opener =
                system.contains("mac")
                        ? List.of("open", url)
                        : system.contains("windows")
                                ? List.of("rundll32", "url.dll,FileProtocolHandler", url)
                                : List.of("xdg-open", url);
        try {
            var _ =
                    new ProcessBuilder(opener)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            StandardError.tell(
                    spec, "no browser can be opened (%s); open %s".formatted(e.getMessage(), url));
        }
    }
}
