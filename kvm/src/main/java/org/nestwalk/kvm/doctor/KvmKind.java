package org.nestwalk.kvm.doctor;

import java.nio.file.Files;

/// How a host's KVM translates for its guests.
public enum KvmKind {
    /// By Intel's extended page tables.
    EPT("hardware: EPT (kvm_intel)"),
    /// By AMD's nested page tables.
    NPT("hardware: NPT (kvm_amd)"),
    /// By shadow page tables although the processor could run guests.
    SHADOW("shadow paging"),
    /// By shadow page tables, without hardware for guests: under another hypervisor that lends
    /// none.
    PVM("shadow paging (kvm_pvm, no hardware for guests)"),
    /// No module is loaded that says.
    UNKNOWN("of a kind that no module tells");

    private final String text;

    KvmKind(String text) {
        this.text = text;
    }

    /// In words.
    public String text() {
        return text;
    }

    /// Whether guests are translated by shadow page tables: in one dimension, as far as this host's
    /// processor is concerned.
    public boolean isShadow() {
        return this == SHADOW || this == PVM;
    }

    /// Which kind a host has, by its modules and their parameters.
    public static KvmKind of(Host host) {
        if (hasModule(host, "kvm_pvm")) {
            return PVM;
        }
        if (hasModule(host, "kvm_intel")) {
            return isOn(host, "module/kvm_intel/parameters/ept") ? EPT : SHADOW;
        }
        if (hasModule(host, "kvm_amd")) {
            return isOn(host, "module/kvm_amd/parameters/npt") ? NPT : SHADOW;
        }
        return UNKNOWN;
    }

    private static boolean hasModule(Host host, String name) {
        return Files.isDirectory(host.sys().resolve("module").resolve(name));
    }

    private static boolean isOn(Host host, String parameter) {
        String value = host.sysLine(parameter);
        return value.equals("Y") || value.equals("1");
    }
}
