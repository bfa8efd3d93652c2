package org.nestwalk.kvm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.memory.PageSet;
import org.nestwalk.random.Xoshiro256;

/// A tree of forks that grows, runs and is closed at random.
final class RandomForks {
    private static final List<String> PROGRAMS =
            List.of(
                    "gups:footprint=1MiB,accesses=20k",
                    "zipf:footprint=2MiB,accesses=20k",
                    "arena:footprint=1MiB,arena=64KiB,accesses=9k");
    private static final long MEMORY = 16L << 20;
    private static final int STEPS = 12;
    private static final int MOST = 8;
    private static final long PAGE = 4096;

    private final KvmMachine machine;
    private final @Nullable DirtySource source;
    private final int seed;
    private final Xoshiro256 random;
    private final List<Node> nodes = new ArrayList<>();
    private final List<ForkedGuest.Frozen> frozen = new ArrayList<>();
    private final List<long[]> contents = new ArrayList<>();

    RandomForks(KvmMachine machine, KvmSettings.Dirty dirty, int seed) {
        this.machine = machine;
        this.source = dirty.source().orElse(null);
        this.seed = seed;
        this.random = new Xoshiro256(seed);
    }

    /// One virtual machine, what it held when its pages were last collected, and who collects.
    private final class Node {
        final ForkedGuest guest;
        final @Nullable DirtyPages tracker;
        long[] before;

        Node(ForkedGuest guest) {
            this.guest = guest;
            this.tracker = source == null ? null : guest.vm.trackDirty(source);
            this.before = guest.words();
        }

        /// Exactly the pages that it has written are found: all that have changed, and none that
        /// others have changed.
        void checkDirty() {
            long[] now = guest.words();
            if (tracker != null) {
                PageSet found = new PageSet();
                tracker.collect(found);
                PageSet changed = new PageSet();
                for (int i = 0; i < now.length; i++) {
                    if (now[i] != before[i]) {
                        changed.add((long) i * Long.BYTES & -PAGE, PAGE);
                    }
                }
                changed.forEachRange((at, bytes) ->
                        assertThat(found.count(at, bytes))
                                .as("seed %d: pages written at 0x%x", seed, at)
                                .isEqualTo(bytes / PAGE));
                // Some are written with what they held.
                PageSet own = new PageSet();
                guest.vm.secondLevel().ownPages(guest.vm.settings().memoryBytes(), own);
                found.forEachRange((at, bytes) ->
                        assertThat(own.count(at, bytes))
                                .as("seed %d: another's pages at 0x%x", seed, at)
                                .isEqualTo(bytes / PAGE));
            }
            before = now;
        }
    }

    void run() throws InterruptedException {
        String[] programs = new String[1 + seed % 2];
        for (int i = 0; i < programs.length; i++) {
            programs[i] = PROGRAMS.get((seed + i) % PROGRAMS.size()) + ",seed=" + (seed + i);
        }
        PagePolicy pages = seed % 3 == 0 ? PagePolicy.TRANSPARENT_HUGE : PagePolicy.SMALL;
        nodes.add(new Node(ForkedGuest.start(machine, MEMORY, pages, programs)));
        for (int step = 0; step < STEPS; step++) {
            switch ((int) random.nextBelow(6)) {
                case 0, 1 -> freeze();
                case 2, 3 -> fork();
                case 4 -> runOnThreads();
                default -> closeOne();
            }
            runSome();
            nodes.forEach(Node::checkDirty);
        }
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i).guest.finish("seed %d, guest %d".formatted(seed, i));
        }
        checkFrozen();
        while (!nodes.isEmpty()) {
            nodes.remove((int) random.nextBelow(nodes.size())).guest.close();
        }
    }

    private Node any() {
        return nodes.get((int) random.nextBelow(nodes.size()));
    }

    private void freeze() {
        Node node = any();
        contents.add(node.guest.words());
        frozen.add(node.guest.freeze());
        // At once a second time: nothing was written between.
        if (random.nextBelow(4) == 0) {
            contents.add(node.guest.words());
            frozen.add(node.guest.freeze());
        }
    }

    private void fork() {
        if (!frozen.isEmpty() && nodes.size() < MOST) {
            int which = (int) random.nextBelow(frozen.size());
            ForkedGuest child = frozen.get(which).fork("child " + nodes.size());
            assertThat(child.words()).as("seed %d", seed).isEqualTo(contents.get(which));
            nodes.add(new Node(child));
        }
    }

    private void closeOne() {
        if (!frozen.isEmpty() && random.nextBelow(2) == 0) {
            int which = (int) random.nextBelow(frozen.size());
            check(which);
            frozen.remove(which).close();
            contents.remove(which);
        } else if (nodes.size() > 1) {
            Node node = any();
            nodes.remove(node);
            node.guest.close();
        }
    }

    private void runSome() {
        nodes.forEach(node -> node.guest.run((int) random.nextBelow(2_000)));
    }

    private void runOnThreads() throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (Node node : nodes) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    node.guest.run(2_000);
                                } catch (Throwable e) {
                                    failure.set(e);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).as("seed %d", seed).isNull();
    }

    private void checkFrozen() {
        for (int i = 0; i < frozen.size(); i++) {
            check(i);
        }
    }

    private void check(int which) {
        long[] expected = contents.get(which);
        long[] page = new long[GuestMemory.PAGE_WORDS];
        for (int at = 0; at < expected.length; at += page.length) {
            frozen.get(which).memory().readPage((long) at * Long.BYTES, page);
            int differs = Arrays.mismatch(page, 0, page.length, expected, at, at + page.length);
            assertThat(differs).as("seed %d, frozen words from %d", seed, at).isEqualTo(-1);
        }
    }
}
