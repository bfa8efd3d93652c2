package org.nestwalk.memory.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Known answers of IEEE 1619-2007, annex B: vectors 1 to 4.
class XtsCipherTest {
    private static final String ZEROS = "00".repeat(16);
    private static final String TWOS = "22".repeat(16);

    private static long[] words(byte[] bytes) {
        long[] words = new long[bytes.length / 8];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        return words;
    }

    private static long[] words(String hex) {
        return words(HexFormat.of().parseHex(hex));
    }

    private static XtsCipher cipher(String dataKey, String tweakKey, int unitBytes) {
        HexFormat hex = HexFormat.of();
        return new XtsCipher(hex.parseHex(dataKey), hex.parseHex(tweakKey), unitBytes, 256);
    }

    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000000000, 00000000000000000000000000000000, 0, 00,"
                + " 917cf69ebd68b2ec9b9fe9a3eadda692cd43d2f59598ed858c02c2652fbf922e",
        "11111111111111111111111111111111, 22222222222222222222222222222222, 3333333333, 44,"
                + " c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0",
        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0, 22222222222222222222222222222222, 3333333333, 44,"
                + " af85336b597afc1a900b2eb21ec949d292df4c047e0b21532186a5971a227a89",
    })
    void encryptsAsTheStandardSays(
            String dataKey, String tweakKey, String unit, String plain, String expected) {
        XtsCipher cipher = cipher(dataKey, tweakKey, 32);
        long number = Long.parseLong(unit, 16);
        long[] words = words(plain.repeat(32));
        cipher.encrypt(number, words, words.length);
        assertThat(words).isEqualTo(words(expected));
        cipher.decrypt(number, words, words.length);
        assertThat(words).isEqualTo(words(plain.repeat(32)));
    }

    @Test
    void encryptsLongUnitsAsTheStandardSays() {
        XtsCipher cipher =
                cipher("27182818284590452353602874713526", "31415926535897932384626433832795", 512);
        byte[] plain = new byte[512];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = (byte) i;
        }
        long[] words = words(plain);
        cipher.encrypt(0, words, words.length);
        assertThat(new long[] {words[0], words[1], words[2], words[3]})
                .isEqualTo(
                        words("27a7479befa1d476489f308cd4cfa6e2a96e4bbe3208ff25287dd3819616e89c"));
    }

    @Test
    void unitsOfOneCallAreThoseOfSeveral() {
        XtsCipher cipher = cipher(ZEROS, TWOS, 64);
        long[] together = new long[64];
        long[] one = new long[8];
        for (int i = 0; i < together.length; i++) {
            together[i] = i;
        }
        long[] plain = together.clone();
        cipher.encrypt(1000, together, together.length);
        for (int unit = 0; unit < 8; unit++) {
            System.arraycopy(plain, 8 * unit, one, 0, 8);
            cipher.encrypt(1000 + unit, one, 8);
            for (int i = 0; i < 8; i++) {
                assertThat(together[8 * unit + i]).isEqualTo(one[i]);
            }
        }
    }

    @Test
    void otherPlaceOrKeyGivesOtherCiphertext() {
        long[] here = new long[2];
        long[] there = new long[2];
        long[] otherKey = new long[2];
        cipher(ZEROS, ZEROS, 64).encrypt(5, here, 2);
        cipher(ZEROS, ZEROS, 64).encrypt(6, there, 2);
        cipher(TWOS, ZEROS, 64).encrypt(5, otherKey, 2);
        assertThat(here).isNotEqualTo(there).isNotEqualTo(otherKey).doesNotContain(0);
    }
}
