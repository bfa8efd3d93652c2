package org.nestwalk.kvm.code;

/// Loads from random places in a range: one unit of `stride` bytes after the other is drawn, and
/// one line of it is read, always the same. First come loads that do not wait for each other, to
/// fill caches; then those that do, some before the ones that count. The first and the last are
/// timed by the time-stamp counter.
///
/// ```text
/// state  = state * multiplier + increment
/// unit   = high 64 bits of (state * bytes), and unit mask
/// line   = (unit * 0x9e3779b97f4a7c15 >> 40), and line mask
/// value  = load [base + unit + line + value]          the loaded value is 0
/// ```
///
/// Addresses come from a linear congruential generator (Knuth's constants), not from memory, so
/// that nothing but the loads takes room in caches; they are known early, but each load waits for
/// the value of the one before. Hits then have the probability of being cached whatever the
/// replacement policy, which chains through a permutation would not give.
///
/// The parameters are words of a block, at whose address RDI points; see the constants.
public final class RandomLoads {
    /// Address of the range, whose words are all 0.
    public static final int BASE = 0;

    /// Its bytes, a multiple of the stride.
    public static final int BYTES = 8;

    /// The stride, negated: a power of two from 64.
    public static final int UNIT_MASK = 16;

    /// Bits of an address that choose a line within a unit.
    public static final int LINE_MASK = 24;

    /// The generator's state; goes on.
    public static final int STATE = 32;

    /// Loads to time, at least 1.
    public static final int COUNT = 40;

    /// The generator's multiplier; 1 reads in order.
    public static final int MULTIPLIER = 48;

    /// The generator's increment.
    public static final int INCREMENT = 56;

    /// Gets the ticks of the time-stamp counter.
    public static final int TICKS = 64;

    /// Gets the last loaded value.
    public static final int VALUE = 72;

    /// Loads to make before, at least 1.
    public static final int WARMING = 80;

    /// Gets the ticks that the loads before took.
    public static final int WARMING_TICKS = 88;

    /// Loads to make after those that wait for nothing and before those that are timed, at least 1.
    public static final int SETTLING = 96;

    /// Bytes of a block.
    public static final int BLOCK_BYTES = 104;

    /// What spreads units' lines: 2^64 divided by the golden ratio.
    public static final long LINE_MULTIPLIER = 0x9e3779b97f4a7c15L;

    /// The bits of the product that are dropped.
    public static final int LINE_SHIFT = 40;

    /// The port that guests write to when all loads are made.
    public static final int DONE_PORT = ReplayLoop.DONE_PORT;

    private RandomLoads() {}

    /// For the host: a function of one argument, the block's address.
    public static MachineCode asFunction() {
        MachineCode code =
                new MachineCode()
                        .op("push rbx", 0x53)
                        .op("push r12", 0x41, 0x54)
                        .op("push r13", 0x41, 0x55)
                        .op("push r14", 0x41, 0x56)
                        .op("push r15", 0x41, 0x57);
        body(code);
        return code.op("pop r15", 0x41, 0x5f)
                .op("pop r14", 0x41, 0x5e)
                .op("pop r13", 0x41, 0x5d)
                .op("pop r12", 0x41, 0x5c)
                .op("pop rbx", 0x5b)
                .op("ret", 0xc3);
    }

    /// For a guest in user mode, which needs no stack: ends in OUT to [#DONE_PORT], again and again
    /// if resumed.
    public static MachineCode inGuest() {
        MachineCode code = new MachineCode();
        body(code);
        return code.label("done").op("out 0xf2, al", 0xe6, DONE_PORT).branch("jmp", 0xeb, "done");
    }

