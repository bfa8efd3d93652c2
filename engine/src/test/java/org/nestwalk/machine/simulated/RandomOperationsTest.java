package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.Effort;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.machine.topology.Topology;
import org.nestwalk.memory.Fragmentation;
import org.nestwalk.memory.PageSet;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.random.Xoshiro256;

/// Random operations on virtual machines, step by step beside a [NaiveVm]. Two CPUs read a few
/// pages all the time, so that a translation that should have gone is used, and shows by what it
/// reads.
class RandomOperationsTest {
    private static final int SEQUENCES = Effort.of(1_000, 2_500);
    private static final int SEQUENCES_ON_NODES = Effort.of(200, 500);
    private static final int SEQUENCES_OF_A_MACHINE = 50;
    private static final int STEPS = 40;
    private static final long REGION = 2 << 20;
    private static final long MEMORY = 4 * REGION;
    private static final long HOST = 28L << 20;
    private static final long HOST_OF_NODES = 48L << 20;
    private static final long GVA = 0x80_0000_0000L;
    private static final long TABLE_ENTRY = 7;
    private static final long LARGE_ENTRY = 0x87;
    private static final int HOT_PAGES = 6;

    /// What runs, on one node or on several, with pages, tables and CPUs moved about and tables
    /// copied.
    enum Kind {
        EPT_ALL_CACHES(SecondLevelFormat.EPT_AD, false, TranslationMode.NESTED, 1),
        EPT_KNOWN_WALKS(SecondLevelFormat.EPT_AD, true, TranslationMode.NESTED, 1),
        NPT(SecondLevelFormat.NPT, false, TranslationMode.NESTED, 1),
        SHADOW(SecondLevelFormat.EPT_AD, false, TranslationMode.SHADOW, 1),
        EPT_NODES(SecondLevelFormat.EPT_AD, false, TranslationMode.NESTED, 3),
        EPT_KNOWN_WALKS_NODES(SecondLevelFormat.EPT_AD, true, TranslationMode.NESTED, 2),
        NPT_NODES(SecondLevelFormat.NPT, false, TranslationMode.NESTED, 2);

        final SecondLevelFormat format;
        final boolean knownWalks;
        final TranslationMode mode;
        final int nodes;

        Kind(SecondLevelFormat format, boolean knownWalks, TranslationMode mode, int nodes) {
            this.format = format;
            this.knownWalks = knownWalks;
            this.mode = mode;
            this.nodes = nodes;
        }

        int sequences() {
            return Math.max(SEQUENCES_OF_A_MACHINE, nodes == 1 ? SEQUENCES : SEQUENCES_ON_NODES);
        }

        Topology topology() {
            return nodes == 1 ? Topology.ONE_NODE : Topology.of(nodes, 1.5);
        }

        ProcessorModel model() {
            return knownWalks ? Processors.withKnownWalks(format) : Processors.of(format);
        }
    }

    private Kind kind = Kind.NPT;
    private Xoshiro256 random = new Xoshiro256(0);
    private SimulatedMachine machine = newMachine(0);
    private NaiveVm twin = new NaiveVm();
    private VirtualMachine vm = newVm();
    private RightsClaim claim = vm.claim((cpu, exit) -> Verdict.STOP);
    private @Nullable DirtyPages flags;

    @ParameterizedTest
    @EnumSource(Kind.class)
    void agreesWithTheNaiveTwin(Kind kind) {
        this.kind = kind;
        for (int i = 0; i < kind.sequences(); i++) {
            long seed = 10_000L * kind.name().length() + i;
            if (i % SEQUENCES_OF_A_MACHINE == 0) {
                machine = newMachine(seed);
            }
            try {
                runSequence(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(kind + ", seed " + seed, e);
            }
            if (i % SEQUENCES_OF_A_MACHINE == SEQUENCES_OF_A_MACHINE - 1) {
                machine.closeAndVerify();
            }
        }
    }

    private SimulatedMachine newMachine(long seed) {
        Fragmentation fragmentation = Fragmentation.parse(seed % 100 == 0 ? "0.7:random" : "none");
        return new SimulatedMachine(
                SimulatedSettings.of(kind.model(), kind.nodes == 1 ? HOST : HOST_OF_NODES)
                        .withTopology(kind.topology())
                        .withFragmentation(fragmentation, seed));
    }

    private VirtualMachine newVm() {
        return machine.create(new VmSettings("vm", MEMORY, 2, kind.mode));
    }

    private void runSequence(long seed) {
        random = new Xoshiro256(seed);
        twin = new NaiveVm();
        vm = newVm();
        vm.attach((cpu, exit) -> back(exit));
        claim = vm.claim((cpu, exit) -> Verdict.STOP);
        flags = kind.mode == TranslationMode.SHADOW ? null : vm.trackDirty(DirtySource.FLAGS);
        writeTables();
        for (int step = 0; step < STEPS; step++) {
            operate();
            vm.placement().ifPresent(this::place);
            accessHotPages();
        }
        checkAll();
        machine.checkInvariants();
        vm.close();
    }

    private Verdict back(VmExit exit) {
        return Verdict.resumeIf(
                exit instanceof VmExit.Violation violation
                        && vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K));
    }

