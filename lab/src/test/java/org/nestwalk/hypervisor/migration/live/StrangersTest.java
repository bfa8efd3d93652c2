package org.nestwalk.hypervisor.migration.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nestwalk.InputException;
import org.nestwalk.machine.ArrivingMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;

/// Whoever was refused has nothing more to say on that connection.
class StrangersTest {
    private static final Message.Offer OFFER =
            new Message.Offer(
                    7, new VmSettings("guest", 64 << 20, 1, TranslationMode.NESTED), "somewhere");

    /// A connection that brings messages, and is broken then.
    private static final class Script implements Wire {
        final List<Message> answers = new ArrayList<>();
        private final Deque<Message> messages;
        boolean closed;

        Script(Message... messages) {
            this.messages = new ArrayDeque<>(Arrays.asList(messages));
        }

        @Override
        public void send(Message message) {
            answers.add(message);
        }

        @Override
        public @Nullable Message receive(long nanoseconds) {
            if (messages.isEmpty()) {
                throw new BrokenWireException("the end");
            }
            return messages.pop();
        }

        @Override
        public long sentBytes() {
            return 0;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class FullHost implements GuestHost {
        @Override
        public VirtualMachine create(VmSettings settings, String machine) {
            throw new InputException("there is no room");
        }

        @Override
        public GuestDrive resume(VirtualMachine vm, byte[] state, ArrivingMemory arriving) {
            throw new AssertionError("nothing has arrived");
        }
    }

    /// What is answered by a target that has no room for any guest.
    private static List<Message> answers(Message... messages) {
        Script script = new Script(messages);
        Deque<Wire> wires = new ArrayDeque<>(List.of(script));
        long[] clock = {0};
        Patience patience = new Patience(1_000, 1_000, 10, 1_000);
        try (TargetSide target =
                new TargetSide(new FullHost(), _ -> wires.poll(), () -> clock[0] += 10, patience)) {
            target.run();
            assertThat(target.state()).isEqualTo(TargetState.WAITING);
            assertThat(script.closed).isTrue();
            assertThat(script.messages).isEmpty();
        }
        return script.answers;
    }

    @Test
    void whoeverIsRefusedCanNeitherCancelNorGiveAGuestAway() {
        List<Message> refused = List.of(new Message.Refused("there is no room"));
        assertThat(answers(OFFER, new Message.Cancel("no matter"))).isEqualTo(refused);
        assertThat(answers(OFFER, new Message.Go())).isEqualTo(refused);
        assertThat(answers(OFFER, new Message.EndOfRound(1))).isEqualTo(refused);
    }

    @Test
    void whoeverAsksForAnUnknownMigrationCanNeitherCancelNorGiveAGuestAway() {
        List<Message> unknown = List.of(new Message.Unknown());
        assertThat(answers(new Message.Resume(8), new Message.Cancel("no matter")))
                .isEqualTo(unknown);
        assertThat(answers(new Message.Resume(8), new Message.Go())).isEqualTo(unknown);
    }
}
