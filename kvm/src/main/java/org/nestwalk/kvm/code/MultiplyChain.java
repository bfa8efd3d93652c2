package org.nestwalk.kvm.code;

/// Multiplications each of which waits for the one before, timed by the time-stamp counter: how
/// fast the core's clock is, as long as a multiplication of 64 bits takes 3 cycles. That is so on
/// Intel's processors since Nehalem and AMD's since Zen (Fog, Instruction tables; uops.info: IMUL
/// R64, R64).
public final class MultiplyChain {
    /// Cycles of a multiplication.
    public static final int CYCLES = 3;

    /// Multiplications in a turn of the loop.
    public static final int UNROLLED = 8;

    private MultiplyChain() {}

    /// A function of one argument, the address of two words: turns to make, at least 1; and the
    /// ticks they took, which it writes.
    public static MachineCode asFunction() {
        MachineCode code =
                new MachineCode()
                        .op("mov rcx, [rdi]", 0x48, 0x8b, 0x0f)
                        .op("mov r8d, 3", 0x41, 0xb8, 3, 0, 0, 0)
                        .op("lfence", 0x0f, 0xae, 0xe8)
                        .op("rdtsc", 0x0f, 0x31)
                        .op("shl rdx, 32", 0x48, 0xc1, 0xe2, 32)
                        .op("or rax, rdx", 0x48, 0x09, 0xd0)
                        .op("mov rsi, rax", 0x48, 0x89, 0xc6)
                        .op("lfence", 0x0f, 0xae, 0xe8)
                        .align(32)
                        .label("next");
        for (int i = 0; i < UNROLLED; i++) {
            code.op("imul r8, r8", 0x4d, 0x0f, 0xaf, 0xc0);
        }
        return code.op("dec rcx", 0x48, 0xff, 0xc9)
                .branch("jnz", 0x75, "next")
                .op("lfence", 0x0f, 0xae, 0xe8)
                .op("rdtsc", 0x0f, 0x31)
                .op("shl rdx, 32", 0x48, 0xc1, 0xe2, 32)
                .op("or rax, rdx", 0x48, 0x09, 0xd0)
                .op("sub rax, rsi", 0x48, 0x29, 0xf0)
                .op("mov [rdi+8], rax", 0x48, 0x89, 0x47, 8)
                .op("ret", 0xc3);
    }
}
