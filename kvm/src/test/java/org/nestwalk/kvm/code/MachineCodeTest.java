package org.nestwalk.kvm.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class MachineCodeTest {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    @Test
    void bytesAreThoseOfTheInstructionsInTheirOrder() {
        MachineCode code =
                new MachineCode()
                        .op("mov rax, [rsi]", 0x48, 0x8b, 0x06)
                        .op64("mov rdx, 0x1122334455667788", 0x1122334455667788L, 0x48, 0xba)
                        .op("ret", 0xc3);
        assertThat(HEX.formatHex(code.bytes()))
                .isEqualTo("48 8b 06 48 ba 88 77 66 55 44 33 22 11 c3");
    }

    @Test
    void aBranchCountsFromItsEndForwardsAndBackwards() {
        MachineCode code =
                new MachineCode()
                        .label("next")
                        .branch("jz", 0x74, "done")
                        .op("dec rcx", 0x48, 0xff, 0xc9)
                        .branch("jmp", 0xeb, "next")
                        .label("done")
                        .op("ret", 0xc3);
        assertThat(HEX.formatHex(code.bytes())).isEqualTo("74 05 48 ff c9 eb f9 c3");
        assertThat(code.offset("next")).isZero();
        assertThat(code.offset("done")).isEqualTo(7);
    }

    @Test
    void aBranchReaches127BytesForwardsAnd128BackwardsAndNoFurther() {
        assertThat(forwards(127).bytes()[1]).isEqualTo((byte) 127);
        assertThatThrownBy(() -> forwards(128).bytes())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("far is 128 bytes away");
        assertThat(backwards(126).bytes()[127]).isEqualTo((byte) -128);
        assertThatThrownBy(() -> backwards(127).bytes())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("far is -129 bytes away");
    }

    private static MachineCode forwards(int distance) {
        MachineCode code = new MachineCode().branch("jmp", 0xeb, "far");
        return nops(code, distance).label("far");
    }

    private static MachineCode backwards(int distance) {
        return nops(new MachineCode().label("far"), distance).branch("jmp", 0xeb, "far");
    }

    private static MachineCode nops(MachineCode code, int count) {
        for (int i = 0; i < count; i++) {
            code.op("nop", 0x90);
        }
        return code;
    }

    @Test
    void aBranchToNowhereIsRefused() {
        MachineCode code = new MachineCode().branch("jmp", 0xeb, "nowhere");
        assertThatThrownBy(code::bytes)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no label nowhere");
    }

    @Test
    void aLabelIsDefinedOnce() {
        MachineCode code = new MachineCode().label("here");
        assertThatThrownBy(() -> code.label("here"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two labels here");
    }

    @Test
    void alignmentIsFilledByInstructionsThatDoNothing() {
        MachineCode code = new MachineCode().op("ret", 0xc3).align(4).op("ret", 0xc3).align(1);
        assertThat(HEX.formatHex(code.bytes())).isEqualTo("c3 90 90 90 c3");
    }

    @Test
    void theListingHasOffsetBytesAndMnemonicOfEachInstruction() {
        MachineCode code =
                new MachineCode()
                        .op("mov rax, [rsi]", 0x48, 0x8b, 0x06)
                        .label("done")
                        .branch("jmp", 0xeb, "done");
        assertThat(code.listing().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly("0 48 8b 06 mov rax, [rsi]", "3 eb fe jmp done");
    }

    @Test
    void everyExceptionHasAnEntryOfItsOwnThatTellsItsNumber() {
        byte[] entries = KernelStubs.exceptions().bytes();
        for (int vector = 0; vector < KernelStubs.EXCEPTIONS; vector++) {
            int at = vector * KernelStubs.STUB_BYTES;
            assertThat(entries[at]).isEqualTo((byte) 0xe6);
            assertThat(entries[at + 1]).isEqualTo((byte) (KernelStubs.EXCEPTION_PORT + vector));
            // ADD RSP, 8 where there is an error code to skip, then IRETQ.
            int end = at + (KernelStubs.hasErrorCode(vector) ? 6 : 2);
            assertThat(entries[end]).isEqualTo((byte) 0x48);
            assertThat(entries[end + 1]).isEqualTo((byte) 0xcf);
        }
    }
}
