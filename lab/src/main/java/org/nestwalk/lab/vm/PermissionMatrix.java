package org.nestwalk.lab.vm;

import java.util.ArrayList;
import java.util.List;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.lab.progress.ProgressListener;
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
import org.nestwalk.mmu.model.MachineModel;

/// Layered permissions as a running system: one page of a guest under every combination of rights
/// that its kernel and its hypervisor can give it, accessed in every way, and who gets the fault.
///
/// An access succeeds only if both grant it. Where both refuse, the guest's kernel gets the fault,
/// because the guest's own permissions are judged before the access's guest-physical address is
/// translated (Intel SDM volume 3C, section 28.2.3.3).
public final class PermissionMatrix {
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

    private final SimulatedMachine machine;
    private final VirtualMachine vm;
    private final KernelCpu kernel;
    private final RightsClaim claim;
    private Outcome outcome = Outcome.ALLOWED;

    /// Who stops an access.
    public enum Outcome {
        /// Nobody: the access is made.
        ALLOWED("ok"),
        /// The guest's kernel gets a page fault.
        GUEST("guest"),
        /// The hypervisor gets an exit.
        HYPERVISOR("host");

        private final String label;

        Outcome(String label) {
            this.label = label;
        }

        /// What people call it.
        public String label() {
            return label;
        }
    }

    /// What the guest's leaf entry allows.
    ///
    /// @param present whether it maps anything
    /// @param user U/S: user-mode accesses
    /// @param write R/W
    /// @param noExecute XD
    public record GuestRights(boolean present, boolean user, boolean write, boolean noExecute) {}

    /// One combination and what came of it.
    ///
    /// @param guest what the guest's entry allows
    /// @param host bits of [SecondLevelMap]; 0 if nothing is mapped
    /// @param access of [Access]: load, store or fetch
    /// @param user whether in user mode
    /// @param outcome who stopped it
    public record Cell(GuestRights guest, int host, int access, boolean user, Outcome outcome) {}

    private PermissionMatrix(MachineModel model) {
        machine = new SimulatedMachine(SimulatedSettings.of(model, 2 * MEMORY));
        vm = machine.create(new VmSettings("the guest", MEMORY, 1, TranslationMode.NESTED));
        kernel = vm.cpus().getFirst().kernel();
        Recorder recorder = new Recorder();
        vm.attach(recorder);
        claim = vm.claim(recorder);
        vm.onException(recorder);
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

    /// All combinations on a processor.
    public static List<Cell> run(MachineModel model, ProgressListener progress) {
        PermissionMatrix matrix = new PermissionMatrix(model);
        try {
            return matrix.cells(
                    model.translation().secondLevel() != MachineModel.SecondLevelFormat.NPT,
                    new Meter(progress, 1));
        } finally {
            matrix.machine.close();
        }
    }

    private List<Cell> cells(boolean executeOnly, Meter meter) {
        writeTables();
        List<Cell> cells = new ArrayList<>();
        List<GuestRights> guests = guestRights();
        int hosts = HOST_RIGHTS.size() - (executeOnly ? 0 : 1);
        int accesses = hosts * ACCESSES;
        meter.begin((long) guests.size() * accesses);
        for (GuestRights guest : guests) {
            for (int host : HOST_RIGHTS) {
                if (host == SecondLevelMap.EXECUTE && !executeOnly) {
                    continue;
                }
                set(guest, host);
                for (int access : List.of(Access.LOAD, Access.STORE, Access.FETCH)) {
                    for (boolean user : List.of(true, false)) {
                        cells.add(new Cell(guest, host, access, user, attempt(access, user)));
                    }
                }
            }
            meter.add(accesses);
        }
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
                        | (guest.present ? PagingEntry.PRESENT : 0)
                        | (guest.user ? PagingEntry.USER : 0)
                        | (guest.write ? PagingEntry.WRITE : 0)
                        | (guest.noExecute ? PagingEntry.NO_EXECUTE : 0);
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
}
