package org.nestwalk.lab.migration.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.live.Message;

/// Kinds of frames: one for each message.
enum FrameTag {
    OFFER("OFFR", Role.SOURCE),
    ACCEPTED("ACPT", Role.TARGET),
    REFUSED("RFSD", Role.TARGET),
    PAGES("PAGE", Role.SOURCE),
    END_OF_ROUND("ROUN", Role.SOURCE),
    STATE("STAT", Role.SOURCE),
    READY("REDY", Role.TARGET),
    GO("GOGO", Role.SOURCE),
    RUNNING("RUNS", Role.TARGET),
    WANT("WANT", Role.TARGET),
    DONE("DONE", Role.TARGET),
    SETTLED("SETL", Role.SOURCE),
    CANCEL("CNCL", Role.SOURCE),
    RESUME("RESM", Role.SOURCE),
    UNKNOWN("UNKN", Role.TARGET),
    JOIN("JOIN", Role.SOURCE),
    TAKEN("TAKN", Role.TARGET);

    private static final FrameTag[] ALL = values();

    private final String letters;
    private final int code;
    private final Role from;

    FrameTag(String letters, Role from) {
        this.letters = letters;
        this.from = from;
        byte[] bytes = letters.getBytes(StandardCharsets.US_ASCII);
        this.code = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24;
    }

    /// Its four letters.
    String letters() {
        return letters;
    }

    /// The four letters as a little-endian word.
    int code() {
        return code;
    }

    /// The side that sends it.
    Role from() {
        return from;
    }

    /// The kind with that word; null if there is none.
    static @Nullable FrameTag of(int code) {
        for (FrameTag tag : ALL) {
            if (tag.code == code) {
                return tag;
            }
        }
        return null;
    }

    /// The kind of `message`.
    static FrameTag of(Message message) {
        return switch (message) {
            case Message.Offer _ -> OFFER;
            case Message.Accepted _ -> ACCEPTED;
            case Message.Refused _ -> REFUSED;
            case Message.Pages _ -> PAGES;
            case Message.EndOfRound _ -> END_OF_ROUND;
            case Message.State _ -> STATE;
            case Message.Ready _ -> READY;
            case Message.Go _ -> GO;
            case Message.Running _ -> RUNNING;
            case Message.Want _ -> WANT;
            case Message.Done _ -> DONE;
            case Message.Settled _ -> SETTLED;
            case Message.Cancel _ -> CANCEL;
            case Message.Resume _ -> RESUME;
            case Message.Unknown _ -> UNKNOWN;
            case Message.Join _ -> JOIN;
            case Message.Taken _ -> TAKEN;
        };
    }
}
