package org.nestwalk.kvm.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nestwalk.kvm.handle.Extension;
import org.nestwalk.kvm.handle.Kvm;
import org.nestwalk.kvm.handle.KvmAbsent;

/// KVM, its kind, and each of its capabilities.
final class KvmFindings {
    private static final String PURPOSE = "virtual machines on real hardware";

    private KvmFindings() {}

    static List<Finding> of(Host host) {
        List<Finding> findings = new ArrayList<>();
        try (Kvm kvm = Kvm.open(host.device().toString())) {
            findings.add(Finding.present("KVM", kind(host), PURPOSE));
            for (Extension extension : Extension.values()) {
                int value = kvm.extension(extension);
                findings.add(
                        value > 0
                                ? Finding.present(
                                        name(extension), value(extension, value), use(extension))
                                : Finding.absent(
                                        name(extension),
                                        "this KVM lacks it",
                                        use(extension),
                                        "a newer kernel may have it, or hardware for guests"));
            }
        } catch (KvmAbsent e) {
            findings.add(Finding.absent("KVM", e.fact(), PURPOSE, remedy(host, e.reason())));
            for (Extension extension : Extension.values()) {
                findings.add(
                        Finding.absent(
                                name(extension), "no KVM to ask", use(extension), "see KVM"));
            }
        }
        return findings;
    }

    private static String kind(Host host) {
        String under = host.isGuest() ? ", this host itself under another hypervisor" : "";
        String twoDimensional =
                host.sysLine("module/kvm/parameters/tdp_mmu").equals("N") ? ", tdp_mmu off" : "";
        return KvmKind.of(host).text() + twoDimensional + under;
    }

    private static String remedy(Host host, KvmAbsent.Reason reason) {
        return switch (reason) {
            case NO_PERMISSION -> "become a member of the group of " + host.device();
            case TOO_MANY_FILES -> "raise the limit with ulimit -n";
            case NO_DEVICE, NOT_KVM, OTHER -> hardware(host);
        };
    }

    private static String hardware(Host host) {
        if (host.hasFlag("vmx")) {
            return "load the module kvm_intel";
        }
        if (host.hasFlag("svm")) {
            return "load the module kvm_amd";
        }
        return host.isGuest()
                ? "ask whoever runs this virtual machine for nested virtualisation"
                : "turn virtualisation on in the firmware";
    }

    private static String name(Extension extension) {
        return "KVM: " + extension.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String value(Extension extension, int value) {
        return switch (extension) {
            case MEMORY_SLOTS, MOST_CPUS -> "%d".formatted(value);
            case DIRTY_RING, DIRTY_RING_ORDERED, LARGE_XSAVE -> "%d bytes".formatted(value);
            default -> value == 1 ? "" : "0x%x".formatted(value);
        };
    }

    /// What it is used for.
    private static String use(Extension extension) {
        return switch (extension) {
            case MEMORY_SLOTS, USER_MEMORY -> "guest memory";
            case MOST_CPUS -> "virtual CPUs";
            case SYNC_REGISTERS -> "exits without further calls";
            case IMMEDIATE_EXIT -> "stopping a virtual CPU from outside";
            case CPUID -> "processor features of guests";
            case READ_ONLY_SLOTS -> "write traps";
            case MANUAL_DIRTY_PROTECT, DIRTY_RING, DIRTY_RING_ORDERED -> "dirty pages";
            case BINARY_STATISTICS -> "counters of virtual machines";
            case QUIRKS -> "write traps without losing all translations";
            case TSC_FREQUENCY -> "times of guests";
            case CLOCK, EVENTS, XSAVE, XCRS, LARGE_XSAVE -> "saving and restoring state";
            case MEMORY_FAULT_INFORMATION -> "addresses of failed accesses";
            case PRE_FAULT_MEMORY -> "backing memory before it is touched";
            default -> "nothing yet";
        };
    }
}
