package org.nestwalk.memory.encryption;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.nestwalk.random.SplitMix64;

/// The key of a virtual machine's memory: two AES-128 keys, as XTS takes them.
///
/// Drawn from the simulation's seed, so that runs can be repeated: it hides nothing from whoever
/// knows the seed. A processor draws it at random and shows it to no software.
public final class MemoryKey {
    private static final int KEY_BYTES = 16;
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] data;
    private final byte[] tweak;

    private MemoryKey(byte[] data, byte[] tweak) {
        this.data = data;
        this.tweak = tweak;
    }

    /// Key `number` of those that `seed` gives.
    public static MemoryKey drawn(long seed, long number) {
        long own = SplitMix64.hash(seed, number);
        return new MemoryKey(drawnBytes(own, 0), drawnBytes(own, 2));
    }

    private static byte[] drawnBytes(long seed, long first) {
        byte[] bytes = new byte[KEY_BYTES];
        WORD.set(bytes, 0, SplitMix64.hash(seed, first));
        WORD.set(bytes, Long.BYTES, SplitMix64.hash(seed, first + 1));
        return bytes;
    }

    /// The cipher under this key, with data units of `unitBytes`.
    ///
    /// @param mostWords of one call
    XtsCipher cipher(int unitBytes, int mostWords) {
        return new XtsCipher(data, tweak, unitBytes, mostWords);
    }
}
