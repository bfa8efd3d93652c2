package org.nestwalk.memory.encryption;

import java.util.Arrays;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.memory.FrameMemory;

/// Physical memory as the processor of an encrypted virtual machine sees it: what lies at an
/// address with the encryption bit (C-bit) is decrypted and encrypted by the machine's key, what
/// lies at one without is plain. In physical memory itself there is ciphertext, which is all that
/// others see.
///
/// ```text
///  63      B+1  B  B-1                                  6 5          0
/// +-----------+---+--------------------------------------+------------+
/// |     0     | C | number of the line: the cipher's unit | in the line|
/// +-----------+---+--------------------------------------+------------+
/// ```
///
/// Lines of 64 bytes are the data units of the cipher, numbered by their physical address, as in
/// Intel's TME (AES-XTS with the physical address as tweak); AMD's tweak has the same properties,
/// and is not published in full. Source of the C-bit: AMD APM volume 2, sections 7.10 and 15.34.
///
/// Changes are counted by what words mean, not by how they are stored. All methods are
/// synchronized: the two words of a block change together, and the cipher has one buffer.
public final class EncryptedMemory implements FrameMemory {
    private static final int LINE_SHIFT = 6;
    private static final int LINE_BYTES = 1 << LINE_SHIFT;
    private static final int LINE_WORDS = LINE_BYTES / Long.BYTES;
    private static final int FRAME_WORDS = 4096 / Long.BYTES;

    private final FlatMemory memory;
    private final XtsCipher cipher;
    private final long encryptionBit;
    private final long[] words = new long[FRAME_WORDS];
    private long rewrites;
    private long flagChanges;

    /// A view of `memory`.
    ///
    /// @param encryptionBit a bit above all its addresses
    public EncryptedMemory(FlatMemory memory, MemoryKey key, long encryptionBit) {
        this.memory = memory;
        this.cipher = key.cipher(LINE_BYTES, FRAME_WORDS);
        this.encryptionBit = encryptionBit;
    }

    @Override
    public synchronized long read(long address) {
        if (isShared(address)) {
            return memory.read(address);
        }
        load(address & -LINE_BYTES, LINE_WORDS);
        return words[wordOf(address)];
    }

    @Override
    public synchronized void write(long address, long value) {
        if (isShared(address)) {
            memory.write(address, value);
            return;
        }
        load(address & -LINE_BYTES, LINE_WORDS);
        replace(address, value, true);
    }

    @Override
    public synchronized void store(long address, long value) {
        if (isShared(address)) {
            memory.store(address, value);
            return;
        }
        load(address & -LINE_BYTES, LINE_WORDS);
        replace(address, value, memory.holdsTable(address & ~encryptionBit));
    }

    /// Stores the line in the buffer with another word.
    private void replace(long address, long value, boolean table) {
        // Garbage that memory held before its first use may have been a present entry, so that even
        // a first word counts.
        rewrites += table && words[wordOf(address)] != value ? 1 : 0;
        words[wordOf(address)] = value;
        keep(address & -LINE_BYTES, LINE_WORDS, table);
    }

    @Override
    public synchronized void setFlags(long address, long value, boolean firstUse) {
        if (isShared(address)) {
            memory.setFlags(address, value, firstUse);
            return;
        }
        flagChanges += firstUse ? 0 : 1;
        load(address & -LINE_BYTES, LINE_WORDS);
        words[wordOf(address)] |= value;
        keep(address & -LINE_BYTES, LINE_WORDS, true);
    }

    /// Decrypts what is at `from` and encrypts it for where it goes.
    @Override
    public synchronized void copyFrame(long from, long to) {
        boolean replaced = memory.holdsTable(to & ~encryptionBit);
        rewrites += replaced ? 1 : 0;
        load(from, FRAME_WORDS);
        keep(to, FRAME_WORDS, replaced || memory.holdsTable(from & ~encryptionBit));
    }

    @Override
    public synchronized void release(long address) {
        memory.release(address & ~encryptionBit);
        if (!isShared(address)) {
            Arrays.fill(words, 0);
            keep(address, FRAME_WORDS, false);
        }
    }

    @Override
    public synchronized long rewrites() {
        return rewrites + memory.rewrites();
    }

    @Override
    public synchronized long changes() {
        return rewrites + flagChanges + memory.changes();
    }

    /// Reads the plaintext at `address` into the buffer.
    private void load(long address, int count) {
        long plain = address & ~encryptionBit;
        for (int i = 0; i < count; i++) {
            words[i] = memory.read(plain + (long) i * Long.BYTES);
        }
        if (!isShared(address)) {
            cipher.decrypt(plain >>> LINE_SHIFT, words, count);
        }
    }

    /// Stores the plaintext in the buffer at `address`, and counts nothing.
    ///
    /// @param table whether the frame holds a table from then on; if not, it does not yet
    private void keep(long address, int count, boolean table) {
        long plain = address & ~encryptionBit;
        if (!isShared(address)) {
            cipher.encrypt(plain >>> LINE_SHIFT, words, count);
        }
        for (int i = 0; i < count; i++) {
            if (table) {
                memory.put(plain + (long) i * Long.BYTES, words[i]);
            } else {
                memory.store(plain + (long) i * Long.BYTES, words[i]);
            }
        }
    }

    private boolean isShared(long address) {
        return (address & encryptionBit) == 0;
    }

    private static int wordOf(long address) {
        return (int) (address >>> 3) & LINE_WORDS - 1;
    }
}
