package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmSettings;

/// Messages as payloads of frames, and back; pages are [PageEncoder]'s matter.
final class MessageCode {
    /// Bytes of a state's payload before the state.
    static final int STATE_HEAD = 16;

    /// The longest text, in bytes.
    static final int TEXT_BYTES = 1_000;

    // In the order of their numbers on the wire.
    private static final List<TranslationMode> MODES =
            List.of(TranslationMode.NESTED, TranslationMode.SHADOW, TranslationMode.NATIVE);
    private static final List<Protection> PROTECTIONS =
            List.of(Protection.NONE, Protection.ENCRYPTED, Protection.OWNED);

    private MessageCode() {}

    /// The most bytes that [#put] writes of `message`.
    static int most(Message message) {
        return message instanceof Message.State state
                ? STATE_HEAD + state.state().length + state.missing().length * Long.BYTES
                : 2 * (TEXT_BYTES + Short.BYTES) + STATE_HEAD + 8;
    }

    /// Appends the payload of `message`, which is none of pages, to `out`.
    static void put(Message message, ByteBuffer out) {
        switch (message) {
            case Message.Offer offer -> {
                VmSettings settings = offer.settings();
                out.putLong(offer.id()).putLong(settings.memoryBytes());
                out.putShort((short) settings.cpus());
                out.put((byte) MODES.indexOf(settings.mode()));
                out.put((byte) PROTECTIONS.indexOf(settings.protection()));
                putText(settings.name(), out);
                putText(offer.machine(), out);
            }
            case Message.Refused refused -> putText(refused.reason(), out);
            case Message.Cancel cancel -> putText(cancel.reason(), out);
            case Message.EndOfRound end -> out.putInt(end.round());
            case Message.State state -> {
                long[] missing = state.missing();
                out.putInt(state.state().length).putInt(missing.length / 2);
                out.putLong(state.digest()).put(state.state());
                for (long word : missing) {
                    out.putLong(word);
                }
            }
            case Message.Want want -> out.putLong(want.gpa()).putInt(want.pages());
            case Message.Resume resume -> out.putLong(resume.id());
            case Message.Join join -> out.putLong(join.id()).putInt(join.channel());
            case Message.Taken taken -> out.putInt(taken.round());
            case Message.Done done -> out.putLong(done.faults()).putLong(done.longestWait());
            case Message.Pages _ -> throw new IllegalArgumentException("pages");
            case Message.Accepted _,
                    Message.Ready _,
                    Message.Go _,
                    Message.Running _,
                    Message.Settled _,
                    Message.Unknown _ -> {
                // The tag says it all.
            }
        }
    }

    /// The message of kind `tag` whose payload is all of `in`.
    ///
    /// @throws BrokenWireException if it is none
    static Message get(FrameTag tag, ByteBuffer in, WireLimits limits) {
        int least =
                switch (tag) {
                    case OFFER -> 24;
                    case STATE -> STATE_HEAD;
                    case WANT, JOIN -> Long.BYTES + Integer.BYTES;
                    case DONE -> 2 * Long.BYTES;
                    case RESUME -> Long.BYTES;
                    case END_OF_ROUND, TAKEN -> Integer.BYTES;
                    case REFUSED, CANCEL -> Short.BYTES;
                    default -> 0;
                };
        if (in.remaining() < least) {
            throw wrong(tag, "is shorter than such a message is");
        }
        Message message =
                switch (tag) {
                    case OFFER -> offer(in);
                    case ACCEPTED -> new Message.Accepted();
                    case REFUSED -> new Message.Refused(reason(tag, in));
                    case END_OF_ROUND -> new Message.EndOfRound(round(tag, in));
                    case STATE -> state(in, limits);
                    case READY -> new Message.Ready();
                    case GO -> new Message.Go();
                    case RUNNING -> new Message.Running();
                    case WANT -> want(in, limits);
                    case DONE -> done(in);
                    case SETTLED -> new Message.Settled();
                    case CANCEL -> new Message.Cancel(reason(tag, in));
                    case RESUME -> new Message.Resume(in.getLong());
                    case UNKNOWN -> new Message.Unknown();
                    case JOIN -> join(in);
                    case TAKEN -> new Message.Taken(round(tag, in));
                    case PAGES -> throw new IllegalArgumentException("pages");
                };
        if (in.hasRemaining()) {
            throw wrong(tag, "is longer than such a message is");
        }
        return message;
    }

    private static Message offer(ByteBuffer in) {
        long id = in.getLong();
        long memory = in.getLong();
        int cpus = Short.toUnsignedInt(in.getShort());
        int mode = Byte.toUnsignedInt(in.get());
        int protection = Byte.toUnsignedInt(in.get());
        String name = text(FrameTag.OFFER, in);
        String machine = text(FrameTag.OFFER, in);
        if (mode >= MODES.size() || protection >= PROTECTIONS.size()) {
            throw wrong(FrameTag.OFFER, "has a kind of virtual machine that is not known here");
        }
        try {
            return new Message.Offer(
                    id,
                    new VmSettings(
                            name, memory, cpus, MODES.get(mode), PROTECTIONS.get(protection)),
                    machine);
        } catch (InputException e) {
            throw new BrokenWireException(
                    "the other side offers an impossible virtual machine: " + e.getMessage(), e);
        }
    }

