package org.nestwalk.hypervisor.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.hypervisor.merging.PlantedGuests.MEMORY;
import static org.nestwalk.hypervisor.merging.PlantedGuests.PAGE;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// [PagePatching]: pages that resemble others are kept as patches, and guests see no difference.
class PagePatchingTest {
    private final PlantedGuests guests = new PlantedGuests(SecondLevelFormat.NPT, 2);
    private final VirtualMachine store = store(guests);
    private final PagePatching patching = patching(guests, store);

    private static VirtualMachine store(PlantedGuests guests) {
        return guests.machine.create(new VmSettings("store", MEMORY, 1, TranslationMode.NESTED));
    }

    private static PagePatching patching(PlantedGuests guests, VirtualMachine store) {
        PagePatching patching = new PagePatching(PatchSettings.HALF_A_PAGE, store);
        guests.vms.forEach(patching::add);
        return patching;
    }

    private void scanTwice() {
        patching.scanAll();
        patching.scanAll();
    }

    private long frames() {
        return guests.vms.stream()
                        .mapToLong(vm -> vm.secondLevel().backedBytes(PageSize.SIZE_4K))
                        .sum()
                / PAGE;
    }

    @Test
    void pageThatResemblesAnotherTakesItsPatchAndNoFrame() {
        guests.plant(0, 0, 4);
        // The same but for the last word.
        guests.plant(1, 0, 5);
        scanTwice();
        assertThat(frames()).isEqualTo(1);
        assertThat(patching.counts()).isEqualTo(new PatchCounts(1, 12, 1, 0, 0));
        assertThat(guests.vms.get(1).secondLevel().pageSize(0)).isNull();
        KernelCpu kernel = guests.vms.get(1).cpus().getFirst().kernel();
        long[] expected = PlantedGuests.words(5);
        for (int i = 0; i < expected.length; i++) {
            assertThat(kernel.load(8L * i)).isEqualTo(expected[i]);
        }
        assertThat(patching.counts()).isEqualTo(new PatchCounts(0, 0, 0, 0, 1));
        guests.end();
    }

