package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.Effort;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.merging.MergeSettings;
import org.nestwalk.hypervisor.merging.SamePageMerging;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// Random sequences of sharing, merging, writing, unmapping, moving, collapsing and closing over
/// several virtual machines, step by step beside what each must hold ([SharingGuest]). Frames keep
/// as many owners as mappings, and in the end all host memory is whole.
class RandomSharingTest {
    private static final int STEPS = 60;
    private static final int STEPS_TO_A_CHECK = 6;
    private static final int GUESTS = 3;
    private static final int HOT_PAGES = 4;
    private static final MergeSettings MERGING = new MergeSettings(200, 1, false, 1 << 20);
    private static final long HOST = 48L << 20;
    private static final long SCARCE = 400 << 10;
    private static final long REGION = SharingGuest.REGION;
    private static final long PAGE = SharingGuest.PAGE;

    /// What runs: 5 x 2,000 sequences in all, of which `./check` without `--long` makes a share.
    enum Kind {
        EPT(SecondLevelFormat.EPT, TranslationMode.NESTED, 1, DirtySource.TRAPS),
        EPT_AD(SecondLevelFormat.EPT_AD, TranslationMode.NESTED, 1, DirtySource.LOG),
        NPT(SecondLevelFormat.NPT, TranslationMode.NESTED, 1, DirtySource.FLAGS),
        SHADOW(SecondLevelFormat.EPT_AD, TranslationMode.SHADOW, 1, DirtySource.TRAPS),
        NODES(SecondLevelFormat.EPT_AD, TranslationMode.NESTED, 2, DirtySource.FLAGS);

        final SecondLevelFormat format;
        final TranslationMode mode;
        final int nodes;
        final DirtySource source;

        Kind(SecondLevelFormat format, TranslationMode mode, int nodes, DirtySource source) {
            this.format = format;
            this.mode = mode;
            this.nodes = nodes;
            this.source = source;
        }

        SimulatedMachine newMachine(long seed) {
            return new SimulatedMachine(
                    SimulatedSettings.of(
                                    seed % 2 == 0
                                            ? Processors.of(format)
                                            : Processors.withKnownWalks(format),
                                    HOST)
                            .withTopology(
                                    nodes == 1 ? Topology.ONE_NODE : Topology.of(nodes, 1.5)));
        }
    }

    private Kind kind = Kind.NPT;
    private Xoshiro256 random = new Xoshiro256(0);
    private SimulatedMachine machine = kind.newMachine(0);
    private SamePageMerging merging = new SamePageMerging(MERGING);
    private final List<SharingGuest> guests = new ArrayList<>();
    private final List<SharingGuest.Frozen> frozen = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void sharedMemoryIsEveryonesOwn(Kind kind) {
        run(kind, Effort.of(40, 1_800), HOST, this::operate);
    }

    /// Copies of written pages find no memory now and then: whoever writes fails, and nobody else.
    @ParameterizedTest
    @EnumSource
    void sharedMemoryIsEveryonesOwnWhereMemoryIsScarce(Kind kind) {
        run(kind, Effort.of(20, 200), SCARCE, this::operateOnPages);
    }

    /// @param bytes so much memory of the host is not taken by others
    private void run(Kind kind, int sequences, long bytes, Runnable operation) {
        this.kind = kind;
        for (int i = 0; i < sequences; i++) {
            long seed = 100_000L * kind.name().length() + i;
            random = new Xoshiro256(seed);
            machine = kind.newMachine(seed);
            List<Long> taken = new ArrayList<>();
            while (machine.host().freeBytes() > bytes) {
                taken.add(machine.host().reserve(PageSize.SIZE_4K));
            }
            try {
                runSequence(operation);
                taken.forEach(hpa -> machine.host().release(hpa, PageSize.SIZE_4K));
                machine.closeAndVerify();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(kind + ", seed " + seed, e);
            }
        }
    }

    private void runSequence(Runnable operation) {
        guests.clear();
        frozen.clear();
        merging = new SamePageMerging(MERGING);
        add(newGuest(null));
        while (guests.size() < GUESTS) {
            add(newGuest(guests.getFirst()));
        }
        for (int step = 0; step < STEPS; step++) {
            operation.run();
            accessHotPages();
            if (step % STEPS_TO_A_CHECK == 0) {
                machine.checkInvariants();
            }
        }
        findAllThatIsTheSame();
        guests.forEach(SharingGuest::check);
        machine.checkInvariants();
        while (!frozen.isEmpty() && random.nextBelow(2) == 0) {
            thaw();
            machine.checkInvariants();
        }
        while (!guests.isEmpty()) {
            close(guests.remove((int) random.nextBelow(guests.size())));
            machine.checkInvariants();
            guests.forEach(SharingGuest::check);
        }
        while (!frozen.isEmpty()) {
            thaw();
        }
        assertThat(machine.host().sharedBytes()).isZero();
        assertThat(machine.host().savedBytes()).isZero();
    }

