package org.nestwalk.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.lab.TestMachines;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

class AgileSetupTest {
    private static final long SEED = 23;

    private static Setup setup(String name, ProcessorModel machine) {
        return Setups.parse(name)
                .apply(new SetupContext(machine, "scattered", "scattered", SEED, 4, 4));
    }

    private static ProcessorModel machine(SecondLevelFormat format) {
        return TestMachines.of(format, TestMachines.GUEST_CACHES, TestMachines.GUEST_CACHES, null);
    }

    /// Accesses all over 8 GiB.
    private static long[] accesses(int count) {
        Random random = new Random(SEED);
        long[] block = new long[count];
        for (int i = 0; i < count; i++) {
            long gva = 0x7f00_0000_0000L + (random.nextLong() & (8L << 30) - 1 & -8);
            block[i] = Access.pack(random.nextBoolean() ? Access.STORE : Access.LOAD, gva);
        }
        return block;
    }

    @Test
    void translatesToWhatNestedPagingTranslatesTo() {
        for (SecondLevelFormat format : SecondLevelFormat.values()) {
            Setup agile = setup("agile:4K", machine(format));
            Setup nested = setup("nested:4K/4K", machine(format));
            long[] block = accesses(20_000);
            long[] ours = new long[block.length];
            long[] theirs = new long[block.length];
            agile.mmu().run(block, 0, block.length, ours);
            nested.mmu().run(block, 0, block.length, theirs);
            assertThat(ours).as(format + ", seed " + SEED).isEqualTo(theirs);
            assertThat(agile.mmu().counts().walks.walks)
                    .isEqualTo(nested.mmu().counts().walks.walks);
            assertThat(agile.mmu().counts().walks.references())
                    .isLessThan(nested.mmu().counts().walks.references());
        }
    }

    @Test
    void onlyUpperEntriesCostExits() {
        Setup agile = setup("agile:4K", TestMachines.plain());
        long[] pages = new long[512 * 3];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = Access.pack(Access.LOAD, 0x4000_0000L + 4096L * i);
        }
        agile.mmu().run(pages, 0, pages.length);
        assertThat(agile.exits())
                .as("one of level 4, one of level 3, three of level 2")
                .isEqualTo(5);
        Setup shadow = setup("shadow:4K", TestMachines.plain());
        shadow.mmu().run(pages, 0, pages.length);
        assertThat(shadow.exits()).isEqualTo(pages.length + 5);
    }
}
