package org.nestwalk.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.cli.Main;
import picocli.CommandLine;

/// `nestwalk serve` as it runs.
final class ServedPage implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("Nestwalk is at (\\S+)");
    private static final long PATIENCE_MILLISECONDS = 20_000;

    private final StringWriter out = new StringWriter();
    private final Thread thread;
    private volatile int status = -1;

    ServedPage(Path results) {
        String[] arguments = {"serve", "--port", "0", "--results", results.toString()};
        CommandLine command = Main.commandLine(arguments).setOut(new PrintWriter(out));
        thread = new Thread(() -> status = command.execute(arguments), "serve");
        thread.start();
    }

    /// The address of its page.
    String url() throws InterruptedException {
        for (long waited = 0; waited < PATIENCE_MILLISECONDS; waited += 50) {
            Matcher url = URL.matcher(out.toString());
            if (url.find()) {
                return url.group(1);
            }
            Thread.sleep(50);
        }
        throw new AssertionError("it says no address: " + out);
    }

    /// Ends it, as the user does.
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(PATIENCE_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(status).isZero();
    }
}
