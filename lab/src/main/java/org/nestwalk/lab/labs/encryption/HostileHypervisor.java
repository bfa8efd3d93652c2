package org.nestwalk.lab.labs.encryption;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.simulated.HostAccess;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.Xoshiro256;

/// A hypervisor that attacks the memory of its guest, at random pages and words, and puts
/// everything right again after each attack.
final class HostileHypervisor implements AutoCloseable {
    private static final int SLICE = 256;
    private static final long HOST = 32L << 20;
    private static final long FORGERY = 0x6e65_7374_7761_6c6bL;

    private final SimulatedMachine machine;
    private final HostAccess host;
    private final Victim victim;
    private final Victim other;
    private final long spare;
    private final Xoshiro256 random;

    /// A machine with a victim and another virtual machine, both protected alike.
    HostileHypervisor(ProcessorModel model, Protection protection, long seed) {
        machine =
                new SimulatedMachine(SimulatedSettings.of(model, HOST).with(MemoryEncryption.FREE));
        host = machine.hostAccess();
        victim = new Victim(machine, "the victim", protection);
        other = new Victim(machine, "the other guest", protection);
        spare = machine.host().reserve(PageSize.SIZE_4K);
        random = new Xoshiro256(seed);
    }

    /// Makes `attack` `times` times, tells `meter` of each, and counts what came of it.
    ///
    /// @throws EndedEarly if `meter` says so
    Map<Verdict, Long> attack(Attack attack, int times, Meter meter) {
        Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
        for (int i = 0; i < times; i += SLICE) {
            int some = Math.min(SLICE, times - i);
            for (int j = 0; j < some; j++) {
                verdicts.merge(attack(attack), 1L, Long::sum);
            }
            if (!meter.add(some)) {
                throw new EndedEarly();
            }
        }
        return verdicts;
    }

    /// Attacks once.
    Verdict attack(Attack attack) {
        int page = (int) random.nextBelow(Victim.PAGES);
        int second = (page + 1 + (int) random.nextBelow(Victim.PAGES - 1)) % Victim.PAGES;
        int word = (int) random.nextBelow(Victim.WORDS);
        return switch (attack) {
            case READ -> read(page);
            case COMPARE_TIMES -> compareTimes(page);
            case COMPARE_PAGES -> comparePages(page, second);
            case FOREIGN_GUEST -> mapIntoOther(page, second, word);
            case OVERWRITE -> overwrite(page, word);
            case REPLAY -> replay(page, word);
            case MOVE -> move(second, page, word);
            case SWAP -> swap(page, second, word);
            case ALIAS -> alias(page, second, word);
            case REASSIGN -> reassign(page, word);
            case REPLACE -> replace(page, word);
        };
    }

    private Verdict read(int page) {
        return holdsPlaintext(host.read(frame(page)), victim.written(page))
                ? Verdict.PLAINTEXT_SEEN
                : Verdict.NOTHING_SEEN;
    }

    private static boolean holdsPlaintext(long[] words, long number) {
        for (int word = 0; word < Victim.WORDS; word++) {
            if (words[word] == Victim.word(number, word)) {
                return true;
            }
        }
        return false;
    }

    private Verdict compareTimes(int page) {
        long number = victim.written(page);
        long[] before = host.read(frame(page));
        victim.write(page);
        victim.write(page, number);
        return compare(before, host.read(frame(page)), number);
    }

    private Verdict comparePages(int page, int second) {
        long number = victim.written(page);
        victim.write(second, number);
        Verdict verdict = compare(host.read(frame(page)), host.read(frame(second)), number);
        victim.write(second);
        return verdict;
    }

    private static Verdict compare(long[] one, long[] two, long number) {
        if (holdsPlaintext(one, number)) {
            return Verdict.PLAINTEXT_SEEN;
        }
        for (int word = 0; word < Victim.WORDS; word++) {
            if (one[word] == two[word]) {
                return Verdict.EQUALITY_SEEN;
            }
        }
        return Verdict.NOTHING_SEEN;
    }

