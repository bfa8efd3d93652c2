package org.nestwalk.hypervisor.monitor;

import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.ExitPart;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelStore;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.PageSet;

/// A part of a hypervisor that guards the code of a guest's kernel: that of the kernel's own image,
/// and what the kernel says it is about to execute ([Hypercalls#EXECUTE_PAGES]), as Linux's patches
/// for heki (Microsoft, 2023) have it. Code is judged by files, and not by what the guest says of
/// it, so that a patch that the kernel's own image describes raises no alarm.
public abstract class CodeMonitor implements ExitPart, AutoCloseable {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final VirtualMachine vm;
    private final CodeFiles files;
    private final Alarm.Listener listener;
    private final GuardedCode guarded = new GuardedCode();
    private final PageSet reported = new PageSet();
    private boolean closed;

    /// For monitors.
    ///
    /// @param files that code may be made from
    protected CodeMonitor(VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
        this.vm = vm;
        this.files = files;
        this.listener = listener;
    }

    /// Begins to guard the pages from `gpa` on, which are file number `file`, if they are so: an
    /// alarm says that they are not. Attached from then on.
    ///
    /// @throws UnsupportedOperationException if the machine cannot do what this needs
    public final void start(long gpa, long file) {
        vm.exclusively(() -> {
            try {
                begin();
                boolean _ = admit(-1, gpa, file);
            } catch (RuntimeException e) {
                end();
                throw e;
            }
            vm.attach(this);
        });
    }

    /// Does the periodic work, within [VirtualMachine#exclusively]. Nothing by default.
    public void tick() {}

    /// Prepares what it works with. Nothing by default.
    protected void begin() {}

    /// Guards pages from now on, which are as they should be.
    protected abstract void guard(long gpa, long bytes);

    /// Guards pages no more.
    protected abstract void release(long gpa, long bytes);

    /// Whether guarded pages, which the kernel gives back, can be executed no more. So it says; by
    /// default it is believed.
    protected boolean mayGiveBack(long gpa, long bytes) {
        return true;
    }

    /// Handles any other exit: those of its claims.
    protected Verdict judge(VirtualCpu cpu, VmExit exit) {
        return Verdict.NOT_MINE;
    }

    @Override
    public final Verdict handle(VirtualCpu cpu, VmExit exit) {
        if (exit instanceof VmExit.Hypercall call && call.number() == Hypercalls.EXECUTE_PAGES) {
            boolean granted =
                    call.third() == Hypercalls.NO_FILE
                            ? giveBack(call.first(), call.second())
                            : admit(cpu.index(), call.first(), call.third());
            cpu.answer(granted ? 1 : 0);
            return Verdict.RESUME;
        }
        return judge(cpu, exit);
    }

    /// Guards the pages from `gpa` on if they hold what file number `number` says: from before they
    /// are looked at, so that nobody can change them after.
    private boolean admit(int cpu, long gpa, long number) {
        ExpectedCode code = files.file(number);
        long bytes = code == null ? PAGE : code.pages() * PAGE;
        boolean inside = gpa >= 0 && gpa % PAGE == 0 && gpa <= vm.settings().memoryBytes() - bytes;
        if (code == null || !inside || guarded.set().count(gpa, bytes) != 0) {
            raise(new Alarm(Alarm.Kind.UNKNOWN_CODE, true, cpu, gpa, null));
            return false;
        }
        guarded.add(gpa, code, number);
        guard(gpa, bytes);
        vm.scanned(0, code.pages());
        long wrong = guarded.firstWrong(vm.memory(), gpa, code);
        if (wrong != -1) {
            release(gpa, bytes);
            guarded.remove(gpa, bytes);
            raise(new Alarm(Alarm.Kind.UNKNOWN_CODE, true, cpu, wrong, null));
        }
        return wrong == -1;
    }

    /// Pages of modules can be given back; the kernel's own cannot.
    private boolean giveBack(long gpa, long bytes) {
        boolean range = gpa >= 0 && bytes > 0 && (gpa | bytes) % PAGE == 0;
        if (!range || gpa > vm.settings().memoryBytes() - bytes) {
            return false;
        }
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            if (!guarded.contains(page) || guarded.file(page) == 0) {
                return false;
            }
        }
        if (!mayGiveBack(gpa, bytes)) {
            return false;
        }
        release(gpa, bytes);
        guarded.remove(gpa, bytes);
        reported.remove(gpa, bytes);
        return true;
    }

    /// The virtual machine.
    protected final VirtualMachine vm() {
        return vm;
    }

    /// What is guarded.
    final GuardedCode guarded() {
        return guarded;
    }

    /// Looks whether a guarded page holds what it should, and raises an alarm if it does not and
    /// has not been reported yet. Returns whether it does.
    final boolean check(long page) {
        vm.scanned(1, 1);
        long wrong = guarded.firstWrong(vm.memory(), page);
        if (wrong == -1) {
            reported.remove(page, PAGE);
            return true;
        }
        if (!reported.contains(page)) {
            reported.add(page, PAGE);
            raise(new Alarm(Alarm.Kind.CODE, false, -1, wrong, null));
        }
        return false;
    }

    /// Judges a store to a guarded page before it is made: `allowed` if the file allows it,
    /// otherwise an alarm.
    final Verdict judgeStore(VirtualCpu cpu, VmExit.WriteTrap trap, Verdict allowed) {
        KernelStore store = cpu.kernel().storing();
        if (store != null && guarded.allows(trap.gpa(), store.value())) {
            return allowed;
        }
        raise(new Alarm(Alarm.Kind.CODE, true, cpu.index(), trap.gpa(), store));
        return Verdict.STOP;
    }

    /// Raises an alarm.
    final void raise(Alarm alarm) {
        listener.alarm(alarm);
    }

    /// Ends. May be called twice.
    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            vm.exclusively(() -> {
                vm.detach(this);
                end();
            });
        }
    }

    /// Gives back what [#begin] has taken.
    protected void end() {}
}
