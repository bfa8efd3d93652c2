package org.nestwalk.machine.exit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;

/// The parts of one virtual machine's hypervisor, and who of them is asked about an exit.
///
/// - An access that a claim refuses goes to the owners of all claims that refuse it, and to nobody
///   else. If one of them stops, the guest stops; the access is performed once if all that still
///   refuse it have said so.
/// - An access to a page that is not backed is offered to the parts in order. If claims refuse it
///   on the page that was backed for it, their owners are asked within the same exit.
/// - Every other exit is offered to the parts in order, until one takes it. A kick that nobody
///   takes stops the guest; a hypercall that nobody takes goes on with
///   [org.nestwalk.machine.KernelCpu#NO_SUCH_CALL]. Nothing else may be left over.
public final class ExitChain {
    private final RightsClaims claims;
    private final List<ExitPart> parts = new CopyOnWriteArrayList<>();

    /// A chain without parts.
    public ExitChain(RightsClaims claims) {
        this.claims = claims;
    }

    /// Adds `part` behind the others.
    public void attach(ExitPart part) {
        parts.add(part);
    }

    /// Removes `part`, if it is there.
    public void detach(ExitPart part) {
        parts.remove(part);
    }

    /// Has every part [bring back][ExitPart#bringBack] what it keeps elsewhere.
    public void bringBack() {
        parts.forEach(part -> part.bringBack());
    }

    /// Has every part bring back the page at `gpa`, which is not backed.
    public void bringBack(long gpa) {
        parts.forEach(part -> part.bringBack(gpa));
    }

    /// Has every part [discard][ExitPart#discard] what it keeps elsewhere of a range.
    public void discard(long gpa, long bytes) {
        parts.forEach(part -> part.discard(gpa, bytes));
    }

    /// Whether any part [keeps][ExitPart#keeps] any page of a range elsewhere.
    public boolean keep(long gpa, long bytes) {
        for (ExitPart part : parts) {
            if (part.keeps(gpa, bytes)) {
                return true;
            }
        }
        return false;
    }

    /// Tells every part that the log of `cpu` [was full][ExitPart#logEmptied].
    public void logEmptied(VirtualCpu cpu) {
        parts.forEach(part -> part.logEmptied(cpu));
    }

    /// Offers an exit to the parts in order. Nobody but the parts changes the machine's claims
    /// meanwhile.
    ///
    /// @param second the machine's second level
    /// @return [Verdict#PERFORM] or [Verdict#EMULATE] if the access that exited has to be made
    ///   once, opened for this CPU alone; otherwise [Verdict#RESUME]
    /// @throws UnhandledExit if the guest stops
    /// @throws GuestFailure if no part takes the exit
    public Verdict handle(VirtualCpu cpu, VmExit exit, SecondLevelMap second) {
        Verdict verdict =
                switch (exit) {
                    case VmExit.WriteTrap trap ->
                            refused(cpu, exit, trap.gpa(), SecondLevelMap.WRITE, trap.table());
                    case VmExit.Violation violation when violation.mapped() ->
                            refused(
                                    cpu,
                                    exit,
                                    violation.gpa(),
                                    violation.access(),
                                    violation.table());
                    case VmExit.Hypercall call -> otherwise(offer(cpu, call), Verdict.RESUME);
                    case VmExit.Interrupted kick -> otherwise(offer(cpu, kick), Verdict.STOP);
                    default -> offer(cpu, exit);
                };
        return switch (verdict) {
            case RESUME ->
                    exit instanceof VmExit.Violation violation && !violation.mapped()
                            ? backed(cpu, violation, second)
                            : Verdict.RESUME;
            case PERFORM, EMULATE -> verdict;
            case STOP -> throw new UnhandledExit(exit);
            case NOT_MINE ->
                    throw new GuestFailure(
                            VmExit.Cause.UNHANDLED_EXIT,
                            "no part of the hypervisor takes %s".formatted(exit));
        };
    }

    /// A page was backed for an access, which claims may refuse.
    private Verdict backed(VirtualCpu cpu, VmExit.Violation exit, SecondLevelMap second) {
        if (claims.allow(exit.gpa(), exit.access()) || second.pageSize(exit.gpa()) == null) {
            return Verdict.RESUME;
        }
        return handle(cpu, refusal(exit.gpa(), exit.gva(), exit.access(), exit.table()), second);
    }

    private static Verdict otherwise(Verdict verdict, Verdict leftOver) {
        return verdict == Verdict.NOT_MINE ? leftOver : verdict;
    }

    private Verdict offer(VirtualCpu cpu, VmExit exit) {
        for (ExitPart part : parts) {
            Verdict verdict = part.handle(cpu, exit);
            if (verdict != Verdict.NOT_MINE) {
                return verdict;
            }
        }
        return Verdict.NOT_MINE;
    }

    /// The exit of an access to a backed page on which claims refuse it.
    ///
    /// @param access bits of [SecondLevelMap]
    public VmExit refusal(long gpa, long gva, int access, boolean table) {
        boolean write = (access & SecondLevelMap.WRITE & ~claims.allowed(gpa)) != 0;
        return write
                ? new VmExit.WriteTrap(gpa, gva, table)
                : new VmExit.Violation(gpa, gva, access, true, table);
    }

    private Verdict refused(VirtualCpu cpu, VmExit exit, long gpa, int access, boolean table) {
        List<RightsClaims.Claim> refusing = claims.refusing(gpa, access, table);
        List<RightsClaims.Claim> performing = new ArrayList<>();
        boolean stop = refusing.isEmpty();
        Verdict performed = Verdict.EMULATE;
        for (RightsClaims.Claim claim : refusing) {
            Verdict verdict = claim.owner().handle(cpu, exit);
            switch (verdict) {
                case RESUME -> {}
                case PERFORM, EMULATE -> {
                    performing.add(claim);
                    performed = performed == Verdict.EMULATE ? verdict : performed;
                }
                case STOP, NOT_MINE -> stop = true;
            }
        }
        if (stop) {
            return refusing.isEmpty() ? Verdict.NOT_MINE : Verdict.STOP;
        }
        return !performing.isEmpty() && performing.containsAll(claims.refusing(gpa, access, table))
                ? performed
                : Verdict.RESUME;
    }
}
