package org.nestwalk.hypervisor.monitor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;

/// Write-protects code and judges each store before it is made: by address and value, with the
/// instruction that makes it at hand. What is allowed is made once, alone, and the protection
/// stays.
public class WriteProtection extends CodeMonitor {
    static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    private final Verdict allowed;
    private @Nullable RightsClaim claim;

    /// @param allowed how a store is made that is allowed: [Verdict#PERFORM] or [Verdict#EMULATE]
    public WriteProtection(
            VirtualMachine vm, CodeFiles files, Alarm.Listener listener, Verdict allowed) {
        super(vm, files, listener);
        this.allowed = allowed;
    }

    /// Its claim.
    final RightsClaim claim() {
        return Objects.requireNonNull(claim, "it has not been started");
    }

    /// How stores are made that are allowed.
    final Verdict allowed() {
        return allowed;
    }

    @Override
    protected void begin() {
        claim = vm().claim(this);
    }

    @Override
    protected void guard(long gpa, long bytes) {
        claim().allow(gpa, bytes, READ_ONLY);
    }

    @Override
    protected void release(long gpa, long bytes) {
        claim().allow(gpa, bytes, SecondLevelMap.ALL);
    }

    @Override
    protected Verdict judge(VirtualCpu cpu, VmExit exit) {
        return exit instanceof VmExit.WriteTrap trap && guarded().contains(trap.gpa())
                ? judgeStore(cpu, trap, allowed)
                : Verdict.NOT_MINE;
    }

    @Override
    protected void end() {
        if (claim != null) {
            claim.close();
        }
    }
}
