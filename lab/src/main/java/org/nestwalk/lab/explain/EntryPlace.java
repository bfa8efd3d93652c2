package org.nestwalk.lab.explain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nestwalk.paging.WalkVisitor;

/// The place of an entry in a walk, by which users name it.
///
/// | written | the entry |
/// |---|---|
/// | `guest.L` | of the guest's (or the only) table at level L, 5 to 1 |
/// | `second.L`, `second.data.L` | of the second level at level L, on the way to the data page |
/// | `second.guestG.L` | the same on the way to the guest's table of level G |
///
/// @param dimension [WalkVisitor#GUEST] or [WalkVisitor#SECOND]
/// @param forLevel of a second-level entry: level of the guest table whose address it translates,
///   or 0 for the data page; of a guest entry: its own level
/// @param level level of the table that the entry is in, 5 to 1
public record EntryPlace(int dimension, int forLevel, int level) {
    private static final Pattern GUEST = Pattern.compile("guest\\.([1-5])");
    private static final Pattern SECOND =
            Pattern.compile("second\\.(?:(?:data|guest([1-5]))\\.)?([1-5])");

    /// The place that `text` names, or null if it names none.
    static @Nullable EntryPlace parse(String text) {
        Matcher guest = GUEST.matcher(text);
        if (guest.matches()) {
            int level = Integer.parseInt(guest.group(1));
            return new EntryPlace(WalkVisitor.GUEST, level, level);
        }
        Matcher second = SECOND.matcher(text);
        if (!second.matches()) {
            return null;
        }
        String target = second.group(1);
        return new EntryPlace(
                WalkVisitor.SECOND,
                target == null ? 0 : Integer.parseInt(target),
                Integer.parseInt(second.group(2)));
    }

    /// Whether it is one of the guest's (or the only) table.
    public boolean isGuest() {
        return dimension == WalkVisitor.GUEST;
    }

    /// Whether `entry` is at this place.
    boolean isOf(TableEntry entry) {
        return entry.dimension() == dimension
                && entry.forLevel() == forLevel
                && entry.level() == level;
    }

    /// How users write it.
    public String text() {
        if (isGuest()) {
            return "guest." + level;
        }
        return "second." + (forLevel == 0 ? "data" : "guest" + forLevel) + "." + level;
    }
}
