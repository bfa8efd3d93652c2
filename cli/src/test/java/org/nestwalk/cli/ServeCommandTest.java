package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.lab.experiment.Experiment;
import org.nestwalk.lab.labs.Experiments;
import picocli.CommandLine;

/// `nestwalk serve` says why it cannot serve.
@Timeout(60)
class ServeCommandTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void portInUseEndsWithStatusTwo() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Nestwalk.Result result =
                    Nestwalk.run("serve", "--port", Integer.toString(other.getLocalPort()));
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .startsWith("nestwalk: --port: nothing can listen at 127.0.0.1:")
                    .contains("name another port, or 0 for any that is free");
        }
    }

    @Test
    void folderOfResultsThatCannotBeIsSaid() {
        Nestwalk.Result result =
                Nestwalk.run("serve", "--port", "0", "--results", folder.resolve("a/b").toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("nestwalk: --results: ");
    }

    /// A page says of each run what a command line would.
    @Test
    void everyExperimentHasTheCommandThatThePageNames() {
        for (Experiment<?> experiment : Experiments.withCommands()) {
            CommandLine line = Main.commandLine();
            for (String word : Experiments.command(experiment.spec()).split(" ", -1)) {
                assertThat(line.getSubcommands()).containsKey(word);
                line = Objects.requireNonNull(line.getSubcommands().get(word));
            }
        }
    }
}
