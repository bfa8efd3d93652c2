package org.nestwalk.hypervisor.migration.live;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nestwalk.hypervisor.migration.GroundFailure;
import org.nestwalk.hypervisor.migration.Migration;
import org.nestwalk.hypervisor.migration.MigrationGround.Pulled;
import org.nestwalk.hypervisor.migration.MigrationOutcome;
import org.nestwalk.hypervisor.migration.MigrationPolicy;
import org.nestwalk.hypervisor.migration.MigrationProgress;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.memory.PageSet;

/// The side that a guest leaves: offers it, sends its memory as a policy says, hands it over, and
/// answers what the target asks for afterwards. Used by one thread.
///
/// The guest is this side's until it sends [Message.Go], and never again by itself
/// ([SourceState#isOwner]).
public class SourceSide {
    // Requests that are heard before any is served: a target has fewer on their way.
    private static final int MOST_WANTS = 64;

    private final GuestDrive drive;
    private final DirtySource tracking;
    private final LongSupplier clock;
    private final Message.Offer offer;
    private final Patience patience;
    private final SourceWire wire;
    private final PageSums sums;
    private final PageBatch batch = new PageBatch();
    private final LeftPages left;
    private final List<Message.Want> wants = new ArrayList<>();
    private volatile SourceState state = SourceState.OFFERING;
    private int round;
    private Message.Done done = new Message.Done(0, 0);
    private @Nullable UrgentPages urgent;

    /// Sends nothing yet.
    ///
    /// @param drive of the guest, which has been started
    /// @param tracking by which written pages are found
    /// @param connector to the target
    /// @param clock nanoseconds, those of `drive`
    /// @param id of the migration, random
    /// @param machine the name of the machine that the guest comes from
    public SourceSide(
            GuestDrive drive,
            DirtySource tracking,
            Connector connector,
            LongSupplier clock,
            Patience patience,
            long id,
            String machine) {
        this.drive = drive;
        this.left = new LeftPages(drive.vm());
        this.tracking = tracking;
        this.clock = clock;
        this.patience = patience;
        this.wire = new SourceWire(connector, clock, patience);
        this.offer = new Message.Offer(id, drive.vm().settings(), machine);
        this.sums = new PageSums(drive.vm().settings());
    }

    /// Where it is. May be asked by other threads, for whom it is a moment old.
    public SourceState state() {
        return state;
    }

    /// Migrates. If the guest stays it runs on when this returns; otherwise it stands still, and
    /// must not be started. Called once.
    ///
    /// @param observer is told of each step, and ends the migration by returning false
    /// @return what came of it; failed with [SourceState#IN_DOUBT] or [SourceState#SERVING] if the
    ///   target could not be reached when it had to be: see [#again] and [#takeBack]
    /// @throws org.nestwalk.InputException if the guest cannot go on, or cannot be told; then it
    ///   has not been given away
    /// @throws org.nestwalk.machine.GuestFailure likewise
    public MigrationOutcome run(MigrationPolicy policy, Predicate<MigrationProgress> observer) {
        VmGround ground = newGround(drive, tracking, clock, sums, new Exchange());
        try {
            MigrationOutcome outcome = new Migration(ground, policy, observer).run();
            if (state == SourceState.KEPT) {
                drive.start();
            } else if (state.isOwner()) {
                keep(String.valueOf(outcome.failure()));
            }
            return outcome;
        } catch (RuntimeException e) {
            if (state.isOwner()) {
                keep("the guest cannot go on");
            }
            throw e;
        } finally {
            ground.close();
            endAside();
            wire.close();
        }
    }

    /// The ground that it works on.
    VmGround newGround(
            GuestDrive drive,
            DirtySource tracking,
            LongSupplier clock,
            PageSums sums,
            VmGround.Counterpart other) {
        return new VmGround(drive, tracking, clock, sums, other);
    }

