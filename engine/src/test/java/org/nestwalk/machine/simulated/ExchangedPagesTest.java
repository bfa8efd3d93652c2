package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmExit;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Pages moved to blocks that the hypervisor has reserved.
class ExchangedPagesTest {
    private static final PageSize SMALL = PageSize.SIZE_4K;
    private static final long DATA = SharingGuest.REGION;

    private final SimulatedMachine machine =
            new SimulatedMachine(
                    SimulatedSettings.of(Processors.of(SecondLevelFormat.NPT), 16L << 20));
    private final SharingGuest guest =
            new SharingGuest(machine, TranslationMode.NESTED, DirtySource.FLAGS, null);
    private final SecondLevelTables tables = machine.own(guest.vm).tables();
    private long stored;

    /// Both CPUs have a translation of the page cached, and the first has stored to it.
    private long cached() {
        stored = Checksum.value(guest.vm.cpus().getFirst().state().cursor());
        assertThat(guest.access(0, Access.STORE, DATA)).isTrue();
        assertThat(guest.access(1, Access.LOAD, DATA)).isTrue();
        return tables.hostAddress(DATA);
    }

    private long exchange(long gpa) {
        return guest.vm.exclusively(() -> {
            long to = machine.host().reserve(SMALL);
            long from = guest.map.exchange(gpa, to, SMALL);
            machine.host().release(from == -1 ? to : from, SMALL);
            return from;
        });
    }

    /// Whether the second CPU loads what the first has stored last.
    private boolean loadsWhatWasStored() {
        CpuState first = guest.vm.cpus().getFirst().state();
        run(0, Access.STORE);
        CpuState before = guest.vm.cpus().getLast().state();
        run(1, Access.LOAD);
        return guest.vm.cpus().getLast().state().checksum()
                == Checksum.fold(before.checksum(), Checksum.value(first.cursor()));
    }

    private void run(int cpu, int kind) {
        long[] access = {Access.pack(kind, SharingGuest.GVA + DATA)};
        assertThat(guest.vm.cpus().get(cpu).run(access, 0, 1)).isEqualTo(new VmExit.ProgramEnd());
    }

    @AfterEach
    void nothingIsLost() {
        machine.checkInvariants();
    }

    @Test
    void contentsAndRightsMoveAndCopiesAreCharged() {
        long from = cached();
        int rights = guest.map.rights(DATA);
        long before = guest.vm.background().cycles(Cost.HOST_COPYING);
        assertThat(exchange(DATA)).isEqualTo(from);
        assertThat(guest.map.hostAddress(DATA)).isNotEqualTo(from);
        assertThat(guest.map.rights(DATA)).isEqualTo(rights);
        assertThat(guest.vm.memory().read(DATA)).isEqualTo(stored);
        assertThat(machine.frames().contents().read(from)).isZero();
        assertThat(guest.vm.background().cycles(Cost.HOST_COPYING) - before).isEqualTo(1_500);
        assertThat(loadsWhatWasStored()).isTrue();
    }

    @Test
    void aTranslationThatStaysCachedAfterAMoveShows() {
        long from = cached();
        // The fault: the copy is mapped, and only the first CPU hears of it.
        guest.vm.exclusively(() -> {
            long to = machine.host().reserve(SMALL);
            machine.frames().assign(to, SMALL, 1, DATA);
            machine.frames().contents().copyFrame(from, to);
            tables.claimed().replace(DATA, SMALL, from, to);
            machine.own(guest.vm).simulatedCpus().getFirst().secondLevelChanged(DATA, 4096);
        });
        assertThat(loadsWhatWasStored()).isFalse();
        machine.frames().reserveAgain(from, SMALL);
    }

    @Test
    void pagesThatAreSharedOrOfAnotherSizeStay() {
        long from = cached();
        guest.vm.exclusively(() -> {
            assertThat(guest.map.share(DATA + 8192, guest.vm, DATA, SMALL)).isTrue();
        });
        assertThat(exchange(DATA)).isEqualTo(-1);
        assertThat(exchange(DATA + 4096)).isEqualTo(-1);
        assertThat(tables.hostAddress(DATA)).isEqualTo(from);
        guest.vm.exclusively(() -> {
            long to = machine.host().reserve(PageSize.SIZE_2M);
            assertThat(guest.map.exchange(DATA, to, PageSize.SIZE_2M)).isEqualTo(-1);
            machine.host().release(to, PageSize.SIZE_2M);
        });
    }
}
