package org.nestwalk.bench.compare.measured;

import java.io.IOException;
import org.nestwalk.kvm.code.MachineCode;

/// What an exit from a guest costs, to Java and to a C program with the same guest, in turns of a
/// few milliseconds: in nanoseconds of processor time.
public final class KvmExitMeasurement {
    private static final int EXITS = 1000;
    private static final int WARMING = 10;
    private static final int PAIRS = 40;

    private static final long MEMORY = 2L << 20;
    private static final MachineCode CODE =
            new MachineCode()
                    .label("next")
                    .op("out 0xf2, al", 0xe6, FlatGuest.PORT)
                    .branch("jmp", 0xeb, "next");

    private KvmExitMeasurement() {}

    /// Measures; `args[0]` is the C program, without which Java is measured alone.
    public static void main(String[] args) throws IOException {
        Values values = new Values();
        try (FlatGuest guest = new FlatGuest(MEMORY, CODE)) {
            if (args.length == 0) {
                for (int i = -WARMING; i < PAIRS; i++) {
                    add(values, i, "java", Clock.ofThread(() -> exits(guest)) * 1e9 / EXITS);
                }
            } else {
                inTurns(guest, args[0], values);
            }
        }
        System.out.print(values.text());
    }

    private static void inTurns(FlatGuest guest, String path, Values values) throws IOException {
        try (CProgram program = new CProgram(path)) {
            for (int pair = -WARMING; pair < PAIRS; pair++) {
                boolean first = pair % 2 == 0;
                double theirs = first ? program.ask(EXITS)[0] : 0;
                double ours = Clock.ofThread(() -> exits(guest)) * 1e9 / EXITS;
                theirs = first ? theirs : program.ask(EXITS)[0];
                add(values, pair, "java", ours);
                add(values, pair, "c", theirs);
            }
        }
    }

    private static void exits(FlatGuest guest) {
        for (int i = 0; i < EXITS; i++) {
            guest.enter();
        }
    }

    private static void add(Values values, int pair, String name, double time) {
        if (pair >= 0) {
            values.add(name, time);
        }
    }
}
