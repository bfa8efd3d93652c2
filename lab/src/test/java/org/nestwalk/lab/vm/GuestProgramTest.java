package org.nestwalk.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestProgramTest {
    @Test
    void footprintOfATraceIsWhatItTouches(@TempDir Path folder) throws IOException {
        StringBuilder text = new StringBuilder("==1== Lackey\n");
        for (long page = 0; page < 2_000; page++) {
            text.append(" L %x,8\n".formatted(0x10_0000_0000L + page * 4096));
        }
        text.append(" S 7ffffffffff8,8\n S 7fffffdffff8,16\n");
        Path trace = folder.resolve("sparse.lackey");
        Files.writeString(trace, text);
        assertThat(GuestProgram.footprint(trace.toString(), 4)).isEqualTo((4 + 2) * (2L << 20));
        assertThat(GuestProgram.footprint("gups:footprint=32MiB", 4)).isEqualTo(32L << 20);
    }
}