    /// Tries again to reach a target that could not be reached when it had to be.
    ///
    /// @return whether there is nothing left to try: the guest is gone, or kept and runs
    public boolean again() {
        wire.hope();
        try {
            converse(SourceState.IN_DOUBT);
            converse(SourceState.SERVING);
        } catch (GroundFailure e) {
            if (state == SourceState.KEPT) {
                drive.start();
            }
        } finally {
            endAside();
            wire.close();
        }
        return state == SourceState.GONE || state == SourceState.KEPT;
    }

    /// A human has decided that the target does not run the guest and never will: it runs on here.
    ///
    /// @throws IllegalStateException if there is no doubt
    public void takeBack() {
        if (state != SourceState.IN_DOUBT) {
            throw new IllegalStateException("who has the guest is known: " + state);
        }
        state = SourceState.KEPT;
        drive.start();
    }

    /// The guest stays, and runs on.
    private void keep(String reason) {
        boolean asked = state == SourceState.ASKING;
        state = SourceState.KEPT;
        drive.start();
        try {
            if (!wire.isOpen() && asked) {
                // The target may be ready, and would wait for ever.
                wire.connect(patience.answer());
                wire.send(new Message.Resume(offer.id()));
                Message _ = wire.await();
            }
            if (wire.isOpen()) {
                wire.send(new Message.Cancel(reason));
            }
        } catch (BrokenWireException e) {
            // It will find out, or be told by its human; it can never run the guest.
        }
    }

    /// What the ground has to say to the target.
    private final class Exchange implements VmGround.Counterpart {
        @Override
        public void open() {
            try {
                wire.connect(patience.answer());
                wire.send(offer);
                hear(wire.await());
            } catch (BrokenWireException e) {
                throw failure(e);
            }
        }

        @Override
        public void send(PageBatch pages) {
            say(new Message.Pages(pages));
        }

        @Override
        public void roundEnded() {
            round++;
            say(new Message.EndOfRound(round));
        }

        @Override
        public void poll() {
            try {
                Message message = wire.poll();
                if (message != null) {
                    hear(message);
                }
            } catch (BrokenWireException e) {
                throw failure(e);
            }
        }

        @Override
        public long sentBytes() {
            return wire.sentBytes();
        }

        @Override
        public long handOver(PageSet pages) {
            long start = clock.getAsLong();
            left.add(pages);
            byte[] told = drive.state();
            long[] runs = left.runs();
            state = SourceState.ASKING;
            say(new Message.State(told, runs, digest(sums, told, runs)));
            try {
                if (waitsForReady()) {
                    hear(wire.await());
                }
            } catch (BrokenWireException e) {
                throw failure(e);
            }
            giveAway();
            converse(SourceState.IN_DOUBT);
            return clock.getAsLong() - start;
        }

        @Override
        public Pulled pull(PageSet pages) {
            long start = clock.getAsLong();
            long before = wire.sentBytes();
            converse(SourceState.SERVING);
            return new Pulled(
                    clock.getAsLong() - start,
                    wire.sentBytes() - before,
                    done.faults(),
                    done.longestWait());
        }

        private void say(Message message) {
            try {
                wire.send(message);
            } catch (BrokenWireException e) {
                throw failure(e);
            }
        }
    }

    private static GroundFailure failure(BrokenWireException e) {
        return new GroundFailure(String.valueOf(e.getMessage()), e);
    }

    /// Whether it waits until the target is ready before it gives the guest away.
    boolean waitsForReady() {
        return true;
    }

    /// What both sides must agree on.
    long digest(PageSums sums, byte[] told, long[] runs) {
        return sums.digest(told, runs);
    }

    /// From here on the guest is the target's, whether it hears of it or not.
    private void giveAway() {
        state = SourceState.IN_DOUBT;
        wire.hope();
        try {
            wire.send(new Message.Go());
        } catch (BrokenWireException e) {
            lostInDoubt();
        }
    }

    /// The connection broke when the guest had been given away and nothing been heard.
    void lostInDoubt() {}

