package org.nestwalk.kvm.code;

/// The loop that makes a program's accesses, packed by [org.nestwalk.bits.Access], with the
/// dependence that they declare and no other, and reads the time-stamp counter after each piece of
/// them. The same code runs in guests and on the host.
///
/// A ring in memory holds what the last 16 accesses have loaded, always 0, so that an address is
/// known only when the value has come that it is said to be computed from. Before an access behind
/// a branch that cannot be predicted LFENCE waits for all before. Nothing else waits: whether an
/// access loads or stores decides where a load and a store go, to the data or to a word that nobody
/// wants, and not a branch that could be mispredicted. A modification is a load and a store.
/// Branches by the distance depend on the packed access only, and programs repeat themselves.
///
/// | register | holds |
/// |---|---|
/// | RSI | the address of the next packed access |
/// | RCX | how many are left of the piece |
/// | R12 | how many pieces are left |
/// | RBX | where the next time goes |
/// | R13 | the address of the ring |
/// | R14 | the place in it of the next access |
/// | R10 | the address of the word that nobody wants |
/// | R8 | 0, which is stored |
/// | R11 | the place in the ring that stays 0 |
/// | RBP | what the last access has loaded |
/// | RAX, RDX, R9, R15 | scratch |
///
/// The parameters are words of a block, at whose address RDI points; see the constants.
public final class DeclaredAccesses {
    /// Address of the packed accesses, whose memory holds 0.
    public static final int LIST = 0;

    /// How many pieces there are, at least 1.
    public static final int PIECES = 8;

    /// Accesses of a piece, at least 1.
    public static final int LENGTH = 16;

    /// Address of a word for each piece, and one more: gets the time-stamp counter before the first
    /// piece and after each.
    public static final int TIMES = 24;

    /// Bytes of a block, with the ring and the word that nobody wants.
    public static final int BLOCK_BYTES = 320;

    /// Instructions that an access takes: as many as the model of overlap assumes (`designs/032`).
    public static final int INSTRUCTIONS = 32;

    /// The port that guests write to when all accesses are made.
    public static final int DONE_PORT = ReplayLoop.DONE_PORT;

    private static final int UNWANTED = 64;
    private static final int RING = 128;
    private static final int RING_LENGTH = 16;
    private static final int NEAR_BRANCH = 6;

    private DeclaredAccesses() {}

    /// For the host: a function of one argument, the block's address, which is a multiple of 64.
    public static MachineCode asFunction() {
        MachineCode code =
                new MachineCode()
                        .op("push rbx", 0x53)
                        .op("push rbp", 0x55)
                        .op("push r12", 0x41, 0x54)
                        .op("push r13", 0x41, 0x55)
                        .op("push r14", 0x41, 0x56)
                        .op("push r15", 0x41, 0x57);
        body(code);
        return code.op("pop r15", 0x41, 0x5f)
                .op("pop r14", 0x41, 0x5e)
                .op("pop r13", 0x41, 0x5d)
                .op("pop r12", 0x41, 0x5c)
                .op("pop rbp", 0x5d)
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
                .op("mov r12, [rdi+8]", 0x4c, 0x8b, 0x67, PIECES)
                .op("mov rbx, [rdi+24]", 0x48, 0x8b, 0x5f, TIMES)
                .op("lea r10, [rdi+64]", 0x4c, 0x8d, 0x57, UNWANTED)
                .op("lea r13, [rdi+128]", 0x4c, 0x8d, 0xaf, RING, 0, 0, 0)
                .op("xor r14d, r14d", 0x45, 0x31, 0xf6)
                .op("xor r8d, r8d", 0x45, 0x31, 0xc0)
                .op("xor ebp, ebp", 0x31, 0xed)
                .op("mov r11d, 16", 0x41, 0xbb, RING_LENGTH, 0, 0, 0);
        time(code);
        code.label("piece").op("mov rcx, [rdi+16]", 0x48, 0x8b, 0x4f, LENGTH);
        code.branch("jmp", 0xeb, "next")
                .label("fence")
                .op("lfence", 0x0f, 0xae, 0xe8)
                .branch("jmp", 0xeb, "known")
                .align(32)
                .label("next");
        access(code);
        code.op("dec rcx", 0x48, 0xff, 0xc9).branch("jnz", 0x75, "next");
        time(code);
        code.op("dec r12", 0x49, 0xff, 0xcc);
        int back = code.offset("piece") - code.size() - NEAR_BRANCH;
        code.op("jnz piece", 0x0f, 0x85, back, back >> 8, back >> 16, back >> 24);
    }

