package org.nestwalk.kvm.code;

/// The loop that makes a program's accesses, packed by [org.nestwalk.bits.Access], and keeps its
/// one result by the rules of [org.nestwalk.machine.Checksum]. The same code runs in guests and on
/// the host.
///
/// An instruction that faults can be repeated, and each access changes the result only once its
/// memory has been reached: between two accesses, and at a fault, the registers are the program's
/// state. A fetch is made as a load whose value nobody wants: programs here have data only.
///
/// | register | holds |
/// |---|---|
/// | RSI | the address of the next packed access |
/// | RCX | how many are left, at least 1 |
/// | RBX | the checksum |
/// | R8 | what the next data access would write |
/// | R9 | the step to what the one after it would |
/// | RAX, RDI | scratch |
public final class ReplayLoop {
    /// The port that guests write to when all accesses are made.
    public static final int DONE_PORT = 0xf2;

    private ReplayLoop() {}

    /// For a guest in user mode: ends in OUT to [#DONE_PORT], again and again if resumed.
    public static MachineCode inGuest() {
        MachineCode code = new MachineCode();
        loop(code);
        return code.label("done").op("out 0xf2, al", 0xe6, DONE_PORT).branch("jmp", 0xeb, "done");
    }

    /// For the host: a function of one argument, the address of five words, which it loads RSI,
    /// RCX, RBX, R8 and R9 from, and to which it stores RBX and R8 at the end.
    public static MachineCode asFunction() {
        MachineCode code =
                new MachineCode()
                        .op("push rbx", 0x53)
                        .op("push rdi", 0x57)
                        .op("mov rsi, [rdi]", 0x48, 0x8b, 0x37)
                        .op("mov rcx, [rdi+8]", 0x48, 0x8b, 0x4f, 0x08)
                        .op("mov rbx, [rdi+16]", 0x48, 0x8b, 0x5f, 0x10)
                        .op("mov r8, [rdi+24]", 0x4c, 0x8b, 0x47, 0x18)
                        .op("mov r9, [rdi+32]", 0x4c, 0x8b, 0x4f, 0x20)
                        .align(16);
        loop(code);
        return code.op("pop rdi", 0x5f)
                .op("mov [rdi+16], rbx", 0x48, 0x89, 0x5f, 0x10)
                .op("mov [rdi+24], r8", 0x4c, 0x89, 0x47, 0x18)
                .op("pop rbx", 0x5b)
                .op("ret", 0xc3);
    }

    private static void loop(MachineCode code) {
        code.branch("jmp", 0xeb, "next")
                .label("fetch")
                .op("mov rax, [rdi]", 0x48, 0x8b, 0x07)
                .branch("jmp", 0xeb, "advance")
                .label("modify")
                .op("mov rax, r8", 0x4c, 0x89, 0xc0)
                .op("xchg [rdi], rax", 0x48, 0x87, 0x07)
                .branch("jmp", 0xeb, "fold")
                .label("store")
                .op("mov [rdi], r8", 0x4c, 0x89, 0x07)
                .branch("jmp", 0xeb, "count")
                .align(16)
                .label("next")
                .op("mov rax, [rsi]", 0x48, 0x8b, 0x06)
                .op("mov rdi, rax", 0x48, 0x89, 0xc7)
                // Bits 56:0 are the address; bit 56 fills those above it.
                .op("shl rdi, 7", 0x48, 0xc1, 0xe7, 7)
                .op("sar rdi, 7", 0x48, 0xc1, 0xff, 7)
                .op("and rdi, -8", 0x48, 0x83, 0xe7, 0xf8)
                // Bits 63:62 are the kind: 0 load, 1 store, 2 fetch, 3 modify.
                .op("shr rax, 62", 0x48, 0xc1, 0xe8, 62)
                .branch("je", 0x74, "load")
                .op("cmp eax, 2", 0x83, 0xf8, 2)
                .branch("jb", 0x72, "store")
                .branch("je", 0x74, "fetch")
                .branch("jmp", 0xeb, "modify")
                .label("load")
                .op("mov rax, [rdi]", 0x48, 0x8b, 0x07)
                .label("fold")
                .op("rol rbx, 7", 0x48, 0xc1, 0xc3, 7)
                .op("lea rbx, [rbx+rax+1]", 0x48, 0x8d, 0x5c, 0x03, 0x01)
                .label("count")
                .op("add r8, r9", 0x4d, 0x01, 0xc8)
                .label("advance")
                .op("add rsi, 8", 0x48, 0x83, 0xc6, 8)
                .op("dec rcx", 0x48, 0xff, 0xc9)
                .branch("jnz", 0x75, "next");
    }
}
