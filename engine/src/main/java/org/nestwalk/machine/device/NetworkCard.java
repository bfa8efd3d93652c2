package org.nestwalk.machine.device;

import org.jspecify.annotations.Nullable;

/// A network card: packets that arrive go to the buffers of a receive ring, those of a transmit
/// ring are fetched and sent; descriptors and packets by DMA. Interrupts are moderated: one for
/// several packets.
public final class NetworkCard {
    /// Packets for one interrupt.
    public static final int MODERATION = 32;

    // Preamble, frame check and gap, which are on the wire beside a packet's bytes.
    private static final int WIRE_BYTES = 24;

    private final DevicePort port;
    private final double bitsPerNano;
    private @Nullable Ring receive;
    private @Nullable Ring transmit;
    private long received;
    private long receiveTail;
    private long sent;
    private long transmitTail;
    private long dropped;
    private long sum;
    private @Nullable String failure;

    /// A card without rings.
    ///
    /// @param gigabits a second, of the line
    public NetworkCard(DevicePort port, double gigabits) {
        this.port = port;
        this.bitsPerNano = gigabits;
    }

    /// Gives it a receive ring.
    public void receiveFrom(Ring ring) {
        receive = ring;
        received = 0;
        receiveTail = 0;
    }

    /// Gives it a transmit ring.
    public void transmitFrom(Ring ring) {
        transmit = ring;
        sent = 0;
        transmitTail = 0;
    }

    /// So many receive descriptors more are ready.
    public void offerReceive(int count) {
        receiveTail += count;
    }

    /// So many transmit descriptors more are ready.
    public void offerTransmit(int count) {
        transmitTail += count;
    }

    /// Nanoseconds that a packet is on the line.
    public double wireNanos(int bytes) {
        return bytes * 8 / bitsPerNano;
    }

    /// Nanoseconds that a packet is on the line with what belongs to it there.
    public double frameNanos(int bytes) {
        return (bytes + WIRE_BYTES) * 8 / bitsPerNano;
    }

    /// A packet of `bytes` arrives, whose words count on from `first`. Returns whether there was a
    /// buffer for it, large enough, that the card may write to.
    public boolean arrives(int bytes, long first) {
        Ring ring = receive;
        if (ring == null || failure != null || received == receiveTail) {
            dropped++;
            return false;
        }
        long at = ring.at(received);
        long[] descriptor = new long[2];
        if (!port.readAll(at, descriptor)) {
            return fail("the receive ring at 0x%x cannot be read".formatted(at));
        }
        if (Ring.length(descriptor[1]) < bytes) {
            dropped++;
            return false;
        }
        if (!port.writeAll(descriptor[0], first, (bytes + 7) / 8)) {
            return fail("the buffer at 0x%x cannot be written".formatted(descriptor[0]));
        }
        if (!port.write(at + 8, Ring.DONE | bytes)) {
            return fail("the receive ring at 0x%x cannot be written".formatted(at));
        }
        received++;
        return true;
    }

    /// Sends what the transmit ring has. Returns how many packets.
    public int send() {
        Ring ring = transmit;
        int count = 0;
        while (ring != null && failure == null && sent < transmitTail) {
            long at = ring.at(sent);
            long[] descriptor = new long[2];
            if (!port.readAll(at, descriptor)) {
                boolean _ = fail("the transmit ring at 0x%x cannot be read".formatted(at));
                break;
            }
            long[] packet = new long[(Ring.length(descriptor[1]) + 7) / 8];
            if (!port.readAll(descriptor[0], packet)) {
                boolean _ = fail("the buffer at 0x%x cannot be read".formatted(descriptor[0]));
                break;
            }
            for (long word : packet) {
                sum = sum * 31 + word;
            }
            boolean _ = port.write(at + 8, Ring.DONE | Ring.length(descriptor[1]));
            sent++;
            count++;
        }
        return count;
    }

    private boolean fail(String why) {
        failure = "the network card stands: " + why;
        return false;
    }

    /// Why it does nothing any more, in one sentence without a full stop; null if it does. A reset
    /// mends it.
    public @Nullable String failure() {
        return failure;
    }

    /// Resets it: without rings, and nothing on its way.
    public void reset() {
        port.reset();
        receive = null;
        transmit = null;
        failure = null;
    }

    /// Packets that have arrived in buffers.
    public long received() {
        return received;
    }

    /// Packets sent.
    public long sent() {
        return sent;
    }

    /// Packets without a buffer.
    public long dropped() {
        return dropped;
    }

    /// A sum over all words sent.
    public long sum() {
        return sum;
    }

    /// Interrupts so far.
    public long interrupts() {
        return (received + sent + MODERATION - 1) / MODERATION;
    }
}
