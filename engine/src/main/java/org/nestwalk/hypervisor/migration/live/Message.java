package org.nestwalk.hypervisor.migration.live;

import org.nestwalk.machine.VmSettings;

/// What the two sides of a migration say to each other (`designs/028`). Plain data; how it becomes
/// bytes is the wire's matter.
public sealed interface Message {
    /// The source offers a guest. The first message of a migration.
    ///
    /// @param id of the migration, random, by which it is known after a new connection
    /// @param settings of the virtual machine
    /// @param machine the name of the machine that it comes from
    record Offer(long id, VmSettings settings, String machine) implements Message {}

    /// The target has room for the guest, and waits for its pages.
    record Accepted() implements Message {}

    /// The target does not take it, or throws away what it has. The source goes on.
    ///
    /// @param reason a sentence without its full stop
    record Refused(String reason) implements Message {}

    /// Pages with their contents. The same object carries the next ones: whoever receives it must
    /// have done with it when it returns.
    record Pages(PageBatch batch) implements Message {}

    /// All pages of a round have been sent.
    ///
    /// @param round its number, from 1
    record EndOfRound(int round) implements Message {}

    /// The guest has stopped at the source; this is all of it but for its pages.
    ///
    /// @param state the guest's state without memory, in the wire's encoding of it
    /// @param missing runs of pages that come after the hand-over: address, bytes, address, bytes
    /// @param digest of the checksums of all pages that were sent, and of `state`
    @SuppressWarnings("ArrayRecordComponent") // carried, and never compared
    record State(byte[] state, long[] missing, long digest) implements Message {}

    /// The target has verified everything, and will run the guest when it is told to.
    record Ready() implements Message {}

    /// The source gives the guest away. It never runs it again by itself.
    record Go() implements Message {}

    /// The target runs the guest.
    record Running() implements Message {}

    /// The target asks for missing pages, which come in one batch: because its guest waits for the
    /// first of them, or ahead of that. The source sends nothing that it is not asked for.
    ///
    /// @param gpa of the first
    /// @param pages how many from there on, 1 to [PageBatch#PAGES]; those that are not missing are
    ///   left out
    record Want(long gpa, int pages) implements Message {}

    /// The target has all pages: the source can forget the guest.
    ///
    /// @param faults accesses that had to wait for their page
    /// @param longestWait nanoseconds of the longest
    record Done(long faults, long longestWait) implements Message {}

    /// The source has heard that the target runs the guest, or has all of it, and will not ask
    /// again: the target need not remember the migration any longer.
    record Settled() implements Message {}

    /// The source has changed its mind before it has sent [Go].
    ///
    /// @param reason a sentence without its full stop
    record Cancel(String reason) implements Message {}

    /// The first message of a new connection: the source asks what has become of a migration. The
    /// answer is [Ready], [Running], [Done], or [Unknown].
    record Resume(long id) implements Message {}

    /// The first message of a connection beside the one that the guest was offered on: for nothing
    /// but pages of a migration and the ends of its rounds, one of several; or for the pages that
    /// the guest waits for after the hand-over. The answer is [Accepted] or [Unknown].
    ///
    /// @param channel its number, from 1; or [#URGENT]
    record Join(long id, int channel) implements Message {
        /// The one for the pages that the guest waits for.
        public static final int URGENT = 0;
    }

    /// The target has put away all pages of a round that came over this channel.
    record Taken(int round) implements Message {}

    /// The target does not know that migration, and will never run its guest.
    record Unknown() implements Message {}
}
