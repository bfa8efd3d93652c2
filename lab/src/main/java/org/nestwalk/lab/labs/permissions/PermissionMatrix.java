package org.nestwalk.lab.labs.permissions;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Cell;
import org.nestwalk.lab.labs.permissions.PermissionsResult.GuestRights;
import org.nestwalk.lab.labs.permissions.PermissionsResult.Outcome;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestSoftware;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;

/// A virtual machine with one page whose rights are tried out.
final class PermissionMatrix implements AutoCloseable {
    private static final long GVA = 0x40_0000_0000L;
    private static final long GPA = 0x20_0000;
    private static final long ROOT = 0x1000;
    private static final long MEMORY = 16L << 20;
    private static final int ACCESSES = 6;
    private static final long TABLE = PagingEntry.PRESENT | PagingEntry.WRITE | PagingEntry.USER;

    /// Rights of the second level by combination; 0 is a page that is not mapped.
    static final List<Integer> HOST_RIGHTS =
            List.of(
                    0,
                    SecondLevelMap.READ,
                    SecondLevelMap.READ | SecondLevelMap.WRITE,
                    SecondLevelMap.READ | SecondLevelMap.EXECUTE,
                    SecondLevelMap.ALL,
                    SecondLevelMap.EXECUTE);

    private final boolean executeOnly;
    private final SimulatedMachine machine;
    private final VirtualMachine vm;
    private final KernelCpu kernel;
    private final RightsClaim claim;
    private Outcome outcome = Outcome.ALLOWED;

    /// On a processor.
    PermissionMatrix(ProcessorModel model) {
        executeOnly = model.translation().secondLevel() != ProcessorModel.SecondLevelFormat.NPT;
        machine = new SimulatedMachine(SimulatedSettings.of(model, 2 * MEMORY));
        vm = machine.create(new VmSettings("the guest", MEMORY, 1, TranslationMode.NESTED));
        kernel = vm.cpus().getFirst().kernel();
        Recorder recorder = new Recorder();
        vm.attach(recorder);
        claim = vm.claim(recorder);
        vm.onException(recorder);
        writeTables();
    }

    /// Notes who gets the first fault, and lets the access fail; backs what is not tested.
    private final class Recorder implements ExitPart, GuestSoftware {
        @Override
        public Verdict handle(VirtualCpu cpu, VmExit exit) {
            if (exit instanceof VmExit.Violation violation
                    && (violation.gpa() & -PageSize.SIZE_4K.bytes()) != GPA) {
                return Verdict.resumeIf(
                        vm.secondLevel().populate(violation.gpa(), PageSize.SIZE_4K));
            }
            outcome = Outcome.HYPERVISOR;
            return Verdict.STOP;
        }

        @Override
        public void pageFault(KernelCpu cpu, long gva, long errorCode) {
            outcome = Outcome.GUEST;
            throw new GuestFailure(VmExit.Cause.SEGMENTATION_FAULT, "a permission fault");
        }
    }

    /// A row for each combination of rights that the guest's entry can give: all accesses under all
    /// rights of the second level. They have to be made one after the other.
    List<Function<Meter, List<Cell>>> rows() {
        return guestRights().stream()
                .map(guest -> (Function<Meter, List<Cell>>) meter -> row(guest, meter))
                .toList();
    }

    private List<Cell> row(GuestRights guest, Meter meter) {
        List<Integer> hosts =
                HOST_RIGHTS.stream()
                        .filter(rights -> executeOnly || rights != SecondLevelMap.EXECUTE)
                        .toList();
        meter.begin((long) hosts.size() * ACCESSES);
        List<Cell> cells = new ArrayList<>();
        for (int host : hosts) {
            set(guest, host);
            for (int access : List.of(Access.LOAD, Access.STORE, Access.FETCH)) {
                for (boolean user : List.of(true, false)) {
                    cells.add(new Cell(guest, host, access, user, attempt(access, user)));
                }
            }
        }
        meter.add(cells.size());
        return cells;
    }

    private static List<GuestRights> guestRights() {
        List<GuestRights> all = new ArrayList<>();
        all.add(new GuestRights(false, false, false, false));
        for (int bits = 0; bits < 8; bits++) {
            all.add(new GuestRights(true, (bits & 4) != 0, (bits & 2) != 0, (bits & 1) != 0));
        }
        return all;
    }

    private void writeTables() {
        kernel.store(ROOT + 8 * (GVA >> 39), (ROOT + 0x1000) | TABLE);
        kernel.store(ROOT + 0x1000 + 8 * (GVA >> 30 & 511), (ROOT + 0x2000) | TABLE);
        kernel.store(ROOT + 0x2000, (ROOT + 0x3000) | TABLE);
        kernel.loadCr3(ROOT, false);
    }

    private void set(GuestRights guest, int host) {
        long entry =
                GPA
                        | (guest.present() ? PagingEntry.PRESENT : 0)
                        | (guest.user() ? PagingEntry.USER : 0)
                        | (guest.write() ? PagingEntry.WRITE : 0)
                        | (guest.noExecute() ? PagingEntry.NO_EXECUTE : 0);
        kernel.store(ROOT + 0x3000, entry);
        kernel.invlpg(GVA);
        vm.exclusively(() -> {
            vm.secondLevel().unmap(GPA, PageSize.SIZE_4K.bytes());
            if (host != 0) {
                vm.secondLevel().populate(GPA, PageSize.SIZE_4K);
                claim.allow(GPA, PageSize.SIZE_4K.bytes(), host);
            }
        });
    }

    private Outcome attempt(int access, boolean user) {
        outcome = Outcome.ALLOWED;
        if (user) {
            vm.cpus().getFirst().run(new long[] {Access.pack(access, GVA)}, 0, 1);
            return outcome;
        }
        try {
            kernel.access(access, GVA);
        } catch (GuestFailure | UnhandledExit expected) {
            return outcome;
        }
        return outcome;
    }

    @Override
    public void close() {
        machine.close();
    }
}
