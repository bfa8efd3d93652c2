package org.nestwalk.lab.sweep;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nestwalk.InputException;

/// A part of a study, for a process that knows of no other: every `count`-th group of cells.
///
/// @param index from 1
/// @param count of all parts
public record Shard(int index, int count) {
    /// All of it.
    public static final Shard ALL = new Shard(1, 1);

    private static final int MOST = 100_000;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    /// The shard that `text`, such as `2/8`, names.
    ///
    /// @throws InputException if it names none
    public static Shard parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (matcher.matches()) {
            int index = Integer.parseInt(matcher.group(1));
            int count = Integer.parseInt(matcher.group(2));
            if (index >= 1 && index <= count && count <= MOST) {
                return new Shard(index, count);
            }
        }
        throw InputException.of(
                "shard",
                "'%s' is not I/N, such as 2/8, with I from 1 to N and N at most %,d"
                        .formatted(text, MOST));
    }

    /// Whether it is all of the study.
    public boolean isAll() {
        return count == 1;
    }

    /// Whether a group of cells, by its number from 0, is part of it.
    boolean has(int group) {
        return group % count == index - 1;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