    private static void body(MachineCode code) {
        code.op("mov rsi, [rdi]", 0x48, 0x8b, 0x37)
                .op("mov rbx, [rdi+8]", 0x48, 0x8b, 0x5f, BYTES)
                .op("mov r12, [rdi+16]", 0x4c, 0x8b, 0x67, UNIT_MASK)
                .op("mov r13, [rdi+24]", 0x4c, 0x8b, 0x6f, LINE_MASK)
                .op("mov r8, [rdi+32]", 0x4c, 0x8b, 0x47, STATE)
                .op("mov r9, [rdi+48]", 0x4c, 0x8b, 0x4f, MULTIPLIER)
                .op("mov r10, [rdi+56]", 0x4c, 0x8b, 0x57, INCREMENT)
                .op64("mov r11, line multiplier", LINE_MULTIPLIER, 0x49, 0xbb)
                .op("mov rcx, [rdi+80]", 0x48, 0x8b, 0x4f, WARMING);
        ticks(code).op("mov r15, rax", 0x49, 0x89, 0xc7).op("lfence", 0x0f, 0xae, 0xe8);
        address(code.align(32).label("warm"))
                .op("mov r14, [rax]", 0x4c, 0x8b, 0x30)
                .op("dec rcx", 0x48, 0xff, 0xc9)
                .branch("jnz", 0x75, "warm");
        ticks(code)
                .op("sub rax, r15", 0x4c, 0x29, 0xf8)
                .op("mov [rdi+88], rax", 0x48, 0x89, 0x47, WARMING_TICKS)
                .op("mov rcx, [rdi+96]", 0x48, 0x8b, 0x4f, SETTLING)
                .op("xor r14d, r14d", 0x45, 0x31, 0xf6);
        chain(code, "settle")
                .op("mov rcx, [rdi+40]", 0x48, 0x8b, 0x4f, COUNT)
                .op("xor r14d, r14d", 0x45, 0x31, 0xf6);
        ticks(code).op("mov r15, rax", 0x49, 0x89, 0xc7).op("lfence", 0x0f, 0xae, 0xe8);
        chain(code, "next");
        ticks(code)
                .op("sub rax, r15", 0x4c, 0x29, 0xf8)
                .op("mov [rdi+64], rax", 0x48, 0x89, 0x47, TICKS)
                .op("mov [rdi+32], r8", 0x4c, 0x89, 0x47, STATE)
                .op("mov [rdi+72], r14", 0x4c, 0x89, 0x77, VALUE);
    }

    /// RCX loads, each of which waits for the one before.
    private static MachineCode chain(MachineCode code, String label) {
        return address(code.align(32).label(label))
                .op("mov r14, [rax+r14]", 0x4e, 0x8b, 0x34, 0x30)
                .op("dec rcx", 0x48, 0xff, 0xc9)
                .branch("jnz", 0x75, label);
    }

    /// RAX is the next address, RDX is lost.
    private static MachineCode address(MachineCode code) {
        return code.op("imul r8, r9", 0x4d, 0x0f, 0xaf, 0xc1)
                .op("add r8, r10", 0x4d, 0x01, 0xd0)
                .op("mov rax, r8", 0x4c, 0x89, 0xc0)
                .op("mul rbx", 0x48, 0xf7, 0xe3)
                .op("and rdx, r12", 0x4c, 0x21, 0xe2)
                .op("mov rax, rdx", 0x48, 0x89, 0xd0)
                .op("imul rax, r11", 0x49, 0x0f, 0xaf, 0xc3)
                .op("shr rax, 40", 0x48, 0xc1, 0xe8, LINE_SHIFT)
                .op("and rax, r13", 0x4c, 0x21, 0xe8)
                .op("add rax, rdx", 0x48, 0x01, 0xd0)
                .op("add rax, rsi", 0x48, 0x01, 0xf0);
    }

    /// RAX is the time-stamp counter when all before has been done, RDX is lost.
    static MachineCode ticks(MachineCode code) {
        return code.op("lfence", 0x0f, 0xae, 0xe8)
                .op("rdtsc", 0x0f, 0x31)
                .op("shl rdx, 32", 0x48, 0xc1, 0xe2, 32)
                .op("or rax, rdx", 0x48, 0x09, 0xd0);
    }
}
