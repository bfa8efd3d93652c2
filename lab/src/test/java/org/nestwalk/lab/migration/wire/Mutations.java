package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/// Streams that are wrong in some way.
final class Mutations {
    private Mutations() {}

    /// Another stream than `bytes`, which may be changed itself.
    static byte[] of(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(7)) {
            case 0 -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 1 -> {
                bytes[at] = (byte) random.nextInt();
                yield of(bytes, random);
            }
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> Arrays.copyOfRange(bytes, at, bytes.length);
            case 4 -> {
                // A piece comes twice.
                int end = at + random.nextInt(bytes.length - at) + 1;
                ByteBuffer twice = ByteBuffer.allocate(bytes.length + end - at);
                twice.put(bytes, 0, end).put(bytes, at, bytes.length - at);
                yield twice.array();
            }
            case 5 -> {
                int end = at + random.nextInt(Math.min(64, bytes.length - at)) + 1;
                for (int i = at; i < end; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
                yield bytes;
            }
            default -> {
                byte[] noise = new byte[1 + random.nextInt(300)];
                random.nextBytes(noise);
                yield noise;
            }
        };
    }
}
