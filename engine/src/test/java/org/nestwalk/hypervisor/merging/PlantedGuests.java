package org.nestwalk.hypervisor.merging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.SplitMix64;

/// Guests whose pages hold what a test says, and the twin that knows which of them are the same: a
/// map from contents to pages.
final class PlantedGuests {
    static final long PAGE = PageSize.SIZE_4K.bytes();
    static final long MEMORY = 4L << 20;
    static final String ALL = "all";

    final SimulatedMachine machine;
    final List<VirtualMachine> vms = new ArrayList<>();
    private final Map<Page, Long> contents = new HashMap<>();

    record Page(int vm, long gpa) {}

    PlantedGuests(SecondLevelFormat format, int guests) {
        machine = new SimulatedMachine(SimulatedSettings.of(Processors.of(format), 48L << 20));
        for (int i = 0; i < guests; i++) {
            VirtualMachine vm =
                    machine.create(new VmSettings("vm" + i, MEMORY, 1, TranslationMode.NESTED));
            var _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
            vms.add(vm);
        }
    }

    SamePageMerging merging(MergeSettings settings) {
        SamePageMerging merging = new SamePageMerging(settings);
        vms.forEach(vm -> merging.add(vm, ALL));
        return merging;
    }

    /// The words of contents `id`; those of 0 are zeroes, and neighbours differ in the last word
    /// alone.
    static long[] words(long id) {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        if (id != 0) {
            for (int i = 0; i < words.length - 1; i++) {
                words[i] = SplitMix64.hash(id / 2, i);
            }
            words[words.length - 1] = id;
        }
        return words;
    }

    void plant(int vm, long gpa, long id) {
        VirtualMachine one = vms.get(vm);
        one.exclusively(() -> {
            if (one.secondLevel().pageSize(gpa) == null) {
                assertThat(one.secondLevel().populate(gpa, PageSize.SIZE_4K)).isTrue();
            }
            one.memory().writePage(gpa, words(id));
        });
        contents.put(new Page(vm, gpa), id);
    }

    void unmap(int vm, long gpa) {
        vms.get(vm).exclusively(() -> vms.get(vm).secondLevel().unmap(gpa, PAGE));
        contents.remove(new Page(vm, gpa));
    }

    /// A store of the guest's kernel, as a guest writes.
    void store(int vm, long gpa, long value) {
        vms.get(vm).cpus().getFirst().kernel().store(gpa, value);
        contents.remove(new Page(vm, gpa));
    }

    boolean share(Page one, Page other) {
        return vms.get(one.vm).secondLevel().sharesWith(one.gpa, vms.get(other.vm), other.gpa);
    }

    int owners(int vm, long gpa) {
        return vms.get(vm).secondLevel().owners(gpa);
    }

    /// Pages by what they hold, as the twin knows.
    Map<Long, List<Page>> byContents() {
        Map<Long, List<Page>> pages = new HashMap<>();
        contents.forEach((page, id) -> pages.computeIfAbsent(id, _ -> new ArrayList<>()).add(page));
        return pages;
    }

    /// Exactly those pages share a frame that hold the same.
    void checkAgainstTwin() {
        long saved = 0;
        for (List<Page> same : byContents().values()) {
            for (Page page : same) {
                assertThat(share(page, same.getFirst())).as("%s", page).isTrue();
                assertThat(owners(page.vm, page.gpa)).as("%s", page).isEqualTo(same.size());
            }
            saved += same.size() - 1;
        }
        assertThat(machine.host().savedBytes()).isEqualTo(saved * PAGE);
        contents.forEach((page, id) -> {
            long[] now = new long[GuestMemory.PAGE_WORDS];
            vms.get(page.vm).memory().readPage(page.gpa, now);
            assertThat(now).as("%s", page).isEqualTo(words(id));
        });
        machine.checkInvariants();
    }

    void end() {
        machine.closeAndVerify();
    }
}
