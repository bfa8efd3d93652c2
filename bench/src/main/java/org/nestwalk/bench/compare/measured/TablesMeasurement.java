package org.nestwalk.bench.compare.measured;

import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.paging.AccessType;
import org.nestwalk.random.Permutation;

/// What a guest costs in memory: bytes of heap after its pages were touched, beyond those of the
/// same guest with none touched; and the bytes of the tables themselves, as the simulated machine
/// has them.
public final class TablesMeasurement {
    private static final long BASE = 0x7f00_0000_0000L;

    private TablesMeasurement() {}

    /// Touches pages under `nested:4K/4K`: `args` are the footprint in pages, how many of them are
    /// touched, and the layout of frames.
    public static void main(String[] args) {
        long pages = Long.parseLong(args[0]);
        long touched = Long.parseLong(args[1]);
        String layout = args[2];
        SetupContext context =
                new SetupContext(Machines.named("yardstick").model(), layout, layout, 1, 4, 4);
        Setup setup = Setups.parse("nested:4K/4K").apply(context);
        long empty = used();
        if (touched == pages) {
            for (long page = 0; page < pages; page++) {
                touch(setup, page);
            }
        } else {
            Permutation order = new Permutation(pages, 1);
            for (long i = 0; i < touched; i++) {
                touch(setup, order.apply(i));
            }
        }
        Values values = new Values();
        values.count("heap", used() - empty).count("tables", setup.pageTableBytes());
        System.out.print(values.text());
    }

    private static void touch(Setup setup, long page) {
        setup.touch(BASE + (page << PageSize.SIZE_4K.shift()), AccessType.READ);
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
