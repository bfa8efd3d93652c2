package org.nestwalk.bench.compare.measured;

import java.util.function.LongFunction;
import org.nestwalk.bench.Streams;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.random.Xoshiro256;

/// The replay loop in a guest on KVM, through the seam with its windows and exits and also by
/// itself, and the same machine code called on the host: in turns, over the same accesses to as
/// much memory in pages of the same size.
public final class KvmReplayMeasurement {
    /// Memory that the accesses go to.
    static final long FOOTPRINT = 256L << 20;

    private static final int WARMING = 2;
    private static final int ROUNDS = 6;
    private static final int HALF = 32;

    private KvmReplayMeasurement() {}

    /// Measures `args[2]` accesses of the stream `args[0]`, `gups` or `mixed`, with pages of
    /// `args[1]`, `4K` or `2M`.
    public static void main(String[] args) {
        long[] offsets = Streams.of("yardstick-gups", Integer.parseInt(args[2]));
        boolean stores = args[0].equals("mixed");
        PageSize pages = args[1].equals("2M") ? PageSize.SIZE_2M : PageSize.SIZE_4K;
        LongFunction<long[]> stream = base -> at(base, offsets, stores);
        try (NativeReplay host = new NativeReplay(FOOTPRINT, pages, stream);
                GuestLoop inside = new GuestLoop(FOOTPRINT, pages, stream);
                GuestReplay guest = new GuestReplay(FOOTPRINT, pages, stream)) {
            System.out.print(measured(host, inside, guest, offsets.length).text());
        }
    }

    private static Values measured(
            NativeReplay host, GuestLoop inside, GuestReplay guest, int accesses) {
        Values values = new Values();
        for (int round = -WARMING; round < ROUNDS; round++) {
            double[] times = new double[3];
            // Whoever comes first one time comes last the next.
            for (int i = 0; i < times.length; i++) {
                switch (round % 2 == 0 ? i : 2 - i) {
                    case 0 -> times[0] = Clock.ofThread(guest::replay);
                    case 1 -> times[1] = Clock.ofThread(host::replay);
                    default -> times[2] = Clock.ofThread(inside::replay);
                }
            }
            if (host.checksum() != guest.checksum() || host.checksum() != inside.checksum()) {
                throw new IllegalStateException(
                        "checksums %016x on the host, %016x and %016x in guests"
                                .formatted(host.checksum(), guest.checksum(), inside.checksum()));
            }
            if (round >= 0) {
                values.add("guest", accesses / times[0] / 1e6);
                values.add("host", accesses / times[1] / 1e6);
                values.add("inside", accesses / times[2] / 1e6);
            }
        }
        guest.checkPages();
        host.checkPages();
        inside.checkPages();
        // In halves, which are exact as floating-point numbers.
        return values.count("checksum", host.checksum() >>> HALF, host.checksum() << HALF >>> HALF);
    }

    /// The stream at `base`: loads, and where asked for one store to two loads.
    private static long[] at(long base, long[] offsets, boolean stores) {
        Xoshiro256 random = new Xoshiro256(1);
        long[] accesses = new long[offsets.length];
        for (int i = 0; i < accesses.length; i++) {
            boolean store = stores && random.nextBelow(3) == 0;
            long address = base + (Access.address(offsets[i]) & FOOTPRINT - 1);
            accesses[i] = Access.pack(store ? Access.STORE : Access.LOAD, address);
        }
        return accesses;
    }
}
