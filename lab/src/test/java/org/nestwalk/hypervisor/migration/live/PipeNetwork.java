package org.nestwalk.hypervisor.migration.live;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Connections between two threads of one process, in real time, through queues of messages.
final class PipeNetwork implements Connector, Listener {
    private static final int WAITING = 16;

    private final BlockingQueue<Pipe> arriving = new SynchronousQueue<>();
    private final Consumer<Message> answers;

    /// @param answers receives what whoever listens sends, before it is sent
    PipeNetwork(Consumer<Message> answers) {
        this.answers = answers;
    }

    @Override
    public Wire connect(long nanoseconds) {
        BlockingQueue<Message> there = new LinkedBlockingQueue<>(WAITING);
        BlockingQueue<Message> back = new LinkedBlockingQueue<>();
        try {
            if (!arriving.offer(
                    new Pipe(there, back, answers), nanoseconds, TimeUnit.NANOSECONDS)) {
                throw new BrokenWireException("nobody listens");
            }
        } catch (InterruptedException e) {
            throw new BrokenWireException("interrupted", e);
        }
        return new Pipe(back, there, _ -> {});
    }

    @Override
    public @Nullable Wire accept(long nanoseconds) {
        try {
            return arriving.poll(nanoseconds, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new BrokenWireException("interrupted", e);
        }
    }

    /// One end.
    private static final class Pipe implements Wire {
        private final BlockingQueue<Message> in;
        private final BlockingQueue<Message> out;
        private final Consumer<Message> sending;
        private long bytes;

        Pipe(BlockingQueue<Message> in, BlockingQueue<Message> out, Consumer<Message> sending) {
            this.in = in;
            this.out = out;
            this.sending = sending;
        }

        @Override
        public void send(Message message) {
            sending.accept(message);
            Message sent = message;
            if (message instanceof Message.Pages(PageBatch batch)) {
                PageBatch copy = new PageBatch();
                copy.set(batch);
                bytes += 4096L * batch.size();
                sent = new Message.Pages(copy);
            }
            try {
                if (!out.offer(sent, 10, TimeUnit.SECONDS)) {
                    throw new BrokenWireException("nobody receives");
                }
            } catch (InterruptedException e) {
                throw new BrokenWireException("interrupted", e);
            }
        }

        @Override
        public @Nullable Message receive(long nanoseconds) {
            try {
                return in.poll(nanoseconds, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                throw new BrokenWireException("interrupted", e);
            }
        }

        @Override
        public long sentBytes() {
            return bytes;
        }

        @Override
        public void close() {
            // What is in the queues is left to the other end.
        }
    }
}
