package org.nestwalk.kvm.code;

/// Stores to a list of addresses, each timed by the time-stamp counter: how long it takes to touch
/// memory, exits and the host's work among that. The ticks of each replace its address in the list.
///
/// The parameters are words of a block, at whose address RDI points; see the constants.
public final class TimedTouches {
    /// Address of the list, a word for each store.
    public static final int LIST = 0;

    /// How many there are, at least 1.
    public static final int COUNT = 8;

    /// The port that a guest writes to when all stores are made.
    public static final int DONE_PORT = ReplayLoop.DONE_PORT;

    private TimedTouches() {}

    /// For a guest in user mode, which needs no stack: ends in OUT to [#DONE_PORT], again and again
    /// if resumed.
    public static MachineCode inGuest() {
        MachineCode code =
                new MachineCode()
                        .op("mov rsi, [rdi]", 0x48, 0x8b, 0x37)
                        .op("mov rcx, [rdi+8]", 0x48, 0x8b, 0x4f, COUNT)
                        .label("next")
                        .op("mov r14, [rsi]", 0x4c, 0x8b, 0x36);
        RandomLoads.ticks(code)
                .op("mov r15, rax", 0x49, 0x89, 0xc7)
                .op("lfence", 0x0f, 0xae, 0xe8)
                .op("mov [r14], rcx", 0x49, 0x89, 0x0e)
                .op("mfence", 0x0f, 0xae, 0xf0);
        return RandomLoads.ticks(code)
                .op("sub rax, r15", 0x4c, 0x29, 0xf8)
                .op("mov [rsi], rax", 0x48, 0x89, 0x06)
                .op("add rsi, 8", 0x48, 0x83, 0xc6, Long.BYTES)
                .op("dec rcx", 0x48, 0xff, 0xc9)
                .branch("jnz", 0x75, "next")
                .label("done")
                .op("out 0xf2, al", 0xe6, DONE_PORT)
                .branch("jmp", 0xeb, "done");
    }
}
