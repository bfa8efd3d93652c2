package org.nestwalk.lab.labs.validate;

import org.nestwalk.bits.PageSize;
import org.nestwalk.kvm.measure.Loads.Place;

/// A program of some size over pages of one size, somewhere.
///
/// @param place natively, or in a guest
/// @param program as users write it, without its footprint
/// @param bytes of its data
/// @param pages their size; in a guest in both dimensions
record Case(Place place, String program, long bytes, PageSize pages) {
    /// The program's text with its footprint.
    String spec() {
        return program + (program.contains(":") ? "," : ":") + "footprint=" + bytes;
    }

    /// The same over other pages.
    Case with(PageSize other) {
        return new Case(place, program, bytes, other);
    }

    /// The same with so much data.
    Case with(long other) {
        return new Case(place, program, other, pages);
    }

    /// The same elsewhere.
    Case with(Place other) {
        return new Case(other, program, bytes, pages);
    }
}
