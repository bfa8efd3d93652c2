package org.nestwalk.lab.labs.numa;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.placement.TableMigration;
import org.nestwalk.lab.vm.GuestTables;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.topology.NodePlacement;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.ReplicatedTables;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// A virtual machine with one CPU whose program has initialised its memory in ascending order, on
/// the CPU's node, before the experiment.
///
/// Of all that memory only the pages that the program will touch exist; they lie, in guest-physical
/// memory and in the tables of both dimensions, where they would if all did. So tens of GiB cost
/// this process what the accesses made are worth.
final class NumaGuest {
    private static final long LARGE = PageSize.SIZE_2M.bytes();
    private static final int SPARE_TABLES = 8;

    /// Where guest tables are before there are copies.
    private static final int ORIGINAL = -1;

    private final SimulatedMachine machine;
    private final VirtualMachine vm;
    private final VirtualCpu cpu;
    private final NodePlacement placement;
    private final PageSize size;
    private final long areaBytes;
    private final Map<Integer, Area> areas = new HashMap<>();
    private final int home;
    private final ReplicatedTables guestTables;
    private final PageTable table;

    /// A guest on `machine`, which may have others.
    ///
    /// @param size of the pages of both dimensions: 4 KiB or 2 MiB
    /// @throws InputException if the home node cannot hold it
    NumaGuest(SimulatedMachine machine, NumaOptions options, AccessRecord program, PageSize size) {
        this.machine = machine;
        this.size = size;
        this.home = options.home();
        areaBytes = roundUp((program.bytes() / LARGE + SPARE_TABLES) * PageSize.SIZE_4K.bytes());
        int nodes = options.topology().nodes();
        long dataStart = LARGE + areaBytes * (nodes + 1);
        checkFits(options, program.bytes() + 3 * areaBytes);
        vm =
                machine.create(
                        new VmSettings(
                                "the guest",
                                dataStart + program.bytes(),
                                1,
                                TranslationMode.NESTED));
        cpu = vm.cpus().getFirst();
        placement = vm.placement().orElseThrow();
        guestTables =
                new ReplicatedTables(
                        new GuestTables(vm.memory(), 0),
                        TableFormat.X86,
                        this::area,
                        ORIGINAL,
                        written -> {});
        long[] pages = program.touched(size);
        table = build(pages, program.first(), dataStart);
        initialise(pages);
    }

    /// A machine for such guests.
    static SimulatedMachine newMachine(ProcessorModel model, NumaOptions options) {
        return new SimulatedMachine(
                SimulatedSettings.of(model, options.nodeBytes() * options.topology().nodes())
                        .withContents(false)
                        .withTopology(options.topology())
                        .withSeed(options.seed()));
    }

    private static void checkFits(NumaOptions options, long bytes) {
        if (bytes > options.nodeBytes()) {
            throw new InputException(
                    "node %d has %s of memory, and the program with its tables needs %s; give each node more"
                            .formatted(
                                    options.home(),
                                    Quantities.formatSize(options.nodeBytes()),
                                    Quantities.formatSize(bytes)));
        }
    }

    private PageTable build(long[] pages, long first, long dataStart) {
        return vm.exclusively(() -> {
            placement.moveCpu(0, home);
            placement.placeTables(home);
            PageTable made = new PageTable(guestTables, guestTables, TableFormat.X86, 4);
            for (long gva : pages) {
                long gpa = dataStart + gva - first;
                made.map(gva, gpa, size);
                populate(gpa, home);
            }
            cpu.kernel().loadCr3(made.root(), false);
            return made;
        });
    }

    /// Frames for guest tables: the original ones, or a copy for a node.
    private Area area(int place) {
        return areas.computeIfAbsent(place, Area::new);
    }

    /// A range of guest-physical memory for the tables of one place.
    private final class Area implements TableFrames {
        private final GuestTables tables;
        private final int node;

        Area(int place) {
            tables = new GuestTables(vm.memory(), LARGE + areaBytes * (place + 1));
            node = place == ORIGINAL ? home : place;
        }

        @Override
        public long allocate() {
            populate(tables.end(), node);
            return tables.allocate();
        }

        @Override
        public long hostPhysical(long address) {
            return address;
        }
    }

    private void populate(long gpa, int node) {
        if (vm.secondLevel().pageSize(gpa) == null && !placement.populate(gpa, size, node)) {
            throw new InputException(
                    "node %d has no memory left for %s; give each node more"
                            .formatted(node, vm.settings().name()));
        }
    }

    /// Writes to each page, so that flags are set in all tables.
    private void initialise(long[] pages) {
        long[] stores = new long[pages.length];
        for (int i = 0; i < stores.length; i++) {
            stores[i] = Access.pack(Access.STORE, pages[i]);
        }
        run(stores, 0, stores.length);
    }

    private static long roundUp(long bytes) {
        return bytes + LARGE - 1 & -LARGE;
    }

    /// Makes accesses of the program.
    void run(long[] accesses, int from, int to) {
        VmExit exit = cpu.run(accesses, from, to);
        if (!(exit instanceof VmExit.ProgramEnd)) {
            throw new IllegalStateException("the program ended with " + exit);
        }
    }

    /// The virtual CPU.
    VirtualCpu cpu() {
        return cpu;
    }

    /// The processor that it runs on.
    ProcessorModel model() {
        return machine.settings().model();
    }

    /// Where it is.
    NodePlacement placement() {
        return placement;
    }

    /// Has other tenants load a node, or not.
    void load(int node, double latency) {
        machine.load(node, latency);
    }

    /// Moves the second-level tables to `node`.
    void moveSecondLevel(int node) {
        vm.exclusively(() -> placement.placeTables(node));
    }

    /// Has the second-level tables follow the CPU.
    void migrateSecondLevel() {
        vm.exclusively(() -> new TableMigration().settle(vm));
    }

    /// Moves the guest's tables to `node`: the pages that hold them, as the hypervisor can.
    void moveGuestTables(int node) {
        long start = LARGE;
        long end = area(ORIGINAL).tables.end() + size.offsetMask() & -size.bytes();
        vm.exclusively(() -> placement.migrate(start, end - start, node));
    }

    /// Keeps copies of both tables on each of `nodes`; the CPU walks those of its node.
    void replicate(List<Integer> nodes) {
        vm.exclusively(() -> {
            for (int node : nodes) {
                if (!guestTables.places().contains(node)) {
                    guestTables.replicate(table, node);
                }
            }
            placement.replicateTables(nodes);
            long root = guestTables.copyOf(table.root(), placement.nodeOfCpu(0));
            cpu.kernel().loadCr3(root, false);
        });
    }
}
