package org.nestwalk.lab.calibrate;

import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.doctor.KvmKind;
import org.nestwalk.kvm.measure.Loads.Place;

/// How addresses are translated on a host: what it has to be simulated by.
///
/// @param kind of its KVM
/// @param splintered whether a hypervisor below backs all of the host's memory by small pages, so
///   that walks of the host have a second dimension of such
public record HostPaging(KvmKind kind, boolean splintered) {
    /// The setup of programs, as [org.nestwalk.lab.setup.Setups#parse] takes it.
    ///
    /// @param pages their size; in a guest in both dimensions
    public String setup(Place place, PageSize pages) {
        String size = pages.label();
        if (splintered) {
            // Of a guest's two dimensions, too, the processor sees one with the one below: shadow
            // paging makes one of them, or the hypervisor below does.
            return "nested:" + size + "/" + PageSize.SIZE_4K.label();
        }
        if (place == Place.NATIVE) {
            return "native:" + size;
        }
        return kind.isShadow() ? "shadow:" + size : "nested:" + size + "/" + size;
    }
}