    private static void access(MachineCode code) {
        // Bits 60:57 say how many accesses back the one is that this one waits for; 15 is a branch.
        code.op("mov rax, [rsi]", 0x48, 0x8b, 0x06)
                .op("mov rdx, rax", 0x48, 0x89, 0xc2)
                .op("shr rdx, 57", 0x48, 0xc1, 0xea, 57)
                .op("and edx, 15", 0x83, 0xe2, 15)
                .op("cmp edx, 15", 0x83, 0xfa, 15)
                .branch("je", 0x74, "fence")
                .label("known")
                .op("mov r9d, r14d", 0x45, 0x89, 0xf1)
                .op("sub r9d, edx", 0x41, 0x29, 0xd1)
                .op("and r9d, 15", 0x41, 0x83, 0xe1, RING_LENGTH - 1)
                .op("test edx, edx", 0x85, 0xd2)
                .op("cmovz r9d, r11d", 0x45, 0x0f, 0x44, 0xcb)
                .op("mov r9, [r13+r9*8]", 0x4f, 0x8b, 0x4c, 0xcd, 0)
                // What has just been loaded does not go through the ring: that would take longer.
                // A conditional move would wait for it in any case.
                .op("cmp edx, 1", 0x83, 0xfa, 1)
                .branch("jne", 0x75, "waited")
                .op("mov r9, rbp", 0x49, 0x89, 0xe9)
                .label("waited")
                // Bits 56:0 are the address; bit 56 fills those above it.
                .op("mov rdx, rax", 0x48, 0x89, 0xc2)
                .op("shl rdx, 7", 0x48, 0xc1, 0xe2, 7)
                .op("sar rdx, 7", 0x48, 0xc1, 0xfa, 7)
                // Bits 63:62 are the kind: 0 load, 1 store, 2 fetch, 3 modify.
                .op("shr rax, 62", 0x48, 0xc1, 0xe8, 62)
                .op("mov r15, r10", 0x4d, 0x89, 0xd7)
                .op("test eax, 1", 0xa9, 1, 0, 0, 0)
                .op("cmovnz r15, rdx", 0x4c, 0x0f, 0x45, 0xfa)
                .op("cmp eax, 1", 0x83, 0xf8, 1)
                .op("cmove rdx, r10", 0x49, 0x0f, 0x44, 0xd2)
                .op("mov rbp, [rdx+r9]", 0x4a, 0x8b, 0x2c, 0x0a)
                .op("mov [r15+r9], r8", 0x4f, 0x89, 0x04, 0x0f)
                .op("mov [r13+r14*8], rbp", 0x4b, 0x89, 0x6c, 0xf5, 0)
                .op("inc r14d", 0x41, 0xff, 0xc6)
                .op("and r14d, 15", 0x41, 0x83, 0xe6, RING_LENGTH - 1)
                .op("add rsi, 8", 0x48, 0x83, 0xc6, Long.BYTES);
    }

    private static void time(MachineCode code) {
        RandomLoads.ticks(code)
                .op("mov [rbx], rax", 0x48, 0x89, 0x03)
                .op("add rbx, 8", 0x48, 0x83, 0xc3, Long.BYTES);
    }
}
