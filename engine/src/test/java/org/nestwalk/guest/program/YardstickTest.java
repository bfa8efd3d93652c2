package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.guest.AccessSource;

class YardstickTest {
    /// The checksums are those of the reference generator's streams, written as little-endian
    /// 64-bit addresses.
    @ParameterizedTest
    @CsvSource({
        "yardstick-gups, 1000000, c8442e73",
        "yardstick-gups, 20000000, a4fa7633",
        "yardstick-seq, 1000000, 8f8da479",
        "yardstick-seq, 20000000, 4cb6eceb",
        "yardstick-zipf, 1000000, 7cf7b4a2",
        "yardstick-zipf, 20000000, d98d77bb"
    })
    void streamsAreThoseOfTheReferenceGenerator(String name, int accesses, String checksum) {
        AccessSource source = ProgramSpec.parse(name + ":accesses=" + accesses).open();
        long[] block = new long[8192];
        ByteBuffer bytes = ByteBuffer.allocate(8 * block.length).order(ByteOrder.LITTLE_ENDIAN);
        CRC32 crc = new CRC32();
        for (int n = source.next(block); n > 0; n = source.next(block)) {
            bytes.clear();
            bytes.asLongBuffer().put(block, 0, n); // loads: the packed word is the address
            crc.update(bytes.limit(8 * n));
        }
        assertThat(Long.toHexString(crc.getValue())).isEqualTo(checksum);
    }
}
