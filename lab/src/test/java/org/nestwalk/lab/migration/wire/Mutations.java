package org.nestwalk.lab.migration.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
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

    /// Frames one after the other.
    static byte[] joined(List<byte[]> frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        frames.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /// A frame of which some bytes are others, with right checksums.
    static byte[] forged(byte[] frame, Random random) {
        byte[] other = frame.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int from = WireFormat.HEAD_BYTES;
            if (other.length > from) {
                int span =
                        random.nextBoolean()
                                ? Math.min(40, other.length - from)
                                : other.length - from;
                int at = from + random.nextInt(span);
                other[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (other[at] + 1);
            }
        }
        if (random.nextInt(8) == 0) {
            other = Arrays.copyOf(other, WireFormat.HEAD_BYTES + random.nextInt(other.length));
        }
        return StillGuest.repaired(other);
    }

    /// Frames left out, repeated, exchanged, forged, or made up.
    static List<byte[]> shuffled(List<byte[]> frames, List<byte[]> others, Random random) {
        List<byte[]> result = new ArrayList<>(frames);
        for (int i = random.nextInt(3); i >= 0 && !result.isEmpty(); i--) {
            int at = random.nextInt(result.size());
            switch (random.nextInt(5)) {
                case 0 -> result.remove(at);
                case 1 -> result.add(at, result.get(random.nextInt(result.size())));
                case 2 -> Collections.swap(result, at, random.nextInt(result.size()));
                case 3 -> result.set(at, forged(result.get(at), random));
                default -> result.add(at, others.get(random.nextInt(others.size())));
            }
        }
        return result;
    }
}
