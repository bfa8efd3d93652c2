package org.nestwalk.lab.setup;

import java.util.List;
import org.nestwalk.bits.PageSize;

/// A way of translating that setups are made of by naming page sizes: `nested` of `nested:2M/4K`.
///
/// Schemes of others are found by [java.util.ServiceLoader]: a class with a public constructor
/// without parameters, named in `META-INF/services/org.nestwalk.lab.setup.SetupScheme` of a jar on
/// the class path, is used by every command and lab as those of this library are.
public interface SetupScheme {
    /// What is before the colon: lower-case letters, digits and hyphens, and no other scheme's.
    String name();

    /// How many page sizes follow the colon: 1, or 2 (the guest's and the host's).
    int sizes();

    /// One line about it.
    String description();

    /// A setup, for one run.
    ///
    /// @param sizes as many as [#sizes] says
    /// @param context what all setups of a comparison share
    /// @throws org.nestwalk.InputException if it cannot be had on that machine
    Setup make(List<PageSize> sizes, SetupContext context);

    /// Which sizes pages can have: all, or 4 KiB alone.
    default List<PageSize> pages() {
        return List.of(PageSize.values());
    }

    /// How a setup is written.
    default String syntax() {
        if (pages().size() == 1) {
            return name() + ":" + pages().getFirst().label();
        }
        return name() + (sizes() == 1 ? ":SIZE" : ":GUEST/HOST");
    }
}