    private void add(SharingGuest guest) {
        guests.add(guest);
        merging.add(guest.vm, "all");
    }

    private void close(SharingGuest guest) {
        merging.remove(guest.vm);
        guest.close();
    }

    private SharingGuest newGuest(@Nullable SharingGuest template) {
        return new SharingGuest(machine, kind.mode, kind.source, template);
    }

    /// Pages that are mapped and hold the same share a frame after some scans, unless there was no
    /// memory for that.
    private void findAllThatIsTheSame() {
        if (random.nextBelow(4) != 0) {
            return;
        }
        long failed = merging.counts().failed();
        merging.scanAll();
        merging.scanAll();
        merging.scanAll();
        if (merging.counts().failed() > failed) {
            return;
        }
        for (SharingGuest guest : guests) {
            for (long page = REGION; page < SharingGuest.MEMORY; page += PAGE) {
                for (SharingGuest other : guests) {
                    long same = hotPage();
                    if (guest.map.pageSize(page) != null
                            && other.map.pageSize(same) != null
                            && guest.holdsTheSame(page, other, same)) {
                        assertThat(guest.map.sharesWith(page, other.vm, same)).isTrue();
                    }
                }
            }
        }
    }

    private void operate() {
        SharingGuest guest = some();
        long gpa = somePage();
        switch ((int) random.nextBelow(20)) {
            case 0 -> guest.populate(gpa, PageSize.SIZE_2M);
            case 1 -> unmap(guest);
            case 2, 3 -> share(guest, PageSize.SIZE_4K);
            case 4, 5, 6 -> {
                long region = gpa & -REGION;
                guest.unmap(region, REGION);
                share(guest, PageSize.SIZE_2M);
            }
            case 7, 8 -> guest.collapse(gpa);
            case 9 -> guest.vm.exclusively(() -> guest.map.split(gpa));
            case 10 ->
                    guest.vm.exclusively(() ->
                            machine.host().compact(PageSize.SIZE_2M, 1 + (int) (gpa / PAGE % 512)));
            case 11 -> migrate(guest);
            case 12 -> monitor(guest);
            case 13 -> guest.vm.exclusively(() -> guest.map.copyWhole(gpa % REGION < REGION / 2));
            case 14 -> freeze(guest);
            case 15 -> thaw();
            default -> operateOnPages();
        }
    }

    /// What either succeeds or changes nothing.
    private void operateOnPages() {
        SharingGuest guest = some();
        long page = somePage();
        int cpu = (int) random.nextBelow(2);
        switch ((int) random.nextBelow(18)) {
            case 0 -> guest.populate(page, PageSize.SIZE_4K);
            case 1 -> {
                if (guest.map.pageSize(page) != PageSize.SIZE_2M) {
                    guest.unmap(page, PAGE);
                }
            }
            case 2, 3 -> share(guest, PageSize.SIZE_4K);
            case 4 ->
                    SharingGuest.succeeds(
                            () -> guest.kernelStore(cpu, page + 8 * random.nextBelow(4), page));
            case 5 -> SharingGuest.succeeds(() -> guest.kernelCopy(cpu, page, otherThan(page)));
            case 6 -> SharingGuest.succeeds(() -> guest.kernelZero(cpu, page));
            case 7 -> SharingGuest.succeeds(() -> guest.hypervisorWrite(page + 8, page % 3));
            case 8 -> SharingGuest.succeeds(() -> unshare(guest, page));
            case 9, 10 -> merge(guest, page);
            case 11 -> guest.collect();
            case 12 -> SharingGuest.succeeds(() -> freeze(guest));
            case 13, 14 -> fork();
            case 15, 16 -> merging.tick(merging.nextNanos());
            default -> reopen();
        }
    }

    /// Closes a guest and makes another in its place, of nothing or of an older one's memory.
    private void reopen() {
        int index = (int) random.nextBelow(GUESTS);
        close(guests.remove(index));
        SharingGuest template = random.nextBelow(2) == 0 ? null : some();
        SharingGuest.succeeds(() -> add(newGuest(template)));
        while (guests.size() < GUESTS) {
            close(guests.remove(0));
            add(newGuest(null));
            add(newGuest(null));
        }
    }

