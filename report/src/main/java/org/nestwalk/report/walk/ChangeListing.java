package org.nestwalk.report.walk;

import org.nestwalk.lab.explain.ChangedEntry;
import org.nestwalk.lab.explain.WalkMode;

/// An entry that was changed before a walk; the components are the fields of its JSON form.
///
/// @param change what was asked for
/// @param name the entry, such as `guest PDE`
/// @param hpa its host-physical address, hexadecimal
/// @param before its value before, hexadecimal
/// @param entry its value now, hexadecimal
/// @param grants its flags now
public record ChangeListing(
        String change, String name, String hpa, String before, String entry, String grants) {
    static ChangeListing of(ChangedEntry changed, WalkMode mode) {
        return new ChangeListing(
                changed.change(),
                EntryNames.of(changed.entry(), mode),
                Hex.of(changed.entry().hpa()),
                Hex.of(changed.before()),
                Hex.of(changed.entry().value()),
                EntryGrants.of(changed.entry(), mode));
    }
}
