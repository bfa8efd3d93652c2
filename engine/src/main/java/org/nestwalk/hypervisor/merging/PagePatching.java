package org.nestwalk.hypervisor.merging;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Keeps pages that nobody else has, but that resemble another one, as patches against that, and
/// gives their memory back; whoever touches such a page has it rebuilt first, within the exit.
///
/// Likely references are found as Difference Engine's HashSimilarityDetector(2,1),1 does: two
/// 64-byte blocks at fixed places of each page are hashed, and for each hash one page is
/// remembered. A page is patched when it has not changed since the last scan, and its patch is
/// small enough. Patches are kept by the hypervisor, beside the memory of the host, and are counted
/// ([PatchCounts]).
///
/// A page that is kept as a patch is rebuilt, too, before anybody reads or writes it from outside,
/// freezes it or saves it. A claim keeps everything else that the hypervisor does, such as making
/// pages large, from it.
///
/// Source: Gupta et al., "Difference Engine: harnessing memory redundancy in virtual machines",
/// OSDI 2008, sections 3.2 and 4.3.
public final class PagePatching implements BackgroundWork {
    private static final long SMALL = PageSize.SIZE_4K.bytes();
    private static final int WORDS = GuestMemory.PAGE_WORDS;
    private static final int BLOCK_WORDS = 8;

    // Blocks that are hashed, of 64; chosen once, at random.
    private static final int[] BLOCKS = {11, 47};

    private final PatchSettings settings;
    private final PatchReferences references;
    private final ScanRounds<Patient> rounds;
    private final List<Map<Long, ScannedPage>> candidates =
            List.of(new HashMap<>(), new HashMap<>());
    private final long[] words = new long[WORDS];
    private final long[] others = new long[WORDS];
    private long patchBytes;
    private long rebuilt;

    /// A page as it is kept.
    private record Patched(PatchReferences.Reference reference, PagePatch patch) {}

    /// A virtual machine some of whose pages are kept as patches.
    private final class Patient extends ScanRounds.Turn implements ExitPart {
        private final RightsClaim claim;
        private final Map<Long, ScannedPage> pages = new HashMap<>();
        private final Map<Long, Patched> patched = new HashMap<>();
        private final Map<Long, Long> restsUntil = new HashMap<>();

        private Patient(VirtualMachine vm) {
            super(vm);
            this.claim = vm.claim(this);
        }

        @Override
        public Verdict handle(VirtualCpu cpu, VmExit exit) {
            return switch (exit) {
                case VmExit.Violation violation -> touched(violation.gpa());
                case VmExit.WriteTrap trap -> touched(trap.gpa());
                default -> Verdict.NOT_MINE;
            };
        }

        @Override
        public void bringBack() {
            List.copyOf(patched.keySet()).forEach(gpa -> rebuildPage(this, gpa));
        }

        @Override
        public void bringBack(long gpa) {
            boolean _ = rebuildPage(this, gpa);
        }

        @Override
        public void discard(long gpa, long bytes) {
            for (long page : List.copyOf(patched.keySet())) {
                if (page >= gpa && page < gpa + bytes) {
                    drop(this, page);
                }
            }
        }

        private Verdict touched(long gpa) {
            return rebuildPage(this, gpa & -SMALL) ? Verdict.RESUME : Verdict.NOT_MINE;
        }
    }

    /// For no virtual machine yet; asleep until `sleepNanos` have passed.
    ///
    /// @param store a virtual machine of the same machine whose memory nobody uses, and none of
    ///   whose CPUs runs: its pages keep the references, of which there can be as many
    public PagePatching(PatchSettings settings, VirtualMachine store) {
        this.settings = settings;
        this.references = new PatchReferences(store);
        this.rounds =
                new ScanRounds<>(
                        settings.pagesToScan(), settings.sleepNanos(), this::scan, () -> {});
    }

    /// Patches pages of `vm` from now on.
    public void add(VirtualMachine vm) {
        Patient patient = new Patient(vm);
        vm.attach(patient);
        rounds.add(patient);
    }

    /// Rebuilds what is patched of `vm`, and leaves it alone from now on, as has to be said before
    /// it is closed.
    ///
    /// @throws GuestFailure as [#rebuild]
    public void remove(VirtualMachine vm) {
        rebuild(vm);
        vm.exclusively(() ->
                rounds.remove(
                        vm,
                        patient -> {
                            vm.detach(patient);
                            patient.claim.close();
                            candidates.forEach(
                                    map -> map.values().removeAll(patient.pages.values()));
                        }));
    }

    /// Brings every page of `vm` into memory that is kept as a patch.
    ///
    /// @throws GuestFailure if the host has no memory for one; those before it are rebuilt then
    public void rebuild(VirtualMachine vm) {
        vm.exclusively(() -> {
            for (Patient patient : rounds.turns()) {
                if (patient.vm.equals(vm)) {
                    patient.bringBack();
                }
            }
        });
    }

    @Override
    public void tick(long nanos) {
        rounds.tick(nanos);
    }

