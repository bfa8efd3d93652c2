package org.nestwalk.lab.kvm;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.DisplacedSource;
import org.nestwalk.guest.StepSource;
import org.nestwalk.guest.SystemCall;
import org.nestwalk.guest.SystemCall.Advice;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.random.Xoshiro256;

/// A program that makes what a seed says of every kind of system call, and accesses to what is
/// mapped between them.
final class RandomSteps implements StepSource {
    static final long BYTES = 4L << 20;

    private static final long BASE = 0x4000_0000L;
    private static final long PAGE = 4096;
    private static final int PAGES = (int) (BYTES / PAGE);
    private static final int CALLS = 60;
    private static final int[] KINDS = {Access.LOAD, Access.STORE, Access.MODIFY};

    private final Xoshiro256 random;
    private final boolean[] mapped = new boolean[PAGES];
    private int mappedPages;
    private int calls;
    private int accesses;
    private @Nullable SystemCall call;

    RandomSteps(long seed) {
        random = new Xoshiro256(seed);
    }

    static TaskProgram program(long seed, long offset) {
        return new TaskProgram(Long.toString(seed), offset, Long.MAX_VALUE);
    }

    static StepSource open(TaskProgram program) {
        return new DisplacedSource(
                new RandomSteps(Long.parseLong(program.text())), program.offset());
    }

    @Override
    public int next(long[] block) {
        call = null;
        int count = 0;
        while (accesses > 0 && count < block.length) {
            int kind = KINDS[(int) random.nextBelow(KINDS.length)];
            block[count++] =
                    Access.pack(kind, address(mappedPage()) + 8 * random.nextBelow(PAGE / 8));
            accesses--;
        }
        if (accesses == 0 && calls < CALLS) {
            calls++;
            accesses = (int) random.nextBelow(150);
            call = someCall();
            accesses = mappedPages == 0 ? 0 : accesses;
        }
        return count;
    }

    @Override
    public @Nullable SystemCall call() {
        return call;
    }

    private SystemCall someCall() {
        if (mappedPages == 0) {
            return map();
        }
        int page = mappedPage();
        int end = page + 1;
        int most = page + 1 + (int) random.nextBelow(random.nextBelow(4) == 0 ? 700 : 20);
        while (end < PAGES && end < most && mapped[end]) {
            end++;
        }
        long start = address(page);
        long bytes = (end - page) * PAGE;
        int file = (int) random.nextBelow(3);
        long offset = 8 * random.nextBelow(5000);
        long inside = 8 * random.nextBelow(PAGE / 8);
        long words = 8 * (1 + random.nextBelow(Math.min(bytes, 3 * PAGE) / 8 - inside / 8));
        return switch ((int) random.nextBelow(mappedPages == PAGES ? 6 : 8)) {
            case 0 -> {
                set(page, end, false);
                yield new SystemCall.Unmap(start, bytes);
            }
            case 1 -> new SystemCall.Advise(Advice.DONT_NEED, start, bytes);
            case 2 -> new SystemCall.Advise(Advice.POPULATE, start, bytes);
            case 3 -> new SystemCall.Hypercall(12345, 1, 2, 3);
            case 4 -> new SystemCall.Read(file, offset, start + inside, words);
            case 5 -> new SystemCall.Write(file, offset, start + inside, words);
            default -> map();
        };
    }

    /// Maps from some page that is not mapped on, as far as nothing is.
    private SystemCall map() {
        int from = (int) random.nextBelow(PAGES);
        while (mapped[from]) {
            from = (from + 1) % PAGES;
        }
        int end = from + 1;
        int most = from + 1 + (int) random.nextBelow(700);
        while (end < PAGES && end < most && !mapped[end]) {
            end++;
        }
        set(from, end, true);
        return new SystemCall.Map(address(from), (end - from) * PAGE);
    }

    private void set(int from, int end, boolean value) {
        for (int page = from; page < end; page++) {
            mapped[page] = value;
        }
        mappedPages += value ? end - from : from - end;
    }

    private int mappedPage() {
        int page = (int) random.nextBelow(PAGES);
        while (!mapped[page]) {
            page = (page + 1) % PAGES;
        }
        return page;
    }

    private static long address(int page) {
        return BASE + page * PAGE;
    }
}
