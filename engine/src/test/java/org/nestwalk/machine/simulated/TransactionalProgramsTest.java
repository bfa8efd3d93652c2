package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.machine.simulated.TransactionGuest.DATA;
import static org.nestwalk.machine.simulated.TransactionGuest.load;
import static org.nestwalk.machine.simulated.TransactionGuest.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nestwalk.bits.Access;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.RetryThenLock;
import org.nestwalk.machine.transactions.SuppressedExit;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;
import org.nestwalk.random.Xoshiro256;

/// Whole programs as transactions.
class TransactionalProgramsTest {
    private static final long SEED = 77;

    private static long[] program(long seed, int accesses, long words) {
        Xoshiro256 random = new Xoshiro256(seed);
        long[] program = new long[accesses];
        for (int i = 0; i < accesses; i++) {
            long address = DATA + 8 * random.nextBelow(words);
            int kind = (int) random.nextBelow(4);
            program[i] = Access.pack(kind, address);
        }
        return program;
    }

    @ParameterizedTest
    @EnumSource
    void checksumIsThatOfPlainExecution(SuppressedExit suppressed) {
        long[] program = program(SEED, 20_000, 1 << 16);
        for (int length : new int[] {1, 7, 64, 1000}) {
            TransactionGuest guest =
                    new TransactionGuest(
                            1,
                            TransactionSettings.of(length, 2)
                                    .with(suppressed)
                                    .withInterrupts(1e-5, SEED));
            VirtualCpu cpu = guest.vm.cpus().getFirst();
            assertThat(cpu.run(program, 0, program.length)).isInstanceOf(VmExit.ProgramEnd.class);
            assertThat(cpu.position()).isEqualTo(program.length);
            PlainExecution plain = new PlainExecution();
            plain.run(program, 0, program.length);
            assertThat(cpu.state().checksum()).isEqualTo(plain.checksum());
            assertThat(cpu.state().cursor()).isEqualTo(plain.cursor());
            TransactionCounts counts = guest.cpu(0).counts();
            assertThat(counts.transactions).isEqualTo((program.length + length - 1) / length);
            assertThat(counts.aborts(AbortCause.VIOLATION)).isPositive();
            guest.machine.closeAndVerify();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 1000})
    void droppedViolationFailsAsOftenAsItIsTriedAndThenTakesTheLock(int retries) {
        TransactionGuest guest = new TransactionGuest(1, TransactionSettings.of(1, retries));
        guest.vm.cpus().getFirst().run(new long[] {store(DATA)}, 0, 1);
        TransactionCounts counts = guest.cpu(0).counts();
        assertThat(counts.attempts).isEqualTo(retries + 1);
        assertThat(counts.aborts(AbortCause.VIOLATION)).isEqualTo(retries + 1);
        assertThat(counts.fallbacks).isEqualTo(1);
        assertThat(guest.word(DATA)).isEqualTo(Checksum.value(0));
    }

    @Test
    void prefaultLeavesNoViolation() {
        TransactionGuest guest = new TransactionGuest(1, TransactionSettings.of(64, 3)).prefault();
        long[] program = program(SEED, 50_000, 1 << 16);
        guest.vm.cpus().getFirst().run(program, 0, program.length);
        assertThat(guest.cpu(0).counts().aborts(AbortCause.VIOLATION)).isZero();
    }

    @Test
    void shareOfFallbacksIsTheAbortProbabilityToThePowerOfAttempts() {
        int retries = 2;
        TransactionGuest guest =
                new TransactionGuest(
                                1, TransactionSettings.of(100, retries).withInterrupts(1e-3, SEED))
                        .prefault();
        long[] program = new long[400_000];
        Arrays.fill(program, load(DATA));
        guest.vm.cpus().getFirst().run(program, 0, program.length);
        TransactionCounts counts = guest.cpu(0).counts();
        double p = counts.abortRate();
        // 100 accesses of 5 cycles, and 40 of XBEGIN and XEND.
        assertThat(p).isCloseTo(1 - Math.exp(-0.54), org.assertj.core.data.Offset.offset(0.02));
        assertThat((double) counts.fallbacks / counts.transactions)
                .isCloseTo(Math.pow(p, retries + 1), org.assertj.core.data.Offset.offset(0.02));
    }

