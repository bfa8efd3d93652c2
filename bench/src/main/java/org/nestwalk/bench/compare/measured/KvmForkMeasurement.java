package org.nestwalk.bench.compare.measured;

import java.io.IOException;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.machine.KvmMachine;
import org.nestwalk.kvm.machine.KvmSettings;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// What a copy of a virtual machine costs from nothing to its first exit, to Java and to a C
/// program with memory of the same size, in turns: microseconds of wall-clock time, because much of
/// it is waiting for the host's kernel. Both write two pages, which are copied. The C program is
/// measured with all of CPUID that KVM supports and, as `c-alike`, with what Nestwalk's guests get.
public final class KvmForkMeasurement {
    private static final long MEMORY = 256L << 20;
    private static final long PAGE = 4096;
    private static final long LARGE = 2L << 20;
    private static final long ROOT = 0x1000;
    private static final long USED_TABLE = 0x27;
    private static final long USED_LARGE_PAGE = 0xe7;
    private static final int WARMING = 4000;
    private static final int PAIRS = 40;
    private static final double MICROSECOND = 1e3;

    private KvmForkMeasurement() {}

    /// Measures; `args[0]` is the C program, without which Java is measured alone.
    public static void main(String[] args) throws IOException {
        Values values = new Values();
        try (KvmMachine machine = KvmMachine.open(KvmSettings.FORKABLE);
                VirtualMachine vm = machine.create(settings());
                CProgram program = args.length == 0 ? null : new CProgram(args[0])) {
            fill(vm);
            long begin = System.nanoTime();
            try (FrozenMemory frozen = vm.freeze()) {
                values.add("freeze", (System.nanoTime() - begin) / MICROSECOND);
                for (int i = 0; i < WARMING; i++) {
                    measure(frozen, new Values());
                }
                for (int pair = 0; pair < PAIRS; pair++) {
                    boolean first = pair % 2 == 0;
                    if (program != null && first) {
                        ask(program, values);
                    }
                    measure(frozen, values);
                    if (program != null && !first) {
                        ask(program, values);
                    }
                }
            }
        }
        System.out.print(values.text());
    }

    private static VmSettings settings() {
        return new VmSettings("parent", MEMORY, 1, TranslationMode.NESTED);
    }

    /// Writes all pages, and tables that map them where they are.
    private static void fill(VirtualMachine vm) {
        for (long gpa = 0; gpa < MEMORY; gpa += PAGE) {
            vm.memory().write(gpa + PAGE / 2, 1);
        }
        vm.memory().write(ROOT, ROOT + PAGE | USED_TABLE);
        vm.memory().write(ROOT + PAGE, ROOT + 2 * PAGE | USED_TABLE);
        for (long gpa = 0; gpa < MEMORY; gpa += LARGE) {
            long entry = ROOT + 2 * PAGE + gpa / LARGE * Long.BYTES;
            vm.memory().write(entry, gpa | USED_LARGE_PAGE);
        }
        vm.cpus().getFirst().kernel().loadCr3(ROOT, false);
    }

    private static void ask(CProgram program, Values values) {
        double[] answer = program.ask(1);
        values.add("c", answer[0]).add("c-copy", answer[1]).add("c-alike", answer[2]);
    }

    private static void measure(FrozenMemory frozen, Values values) {
        long begin = System.nanoTime();
        try (VirtualMachine child = frozen.fork("child")) {
            VirtualCpu cpu = child.cpus().getFirst();
            cpu.kernel().loadCr3(ROOT, false);
            long first = store(cpu, 64 << 20);
            values.add("java", (first - begin) / MICROSECOND);
            long before = System.nanoTime();
            long copied = store(cpu, 65 << 20);
            long again = store(cpu, 65 << 20);
            values.add("java-copy", (copied - before - (again - copied)) / 2.0);
        }
    }

    /// Two stores and an exit.
    ///
    /// @return the time then
    private static long store(VirtualCpu cpu, long address) {
        long[] stores = {
            Access.pack(Access.STORE, address), Access.pack(Access.STORE, address + (64 << 20))
        };
        cpu.run(stores, 0, stores.length);
        return System.nanoTime();
    }
}
