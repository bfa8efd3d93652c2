package org.nestwalk.memory.encryption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nestwalk.memory.FlatMemory;
import org.nestwalk.random.Xoshiro256;

class EncryptedMemoryTest {
    private static final long BIT = 1L << 51;
    private static final long FRAME = 4096;
    private static final int FRAMES = 8;

    private final FlatMemory memory = new FlatMemory(0);
    private final EncryptedMemory view = new EncryptedMemory(memory, MemoryKey.drawn(1, 1), BIT);

    @Test
    void agreesWithPlainMemoryStepByStep() {
        Xoshiro256 random = new Xoshiro256(11);
        Map<Long, Long> twin = new HashMap<>();
        for (long frame = 0; frame < FRAMES; frame++) {
            view.release(BIT | frame * FRAME);
        }
        for (int step = 0; step < 50_000; step++) {
            long address = random.nextBelow(FRAMES * FRAME / 8) * 8;
            long value = random.nextBelow(4) == 0 ? random.nextBelow(3) : random.nextLong();
            switch ((int) random.nextBelow(200)) {
                case 0 -> {
                    long from = random.nextBelow(FRAMES) * FRAME;
                    long to = (from + FRAME) % (FRAMES * FRAME);
                    view.copyFrame(BIT | from, BIT | to);
                    for (long at = 0; at < FRAME; at += 8) {
                        twin.put(to + at, twin.getOrDefault(from + at, 0L));
                    }
                }
                case 1 -> {
                    long frame = address & -FRAME;
                    view.release(BIT | frame);
                    twin.keySet().removeIf(at -> (at & -FRAME) == frame);
                }
                default -> {
                    switch ((int) random.nextBelow(4)) {
                        case 0 -> {
                            view.write(BIT | address, value);
                            twin.put(address, value);
                        }
                        case 1 -> {
                            view.store(BIT | address, value);
                            twin.put(address, value);
                        }
                        case 2 -> {
                            view.setFlags(BIT | address, 0x60, step % 2 == 0);
                            twin.merge(address, 0x60L, (a, b) -> a | b);
                        }
                        default ->
                                assertThat(view.read(BIT | address))
                                        .isEqualTo(twin.getOrDefault(address, 0L));
                    }
                }
            }
        }
        for (long at = 0; at < FRAMES * FRAME; at += 8) {
            assertThat(view.read(BIT | at)).isEqualTo(twin.getOrDefault(at, 0L));
        }
    }

    @Test
    void memoryHoldsNoWordThatWasWritten() {
        for (long at = 0; at < FRAME; at += 8) {
            view.store(BIT | at, at + 1);
        }
        for (long at = 0; at < FRAME; at += 8) {
            assertThat(memory.read(at)).isNotEqualTo(at + 1);
        }
    }

    @Test
    void equalLinesLookDifferentAndTheSameLineAlwaysLooksTheSame() {
        view.store(BIT, 7);
        view.store(BIT | 64, 7);
        long ciphertext = memory.read(0);
        assertThat(ciphertext).isNotEqualTo(memory.read(64));
        view.store(BIT, 8);
        assertThat(memory.read(0)).isNotEqualTo(ciphertext);
        view.store(BIT, 7);
        assertThat(memory.read(0)).isEqualTo(ciphertext);
    }

    @Test
    void otherKeyAndOtherPlaceDecryptToGarbage() {
        view.release(BIT);
        view.store(BIT | 8, 7);
        EncryptedMemory other = new EncryptedMemory(memory, MemoryKey.drawn(1, 2), BIT);
        assertThat(other.read(BIT | 8)).isNotEqualTo(7);
        memory.copyFrame(0, FRAME);
        assertThat(view.read(BIT | FRAME | 8)).isNotEqualTo(7);
        view.copyFrame(BIT, BIT | FRAME);
        assertThat(view.read(BIT | FRAME | 8)).isEqualTo(7);
    }

    @Test
    void addressesWithoutTheBitArePlain() {
        view.store(16, 7);
        assertThat(memory.read(16)).isEqualTo(7);
        assertThat(view.read(16)).isEqualTo(7);
        view.copyFrame(0, BIT | FRAME);
        assertThat(view.read(BIT | FRAME | 16)).isEqualTo(7);
        assertThat(memory.read(FRAME | 16)).isNotEqualTo(7);
    }

    @Test
    void zeroedFramesOfPhysicalMemoryAreGarbageToTheGuest() {
        assertThat(view.read(BIT | FRAME)).isNotZero();
    }

    /// What [org.nestwalk.memory.PhysicalMemory#rewrites] promises, whatever is stored.
    @Test
    void changesOfTableWordsAreCounted() {
        view.write(BIT, 1);
        long rewrites = view.rewrites();
        view.write(BIT, 1);
        assertThat(view.rewrites()).isEqualTo(rewrites);
        view.write(BIT, 2);
        assertThat(view.rewrites()).isGreaterThan(rewrites);
        rewrites = view.rewrites();
        view.setFlags(BIT, 0x20, true);
        assertThat(view.rewrites()).isEqualTo(rewrites);
        long changes = view.changes();
        view.setFlags(BIT, 0x40, false);
        assertThat(view.changes()).isEqualTo(changes + 1);
        assertThat(view.rewrites()).isEqualTo(rewrites);
        view.store(BIT | 8, 3);
        assertThat(view.rewrites()).isGreaterThan(rewrites);
        rewrites = view.rewrites();
        view.store(BIT | FRAME, 3);
        assertThat(view.rewrites()).as("a frame that holds no table").isEqualTo(rewrites);
        view.copyFrame(BIT | FRAME, BIT);
        assertThat(view.rewrites()).as("a table copied over").isGreaterThan(rewrites);
    }
}