    /// Talks to the target, over one connection after the other, for as long as this side is in
    /// `where`.
    ///
    /// @throws GroundFailure if the target cannot be reached, or has lost the guest
    private void converse(SourceState where) {
        while (state == where) {
            try {
                if (!wire.isOpen()) {
                    wants.clear();
                    wire.connect(Math.max(1, wire.untilHopeless()));
                    wire.send(new Message.Resume(offer.id()));
                }
                if (wants.isEmpty()) {
                    hear(wire.await());
                }
                serveAside();
                serveNext(where);
            } catch (BrokenWireException e) {
                endAside();
                lostInDoubt();
                if (wire.isHopeless()) {
                    throw new GroundFailure(
                            (where == SourceState.IN_DOUBT
                                            ? "it is not known whether the target runs the guest: "
                                            : "the target cannot get the pages that its guest"
                                                    + " needs: ")
                                    + e.getMessage(),
                            e);
                }
            }
        }
    }

    /// Acts on what the target says.
    ///
    /// @throws GroundFailure if that ends the migration
    /// @throws BrokenWireException if it makes no sense, or cannot be answered
    private void hear(Message message) {
        switch (message) {
            case Message.Accepted _ when state == SourceState.OFFERING ->
                    state = SourceState.COPYING;
            case Message.Refused(String reason) when state.isOwner() ->
                    throw new GroundFailure("the target does not take it: " + reason);
            case Message.Ready _ when state == SourceState.ASKING -> {
                // Now it may be given away.
            }
            case Message.Ready _ when state == SourceState.IN_DOUBT -> wire.send(new Message.Go());
            case Message.Running _ when !state.isOwner() -> running();
            case Message.Done all when !state.isOwner() -> {
                done = all;
                left.clear();
                running();
            }
            case Message.Want want when state == SourceState.SERVING -> wants.add(want);
            case Message.Unknown _ when state == SourceState.IN_DOUBT -> {
                state = SourceState.KEPT;
                throw new GroundFailure("the target has lost the guest before it ran");
            }
            case Message.Unknown _ when state == SourceState.SERVING -> {
                state = SourceState.GONE;
                throw new GroundFailure(
                        "the target has lost the guest, which ran there before all of it had"
                                + " arrived");
            }
            default -> {
                wire.close();
                throw new BrokenWireException(
                        "the target has said %s, which makes no sense now"
                                .formatted(message.getClass().getSimpleName()));
            }
        }
    }

    /// The target runs the guest.
    private void running() {
        state = SourceState.SERVING;
        if (left.isEmpty()) {
            state = SourceState.GONE;
            try {
                wire.send(new Message.Settled());
            } catch (BrokenWireException e) {
                // It will remember the migration for longer than it must.
            }
        }
    }

    /// Hears what else has been asked for, and serves what asks for the fewest pages: one page,
    /// which the guest waits for, goes before several that it might need later.
    private void serveNext(SourceState where) {
        Message more = wants.isEmpty() ? null : wire.poll();
        while (more != null) {
            hear(more);
            more = state == where && wants.size() < MOST_WANTS ? wire.poll() : null;
        }
        wants.stream()
                .min(Comparator.comparingInt(Message.Want::pages))
                .ifPresent(want -> {
                    wants.remove(want);
                    serve(want);
                });
    }

    private void serve(Message.Want want) {
        left.read(want, batch);
        if (batch.size() > 0) {
            wire.send(new Message.Pages(batch));
        }
    }

    /// Serves what the target's guest waits for beside everything else, where the connection has a
    /// way for that.
    private void serveAside() {
        Wire aside = state == SourceState.SERVING && urgent == null ? wire.urgent() : null;
        if (aside != null) {
            urgent = new UrgentPages(aside, left);
        }
    }

    private void endAside() {
        UrgentPages before = urgent;
        urgent = null;
        if (before != null) {
            before.close();
        }
    }
}
