package org.nestwalk.hypervisor.monitor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.memory.PageSet;

/// Looks at code after it was written: at each guarded page that the machine says is written, every
/// period and whenever a log was full. It prevents nothing, sees no instruction and no value on the
/// way, and a page that is written again before the period ends is in no log.
public class WriteLogging extends CodeMonitor {
    private final DirtySource source;
    private final PageSet found = new PageSet();
    private final PageSet looked = new PageSet();
    private @Nullable DirtyPages written;

    /// @param source of written pages
    public WriteLogging(
            VirtualMachine vm, CodeFiles files, Alarm.Listener listener, DirtySource source) {
        super(vm, files, listener);
        this.source = source;
    }

    @Override
    protected void begin() {
        written = vm().trackDirty(source);
    }

    @Override
    protected void guard(long gpa, long bytes) {}

    @Override
    protected void release(long gpa, long bytes) {
        looked.remove(gpa, bytes);
    }

    private DirtyPages written() {
        return Objects.requireNonNull(written, "it has not been started");
    }

    /// Looks at all that was written since the last time, of which the machine forgets that it was.
    @Override
    public void tick() {
        found.clear();
        written().collect(found);
        looked.clear();
        look();
        looked.clear();
    }

    @Override
    public void logEmptied(VirtualCpu cpu) {
        found.clear();
        written().peek(found);
        look();
    }

    /// Looks at what was found and has not been looked at since the machine forgot.
    private void look() {
        guarded()
                .set()
                .forEach(page -> {
                    if (found.contains(page) && !looked.contains(page)) {
                        looked.add(page, PageSize.SIZE_4K.bytes());
                        wasWritten(page, check(page));
                    }
                });
    }

    /// A guarded page was written.
    ///
    /// @param right whether it holds what it should
    protected void wasWritten(long page, boolean right) {}

    @Override
    protected void end() {
        if (written != null) {
            written.close();
        }
    }
}
