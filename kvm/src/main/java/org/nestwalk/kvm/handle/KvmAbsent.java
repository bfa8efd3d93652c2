package org.nestwalk.kvm.handle;

import org.nestwalk.InputException;
import org.nestwalk.kvm.sys.Errno;

/// There is no KVM to be had on this host.
public final class KvmAbsent extends InputException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String fact;

    /// Why not.
    public enum Reason {
        /// There is no such device, or no module behind it.
        NO_DEVICE,
        /// This user may not open it.
        NO_PERMISSION,
        /// This process, or the host, has too many files open.
        TOO_MANY_FILES,
        /// It is something else.
        NOT_KVM,
        /// Another error of the kernel's.
        OTHER
    }

    private KvmAbsent(Reason reason, String fact, String remedy) {
        super(fact + "; " + remedy);
        this.reason = reason;
        this.fact = fact;
    }

    /// For a device that could not be opened.
    ///
    /// @param message of the kernel's
    static KvmAbsent of(String device, int errno, String message) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENODEV ->
                    new KvmAbsent(
                            Reason.NO_DEVICE,
                            "this host has no " + device,
                            "load the module kvm_intel or kvm_amd, or use the simulated machine");
            case Errno.EACCES, Errno.EPERM ->
                    new KvmAbsent(
                            Reason.NO_PERMISSION,
                            "no permission to open " + device,
                            "become a member of its group, or use the simulated machine");
            case Errno.EMFILE, Errno.ENFILE ->
                    new KvmAbsent(
                            Reason.TOO_MANY_FILES,
                            "too many files are open to open " + device,
                            "raise the limit with ulimit -n");
            default ->
                    new KvmAbsent(
                            Reason.OTHER,
                            "cannot open %s (%s)".formatted(device, message),
                            "use the simulated machine");
        };
    }

    /// For a device that is something else.
    static KvmAbsent notKvm(String device, int version) {
        return new KvmAbsent(
                Reason.NOT_KVM,
                "%s does not speak KVM's API of version %d".formatted(device, version),
                "is it KVM?");
    }

    /// Why not.
    public Reason reason() {
        return reason;
    }

    /// What is wrong, without what to do about it.
    public String fact() {
        return fact;
    }
}
