package org.nestwalk.traces.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.bits.Access;
import org.nestwalk.traces.AccessInfo;
import org.nestwalk.traces.TraceBlock;
import org.nestwalk.traces.TraceReader;
import org.nestwalk.traces.Traces;

/// The dependence that the recorder derives of a program in assembler whose dependence is known:
/// one part after the other, each behind a store to a place of its own.
@Timeout(120)
class DerivedDependenceTest {
    private static final String PROGRAM =
            """
            .intel_syntax noprefix
            .data
            .balign 4096
            marks: .zero 64
            list:  .quad list+64
                   .zero 56
                   .quad list+128
                   .zero 56
                   .quad list
            .balign 4096
            index: .quad 1, 2, 3, 4, 5, 6, 7, 8
            array: .zero 4096
            .text
            .globl _start
            _start:
                lea rbp, [rip + list]
                lea rsi, [rip + index]
                lea rdi, [rip + array]
                # 0: a pointer chase in a loop
                mov byte ptr [rip + marks], 1
                mov rbx, rbp
                mov ecx, 4
            1:  mov rbx, [rbx]
                dec ecx
                jnz 1b
                # 1: sums over an array
                mov byte ptr [rip + marks + 1], 1
                xor eax, eax
                mov ecx, 4
            2:  add rax, [rdi + rcx*8]
                dec ecx
                jnz 2b
                # 2: an array of indices
                mov byte ptr [rip + marks + 2], 1
                mov ecx, 2
            3:  mov rdx, [rsi + rcx*8]
                add rax, [rdi + rdx*8]
                dec ecx
                jnz 3b
                # 3: through arithmetic and another load
                mov byte ptr [rip + marks + 3], 1
                mov rdx, [rsi]
                mov r8, [rdi]
                lea rdx, [rdx + rdx*2 + 1]
                shl rdx, 2
                movzx edx, dl
                movq xmm3, rdx
                movq r9, xmm3
                mov r10, [rdi + r9]
                # 4: through the stack, and push and pop
                mov byte ptr [rip + marks + 4], 1
                mov rdx, [rsi]
                mov [rsp - 64], rdx
                xor edx, edx
                mov rdx, [rsp - 64]
                mov r8, [rdi + rdx*8]
                push r8
                pop r9
                mov r10, [rdi + r9]
                # 5: nothing is left of it
                mov byte ptr [rip + marks + 5], 1
                mov rdx, [rsi]
                xor edx, edx
                mov r8, [rdi + rdx]
                mov rdx, [rsi]
                mov edx, 8
                mov r8, [rdi + rdx]
                pcmpeqb xmm0, xmm0
                # 6: fourteen accesses between
                mov byte ptr [rip + marks + 6], 1
                mov rdx, [rsi]
                .rept 14
                mov r8, [rdi]
                .endr
                mov r8, [rdi + rdx*8]
                # 7: an update, a conditional move, a part of a register
                mov byte ptr [rip + marks + 7], 1
                mov rdx, [rsi]
                add qword ptr [rdi + rdx*8 + 256], 1
                mov r9d, 0
                test rax, rax
                cmovz r9, rdx
                mov r8, [rdi + r9*8]
                mov dl, 1
                mov r8, [rdi + rdx*8]
                # 8: calls and returns, which count with rsp
                mov byte ptr [rip + marks + 8], 1
                mov rdx, [rsi]
                push rdx
                call 5f
                pop rdx
                # 9: strings
                mov byte ptr [rip + marks + 9], 1
                mov ecx, 2
                rep movsq
                mov byte ptr [rip + marks + 10], 1
                mov eax, 60
                xor edi, edi
                syscall
            5:  mov r8, [rdi]
                ret
            """;
    private static final int PARTS = 10;

    @TempDir static Path directory;

    private static final List<List<Integer>> DISTANCES = new ArrayList<>();

    @BeforeAll
    static void recordProgram() throws IOException, InterruptedException {
        assumeTrue(QemuLauncher.find(false) != null, "qemu-x86_64 and cc are not both installed");
        assumeTrue(Programs.isX8664(Path.of("/bin/sh")), "this is no x86_64 machine");
        Path program = directory.resolve("program");
        Path source = Files.writeString(directory.resolve("program.s"), PROGRAM);
        String[] cc = {"cc", "-nostdlib", "-static", "-o", program.toString(), source.toString()};
        assertThat(new ProcessBuilder(cc).inheritIO().start().waitFor()).isZero();
        Path trace = directory.resolve("trace.nwt");
        RecordRequest request =
                new RecordRequest(
                        List.of(program.toString()), trace, Tool.QEMU, true, Long.MAX_VALUE);
        Recording recording = Recorder.record(request, _ -> {});
        assumeTrue(recording.dependence(), "Capstone is not installed (libcapstone-dev)");
        DISTANCES.clear();
        try (TraceReader reader = Traces.open(trace)) {
            divide(reader);
        }
    }

    /// The data accesses after each store of one byte to the next place of `marks`.
    private static void divide(TraceReader reader) {
        TraceBlock block = new TraceBlock();
        while (reader.read(block) > 0) {
            for (int i = 0; i < block.count; i++) {
                if (block.info[i] == AccessInfo.pack(Access.STORE, 1, 0)) {
                    DISTANCES.add(new ArrayList<>());
                } else {
                    DISTANCES.getLast().add((int) block.distance[i]);
                }
            }
        }
        assertThat(DISTANCES).hasSize(PARTS + 1);
    }

    @Test
    void eachLoadOfAChaseDependsOnTheOneBefore() {
        assertThat(DISTANCES.get(0)).containsExactly(0, 1, 1, 1);
    }

    @Test
    void sumsOverAnArrayAreIndependent() {
        assertThat(DISTANCES.get(1)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void anElementDependsOnItsIndexAndIndicesOnNothing() {
        assertThat(DISTANCES.get(2)).containsExactly(0, 1, 0, 1);
    }

    @Test
    void arithmeticCarriesDependence() {
        assertThat(DISTANCES.get(3)).containsExactly(0, 0, 2);
    }

    @Test
    void theStackCarriesDependence() {
        // load, store, reload, element; push, pop, element
        assertThat(DISTANCES.get(4)).containsExactly(0, 0, 2, 1, 0, 2, 1);
    }

    @Test
    void zeroedAndOverwrittenRegistersDependOnNothing() {
        assertThat(DISTANCES.get(5)).containsExactly(0, 0, 0, 0);
    }

    @Test
    void whatIsFarIsIndependent() {
        assertThat(DISTANCES.get(6)).hasSize(16).containsOnly(0);
    }

    @Test
    void updatesConditionalMovesAndPartsDepend() {
        // index, load and store of the update, the element that was moved, the one of a part
        assertThat(DISTANCES.get(7)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theStackPointerDependsOnNothing() {
        // index, push, call, load in the function, ret, pop: what was pushed was loaded before
        assertThat(DISTANCES.get(8)).containsExactly(0, 0, 0, 0, 0, 5);
    }

    @Test
    void stringsDependOnNothing() {
        assertThat(DISTANCES.get(9)).containsExactly(0, 0, 0, 0);
    }
}
