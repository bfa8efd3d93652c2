package org.nestwalk.lab.migration.wire;

import java.nio.ByteBuffer;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.machine.GuestMemory;

/// What a page holds, by what it held before: words that have stayed are counted, words that have
/// changed follow. After the idea of XBZRLE (Svärd, Hudzia, Tordsson and Elmroth, "Evaluation of
/// delta compression techniques for efficient live migration of large virtual machines", VEE 2011);
/// by words of 8 bytes, as guests write them, so that neither side looks at single bytes.
///
/// ```text
/// u16 words that stay | u16 words that follow | the words, 8 bytes each | again, to the last change
/// ```
final class DeltaCode {
    private DeltaCode() {}

    /// Appends what `words` from `offset` on differ in from `before`.
    ///
    /// @param most bytes to write
    /// @return false if that is not enough; `out` is as it was then
    static boolean put(long[] before, long[] words, int offset, ByteBuffer out, int most) {
        int start = out.position();
        int at = 0;
        while (true) {
            int same = at;
            while (same < GuestMemory.PAGE_WORDS && words[offset + same] == before[same]) {
                same++;
            }
            if (same == GuestMemory.PAGE_WORDS) {
                return true;
            }
            int end = same + 1;
            while (end < GuestMemory.PAGE_WORDS && words[offset + end] != before[end]) {
                end++;
            }
            int bytes = 2 * Short.BYTES + (end - same) * Long.BYTES;
            if (out.position() - start + bytes > most) {
                out.position(start);
                return false;
            }
            out.putShort((short) (same - at)).putShort((short) (end - same));
            for (int i = same; i < end; i++) {
                out.putLong(words[offset + i]);
            }
            at = end;
        }
    }

    /// Changes the page in `words` from `offset` on by the next `bytes` of `in`.
    ///
    /// @throws BrokenWireException if they are no such thing
    static void apply(ByteBuffer in, int bytes, long[] words, int offset) {
        int end = in.position() + bytes;
        int at = 0;
        while (in.position() < end) {
            if (end - in.position() < 2 * Short.BYTES) {
                throw wrong();
            }
            at += Short.toUnsignedInt(in.getShort());
            int count = Short.toUnsignedInt(in.getShort());
            if (count == 0
                    || at + count > GuestMemory.PAGE_WORDS
                    || end - in.position() < count * Long.BYTES) {
                throw wrong();
            }
            for (int i = 0; i < count; i++) {
                words[offset + at++] = in.getLong();
            }
        }
    }

    private static BrokenWireException wrong() {
        return new BrokenWireException("a page's differences reach beyond its end");
    }
}
