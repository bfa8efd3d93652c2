package org.nestwalk.lab.labs.encryption;

import java.util.OptionalLong;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;

/// A virtual machine with a few pages of data, whose program writes them whole and reads single
/// words, through the guest's own tables.
final class Victim {
    /// Pages of data.
    static final int PAGES = 16;

    /// Words of a page.
    static final int WORDS = 512;

    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final long MEMORY = 4L << 20;
    private static final long TABLES = PAGE;
    private static final int LEVELS = 4;
    private static final long DATA = 2L << 20;
    private static final long GVA = DATA;
    private static final long TABLE = PagingEntry.PRESENT | PagingEntry.WRITE | PagingEntry.USER;

    private final VirtualMachine vm;
    private final VirtualCpu cpu;
    private final long[] written = new long[PAGES];
    private final long[] block = new long[WORDS];
    private long next = 1;

    Victim(SimulatedMachine machine, String name, Protection protection) {
        vm = machine.create(new VmSettings(name, MEMORY, 1, TranslationMode.NESTED, protection));
        vm.attach((_, exit) ->
                Verdict.resumeIf(
                        exit instanceof VmExit.Violation violation
                                && !violation.mapped()
                                && vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K)));
        cpu = vm.cpus().getFirst();
        makeTables(cpu.kernel());
        for (int page = 0; page < PAGES; page++) {
            write(page);
        }
    }

    /// Tables one after the other, each of which has one entry, but for the last.
    private static void makeTables(KernelCpu kernel) {
        kernel.validate(TABLES, LEVELS * PAGE);
        kernel.zero(TABLES, LEVELS * PAGE);
        for (int level = LEVELS; level > 1; level--) {
            long table = TABLES + (LEVELS - level) * PAGE;
            int index = level == 2 ? (int) (GVA >>> PageSize.SIZE_2M.shift()) : 0;
            kernel.store(table + 8L * index, table + PAGE | TABLE);
        }
        long leaves = TABLES + (LEVELS - 1) * PAGE;
        for (int page = 0; page < PAGES; page++) {
            kernel.store(leaves + 8L * page, gpa(page) | TABLE | kernel.encryptionBit());
        }
        kernel.validate(DATA, PAGES * PAGE);
        kernel.loadCr3(TABLES, false);
    }

    VirtualMachine vm() {
        return vm;
    }

    /// The guest-physical address of a page.
    static long gpa(int page) {
        return DATA + page * PAGE;
    }

    /// Writes a page with what was never written before. Returns whether it could.
    boolean write(int page) {
        return write(page, next++);
    }

    /// Writes a page with the contents that have a number. Returns whether it could.
    boolean write(int page, long number) {
        for (int word = 0; word < WORDS; word++) {
            block[word] = Access.pack(Access.STORE, GVA + page * PAGE + word * 8L);
        }
        cpu.setProgram(number * WORDS, 0);
        boolean done = cpu.run(block, 0, WORDS) instanceof VmExit.ProgramEnd;
        if (done) {
            written[page] = number;
        }
        return done;
    }

    /// The number of what a page holds.
    long written(int page) {
        return written[page];
    }

    /// The word of the contents with a number.
    static long word(long number, int word) {
        return Checksum.value(number * WORDS + word);
    }

    /// Reads a word of a page, unless the processor stops that.
    OptionalLong read(int page, int word) {
        block[0] = Access.pack(Access.LOAD, GVA + page * PAGE + word * 8L);
        cpu.setProgram(0, 0);
        return cpu.run(block, 0, 1) instanceof VmExit.ProgramEnd
                ? OptionalLong.of(cpu.state().checksum() - Checksum.fold(0, 0))
                : OptionalLong.empty();
    }

    /// Starts over with a page that was tampered with, as after a restart of the guest.
    void recover(int page) {
        cpu.kernel().validate(gpa(page), PAGE);
        write(page);
    }
}