    /// The guest maps its memory with 2-MiB pages, by tables in the first region, with which
    /// nothing else happens but what leaves contents alone.
    private void writeTables() {
        KernelCpu kernel = kernel(0);
        kernelStore(kernel, 0x1000 + 8 * (GVA >> 39), 0x2000 | TABLE_ENTRY);
        kernelStore(kernel, 0x2000, 0x3000 | TABLE_ENTRY);
        for (long region = 0; region < MEMORY / REGION; region++) {
            kernelStore(kernel, 0x3000 + 8 * region, region * REGION | LARGE_ENTRY);
        }
        for (VirtualCpu cpu : vm.cpus()) {
            cpu.kernel().loadCr3(0x1000, false);
        }
    }

    private void operate() {
        switch ((int) random.nextBelow(14)) {
            case 0, 1 -> populate(PageSize.SIZE_4K, NaiveVm.SMALL);
            case 2 -> populate(PageSize.SIZE_2M, NaiveVm.LARGE);
            case 3 -> unmap();
            case 4 -> protect();
            case 5, 6 -> collapse();
            case 7 -> split();
            case 8 -> vm.exclusively(() -> machine.host().compact(PageSize.SIZE_2M, 300));
            case 9 -> reserveAndMap();
            case 10 -> hypervisorWrite();
            case 11 -> kernelCopy();
            case 12 -> kernelZero();
            default -> harvest();
        }
    }

    /// Changes where things are, which the twin need not know.
    private void place(NodePlacement placement) {
        int node = (int) random.nextBelow(kind.nodes);
        int other = (node + 1) % kind.nodes;
        vm.exclusively(() -> {
            switch ((int) random.nextBelow(12)) {
                case 0, 1 -> placement.migrate(REGION, MEMORY - REGION, node);
                case 2 -> placement.placeTables(node);
                case 3, 4 -> placement.replicateTables(List.of(node, other));
                case 5, 6 -> placement.moveCpu((int) random.nextBelow(2), node);
                default -> {}
            }
        });
    }

    private void populate(PageSize size, int level) {
        long gpa = somePage();
        boolean[] done = new boolean[1];
        vm.exclusively(() -> done[0] = vm.secondLevel().populate(gpa, size));
        if (done[0]) {
            assertThat(twin.populate(gpa, level)).isTrue();
        } else {
            assertThat(level == NaiveVm.LARGE || twin.isBacked(gpa)).isTrue();
        }
    }

    private void unmap() {
        long gpa = someRangeStart();
        long bytes = someLength(gpa);
        vm.exclusively(() -> vm.secondLevel().unmap(gpa, bytes));
        twin.unmap(gpa, bytes);
    }

    private void protect() {
        long gpa = someRangeStart();
        long bytes = someLength(gpa);
        int rights =
                random.nextBelow(2) == 0
                        ? SecondLevelMap.ALL
                        : SecondLevelMap.READ | SecondLevelMap.EXECUTE;
        vm.exclusively(() -> claim.allow(gpa, bytes, rights));
        twin.protect(gpa, bytes, rights);
    }

    private void collapse() {
        long gpa = random.nextBelow(MEMORY);
        int[] copied = new int[1];
        vm.exclusively(() -> copied[0] = vm.secondLevel().collapse(gpa, -1));
        if (copied[0] >= 0) {
            assertThat(copied[0]).isEqualTo(twin.canCollapse(gpa));
            twin.collapse(gpa);
        } else if (machine.host().freeBlocks(PageSize.SIZE_2M) > 0) {
            assertThat(twin.canCollapse(gpa)).isEqualTo(-1);
        }
    }

    private void split() {
        long gpa = random.nextBelow(MEMORY);
        vm.exclusively(() -> vm.secondLevel().split(gpa));
        twin.split(gpa);
    }

    private void reserveAndMap() {
        long gpa = somePage();
        vm.exclusively(() -> {
            long hpa = machine.host().reserve(PageSize.SIZE_2M);
            if (hpa == -1) {
                return;
            }
            if (vm.secondLevel().map(gpa, hpa, PageSize.SIZE_2M)) {
                assertThat(twin.populate(gpa, NaiveVm.LARGE)).isTrue();
            } else {
                assertThat(twin.populate(gpa, NaiveVm.LARGE)).isFalse();
                machine.host().release(hpa, PageSize.SIZE_2M);
            }
        });
    }

    private void hypervisorWrite() {
        long gpa = somePage() + 8 * random.nextBelow(512);
        long value = random.nextLong();
        vm.exclusively(() -> vm.memory().write(gpa, value));
        twin.populate(gpa, NaiveVm.SMALL);
        twin.write(gpa, value, false);
    }

