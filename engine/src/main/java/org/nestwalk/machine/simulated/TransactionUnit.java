package org.nestwalk.machine.simulated;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.simulated.host.World;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.AbortStatus;
import org.nestwalk.machine.transactions.ReadWriteSets;
import org.nestwalk.machine.transactions.SuppressedExit;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.machine.transactions.TransactionalCpu;
import org.nestwalk.machine.transactions.UndoLog;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.cache.CacheHierarchy;
import org.nestwalk.mmu.count.MmuCounts;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// The transactional memory of one simulated CPU: makes accesses one by one, above the CPU's MMU.
///
/// Stores are made at once and undone by an abort. Whatever would have left the guest, or entered
/// its kernel, aborts first. Accessed and dirty flags that a walk has set stay set, as the manual
/// allows (Intel SDM volume 1, section 16.3.8.2), and so do entries of the page-modification log.
final class TransactionUnit implements TransactionalCpu {
    private final World world;
    private final ProcessorModel model;
    private final SimulatedCpu cpu;
    private final Transactions all;
    private final TransactionSettings settings;
    private final ProgramData data;
    private final ReadWriteSets sets;
    private final UndoLog undo;
    private final Xoshiro256 random;
    private final TransactionCounts counts = new TransactionCounts();
    private final long[] access = new long[1];
    private final long[] physical = new long[1];
    private int depth;
    private int status;
    private long cursor;
    private long checksum;
    private long begun;
    private double interruptAt;

    TransactionUnit(
            SimulatedHost host, SimulatedCpu cpu, Transactions all, TransactionSettings settings) {
        this.world = host.world();
        this.model = host.settings().model();
        this.cpu = cpu;
        this.all = all;
        this.settings = settings;
        this.data = cpu.data();
        this.sets = new ReadWriteSets(model);
        this.undo = new UndoLog(host.memory());
        this.random = new Xoshiro256(SplitMix64.hash(settings.seed(), cpu.index()));
    }

    @Override
    public void begin() {
        if (depth == DEEPEST) {
            abort(AbortCause.CAPACITY);
            return;
        }
        if (depth++ > 0) {
            return;
        }
        counts.attempts++;
        begun = programCycles();
        counts.overheadCycles += settings.beginCycles();
        cursor = data.cursor();
        checksum = data.checksum();
        // Interrupts have no memory: when the last one came does not matter.
        interruptAt = begun + distance();
    }

    /// Cycles to the next interrupt.
    private double distance() {
        return settings.interruptRate() == 0
                ? Double.POSITIVE_INFINITY
                : -StrictMath.log1p(-random.nextFraction()) / settings.interruptRate();
    }

    @Override
    public boolean end() {
        if (depth == 0) {
            throw new IllegalStateException("XEND outside a transaction");
        }
        if (depth > 1) {
            depth--;
            return true;
        }
        counts.overheadCycles += settings.commitCycles();
        if (interrupted()) {
            return false;
        }
        depth = 0;
        counts.commits++;
        counts.committedCycles += programCycles() - begun;
        sets.clear();
        undo.clear();
        return true;
    }

    @Override
    public void abort(int argument) {
        if (depth > 0) {
            abort(AbortCause.EXPLICIT, AbortStatus.explicit(argument));
        }
    }

    @Override
    public boolean isActive() {
        return depth > 0;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public boolean access(long packed) {
        access[0] = packed;
        boolean inside = depth > 0;
        int faults = 0;
        for (TranslationFault fault = translate(); fault != null; fault = translate()) {
            if (inside) {
                suppress(fault);
                return false;
            }
            if (cpu.resolveHere(fault, ++faults, this::translate)) {
                break;
            }
        }
        if (!Access.isFetch(packed) && !perform(Access.kind(packed), inside)) {
            abort(AbortCause.CAPACITY);
            return false;
        }
        return !inside || !interrupted();
    }

    private @Nullable TranslationFault translate() {
        world.beginSlice();
        try {
            cpu.translation().mmu().run(access, 0, 1, physical);
            return null;
        } catch (TranslationFault fault) {
            return fault;
        } finally {
            world.endSlice();
        }
    }

    /// Loads and stores what has been translated, and aborts whom that disturbs.
    ///
    /// @return false, with nothing done, if the transaction has no room for the line
    private boolean perform(int kind, boolean inside) {
        boolean writes = kind != Access.LOAD;
        long line = physical[0] >>> CacheHierarchy.LINE_SHIFT;
        all.disturb(this, line, writes);
        if (inside) {
            if (!sets.add(line, kind != Access.STORE, writes)) {
                return false;
            }
            if (writes) {
                undo.remember(physical[0] & ~7L);
            }
        }
        if (cpu.keepsContents()) {
            data.perform(access, physical, 0, 1);
        }
        return true;
    }

    /// What would have been an exit or an exception aborts instead, and may happen then.
    private void suppress(TranslationFault fault) {
        AbortCause cause =
                switch (fault.outcome()) {
                    case EPT_VIOLATION, NESTED_PAGE_FAULT -> AbortCause.VIOLATION;
                    case EPT_MISCONFIGURATION -> AbortCause.MISCONFIGURATION;
                    case PML_FULL -> AbortCause.LOG_FULL;
                    default -> AbortCause.EXCEPTION;
                };
        abort(cause);
        if (cause != AbortCause.EXCEPTION && settings.suppressed() == SuppressedExit.DELIVERED) {
            cpu.resolveHere(fault);
        }
    }

    /// Whether an interrupt has come, which is taken after it has aborted.
    private boolean interrupted() {
        if (programCycles() < interruptAt) {
            return false;
        }
        abort(AbortCause.INTERRUPT);
        cpu.alone(() -> cpu.exit(ExitReason.INTERRUPT, () -> {}));
        return true;
    }

    /// Aborts if another CPU's access to `line` conflicts.
    void disturb(long line, boolean writes) {
        if (depth > 0 && sets.conflicts(line, writes)) {
            abort(AbortCause.CONFLICT);
        }
    }

    @Override
    public void loseConflict() {
        if (depth > 0) {
            abort(AbortCause.CONFLICT);
        }
    }

    /// Another CPU asks this one to forget translations.
    void interruptByOther() {
        if (depth > 0) {
            abort(AbortCause.INTERRUPT);
        }
    }

    private void abort(AbortCause cause) {
        abort(cause, cause.status());
    }

    private void abort(AbortCause cause, int bits) {
        status = depth > 1 ? bits | AbortStatus.NESTED : bits;
        depth = 0;
        undo.rollBack();
        sets.clear();
        data.restore(cursor, checksum);
        counts.countAbort(cause);
        counts.overheadCycles += settings.abortCycles();
        counts.wastedCycles += programCycles() - begun;
    }

    /// Cycles of the program's accesses and of its transactions' beginnings and ends.
    private long programCycles() {
        MmuCounts mmu = cpu.translation().mmu().counts();
        return mmu.cycles(model.costs().accessCycles()) + counts.overheadCycles;
    }

    @Override
    public long cycles() {
        return programCycles() + cpu.account().cycles();
    }

    @Override
    public TransactionCounts counts() {
        return counts;
    }
}
