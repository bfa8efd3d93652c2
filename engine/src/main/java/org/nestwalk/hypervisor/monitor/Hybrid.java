package org.nestwalk.hypervisor.monitor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Logs everything, and write-protects what has become suspicious by being written: for some
/// periods after the last time. A page that is written too often meanwhile, as a mixed one is, is
/// left to the log again.
public final class Hybrid extends WriteLogging {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final RightsClaim claim;
    private final int calm;
    private final int most;
    private final Map<Long, Suspect> suspects = new HashMap<>();

    private static final class Suspect {
        private int left;
        private int traps;

        Suspect(int left) {
            this.left = left;
        }
    }

    /// @param source of written pages
    /// @param calm periods without a write after which a page is no longer protected
    /// @param most writes of a protected page in one period
    public Hybrid(
            VirtualMachine vm,
            CodeFiles files,
            Alarm.Listener listener,
            DirtySource source,
            int calm,
            int most) {
        super(vm, files, listener, source);
        this.claim = vm.claim(this);
        this.calm = calm;
        this.most = most;
    }

    @Override
    protected void release(long gpa, long bytes) {
        super.release(gpa, bytes);
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            trust(page);
        }
    }

    @Override
    protected void wasWritten(long page, boolean right) {
        if (!suspects.containsKey(page)) {
            suspects.put(page, new Suspect(calm));
            claim.allow(page, PAGE, WriteProtection.READ_ONLY);
        }
    }

    private void trust(long page) {
        if (suspects.remove(page) != null) {
            claim.allow(page, PAGE, SecondLevelMap.ALL);
        }
    }

    @Override
    protected Verdict judge(VirtualCpu cpu, VmExit exit) {
        if (!(exit instanceof VmExit.WriteTrap trap) || !guarded().contains(trap.gpa())) {
            return Verdict.NOT_MINE;
        }
        long page = trap.gpa() & -PAGE;
        Suspect suspect = suspects.get(page);
        if (suspect == null) {
            return Verdict.RESUME;
        }
        suspect.left = calm;
        Verdict verdict = judgeStore(cpu, trap, Verdict.EMULATE);
        if (++suspect.traps > most && verdict != Verdict.STOP) {
            trust(page);
            return Verdict.RESUME;
        }
        return verdict;
    }

    @Override
    public void tick() {
        for (Map.Entry<Long, Suspect> one : List.copyOf(suspects.entrySet())) {
            one.getValue().traps = 0;
            if (--one.getValue().left < 0) {
                trust(one.getKey());
            }
        }
        super.tick();
    }

    @Override
    protected void end() {
        super.end();
        claim.close();
    }
}
