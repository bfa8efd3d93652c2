package org.nestwalk.lab.labs.merging;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.merging.MergeSettings;
import org.nestwalk.hypervisor.merging.PagePatching;
import org.nestwalk.hypervisor.merging.PatchSettings;
import org.nestwalk.hypervisor.merging.SamePageMerging;
import org.nestwalk.lab.labs.merging.MergingResult.Stage;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// The example of Difference Engine: three virtual machines with different systems hold 393,120
/// pages, of which 149,038 are zeroes and 52,436 the same as others; sharing leaves 195,224, and
/// patching 50,727 references and 144,497 patches, 88,422 pages in all. Here it is made with one
/// page for every 32, of these proportions: families of pages that differ from each other in one
/// run of words, as long as the average patch.
///
/// Source: Gupta et al., "Difference Engine: harnessing memory redundancy in virtual machines",
/// OSDI 2008; the same figures in CACM 53(10), 2010.
final class DifferenceExample {
    static final long PAGES = 393_120;
    static final long SHARED = 195_224;
    static final long PATCHED = 88_422;

    private static final int SCALE = 32;
    private static final int VMS = 3;
    private static final long PAGE = PageSize.SIZE_4K.bytes();
    private static final int ALL = (int) (PAGES / SCALE);
    private static final int ZEROES = 149_038 / SCALE;
    private static final int SHARABLE = 52_436 / SCALE;
    private static final int DIFFERENT_SHARABLE = 3_577 / SCALE;
    private static final int FAMILIES = 50_727 / SCALE - DIFFERENT_SHARABLE - 1;
    private static final long MEMORY = 16L << 20;

    // (88,422 - 50,727) pages for 144,497 patches are 1,068 bytes for each.
    private static final int RUN = 133;

    private final Xoshiro256 random;
    private final SimulatedMachine machine;
    private final List<VirtualMachine> vms = new ArrayList<>();
    private final VirtualMachine store;

    DifferenceExample(ProcessorModel model, long seed) {
        random = new Xoshiro256(SplitMix64.hash(seed, 393_120));
        machine = new SimulatedMachine(SimulatedSettings.of(model, 80L << 20));
        for (int i = 0; i < VMS; i++) {
            vms.add(newVm("vm " + i));
        }
        store = newVm("references");
    }

    private VirtualMachine newVm(String name) {
        return machine.create(new VmSettings(name, MEMORY, 1, TranslationMode.NESTED));
    }

    List<Stage> run() {
        plant();
        List<Stage> stages = new ArrayList<>();
        stages.add(stage("at first", pages(), PAGES));
        SamePageMerging merging = new SamePageMerging(MergeSettings.LINUX);
        vms.forEach(vm -> merging.add(vm, "all"));
        merging.scanAll();
        merging.scanAll();
        stages.add(stage("pages that are the same kept once", pages(), SHARED));
        PagePatching patching = new PagePatching(PatchSettings.HALF_A_PAGE, store);
        vms.forEach(patching::add);
        patching.scanAll();
        patching.scanAll();
        stages.add(
                stage(
                        "pages that resemble others kept as patches",
                        pages() + patching.counts().patchPages(),
                        PATCHED));
        machine.closeAndVerify();
        return stages;
    }

    private static Stage stage(String name, long pages, long published) {
        return new Stage(name, pages, (double) pages / ALL, (double) published / PAGES);
    }

    /// Frames that pages have.
    private long pages() {
        long bytes = store.secondLevel().backedBytes(PageSize.SIZE_4K);
        for (VirtualMachine vm : vms) {
            bytes += vm.secondLevel().backedBytes(PageSize.SIZE_4K);
        }
        return (bytes - machine.host().savedBytes()) / PAGE;
    }

    private void plant() {
        int[] places = new int[ALL];
        for (int i = 0; i < ALL; i++) {
            int other = (int) random.nextBelow(i + 1);
            places[i] = places[other];
            places[other] = i;
        }
        for (int i = 0; i < ALL; i++) {
            VirtualMachine vm = vms.get(places[i] % VMS);
            long gpa = places[i] / VMS * PAGE;
            long[] words = words(i);
            vm.exclusively(() -> {
                boolean _ = vm.secondLevel().populate(gpa, PageSize.SIZE_4K);
                vm.memory().writePage(gpa, words);
            });
        }
    }

    private static long[] words(int page) {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        if (page < ZEROES) {
            return words;
        }
        if (page < ZEROES + SHARABLE) {
            fill(words, 0, words.length, -1 - page % DIFFERENT_SHARABLE);
            return words;
        }
        int family = page % FAMILIES;
        fill(words, 0, words.length, family);
        int from = (int) (SplitMix64.hash(3, family) >>> 33) % (words.length - RUN);
        fill(words, from, from + RUN, page + (long) ALL);
        return words;
    }

    private static void fill(long[] words, int from, int to, long contents) {
        for (int i = from; i < to; i++) {
            words[i] = SplitMix64.hash(contents, i);
        }
    }
}
