package org.nestwalk.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.guest.AccessSource;
import org.nestwalk.guest.program.ProgramSpec;
import org.nestwalk.lab.machines.Machines;
import org.nestwalk.lab.setup.Setup;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.lab.setup.Setups;
import org.nestwalk.paging.AccessType;

class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(strings = {"native:4K", "nested:4K/4K", "nested:2M/4K", "shadow:4K", "flat:4K"})
    void runningAccessesAllocatesNothing(String name) {
        SetupContext context =
                new SetupContext(
                        Machines.named("skylake-sp").model(), "contiguous", "contiguous", 1, 4, 4);
        Setup setup = Setups.parse(name).apply(context);
        AccessSource source =
                ProgramSpec.parse("zipf:footprint=32MiB,accesses=1M,writes=0.2").open();
        long[] block = new long[8192];
        for (int i = 0; i < 60; i++) {
            setup.mmu().run(block, 0, source.next(block));
        }
        touchEverything(setup);

        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 50; i++) {
            setup.mmu().run(block, 0, block.length);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).isLessThan(10_000);
    }

    /// Maps the rest of the footprint: mapping is software's work and may allocate.
    private static void touchEverything(Setup setup) {
        for (long page = 0; page < 32 << 8; page++) {
            setup.touch(0x7f00_0000_0000L + (page << 12), AccessType.READ);
        }
    }
}
