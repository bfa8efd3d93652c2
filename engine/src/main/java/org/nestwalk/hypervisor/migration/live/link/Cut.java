package org.nestwalk.hypervisor.migration.live.link;

/// Where a connection is cut: in the midst of the message, of either side, with which a number of
/// messages or of bytes is exceeded. That message, and those that are on their way, are lost.
///
/// @param messages that pass, both directions together
/// @param bytes that pass, both directions together
/// @param sourceNotices nanoseconds until the side that has connected finds out
/// @param targetNotices nanoseconds until the other side does
/// @param down nanoseconds in which there can be no other connection
public record Cut(long messages, long bytes, long sourceNotices, long targetNotices, long down) {
    /// Never.
    public static final Cut NEVER = new Cut(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0, 0);

    /// In the midst of the message that comes after so many, noticed at once.
    public static Cut afterMessages(long messages) {
        return new Cut(messages, Long.MAX_VALUE, 0, 0, 0);
    }

    /// In the midst of the message that the byte after so many belongs to, noticed at once.
    public static Cut afterBytes(long bytes) {
        return new Cut(Long.MAX_VALUE, bytes, 0, 0, 0);
    }
}