    @Test
    void failureInsideTheLockReleasesIt() {
        TransactionGuest guest = new TransactionGuest(1, TransactionSettings.of(4, 0));
        VirtualCpu cpu = guest.vm.cpus().getFirst();
        guest.vm.detach(guest.backing);
        guest.vm.attach((self, exit) -> Verdict.STOP);
        long[] program = {load(TransactionGuest.GVA + 0x1000), load(DATA)};
        assertThat(cpu.run(program, 0, 2)).isInstanceOf(VmExit.Violation.class);
        assertThat(cpu.position()).isEqualTo(1);
        guest.prefault();
        assertThat(cpu.run(program, 1, 2)).isInstanceOf(VmExit.ProgramEnd.class);
    }

    private record Piece(int cpu, int from, int to) {}

    /// CPUs share 32 words. Whatever the interleaving, what committed equals the same pieces one
    /// after the other.
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void committedTransactionsAreSerializable(int cpus) {
        for (int round = 0; round < 30; round++) {
            long seed = SEED + 100L * cpus + round;
            Xoshiro256 random = new Xoshiro256(seed);
            TransactionSettings settings =
                    TransactionSettings.of(1 + (int) random.nextBelow(20), 3)
                            .withInterrupts(1e-4, seed);
            TransactionGuest guest = new TransactionGuest(cpus, settings);
            List<long[]> programs = new ArrayList<>();
            List<RetryThenLock> runs = guest.transactions.runners();
            for (int cpu = 0; cpu < cpus; cpu++) {
                programs.add(program(seed * 10 + cpu, 600, 32));
                runs.get(cpu).start(programs.get(cpu), 0, 600);
            }
            List<Piece> pieces = interleave(runs, random);
            check(guest, programs, pieces, "seed " + seed);
        }
    }

    private static List<Piece> interleave(List<RetryThenLock> runs, Xoshiro256 random) {
        List<Piece> pieces = new ArrayList<>();
        List<Integer> busy = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            busy.add(i);
        }
        while (!busy.isEmpty()) {
            Integer cpu = busy.get((int) random.nextBelow(busy.size()));
            RetryThenLock run = runs.get(cpu);
            int before = run.position();
            if (!run.step()) {
                busy.remove((Object) cpu);
            }
            if (run.position() > before) {
                pieces.add(new Piece(cpu, before, run.position()));
            }
        }
        return pieces;
    }

    private static void check(
            TransactionGuest guest, List<long[]> programs, List<Piece> pieces, String where) {
        Map<Long, Long> memory = new HashMap<>();
        long[] cursors = new long[programs.size()];
        long[] checksums = new long[programs.size()];
        for (Piece piece : pieces) {
            for (int i = piece.from; i < piece.to; i++) {
                long access = programs.get(piece.cpu)[i];
                if (Access.isFetch(access)) {
                    continue;
                }
                long address = Access.address(access);
                if (Access.kind(access) != Access.STORE) {
                    checksums[piece.cpu] =
                            Checksum.fold(checksums[piece.cpu], memory.getOrDefault(address, 0L));
                }
                if (Access.isWrite(access)) {
                    memory.put(address, Checksum.value(cursors[piece.cpu]));
                }
                cursors[piece.cpu]++;
            }
        }
        for (int cpu = 0; cpu < checksums.length; cpu++) {
            assertThat(guest.vm.cpus().get(cpu).state().checksum())
                    .as(where)
                    .isEqualTo(checksums[cpu]);
        }
        memory.forEach(
                (address, word) -> assertThat(guest.word(address)).as(where).isEqualTo(word));
    }
}
