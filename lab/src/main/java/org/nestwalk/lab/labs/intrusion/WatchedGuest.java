package org.nestwalk.lab.labs.intrusion;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.guest.program.Program;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.hypervisor.intrusion.WriteSample;
import org.nestwalk.hypervisor.intrusion.WriteSensor;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.lab.guarded.KernelWork;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

/// A guest that runs a program, whose written pages are sampled period by period. It works for a
/// part of each period, and is idle for the rest.
final class WatchedGuest {
    /// Quanta of work in a period.
    static final int QUANTA = 10;

    /// Pages of files that are read in a quantum.
    private static final int FILES_READ = 40;

    private static final long PAGE = 4096;

    /// Accesses of the program in a quantum.
    static final int ACCESSES = 1000;

    private final GuardedGuest guest;
    private final WriteSensor sensor;
    private final KernelWork work;
    private final Program program;
    private final long period;
    private final Xoshiro256 random;
    private final long files;
    private final long[] block = new long[ACCESSES];
    private AccessSource source;
    private long begin;
    private long lasted;

    /// @param program that [#program] has made
    /// @param fileStart offset in the program's memory of files that are read only
    /// @param seed of what is read of them
    WatchedGuest(
            GuardedGuest guest,
            WriteSensor sensor,
            KernelWork work,
            Program program,
            long period,
            long fileStart,
            long seed) {
        this.files = fileStart / PAGE;
        this.random = new Xoshiro256(seed);
        this.guest = guest;
        this.sensor = sensor;
        this.work = work;
        this.program = program;
        this.period = period;
        this.source = program.open();
        this.begin = guest.now();
    }

    /// The program of that name in the memory of a guest's program, of which it may use `bytes`.
    ///
    /// @throws InputException if it needs more, or makes system calls
    static Program program(String text, long bytes) {
        Program program =
                ProgramSpec.parse(
                        "%s%sbase=0x%x"
                                .formatted(text, text.contains(":") ? "," : ":", KernelImage.USER));
        if (program.makesCalls()) {
            throw new InputException(
                    "%s makes system calls, which this guest's kernel does not know; use a program without, such as gups"
                            .formatted(text));
        }
        if (program.footprint() > bytes) {
            throw new InputException(
                    "%s takes %s; this guest has %s for a program: give it a smaller footprint"
                            .formatted(
                                    text,
                                    Quantities.counted(program.footprint(), "byte"),
                                    Quantities.counted(bytes, "byte")));
        }
        return program;
    }

    /// Lets a period pass. Returns what was written in it.
    ///
    /// @param deed does a quantum of an attack after each of the guest's, or null
    WriteSample period(Intrusion.@Nullable Deed deed) {
        return period(deed, 0);
    }

    /// As [#period(Intrusion.Deed)], with an attack that begins after quantum `from`.
    WriteSample period(Intrusion.@Nullable Deed deed, int from) {
        for (int i = 0; i < QUANTA; i++) {
            quantum();
            if (deed != null && i >= from) {
                deed.quantum();
            }
        }
        guest.idle(Math.max(0, begin + period - guest.now()));
        long end = guest.now();
        lasted = end - begin;
        begin = end;
        return guest.vm().exclusively(() -> sensor.collect(lasted));
    }

    /// How long the last period was, in ns: as asked for, or as long as the guest's work in it took
    /// if that is longer.
    long lasted() {
        return lasted;
    }

    private void quantum() {
        int count = 0;
        while (count < ACCESSES) {
            long[] some = count == 0 ? block : new long[ACCESSES - count];
            int made = source.next(some);
            if (made == 0) {
                source = program.open();
                continue;
            }
            guest.run(some, made);
            count += made;
        }
        for (int i = 0; i < FILES_READ; i++) {
            long page = files + random.nextBelow(guest.image().userBytes() / PAGE - files);
            block[i] = Access.pack(Access.LOAD, KernelImage.USER + page * PAGE);
        }
        guest.run(block, FILES_READ);
        work.quantum();
    }

    /// The guest.
    GuardedGuest guest() {
        return guest;
    }

    /// Adds the pages of code and page tables of a guest's kernel to `into`.
    static void addCode(GuardedGuest guest, PageSet into) {
        KernelImage image = guest.image();
        into.add(image.codeStart(), image.codeBytes());
        into.add(image.tablesStart(), image.codeStart() - image.tablesStart());
    }
}