    private static Message join(ByteBuffer in) {
        long id = in.getLong();
        int channel = in.getInt();
        if (channel < Message.Join.URGENT || channel > Greeting.MOST_CHANNELS) {
            throw wrong(
                    FrameTag.JOIN,
                    "is of channel %d; it can be 0 to %d"
                            .formatted(channel, Greeting.MOST_CHANNELS));
        }
        return new Message.Join(id, channel);
    }

    private static int round(FrameTag tag, ByteBuffer in) {
        int round = in.getInt();
        if (round < 1) {
            throw wrong(tag, "ends round %d; they begin at 1".formatted(round));
        }
        return round;
    }

    private static Message done(ByteBuffer in) {
        long faults = in.getLong();
        long wait = in.getLong();
        if (faults < 0 || wait < 0) {
            throw wrong(FrameTag.DONE, "says that there was less than nothing");
        }
        return new Message.Done(faults, wait);
    }

    private static Message want(ByteBuffer in, WireLimits limits) {
        long gpa = in.getLong();
        int pages = in.getInt();
        if (pages < 1
                || pages > PageBatch.PAGES
                || gpa < 0
                || gpa % WireFormat.PAGE != 0
                || gpa > limits.memoryBytes() - (long) pages * WireFormat.PAGE) {
            throw wrong(
                    FrameTag.WANT,
                    "asks for %d pages at 0x%x; it can be 1 to %d that are in memory"
                            .formatted(pages, gpa, PageBatch.PAGES));
        }
        return new Message.Want(gpa, pages);
    }

    private static Message state(ByteBuffer in, WireLimits limits) {
        int bytes = in.getInt();
        int runs = in.getInt();
        long digest = in.getLong();
        if (bytes < 0 || bytes > limits.stateBytes()) {
            throw wrong(
                    FrameTag.STATE,
                    "has %,d bytes of state; here are at most %,d taken"
                            .formatted(Integer.toUnsignedLong(bytes), limits.stateBytes()));
        }
        if (runs < 0 || runs > limits.missingRuns()) {
            throw wrong(
                    FrameTag.STATE,
                    "has %,d runs of missing pages; here are at most %,d taken"
                            .formatted(Integer.toUnsignedLong(runs), limits.missingRuns()));
        }
        if (in.remaining() != bytes + (long) runs * 2 * Long.BYTES) {
            throw wrong(FrameTag.STATE, "is not as long as it says");
        }
        byte[] state = new byte[bytes];
        in.get(state);
        long[] missing = new long[2 * runs];
        long next = 0;
        for (int i = 0; i < missing.length; i += 2) {
            long gpa = in.getLong();
            long span = in.getLong();
            if (gpa < next
                    || span <= 0
                    || (gpa | span) % WireFormat.PAGE != 0
                    || gpa > limits.memoryBytes() - span) {
                throw wrong(
                        FrameTag.STATE,
                        "misses 0x%x bytes at 0x%x, which are no pages, out of order or outside memory"
                                .formatted(span, gpa));
            }
            missing[i] = gpa;
            missing[i + 1] = span;
            next = gpa + span;
        }
        return new Message.State(state, missing, digest);
    }

    private static void putText(String text, ByteBuffer out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, TEXT_BYTES);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xc0) == 0x80) {
            // Not in the middle of a character.
            length--;
        }
        out.putShort((short) length).put(bytes, 0, length);
    }

    /// A text that stands within a sentence of this side, and so does not end one.
    private static String reason(FrameTag tag, ByteBuffer in) {
        String said = text(tag, in).strip();
        int end = said.length();
        while (end > 0 && said.charAt(end - 1) == '.') {
            end--;
        }
        return said.substring(0, end);
    }

    /// A text, without what a terminal would obey.
    private static String text(FrameTag tag, ByteBuffer in) {
        int length = in.remaining() < Short.BYTES ? -1 : Short.toUnsignedInt(in.getShort());
        if (length < 0 || length > TEXT_BYTES || length > in.remaining()) {
            throw wrong(tag, "has a text of an impossible length");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        try {
            CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            char[] shown = new char[chars.remaining()];
            chars.get(shown);
            for (int i = 0; i < shown.length; i++) {
                shown[i] = Character.isISOControl(shown[i]) ? '?' : shown[i];
            }
            return new String(shown);
        } catch (CharacterCodingException e) {
            throw new BrokenWireException(
                    "the other side's message %s has a text that is not in UTF-8"
                            .formatted(tag.letters()),
                    e);
        }
    }

    private static BrokenWireException wrong(FrameTag tag, String what) {
        return new BrokenWireException(
                "the other side's message %s %s".formatted(tag.letters(), what));
    }
}
