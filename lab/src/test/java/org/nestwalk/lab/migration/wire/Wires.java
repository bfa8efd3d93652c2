package org.nestwalk.lab.migration.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.nestwalk.hypervisor.migration.live.BrokenWireException;
import org.nestwalk.hypervisor.migration.live.Message;
import org.nestwalk.hypervisor.migration.live.PageBatch;
import org.nestwalk.hypervisor.migration.live.PageChecksum;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmSettings;

/// Messages, and what becomes of them as bytes.
final class Wires {
    static final Set<PageEncoding> ALL = Set.of(PageEncoding.values());
    static final int CACHE = 64;
    static final WireLimits LIMITS = WireLimits.USUAL.withMemory(64L << 20);

    private Wires() {}

    /// What was agreed on by `role`.
    static Greeting agreed(Role role, Set<PageEncoding> encodings) {
        return new Greeting(role, false, encodings, CACHE);
    }

    /// A page of a kind: zeroes, few words, text that shrinks, noise.
    static void fill(Random random, long[] words) {
        int kind = random.nextInt(4);
        for (int i = 0; i < GuestMemory.PAGE_WORDS; i++) {
            words[i] =
                    switch (kind) {
                        case 0 -> 0;
                        case 1 -> i % 100 == 7 ? random.nextLong() : 0;
                        case 2 -> 0x6f_6c6c_6568L + random.nextInt(3);
                        default -> random.nextLong();
                    };
        }
    }

    /// A batch of `pages` pages, some of which were sent before and have changed a little.
    static PageBatch batch(Random random, int pages) {
        PageBatch batch = new PageBatch();
        for (int i = 0; i < pages; i++) {
            add(batch, random.nextInt(200) * 4096L, random);
        }
        return batch;
    }

    static void add(PageBatch batch, long gpa, Random random) {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        fill(new Random(gpa), words);
        if (random.nextBoolean()) {
            words[random.nextInt(GuestMemory.PAGE_WORDS)] = random.nextLong();
        }
        int index = batch.size();
        batch.copyFrom(words, index);
        int _ = batch.add(gpa, PageChecksum.of(gpa, batch.bytes(index), batch.offset(index)));
    }

    /// What a source says in a migration of `batches` batches.
    static List<Message> source(Random random, int batches, int pages) {
        List<Message> messages = new ArrayList<>();
        messages.add(
                new Message.Offer(
                        random.nextLong(),
                        new VmSettings("gäst", 16 << 20, 2, TranslationMode.NESTED),
                        "simulated"));
        for (int i = 1; i <= batches; i++) {
            messages.add(new Message.Pages(batch(random, pages)));
            messages.add(new Message.EndOfRound(i));
        }
        byte[] state = new byte[100];
        random.nextBytes(state);
        messages.add(
                new Message.State(
                        state, new long[] {4096, 8192, 1 << 20, 4096}, random.nextLong()));
        messages.add(new Message.Go());
        messages.add(new Message.Cancel("the user has ended it"));
        messages.add(new Message.Resume(random.nextLong()));
        messages.add(new Message.Settled());
        messages.add(new Message.Join(random.nextLong(), 1 + random.nextInt(16)));
        return messages;
    }

    /// All that a target can say.
    static List<Message> target() {
        return List.of(
                new Message.Accepted(),
                new Message.Ready(),
                new Message.Running(),
                new Message.Want(0x1000, 1),
                new Message.Want(0x200000, 64),
                new Message.Done(3, 1_000_000),
                new Message.Refused("there is no memory for it"),
                new Message.Taken(7),
                new Message.Unknown());
    }

    /// The bytes of `messages`.
    static byte[] bytes(Role role, List<Message> messages, Set<PageEncoding> encodings) {
        BytesCarrier carrier = new BytesCarrier();
        try (FramedWire wire = new FramedWire(carrier, agreed(role, encodings), LIMITS)) {
            messages.forEach(wire::send);
        }
        return carrier.written();
    }

    /// What is heard of `bytes` that `from` says, and why nothing more.
    record Heard(List<String> messages, String end) {}

    static Heard hear(Role from, byte[] bytes, Set<PageEncoding> encodings, int piece) {
        List<String> messages = new ArrayList<>();
        try (FramedWire wire =
                new FramedWire(
                        new BytesCarrier(bytes, piece), agreed(from.other(), encodings), LIMITS)) {
            while (true) {
                Message message = wire.receive(0);
                if (message != null) {
                    messages.add(text(message));
                }
            }
        } catch (BrokenWireException e) {
            return new Heard(messages, String.valueOf(e.getMessage()));
        }
    }

    /// All that a message says; pages with wrong checksums are told as such.
    static String text(Message message) {
        return switch (message) {
            case Message.Pages(PageBatch batch) -> {
                StringBuilder text = new StringBuilder("Pages");
                for (int i = 0; i < batch.size(); i++) {
                    text.append(" %x:%x".formatted(batch.address(i), batch.checksum(i)));
                    text.append(batch.isIntact(i) ? "" : " DAMAGED");
                }
                yield text.toString();
            }
            case Message.State state ->
                    "State %s %s %x"
                            .formatted(
                                    Arrays.toString(state.state()),
                                    Arrays.toString(state.missing()),
                                    state.digest());
            default -> message.toString();
        };
    }

    static List<String> texts(List<Message> messages) {
        return messages.stream().map(Wires::text).toList();
    }
}