    private void kernelCopy() {
        long from = somePage();
        long to = somePage();
        twin.populate(from, NaiveVm.SMALL);
        twin.populate(to, NaiveVm.SMALL);
        if ((twin.rights(to) & SecondLevelMap.WRITE) != 0 && from != to) {
            kernel(0).copy(from, to, NaiveVm.PAGE);
            twin.page(to).words.clear();
            twin.page(from)
                    .words
                    .forEach((gpa, word) -> twin.page(to).words.put(gpa - from + to, word));
            twin.markDirty(to);
        } else if (from != to) {
            // Only what the twin has just been told.
            kernel(0).load(from);
            kernel(0).load(to);
        } else {
            kernel(0).load(from);
        }
    }

    private void kernelZero() {
        long gpa = somePage();
        if ((twin.rights(gpa) & SecondLevelMap.WRITE) == 0) {
            return;
        }
        kernel(1).zero(gpa, NaiveVm.PAGE);
        twin.populate(gpa, NaiveVm.SMALL);
        twin.page(gpa).words.clear();
        twin.markDirty(gpa);
    }

    private void harvest() {
        if (flags == null) {
            return;
        }
        PageSet found = new PageSet();
        flags.collect(found);
        found.remove(0, REGION);
        TreeSet<Long> pages = new TreeSet<>();
        found.forEach(pages::add);
        assertThat(pages).isEqualTo(twin.harvest(REGION));
    }

    private void accessHotPages() {
        for (int i = 0; i < 4; i++) {
            VirtualCpu cpu = vm.cpus().get((int) random.nextBelow(2));
            long gpa = hotPage() + 8 * random.nextBelow(4);
            access(cpu, gpa, random.nextBelow(3) == 0 ? Access.STORE : Access.LOAD);
        }
    }

    /// One access of a program, and what must come of it.
    private void access(VirtualCpu cpu, long gpa, int kind) {
        twin.populate(gpa, NaiveVm.SMALL);
        CpuState before = cpu.state();
        VmExit exit = cpu.run(new long[] {Access.pack(kind, GVA + gpa)}, 0, 1);
        boolean allowed = kind == Access.LOAD || (twin.rights(gpa) & SecondLevelMap.WRITE) != 0;
        assertThat(exit).isInstanceOf(allowed ? VmExit.ProgramEnd.class : VmExit.WriteTrap.class);
        if (!allowed) {
            assertThat(cpu.state()).isEqualTo(before);
        } else if (kind == Access.LOAD) {
            assertThat(cpu.state().checksum())
                    .as("what is loaded at %x", gpa)
                    .isEqualTo(Checksum.fold(before.checksum(), twin.read(gpa)));
        } else {
            twin.write(gpa, Checksum.value(before.cursor()), true);
        }
    }

    private void checkAll() {
        for (long gpa = REGION; gpa < MEMORY; gpa += NaiveVm.PAGE) {
            PageSize size = vm.secondLevel().pageSize(gpa);
            assertThat(size != null).isEqualTo(twin.isBacked(gpa));
            if (size != null) {
                assertThat(size.level()).isEqualTo(twin.page(gpa).level);
                assertThat(vm.secondLevel().rights(gpa)).isEqualTo(twin.rights(gpa));
            }
        }
        List<Long> wrong = new ArrayList<>();
        twin.pages.values().stream()
                .flatMap(page -> page.words.entrySet().stream())
                .filter(word -> word.getKey() >= REGION)
                .filter(word -> vm.memory().read(word.getKey()) != word.getValue())
                .forEach(word -> wrong.add(word.getKey()));
        assertThat(wrong).isEmpty();
    }

    private void kernelStore(KernelCpu kernel, long gpa, long value) {
        kernel.store(gpa, value);
        twin.populate(gpa, NaiveVm.SMALL);
        twin.write(gpa, value, true);
    }

    private KernelCpu kernel(int cpu) {
        return vm.cpus().get(cpu).kernel();
    }

    private long hotPage() {
        return REGION + random.nextBelow(HOT_PAGES) * (REGION / 4);
    }

    private long somePage() {
        return random.nextBelow(2) == 0
                ? hotPage()
                : REGION + random.nextBelow((MEMORY - REGION) / NaiveVm.PAGE) * NaiveVm.PAGE;
    }

    private long someRangeStart() {
        return random.nextBelow(2) == 0
                ? REGION * (1 + random.nextBelow(MEMORY / REGION - 1))
                : somePage();
    }

    private long someLength(long gpa) {
        long most = MEMORY - gpa;
        long wanted =
                random.nextBelow(2) == 0 ? REGION : NaiveVm.PAGE * (1 + random.nextBelow(300));
        return Math.min(most, wanted);
    }
}
