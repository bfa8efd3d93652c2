package org.nestwalk.traces;

import org.nestwalk.bits.Access;

/// How people read an access: as a line of lackey, with the thread.
public final class TraceText {
    private TraceText() {}

    /// One of `LOAD`, `STORE`, `FETCH` and `MODIFY`.
    public static String kindName(int kind) {
        return switch (kind) {
            case Access.LOAD -> "LOAD";
            case Access.STORE -> "STORE";
            case Access.FETCH -> "FETCH";
            default -> "MODIFY";
        };
    }

    /// The line that lackey would write, without its line feed.
    public static String lackeyLine(long address, int info) {
        String kind =
                switch (AccessInfo.kind(info)) {
                    case Access.LOAD -> " L ";
                    case Access.STORE -> " S ";
                    case Access.FETCH -> "I  ";
                    default -> " M ";
                };
        String hex = Long.toHexString(address);
        return kind + "0".repeat(Math.max(0, 8 - hex.length())) + hex + "," + AccessInfo.size(info);
    }
}
