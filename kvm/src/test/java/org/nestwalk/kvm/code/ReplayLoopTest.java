package org.nestwalk.kvm.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.sys.MappedMemory;
import org.nestwalk.kvm.sys.NativeFunction;
import org.nestwalk.machine.Checksum;
import org.nestwalk.random.Xoshiro256;

/// The loop as a function of this process, which needs an x86-64 processor but no KVM.
class ReplayLoopTest {
    private static final int WORDS = 512;
    private static final int ACCESSES = 10_000;
    private static final int CHECKSUM = 2;
    private static final int VALUE = 3;

    @BeforeAll
    static void needsX86() {
        assumeThat(System.getProperty("os.arch")).isEqualTo("amd64");
    }

    @Test
    void itDoesWhatTheRulesOfChecksumSayForEveryKindOfAccess() {
        long[] words = new long[WORDS];
        long checksum = Checksum.START;
        long cursor = 0;
        try (MappedMemory data = MappedMemory.anonymous(WORDS * 8L, 4096);
                MappedMemory stream = MappedMemory.anonymous(ACCESSES * 8L, 4096);
                MappedMemory registers = MappedMemory.anonymous(4096, 4096);
                NativeFunction loop = NativeFunction.of(ReplayLoop.asFunction().bytes())) {
            Xoshiro256 random = new Xoshiro256(1);
            for (int i = 0; i < ACCESSES; i++) {
                int kind = (int) random.nextBelow(4);
                long offset = random.nextBelow(WORDS * 8L);
                int word = (int) (offset / 8);
                stream.segment()
                        .setAtIndex(
                                ValueLayout.JAVA_LONG,
                                i,
                                Access.pack(kind, data.address() + offset));
                if (kind == Access.LOAD || kind == Access.MODIFY) {
                    checksum = Checksum.fold(checksum, words[word]);
                }
                if (kind == Access.STORE || kind == Access.MODIFY) {
                    words[word] = Checksum.value(cursor);
                }
                cursor += kind == Access.FETCH ? 0 : 1;
            }
            long[] start = {
                stream.address(), ACCESSES, Checksum.START, Checksum.value(0), Checksum.STEP
            };
            MemorySegment.copy(
                    start, 0, registers.segment(), ValueLayout.JAVA_LONG, 0, start.length);
            loop.call(registers.address());
            assertThat(registers.segment().getAtIndex(ValueLayout.JAVA_LONG, CHECKSUM))
                    .isEqualTo(checksum);
            assertThat(registers.segment().getAtIndex(ValueLayout.JAVA_LONG, VALUE))
                    .isEqualTo(Checksum.value(cursor));
            assertThat(data.segment().asSlice(0, WORDS * 8L).toArray(ValueLayout.JAVA_LONG))
                    .isEqualTo(words);
        }
    }
}