    private Verdict mapIntoOther(int page, int second, int word) {
        long gpa = Victim.gpa(second);
        long own = host.frameOf(other.vm(), gpa);
        host.remap(other.vm(), gpa, frame(page));
        OptionalLong read = other.read(second, word);
        host.remap(other.vm(), gpa, own);
        if (read.isEmpty()) {
            return Verdict.STOPPED;
        }
        return read.getAsLong() == Victim.word(victim.written(page), word)
                ? Verdict.PLAINTEXT_SEEN
                : Verdict.NOTHING_SEEN;
    }

    private Verdict overwrite(int page, int word) {
        long[] words = host.read(frame(page));
        words[word] = FORGERY;
        return host.write(frame(page), words) ? readBack(page, word) : Verdict.REFUSED;
    }

    private Verdict replay(int page, int word) {
        long[] old = host.read(frame(page));
        long number = victim.written(page);
        victim.write(page);
        return host.write(frame(page), old)
                ? readBack(page, word, number, Verdict.STALE)
                : Verdict.REFUSED;
    }

    private Verdict move(int from, int page, int word) {
        return host.write(frame(page), host.read(frame(from)))
                ? readBack(page, word, victim.written(from), Verdict.MISPLACED)
                : Verdict.REFUSED;
    }

    private Verdict swap(int page, int second, int word) {
        long one = frame(page);
        long two = frame(second);
        host.remap(victim.vm(), Victim.gpa(page), two);
        host.remap(victim.vm(), Victim.gpa(second), one);
        Verdict verdict = judge(page, word, victim.written(second), Verdict.MISPLACED);
        host.remap(victim.vm(), Victim.gpa(page), one);
        host.remap(victim.vm(), Victim.gpa(second), two);
        return verdict;
    }

    /// The guest writes one page, and reads the other.
    private Verdict alias(int page, int second, int word) {
        long own = frame(second);
        host.remap(victim.vm(), Victim.gpa(second), frame(page));
        boolean wrote = victim.write(second);
        Verdict verdict =
                wrote
                        ? judge(page, word, victim.written(second), Verdict.MISPLACED)
                        : Verdict.STOPPED;
        host.remap(victim.vm(), Victim.gpa(second), own);
        victim.recover(page);
        victim.recover(second);
        return verdict;
    }

    private Verdict reassign(int page, int word) {
        long frame = frame(page);
        long[] old = host.read(frame);
        long number = victim.written(page);
        victim.write(page);
        host.take(frame);
        if (!host.write(frame, old)) {
            throw new IllegalStateException("the hypervisor owns the frame");
        }
        host.assign(frame, victim.vm(), Victim.gpa(page));
        return readBack(page, word, number, Verdict.STALE);
    }

    private Verdict replace(int page, int word) {
        long own = frame(page);
        host.write(spare, host.read(own));
        host.assign(spare, victim.vm(), Victim.gpa(page));
        host.remap(victim.vm(), Victim.gpa(page), spare);
        Verdict verdict = judge(page, word, victim.written(page), Verdict.UNHARMED);
        host.remap(victim.vm(), Victim.gpa(page), own);
        host.take(spare);
        return verdict;
    }

    private Verdict readBack(int page, int word) {
        return readBack(page, word, victim.written(page), Verdict.UNHARMED);
    }

    /// What the guest reads now, after which it starts over with the page.
    private Verdict readBack(int page, int word, long wrong, Verdict ifWrong) {
        Verdict verdict = judge(page, word, wrong, ifWrong);
        victim.recover(page);
        return verdict;
    }

    private Verdict judge(int page, int word, long wrong, Verdict ifWrong) {
        OptionalLong read = victim.read(page, word);
        if (read.isEmpty()) {
            return Verdict.STOPPED;
        }
        long value = read.getAsLong();
        if (value == Victim.word(wrong, word)) {
            return ifWrong;
        }
        if (value == FORGERY) {
            return Verdict.FORGED;
        }
        return value == Victim.word(victim.written(page), word)
                ? Verdict.UNHARMED
                : Verdict.GARBAGE;
    }

    private long frame(int page) {
        return host.frameOf(victim.vm(), Victim.gpa(page));
    }

    /// Checks that everything has been put right, and closes the machine.
    @Override
    public void close() {
        machine.host().release(spare, PageSize.SIZE_4K);
        machine.closeAndVerify();
    }
}
