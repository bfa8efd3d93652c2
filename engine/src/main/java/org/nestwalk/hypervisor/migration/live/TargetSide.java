package org.nestwalk.hypervisor.migration.live;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.VmExit;

/// The side that a guest goes to. It is passive until the guest is its own: it does what the source
/// says, one message after the other, over one connection after the other.
///
/// It runs the guest when it has received [Message.Go], and never before. Whatever fails before
/// that has it throw away what it has. Driven by one thread ([#run]); threads of the guest that
/// wait for pages receive messages, too, when nobody else does.
public class TargetSide implements AutoCloseable {
    private final GuestHost host;
    private final Listener listener;
    private final LongSupplier clock;
    private final Patience patience;

    // Who holds it receives. Messages are handled within it.
    private final ReentrantLock receiving = new ReentrantLock();
    // Likewise on the way for pages that the guest waits for.
    private final ReentrantLock receivingUrgent = new ReentrantLock();
    // Who holds it sends, or changes the wire.
    private final ReentrantLock sending = new ReentrantLock();
    private volatile @Nullable Wire wire;
    private volatile TargetState state = TargetState.WAITING;
    private volatile @Nullable Arrival arrival;
    private volatile String reason = "";
    private boolean greeted;

    // Whether who has connected was told that this guest is none of his.
    private boolean stranger;
    private volatile long heard;

    /// Waits for nothing yet.
    ///
    /// @param clock nanoseconds, those of the guest's drive
    public TargetSide(GuestHost host, Listener listener, LongSupplier clock, Patience patience) {
        this.host = host;
        this.listener = listener;
        this.clock = clock;
        this.patience = patience;
    }

    /// Where it is. May be asked by other threads, for whom it is a moment old.
    public TargetState state() {
        return state;
    }

    /// Why the guest is not here, or cannot go on; empty if there is no reason.
    public String reason() {
        return reason;
    }

    /// What drives the guest, once it is here; null before.
    public @Nullable GuestDrive guest() {
        Arrival here = arrival;
        return here == null ? null : here.drive();
    }

    /// Takes a guest: returns when it has all of it and the source knows, when it has thrown away
    /// what it had, or when the source cannot be reached any more. Then the state is
    /// [TargetState#RUNNING] if it runs the guest, and [TargetState#READY] if a human must decide
    /// whether it may ([#takeOver]).
    ///
    /// @throws InputException if the guest, which is this side's, cannot go on
    /// @throws GuestFailure likewise
    public void run() {
        heard = clock.getAsLong();
        while (!isOver() && !isHopeless()) {
            step();
        }
        close(wire);
    }

    private boolean isOver() {
        return state == TargetState.SETTLED || state == TargetState.LOST;
    }

    private boolean isHopeless() {
        long most = state == TargetState.WAITING ? patience.offer() : patience.reconnect();
        return wire == null && clock.getAsLong() - heard >= most;
    }

    /// A human has decided that the source does not run the guest and never will: it runs here.
    ///
    /// @throws IllegalStateException if there is no doubt
    public void takeOver() {
        if (state != TargetState.READY) {
            throw new IllegalStateException("who has the guest is known: " + state);
        }
        begin();
    }

    private void step() {
        receiving.lock();
        try {
            receive(isOwner() ? patience.slice() : patience.answer());
        } finally {
            receiving.unlock();
        }
        Arrival here = arrival;
        if (here != null && isOwner()) {
            here.attend(clock.getAsLong());
            tellIfComplete(here);
        }
    }

    private boolean isOwner() {
        return state == TargetState.RUNNING || state == TargetState.SETTLED;
    }

    private void tellIfComplete(Arrival here) {
        if (state == TargetState.RUNNING && here.completesNow()) {
            answer(here.counts());
        }
    }

