package org.nestwalk.hypervisor.devices;

/// A device has used a translation that was taken from it: what must never happen.
public final class StaleDma extends IllegalStateException {
    private static final long serialVersionUID = 1;

    StaleDma(String message) {
        super(message);
    }
}