    private void freeze(SharingGuest guest) {
        frozen.add(new SharingGuest.Frozen(guest));
        if (frozen.size() > 2) {
            thaw();
        }
    }

    /// Frozen memory is closed, whoever still inherits from it.
    private void thaw() {
        if (!frozen.isEmpty()) {
            SharingGuest.Frozen one = frozen.remove((int) random.nextBelow(frozen.size()));
            one.check();
            one.close();
        }
    }

    /// A guest makes room for one that is made of frozen memory.
    private void fork() {
        if (frozen.isEmpty()) {
            return;
        }
        close(guests.remove((int) random.nextBelow(GUESTS)));
        SharingGuest.Frozen parent = frozen.get((int) random.nextBelow(frozen.size()));
        SharingGuest.succeeds(() -> add(parent.fork(kind.source)));
        while (guests.size() < GUESTS) {
            close(guests.remove(0));
            add(newGuest(null));
            add(newGuest(null));
        }
    }

    private void share(SharingGuest guest, PageSize size) {
        SharingGuest from = some();
        long page = somePage();
        long other = somePage();
        boolean possible = !guest.isBacked(page) && from.isBacked(other);
        SharingGuest.succeeds(() -> {
            boolean done = guest.share(page, from, other, size);
            if (size == PageSize.SIZE_4K) {
                assertThat(done).isEqualTo(possible);
            }
        });
    }

    private void merge(SharingGuest guest, long page) {
        SharingGuest with = some();
        long other = somePage();
        boolean possible =
                guest.isBacked(page)
                        && with.isBacked(other)
                        && guest.holdsTheSame(page, with, other)
                        && frame(guest.vm, page) != frame(with.vm, other);
        boolean[] done = new boolean[1];
        boolean through =
                SharingGuest.succeeds(() ->
                        guest.vm.exclusively(
                                () -> done[0] = guest.map.merge(page, with.vm, other)));
        if (through) {
            assertThat(done[0]).isEqualTo(possible);
        }
    }

    private void unshare(SharingGuest guest, long page) {
        boolean[] done = new boolean[1];
        guest.vm.exclusively(() -> done[0] = guest.map.unshare(page));
        if (done[0]) {
            assertThat(guest.map.owners(page)).isEqualTo(guest.isBacked(page) ? 1 : 0);
        }
    }

    private void unmap(SharingGuest guest) {
        long gpa = somePage();
        long most = SharingGuest.MEMORY - gpa;
        guest.unmap(gpa, Math.min(most, PAGE * (1 + random.nextBelow(600))));
    }

    private void migrate(SharingGuest guest) {
        int node = (int) random.nextBelow(kind.nodes);
        guest.vm
                .placement()
                .ifPresent(placement ->
                        guest.vm.exclusively(() ->
                                placement.migrate(REGION, SharingGuest.MEMORY - REGION, node)));
    }

    private void monitor(SharingGuest guest) {
        long page = somePage();
        int rights =
                switch ((int) random.nextBelow(3)) {
                    case 0 -> SecondLevelMap.ALL;
                    case 1 -> SecondLevelMap.READ | SecondLevelMap.EXECUTE;
                    default -> 0;
                };
        boolean all = random.nextBelow(3) == 0;
        long bytes = all ? SharingGuest.MEMORY : PAGE;
        guest.vm.exclusively(() -> guest.monitor.allow(all ? 0 : page, bytes, rights));
    }

    private void accessHotPages() {
        for (int i = 0; i < 6; i++) {
            SharingGuest guest = some();
            long gpa = hotPage() + 8 * random.nextBelow(4);
            int kind = random.nextBelow(3) == 0 ? Access.STORE : Access.LOAD;
            boolean made = guest.access((int) random.nextBelow(2), kind, gpa);
            assertThat(made || machine.host().freeBytes() < 8 * PAGE).isTrue();
        }
    }

    private static long frame(VirtualMachine vm, long gpa) {
        return ((SimulatedVm) vm).lookup(gpa);
    }

    private SharingGuest some() {
        return guests.get((int) random.nextBelow(guests.size()));
    }

    private long hotPage() {
        return REGION + random.nextBelow(HOT_PAGES) * (2 * REGION / HOT_PAGES);
    }

    private long somePage() {
        long pages = (SharingGuest.MEMORY - REGION) / PAGE;
        return random.nextBelow(4) != 0 ? hotPage() : REGION + random.nextBelow(pages) * PAGE;
    }

    private long otherThan(long page) {
        return page == REGION ? REGION + PAGE : REGION;
    }
}