    @Test
    void pageThatResemblesNoneIsLeft() {
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 40);
        scanTwice();
        assertThat(patching.counts().patched()).isZero();
        assertThat(frames()).isEqualTo(2);
        guests.end();
    }

    @Test
    void referenceThatIsWrittenStaysForItsPatches() {
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 5);
        scanTwice();
        guests.store(0, 0, 1);
        assertThat(patching.counts().alone()).isEqualTo(1);
        assertThat(patching.counts().savedPages()).isEqualTo(-1);
        assertThat(guests.vms.get(1).cpus().getFirst().kernel().load(4088)).isEqualTo(5);
        assertThat(store.secondLevel().backedBytes(PageSize.SIZE_4K)).isZero();
        guests.end();
    }

    @Test
    void pageThatWasWrittenIsAnotherReference() {
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 5);
        scanTwice();
        guests.store(0, 0, 1);
        guests.plant(1, PAGE, 5);
        guests.store(1, PAGE, 1);
        scanTwice();
        assertThat(patching.counts().patched()).isEqualTo(2);
        assertThat(patching.counts().references()).isEqualTo(2);
        KernelCpu kernel = guests.vms.get(1).cpus().getFirst().kernel();
        assertThat(kernel.load(PAGE)).isEqualTo(1);
        assertThat(kernel.load(PAGE + 4088)).isEqualTo(5);
        assertThat(kernel.load(0)).isEqualTo(PlantedGuests.words(5)[0]);
        guests.end();
    }

    @Test
    void rebuiltPageRestsForAScan() {
        guests.plant(0, 0, 4);
        guests.plant(1, 0, 5);
        scanTwice();
        assertThat(guests.vms.get(1).cpus().getFirst().kernel().load(0)).isNotZero();
        patching.scanAll();
        assertThat(patching.counts().patched()).isZero();
        patching.scanAll();
        assertThat(patching.counts().patched()).isEqualTo(1);
        guests.end();
    }

    /// A page that another part backs with zeroes is not what the guest may see.
    @Test
    void collapsingLeavesPatchedPagesAlone() {
        for (long page = 0; page < 4 * PAGE; page += PAGE) {
            guests.plant(0, page, 4 + page / PAGE);
        }
        scanTwice();
        assertThat(patching.counts().patched()).isEqualTo(2);
        VirtualMachine vm = guests.vms.getFirst();
        vm.exclusively(() -> {
            assertThat(vm.secondLevel().collapse(0, -1)).isEqualTo(-1);
            assertThat(vm.secondLevel().populate(PAGE, PageSize.SIZE_4K)).isTrue();
        });
        for (int page = 0; page < 4; page++) {
            assertThat(vm.cpus().getFirst().kernel().load(page * PAGE + 4088)).isEqualTo(4 + page);
        }
        guests.end();
    }

    @Test
    void frozenMemoryIsWholeAfterRebuilding() {
        guests.plant(0, 0, 4);
        guests.plant(0, PAGE, 5);
        scanTwice();
        VirtualMachine vm = guests.vms.getFirst();
        patching.rebuild(vm);
        try (var frozen = vm.freeze();
                VirtualMachine child = frozen.fork("child")) {
            assertThat(child.memory().read(PAGE + 4088)).isEqualTo(5);
            patching.scanAll();
            patching.scanAll();
            assertThat(frozen.read(PAGE + 4088)).isEqualTo(5);
            assertThat(child.cpus().getFirst().kernel().load(PAGE + 4088)).isEqualTo(5);
        }
        guests.end();
    }

    @Test
    void whoFreezesOrSavesFindsPatchedPages() {
        guests.plant(0, 0, 4);
        guests.plant(0, PAGE, 5);
        scanTwice();
        VirtualMachine vm = guests.vms.getFirst();
        assertThat(patching.counts().patched()).isEqualTo(1);
        assertThat(VmState.save(vm).memory().word(PAGE + 4088)).isEqualTo(5);
        scanTwice();
        scanTwice();
        assertThat(patching.counts().patched()).isEqualTo(1);
        try (var frozen = vm.freeze();
                VirtualMachine child = frozen.fork("child")) {
            assertThat(frozen.read(PAGE + 4088)).isEqualTo(5);
            assertThat(child.cpus().getFirst().kernel().load(PAGE + 4088)).isEqualTo(5);
        }
        guests.end();
    }

    /// Guests read and write, hypervisors merge and patch, and what is read is what a map says.
    @ParameterizedTest
    @EnumSource
    void guestsSeeNoDifference(SecondLevelFormat format) {
        for (int seed = 1; seed <= 3; seed++) {
            Xoshiro256 random = new Xoshiro256(seed);
            PlantedGuests these = new PlantedGuests(format, 3);
            VirtualMachine keeper = store(these);
            PagePatching patches = new PagePatching(new PatchSettings(40, 1, 2048, 1), keeper);
            SamePageMerging merging = these.merging(new MergeSettings(40, 1, false, 1000));
            merging.add(keeper, PlantedGuests.ALL);
            these.vms.forEach(patches::add);
            Map<PlantedGuests.Page, long[]> twin = new HashMap<>();
            for (int i = 0; i < 120; i++) {
                PlantedGuests.Page page =
                        new PlantedGuests.Page((int) random.nextBelow(3), i * PAGE);
                long id = 10 + random.nextBelow(30);
                these.plant(page.vm(), page.gpa(), id);
                twin.put(page, PlantedGuests.words(id));
            }
            for (int now = 1; now <= 400; now++) {
                merging.tick(now);
                patches.tick(now);
                for (PlantedGuests.Page page : twin.keySet()) {
                    if (random.nextBelow(100) == 0) {
                        access(these, page, twin.get(page), random);
                    }
                }
                if (now % 100 == 0) {
                    these.machine.checkInvariants();
                }
            }
            assertThat(patches.counts().rebuilt()).isPositive();
            assertThat(merging.counts().merged()).isPositive();
            these.vms.forEach(patches::remove);
            twin.forEach((page, words) -> {
                long[] now = new long[GuestMemory.PAGE_WORDS];
                these.vms.get(page.vm()).memory().readPage(page.gpa(), now);
                assertThat(now).isEqualTo(words);
            });
            assertThat(patches.counts().references()).isZero();
            these.end();
        }
    }

    private static void access(
            PlantedGuests guests, PlantedGuests.Page page, long[] words, Xoshiro256 random) {
        KernelCpu kernel = guests.vms.get(page.vm()).cpus().getFirst().kernel();
        int word = (int) random.nextBelow(words.length);
        if (random.nextBelow(3) == 0) {
            words[word] = random.nextBelow(2);
            kernel.store(page.gpa() + 8L * word, words[word]);
        }
        assertThat(kernel.load(page.gpa() + 8L * word)).isEqualTo(words[word]);
    }

    @Test
    void patchMakesThePageAgain() {
        for (int seed = 1; seed <= 50; seed++) {
            Xoshiro256 random = new Xoshiro256(seed);
            long[] reference = PlantedGuests.words(4);
            long[] page = reference.clone();
            int changes = (int) random.nextBelow(30);
            for (int i = 0; i < changes; i++) {
                page[(int) random.nextBelow(page.length)] = random.nextLong();
            }
            PagePatch patch = PagePatch.between(reference, page);
            patch.apply(reference);
            assertThat(reference).isEqualTo(page);
            assertThat(patch.bytes()).isBetween(0, 12 * changes);
        }
    }
}
