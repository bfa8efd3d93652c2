package org.nestwalk.lab.explain;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Intrinsics;
import org.nestwalk.bits.EptEntry;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PagingEntry;
import org.nestwalk.lab.setup.ProcessorState;
import org.nestwalk.paging.PagingFeatures;

/// A change of one paging-structure entry before a walk: `PLACE.FIELD=VALUE` gives a field a value,
/// `PLACE.RSVD=1` sets a bit that is reserved in this entry, `PLACE=VALUE` replaces all of it.
///
/// @param text as the user wrote it
/// @param place which entry
/// @param mask the bits that change; 0 if it is a reserved bit, which depends on the entry
/// @param bits what they become
/// @param ept whether the entry has EPT's format
public record EntryChange(String text, EntryPlace place, long mask, long bits, boolean ept) {
    private static final Pattern SYNTAX = Pattern.compile("([^=]+?)(?:\\.([A-Za-z]+\\d*))?=(.+)");
    private static final String FORM =
            "write PLACE.FIELD=VALUE, such as guest.2.P=0, second.data.1.W=0, second.guest3.1.R=0"
                + " or guest.1=0x5067; places are guest.LEVEL, second.LEVEL (on the way to the data"
                + " page) and second.guestLEVEL.LEVEL (on the way to a guest table)";
    private static final long ALL = -1;
    private static final long NONE = 0;

    /// The change that `text` describes, of a walk in `mode`.
    ///
    /// @throws InputException if it describes none that is possible there
    public static EntryChange parse(String text, WalkMode mode) {
        Matcher matcher = SYNTAX.matcher(text.strip());
        EntryPlace place = matcher.matches() ? EntryPlace.parse(matcher.group(1)) : null;
        if (place == null) {
            throw new InputException("'%s' is not a change of an entry; %s".formatted(text, FORM));
        }
        if (!place.isGuest() && !mode.hasSecondLevelTree()) {
            throw new InputException(
                    "%s: mode %s has no second-level tree; use it with ept or npt"
                            .formatted(text, mode.label()));
        }
        boolean ept = !place.isGuest() && mode == WalkMode.EPT;
        String field = matcher.group(2);
        String value = matcher.group(3);
        if (field == null) {
            return new EntryChange(text, place, ALL, number(text, value, ALL), ept);
        }
        if (field.equalsIgnoreCase("RSVD")) {
            if (!value.equals("1")) {
                throw new InputException(text + ": a reserved bit can only be set, by RSVD=1");
            }
            return new EntryChange(text, place, NONE, NONE, ept);
        }
        Long mask = EntryFields.mask(field, ept);
        if (mask == null) {
            throw new InputException(
                    "%s: an entry of %s has no field '%s'; its fields are %s"
                            .formatted(
                                    text,
                                    ept ? "EPT" : "x86 paging",
                                    field,
                                    EntryFields.names(ept)));
        }
        return new EntryChange(text, place, mask, bits(text, field, value, mask), ept);
    }

    private static long bits(String text, String field, String value, long mask) {
        if (field.equalsIgnoreCase("ADDR")) {
            long address = number(text, value, ALL);
            if ((address & ~mask) != 0) {
                throw new InputException(
                        "%s: an address in an entry is a multiple of 0x1000 below 2^52"
                                .formatted(text));
            }
            return address;
        }
        int shift = Long.numberOfTrailingZeros(mask);
        Integer type = field.equalsIgnoreCase("MT") ? memoryType(value) : null;
        return (type == null ? number(text, value, mask >>> shift) : type) << shift;
    }

    private static @Nullable Integer memoryType(String name) {
        for (int type = 0; type < 7; type++) {
            if (MemoryType.name(type).equals(name.toUpperCase(Locale.ROOT))) {
                return type;
            }
        }
        return null;
    }

    private static long number(String text, String value, long largest) {
        boolean hex = value.startsWith("0x") || value.startsWith("0X");
        long number;
        try {
            number =
                    hex
                            ? Intrinsics.parseUnsigned(value.substring(2), 16)
                            : Intrinsics.parseUnsigned(value, 10);
        } catch (NumberFormatException e) {
            throw new InputException(
                    "%s: '%s' is not a number; write it in decimal, or in hexadecimal with 0x"
                            .formatted(text, value),
                    e);
        }
        if (Long.compareUnsigned(number, largest) > 0) {
            throw new InputException("%s: %s is not from 0 to %d".formatted(text, value, largest));
        }
        return number;
    }

    /// `old` with the change.
    ///
    /// @throws InputException if a reserved bit is asked for and the entry has none
    long apply(long old, PagingFeatures features, boolean noExecute) {
        if (mask != NONE) {
            return old & ~mask | bits;
        }
        long reserved = reservedBits(old, place, ept, features, noExecute);
        if (reserved == 0) {
            throw new InputException(
                    ("%s: this entry has no reserved bit with %d physical-address bits%s; with"
                                    + " maxpa=51 it has")
                            .formatted(
                                    text,
                                    features.physicalBits(),
                                    ept || !noExecute ? "" : " and EFER.NXE = 1"));
        }
        return old | Long.lowestOneBit(reserved);
    }

    /// The bits that are reserved in `entry` of a walk that `question` asked for.
    public static long reservedBits(TableEntry entry, WalkQuestion question) {
        ProcessorState state = question.state();
        boolean guest = entry.isGuest();
        return reservedBits(
                entry.value(),
                entry.place(),
                !guest && question.mode() == WalkMode.EPT,
                state.features(question.mode() == WalkMode.NPT),
                state.noExecute(guest));
    }

    private static long reservedBits(
            long value, EntryPlace place, boolean ept, PagingFeatures features, boolean noExecute) {
        boolean leaf = PagingEntry.isLeaf(value, place.level());
        return ept
                ? EptEntry.reservedBits(
                        place.level(), leaf, features.physicalBits(), features.secondOneGiB())
                : PagingEntry.reservedBits(
                        place.level(),
                        leaf,
                        features.physicalBits(),
                        noExecute,
                        place.isGuest() ? features.guestOneGiB() : features.secondOneGiB(),
                        features.amd());
    }
}
