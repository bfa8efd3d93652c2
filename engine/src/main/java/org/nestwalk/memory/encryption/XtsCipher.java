package org.nestwalk.memory.encryption;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/// AES-128 in XTS mode, whole blocks only: each block of 16 bytes is exclusive-ored with a tweak
/// before and after AES. The tweak is the encrypted number of the data unit that the block is in,
/// times x to the power of the block's number in it, in GF(2^128).
///
/// Equal plaintext at different addresses so has different ciphertext, and at the same address the
/// same one, whenever it is written: nothing in it is a time or a counter.
///
/// Source: IEEE 1619-2007, sections 5.1 to 5.4. Words are the bytes of memory in little-endian
/// order. Allocates nothing after construction. Not thread-safe.
final class XtsCipher {
    private static final int BLOCK_WORDS = 2;
    private static final long REDUCTION = 0x87;
    private static final String TRANSFORMATION = "AES/ECB/NoPadding";
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Cipher tweaks;
    private final Cipher encryption;
    private final Cipher decryption;
    private final int unitWords;
    private final byte[] numbers;
    private final byte[] encryptedNumbers;
    private final byte[] before;
    private final byte[] after;
    private final long[] masks;
    private long maskedUnit;
    private int masked;

    /// @param dataKey 16 bytes
    /// @param tweakKey 16 bytes
    /// @param unitBytes of a data unit, a multiple of 16
    /// @param mostWords of one call
    XtsCipher(byte[] dataKey, byte[] tweakKey, int unitBytes, int mostWords) {
        tweaks = cipher(Cipher.ENCRYPT_MODE, tweakKey);
        encryption = cipher(Cipher.ENCRYPT_MODE, dataKey);
        decryption = cipher(Cipher.DECRYPT_MODE, dataKey);
        unitWords = unitBytes / Long.BYTES;
        int units = (mostWords + unitWords - 1) / unitWords;
        numbers = new byte[units * BLOCK_WORDS * Long.BYTES];
        encryptedNumbers = new byte[numbers.length];
        before = new byte[mostWords * Long.BYTES];
        after = new byte[before.length];
        masks = new long[mostWords];
    }

    private static Cipher cipher(int mode, byte[] key) {
        try {
            Cipher cipher = Cipher.getInstance(TRANSFORMATION);
            cipher.init(mode, new SecretKeySpec(key, "AES"));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES with keys of 128 bits", e);
        }
    }

    /// Encrypts `words` from index 0 to `count`, in place.
    ///
    /// @param firstUnit the number of the first data unit; the others follow
    /// @param count a multiple of 2
    void encrypt(long firstUnit, long[] words, int count) {
        crypt(encryption, firstUnit, words, count);
    }

    /// The inverse of [#encrypt].
    void decrypt(long firstUnit, long[] words, int count) {
        crypt(decryption, firstUnit, words, count);
    }

    private void crypt(Cipher cipher, long firstUnit, long[] words, int count) {
        findMasks(firstUnit, count);
        for (int i = 0; i < count; i++) {
            WORD.set(before, i * Long.BYTES, words[i] ^ masks[i]);
        }
        update(cipher, before, count * Long.BYTES, after);
        for (int i = 0; i < count; i++) {
            words[i] = (long) WORD.get(after, i * Long.BYTES) ^ masks[i];
        }
    }

    /// A line is mostly decrypted and then encrypted again, with the same masks.
    private void findMasks(long firstUnit, int count) {
        if (firstUnit == maskedUnit && count <= masked) {
            return;
        }
        maskedUnit = firstUnit;
        masked = count;
        int units = (count + unitWords - 1) / unitWords;
        for (int unit = 0; unit < units; unit++) {
            WORD.set(numbers, unit * BLOCK_WORDS * Long.BYTES, firstUnit + unit);
        }
        update(tweaks, numbers, units * BLOCK_WORDS * Long.BYTES, encryptedNumbers);
        for (int unit = 0; unit < units; unit++) {
            int at = unit * BLOCK_WORDS * Long.BYTES;
            long low = (long) WORD.get(encryptedNumbers, at);
            long high = (long) WORD.get(encryptedNumbers, at + Long.BYTES);
            int end = Math.min(count, (unit + 1) * unitWords);
            for (int i = unit * unitWords; i < end; i += BLOCK_WORDS) {
                masks[i] = low;
                masks[i + 1] = high;
                long carry = high >>> 63;
                high = high << 1 | low >>> 63;
                low = low << 1 ^ carry * REDUCTION;
            }
        }
    }

    /// With whole blocks and no padding, nothing is kept back for the next call.
    private static void update(Cipher cipher, byte[] from, int length, byte[] to) {
        try {
            if (cipher.update(from, 0, length, to, 0) != length) {
                throw new IllegalStateException("the cipher kept blocks back");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