    @Override
    public long nextNanos() {
        return rounds.nextNanos();
    }

    /// Looks at all memory once, from where it stopped.
    public void scanAll() {
        rounds.scanAll();
    }

    private int scan(Patient patient, int most) {
        int seen = 0;
        long end = patient.vm.settings().memoryBytes();
        for (; seen < most && patient.cursor < end; patient.cursor += SMALL) {
            long gpa = patient.cursor;
            boolean mapped = patient.vm.secondLevel().pageSize(gpa) != null;
            patient.vm.scanned(1, 0);
            if (mapped) {
                seen++;
                examine(
                        patient,
                        patient.pages.computeIfAbsent(gpa, _ -> new ScannedPage(patient.vm, gpa)));
            }
        }
        return seen;
    }

    private void examine(Patient patient, ScannedPage page) {
        patient.vm.memory().readPage(page.gpa(), words);
        patient.vm.scanned(0, 1);
        boolean changed = page.changesTo(PageContents.checksum(words));
        if (changed || patient.restsUntil.getOrDefault(page.gpa(), 0L) > rounds.full()) {
            return;
        }
        boolean isAlone =
                patient.vm.secondLevel().owners(page.gpa()) == 1
                        && !patient.vm.secondLevel().pins().isPinned(page.gpa(), SMALL);
        if (!isAlone || !patch(patient, page)) {
            remember(page);
        }
    }

    /// Keeps the page that was read as a patch against a page that resembles it, if there is one.
    private boolean patch(Patient patient, ScannedPage page) {
        ScannedPage best = null;
        PagePatch smallest = null;
        for (int i = 0; i < BLOCKS.length; i++) {
            ScannedPage candidate = candidate(i, page);
            if (candidate != null) {
                patient.vm.scanned(0, 1);
                PagePatch patch = PagePatch.between(others, words);
                if (patch.bytes() <= settings.mostBytes()
                        && (smallest == null || patch.bytes() < smallest.bytes())) {
                    best = candidate;
                    smallest = patch;
                }
            }
        }
        if (best == null || smallest == null) {
            return false;
        }
        try {
            PatchReferences.Reference reference = references.take(best);
            if (reference == null) {
                return false;
            }
            patient.vm.secondLevel().unmap(page.gpa(), SMALL);
            patient.patched.put(page.gpa(), new Patched(reference, smallest));
            patchBytes += smallest.bytes();
            patient.claim.allow(page.gpa(), SMALL, 0);
            return true;
        } catch (GuestFailure noMemoryForATable) {
            return false;
        }
    }

    /// What is remembered for block `i` of the page that was read, and read to `others`; null if
    /// there is none, or it has changed.
    private @Nullable ScannedPage candidate(int i, ScannedPage page) {
        ScannedPage candidate = candidates.get(i).get(hash(words, i));
        if (candidate == null || candidate.equals(page) || !candidate.isMapped()) {
            return null;
        }
        candidate.vm().memory().readPage(candidate.gpa(), others);
        return hash(others, i) == hash(words, i) ? candidate : null;
    }

    /// The page that was read may be a reference for others, unless there is one already.
    private void remember(ScannedPage page) {
        for (int i = 0; i < BLOCKS.length; i++) {
            if (candidate(i, page) == null) {
                candidates.get(i).put(hash(words, i), page);
            }
        }
    }

    private static long hash(long[] page, int i) {
        int from = BLOCKS[i] * BLOCK_WORDS;
        return PageContents.checksum(Arrays.copyOfRange(page, from, from + BLOCK_WORDS));
    }

    /// Brings a page into memory that is kept as a patch. Returns false if it is not.
    private boolean rebuildPage(Patient patient, long gpa) {
        Patched patched = patient.patched.get(gpa);
        if (patched == null) {
            return false;
        }
        SecondLevelMap map = patient.vm.secondLevel();
        if (map.pageSize(gpa) == null && !map.populate(gpa, PageSize.SIZE_4K)) {
            throw new GuestFailure(
                    VmExit.Cause.HOST_OUT_OF_MEMORY,
                    "the host has no memory left to rebuild a page of its patch");
        }
        patched.reference.read(others);
        patched.patch.apply(others);
        patient.vm.memory().writePage(gpa, others);
        patient.vm.scanned(0, 2);
        drop(patient, gpa);
        patient.restsUntil.put(gpa, rounds.full() + settings.rest());
        rebuilt++;
        return true;
    }

    /// The patch of a page is not needed any more.
    private void drop(Patient patient, long gpa) {
        Patched patched = patient.patched.remove(gpa);
        if (patched != null) {
            patient.claim.allow(gpa, SMALL, SecondLevelMap.ALL);
            patchBytes -= patched.patch.bytes();
            references.give(patched.reference);
        }
    }

    /// What is kept as patches.
    public PatchCounts counts() {
        long patched = 0;
        for (Patient patient : rounds.turns()) {
            patched += patient.patched.size();
        }
        return new PatchCounts(patched, patchBytes, references.size(), references.alone(), rebuilt);
    }
}
