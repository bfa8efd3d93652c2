package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
    @TempDir private static Path folder;

    @BeforeAll
    static void writeScript() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is needed");
        Nestwalk.Result result = Nestwalk.run("completion");
        assertThat(result.status()).as(result.err()).isZero();
        Files.writeString(folder.resolve("script"), result.out());
    }

    /// What bash offers for the last of `words`.
    private static List<String> offered(String... words) throws IOException, InterruptedException {
        String line =
                "source '%s/script'; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_nestwalk; printf '%%s\\n' \"${COMPREPLY[@]}\""
                        .formatted(folder, String.join(" ", words), words.length - 1);
        Process bash =
                new ProcessBuilder("/bin/bash", "-c", line)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String text = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(text).isZero();
        return text.lines().map(String::strip).toList();
    }

    @Test
    void commandsAreCompleted() throws Exception {
        assertThat(offered("nestwalk", "swe")).containsExactly("sweep");
        assertThat(offered("nestwalk", "vm", "re")).containsExactlyInAnyOrder("receive", "restore");
    }

    @Test
    void labsAreCompletedWithTheirOptions() throws Exception {
        assertThat(offered("nestwalk", "lab", "tim")).containsExactly("timing-channel");
        assertThat(offered("nestwalk", "lab", "numa", "--ten"))
                .containsExactlyInAnyOrder("--tenant", "--tenant-cpus");
    }
}
