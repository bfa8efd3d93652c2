package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.handle.UsableKvm;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;

/// Guest memory is backed, given back, and made of large or small pages, as the hypervisor says.
class BackingTest {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final KvmSettings SHARED =
            new KvmSettings(KvmSettings.Backing.SHARED, false, false, KvmSettings.Dirty.NONE);

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    private static VirtualMachine machine(KvmMachine on) {
        return on.create(new VmSettings("backed", 8 * LARGE, 1, TranslationMode.NESTED));
    }

    private static boolean givesLargePages() {
        try {
            return !Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))
                    .contains("[never]");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void backedPagesAreThoseThatHaveASize() {
        for (KvmSettings settings :
                List.of(KvmSettings.WATCHED, SHARED, KvmSettings.PLAIN, KvmSettings.FORKABLE)) {
            try (KvmMachine on = KvmMachine.open(settings)) {
                VirtualMachine vm = machine(on);
                for (long gpa : new long[] {0, 4096, 3 * LARGE - 4096, 5 * LARGE, 8 * LARGE - 8}) {
                    vm.memory().write(gpa & -8, 1);
                }
                PageSet found = new PageSet();
                vm.secondLevel().backedPages(8 * LARGE, found);
                PageSet expected = new PageSet();
                for (long gpa = 0; gpa < 8 * LARGE; gpa += 4096) {
                    if (vm.secondLevel().pageSize(gpa) != null) {
                        expected.add(gpa, 4096);
                    }
                }
                assertThat(found.size()).isEqualTo(expected.size()).isGreaterThanOrEqualTo(5);
                expected.forEach(gpa -> assertThat(found.contains(gpa)).isTrue());
            }
        }
    }

    @Test
    void aClosedVirtualMachineIsNotBackedAnyMore() {
        try (KvmMachine on = KvmMachine.open(KvmSettings.WATCHED)) {
            VirtualMachine vm = machine(on);
            SecondLevelMap map = vm.secondLevel();
            vm.close();
            assertThatThrownBy(() -> map.populate(0, PageSize.SIZE_4K))
                    .isInstanceOf(GuestFailure.class)
                    .hasMessage("backed was closed");
        }
    }

    @Test
    void smallPagesAreBackedOnceAndGivenBack() {
        for (KvmSettings settings : new KvmSettings[] {KvmSettings.WATCHED, SHARED}) {
            try (KvmMachine on = KvmMachine.open(settings)) {
                VirtualMachine vm = machine(on);
                SecondLevelMap map = vm.secondLevel();
                assertThat(map.pageSize(LARGE)).isNull();
                assertThat(map.populate(LARGE, PageSize.SIZE_4K)).isTrue();
                assertThat(map.populate(LARGE, PageSize.SIZE_4K)).isFalse();
                assertThat(map.pageSize(LARGE)).isEqualTo(PageSize.SIZE_4K);
                assertThat(map.backedBytes(PageSize.SIZE_4K)).isEqualTo(4096);
                vm.memory().write(LARGE + 8, 5);
                map.unmap(LARGE, 4096);
                assertThat(map.pageSize(LARGE)).isNull();
                assertThat(map.backedBytes(PageSize.SIZE_4K)).isZero();
                assertThat(vm.memory().read(LARGE + 8)).isZero();
            }
        }
    }

    @Test
    void largePagesAreSplitAndCollapsedAndKeepTheirContents() {
        assumeTrue(givesLargePages(), "this host's kernel gives no large pages");
        try (KvmMachine on = KvmMachine.open(KvmSettings.PLAIN)) {
            VirtualMachine vm = machine(on);
            SecondLevelMap map = vm.secondLevel();
            assertThat(map.populate(2 * LARGE, PageSize.SIZE_2M)).isTrue();
            assertThat(map.pageSize(2 * LARGE + 5000)).isEqualTo(PageSize.SIZE_2M);
            assertThat(map.backedBytes(PageSize.SIZE_2M)).isEqualTo(LARGE);
            vm.memory().write(2 * LARGE + 8192, 7);
            map.split(2 * LARGE);
            assertThat(map.pageSize(2 * LARGE)).isEqualTo(PageSize.SIZE_4K);
            assertThat(map.collapse(2 * LARGE, -1)).isEqualTo(512);
            assertThat(map.pageSize(2 * LARGE)).isEqualTo(PageSize.SIZE_2M);
            assertThat(vm.memory().read(2 * LARGE + 8192)).isEqualTo(7);
        }
    }

    @Test
    void framesAreTheHostsToChoose() {
        try (KvmMachine on = KvmMachine.open(KvmSettings.PLAIN)) {
            SecondLevelMap map = machine(on).secondLevel();
            assertThatThrownBy(() -> map.map(0, 0, PageSize.SIZE_4K))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("host frames are the host kernel's");
        }
    }
}