    /// Receives and handles a message, or takes a connection.
    private void receive(long nanoseconds) {
        Wire open = wire;
        try {
            if (open == null) {
                Wire next = listener.accept(nanoseconds);
                if (next != null) {
                    wire = next;
                    greeted = false;
                    stranger = false;
                    heard = clock.getAsLong();
                }
                return;
            }
            Message message = open.receive(nanoseconds);
            if (message != null) {
                heard = clock.getAsLong();
                handle(message);
            } else if (clock.getAsLong() - heard > patience.answer()) {
                throw new BrokenWireException("the source has said nothing for too long");
            }
        } catch (BrokenWireException e) {
            close(open);
            if (state == TargetState.RECEIVING) {
                throwAway(String.valueOf(e.getMessage()));
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // a wire is itself alone
    private void close(@Nullable Wire open) {
        sending.lock();
        try {
            if (open != null) {
                open.close();
            }
            if (wire == open) {
                wire = null;
            }
        } finally {
            sending.unlock();
        }
    }

    private void answer(Message message) {
        sending.lock();
        try {
            Wire open = wire;
            if (open != null) {
                open.send(message);
            }
        } catch (BrokenWireException e) {
            // Whoever receives will find out.
        } finally {
            sending.unlock();
        }
    }

    private void handle(Message message) {
        if (!greeted) {
            greet(message);
            return;
        }
        if (stranger) {
            throw new BrokenWireException("who has been refused says more");
        }
        try {
            switch (message) {
                case Message.Pages(PageBatch batch) when state == TargetState.RECEIVING ->
                        here().take(batch);
                case Message.Pages(PageBatch batch) when isOwner() -> here().come(batch);
                case Message.EndOfRound _ when state == TargetState.RECEIVING -> {}
                case Message.State told when state == TargetState.RECEIVING -> {
                    here().assemble(told);
                    state = TargetState.READY;
                    ready();
                }
                case Message.Go _ when state == TargetState.READY -> begin();
                case Message.Go _ when isOwner() -> answer(new Message.Running());
                case Message.Settled _ when isOwner() -> state = TargetState.SETTLED;
                case Message.Cancel(String why) when !isOwner() -> throwAway(why);
                default ->
                        throw new InputException(
                                "the source has said %s, which makes no sense now"
                                        .formatted(message.getClass().getSimpleName()));
            }
        } catch (InputException | GuestFailure e) {
            refuse(String.valueOf(e.getMessage()));
        }
    }

    /// What a side that is told something it cannot use does: it says so. A guest that is its own
    /// is not thrown away for that.
    private void refuse(String why) {
        if (state == TargetState.RECEIVING || state == TargetState.READY) {
            answer(new Message.Refused(why));
            throwAway(why);
        } else {
            throw new BrokenWireException(why);
        }
    }

    /// The first message of a connection.
    private void greet(Message message) {
        greeted = true;
        switch (message) {
            case Message.Offer offer when state == TargetState.WAITING -> consider(offer);
            case Message.Offer _ -> turnAway("another guest is on its way here already");
            case Message.Resume(long id) -> {
                Message fate = fateOf(id);
                stranger = fate instanceof Message.Unknown;
                answer(fate);
            }
            default ->
                    throw new BrokenWireException(
                            "what has connected does not begin with an offer");
        }
        Arrival here = arrival;
        if (message instanceof Message.Resume && !stranger && here != null && isOwner()) {
            here.askAgain();
        }
    }

    private void consider(Message.Offer offer) {
        try {
            arrival = new Arrival(host, offer, clock, new Line(), steps());
            state = TargetState.RECEIVING;
            answer(new Message.Accepted());
        } catch (InputException | GuestFailure e) {
            turnAway(String.valueOf(e.getMessage()));
        }
    }

    private void turnAway(String why) {
        stranger = true;
        answer(new Message.Refused(why));
    }

    /// How a guest is put together.
    Arrival.Steps steps() {
        return new Arrival.Steps() {};
    }

    /// What has become of a migration.
    Message fateOf(long id) {
        Arrival here = arrival;
        if (here == null || here.id() != id) {
            return new Message.Unknown();
        }
        return switch (state) {
            case READY -> new Message.Ready();
            case RUNNING, SETTLED -> here.isComplete() ? here.counts() : new Message.Running();
            case WAITING, RECEIVING, LOST -> new Message.Unknown();
        };
    }

    /// All is verified.
    void ready() {
        answer(new Message.Ready());
    }

    /// The guest is this side's.
    void begin() {
        state = TargetState.RUNNING;
        // Told before the guest can ask for a page, which makes no sense to who does not know it.
        answer(new Message.Running());
        here().start();
    }

    private Arrival here() {
        Arrival here = arrival;
        if (here == null) {
            throw new IllegalStateException("nothing has arrived");
        }
        return here;
    }

    private void throwAway(String why) {
        reason = why;
        state = TargetState.LOST;
        here().close();
    }

    /// The way of the guest's pages.
    private final class Line implements PulledPages.Line {
        @Override
        public void ask(long gpa, int pages) {
            answer(new Message.Want(gpa, pages));
        }

        @Override
        public boolean need(long gpa) {
            Wire open = wire;
            Wire urgent = open == null ? null : open.urgent();
            if (urgent == null) {
                ask(gpa, 1);
                return false;
            }
            try {
                urgent.send(new Message.Want(gpa, 1));
            } catch (BrokenWireException e) {
                TargetSide.this.close(open);
            }
            return true;
        }

        @Override
        public boolean receive() {
            Wire open = wire;
            Wire urgent = open == null ? null : open.urgent();
            if (urgent == null) {
                return receiveAnything(patience.slice());
            }
            if (!receivingUrgent.tryLock()) {
                return false;
            }
            boolean come;
            try {
                come = receive(open, urgent);
            } finally {
                receivingUrgent.unlock();
            }
            // What was asked for before there was this way comes by the other one, where nobody
            // else may be able to receive while the guest waits.
            return come || receiveAnything(0);
        }

        /// Receives a page that the guest waits for. Returns whether one has come, or the wire has
        /// broken.
        private boolean receive(@Nullable Wire open, Wire urgent) {
            try {
                Message message = urgent.receive(patience.slice());
                if (message instanceof Message.Pages(PageBatch batch)) {
                    heard = clock.getAsLong();
                    here().come(batch);
                } else if (message != null) {
                    throw new BrokenWireException("where pages come the source says something");
                }
                return message != null;
            } catch (BrokenWireException | InputException e) {
                // Whoever receives the rest finds out, and takes another connection.
                TargetSide.this.close(open);
                return true;
            }
        }

        private boolean receiveAnything(long nanoseconds) {
            if (!receiving.tryLock()) {
                return false;
            }
            try {
                if (state == TargetState.LOST || isHopeless()) {
                    throw new GuestFailure(
                            VmExit.Cause.MEMORY_UNREADABLE,
                            "the guest needs memory from a source that cannot be reached");
                }
                TargetSide.this.receive(nanoseconds);
            } finally {
                receiving.unlock();
            }
            return true;
        }
    }

    /// Throws away what it has, the guest included.
    @Override
    public void close() {
        close(wire);
        if (state != TargetState.WAITING && state != TargetState.LOST) {
            throwAway(reason);
        }
    }
}
