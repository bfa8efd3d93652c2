package org.nestwalk.lab.labs.integrity;

import java.util.List;
import java.util.Optional;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.hypervisor.monitor.Alarm;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.hypervisor.monitor.Hybrid;
import org.nestwalk.hypervisor.monitor.PeriodicHashing;
import org.nestwalk.hypervisor.monitor.SubPageProtection;
import org.nestwalk.hypervisor.monitor.TableGuard;
import org.nestwalk.hypervisor.monitor.WriteLogging;
import org.nestwalk.hypervisor.monitor.WriteProtection;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.Verdict;

/// Ways to guard code.
public enum Guard {
    /// Nobody.
    NONE("none"),
    /// [WriteProtection], with emulated stores.
    PROTECTION("write protection"),
    /// [WriteLogging].
    LOG("log of written pages"),
    /// [Hybrid].
    HYBRID("log, then protection"),
    /// [PeriodicHashing].
    HASHING("periodic hashing"),
    /// [SubPageProtection].
    PARTS("protection of parts"),
    /// [TableGuard], with an exit for each flag that a processor sets.
    TABLES("protection with tables"),
    /// [TableGuard], past which processors set flags.
    TABLE_FLAGS("tables, but for flags");

    // Of the hybrid: periods without a write, and writes in one, after which a page is left alone.
    private static final int CALM = 4;
    private static final int MOST = 8;

    private static final List<DirtySource> SOURCES =
            List.of(
                    DirtySource.LOG,
                    DirtySource.HOST_RING,
                    DirtySource.HOST_BITMAP,
                    DirtySource.FLAGS);

    private final String label;

    Guard(String label) {
        this.label = label;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }

    /// Whether it looks now and then, and not at each write.
    boolean isPeriodic() {
        return this == LOG || this == HYBRID || this == HASHING;
    }

    /// Whether a store can be prevented.
    boolean prevents() {
        return this == PROTECTION || this == PARTS || this == TABLES || this == TABLE_FLAGS;
    }

    /// Starts guarding the code of `guest`, if this is anybody.
    Optional<CodeMonitor> start(GuardedGuest guest, Alarm.Listener listener) {
        CodeMonitor monitor =
                switch (this) {
                    case NONE -> null;
                    case PROTECTION ->
                            new WriteProtection(
                                    guest.vm(), guest.files(), listener, Verdict.EMULATE);
                    case PARTS ->
                            new SubPageProtection(
                                    guest.vm(), guest.files(), listener, Verdict.EMULATE);
                    case LOG ->
                            new WriteLogging(guest.vm(), guest.files(), listener, source(guest));
                    case HYBRID ->
                            new Hybrid(
                                    guest.vm(), guest.files(), listener, source(guest), CALM, MOST);
                    case HASHING -> new PeriodicHashing(guest.vm(), guest.files(), listener);
                    case TABLES, TABLE_FLAGS ->
                            new TableGuard(
                                    guest.vm(),
                                    guest.files(),
                                    listener,
                                    Verdict.EMULATE,
                                    KernelImage.TEXT,
                                    this == TABLE_FLAGS);
                };
        if (monitor != null) {
            monitor.start(guest.image().codeStart(), 0);
        }
        return Optional.ofNullable(monitor);
    }

    /// The best log that the machine has.
    static DirtySource source(GuardedGuest guest) {
        return SOURCES.stream()
                .filter(guest.vm().dirtySources()::contains)
                .findFirst()
                .orElse(DirtySource.TRAPS);
    }
}
