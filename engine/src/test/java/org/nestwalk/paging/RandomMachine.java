package org.nestwalk.paging;

import static org.nestwalk.bits.ControlRegisters.CR0_CD;
import static org.nestwalk.bits.ControlRegisters.CR0_PE;
import static org.nestwalk.bits.ControlRegisters.CR0_PG;
import static org.nestwalk.bits.ControlRegisters.CR0_WP;
import static org.nestwalk.bits.ControlRegisters.CR4_PGE;
import static org.nestwalk.bits.ControlRegisters.CR4_PKE;
import static org.nestwalk.bits.ControlRegisters.CR4_PKS;
import static org.nestwalk.bits.ControlRegisters.CR4_SMAP;
import static org.nestwalk.bits.ControlRegisters.CR4_SMEP;
import static org.nestwalk.bits.ControlRegisters.EFER_NXE;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.nestwalk.paging.TestMachine.Kind;

/// A machine with random registers and features and several pages, in whose tables some random bits
/// are flipped; the same for the same seed.
final class RandomMachine {
    final TestMachine machine;
    private final SplittableRandom random;
    private final List<Long> addresses = new ArrayList<>();

    RandomMachine(long seed) {
        random = new SplittableRandom(seed);
        Kind kind = List.of(Kind.values()).get(random.nextInt(3));
        machine =
                new TestMachine(
                        kind,
                        random.nextInt(4, 6),
                        random.nextInt(1, 4),
                        random.nextInt(4, 6),
                        random.nextInt(1, 4));
        addPages();
        chooseRegisters();
        chooseSecondLevel();
        changeEntries(machine.guest.slots(), kind == Kind.EPT ? 3 : 4);
        if (kind != Kind.NATIVE) {
            changeEntries(machine.second.slots(), 3);
        }
    }

    /// A linear address of one of the pages, or rarely another.
    long nextAddress() {
        long offset = random.nextInt(1 << 12);
        if (machine.registers().isPagingEnabled()) {
            long page = addresses.get(random.nextInt(addresses.size()));
            return (chance(40) ? page ^ 1L << random.nextInt(12, 64) : page) | offset;
        }
        return (machine.gpa & ~0xfffL) | offset;
    }

    int nextType() {
        int type = 1 << random.nextInt(3);
        type |=
                switch (random.nextInt(5)) {
                    case 0, 1 -> AccessType.USER;
                    case 2 -> AccessType.IMPLICIT;
                    default -> 0;
                };
        return random.nextBoolean() ? type | AccessType.ALIGNMENT_CHECK : type;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private long maybe(long bits, int percent) {
        return random.nextInt(100) < percent ? bits : 0;
    }

    /// A word in which each bit is set with a probability of one quarter.
    private long few() {
        long half = random.nextLong();
        return half & random.nextLong();
    }

    private void addPages() {
        addresses.add(machine.gva & ~0xfffL);
        for (int shift : new int[] {12, 12, 21, 30}) {
            long step = (1L + random.nextInt(3)) << shift;
            addresses.add((machine.gva & ~0xfffL) + step);
            machine.map(machine.gva + step, machine.gpa + (step & ~0x3fff_ffffL) + step);
        }
    }

    private void chooseRegisters() {
        machine.cr0 = maybe(CR0_PG, 95) | maybe(CR0_WP, 60) | maybe(CR0_PE, 90) | maybe(CR0_CD, 5);
        machine.cr4 |=
                maybe(CR4_PGE, 50)
                        | maybe(CR4_SMEP, 30)
                        | maybe(CR4_SMAP, 30)
                        | maybe(CR4_PKE, 30)
                        | maybe(CR4_PKS, 30);
        machine.efer = maybe(EFER_NXE, 90);
        machine.pkru = few() & maybe(0xffff_ffffL, 40);
        machine.pkrs = few() & maybe(0xffff_ffffL, 40);
        long[] types = {0, 1, 4, 5, 6, 7};
        machine.pat = 0;
        for (int i = 0; i < 8; i++) {
            machine.pat |= types[random.nextInt(types.length)] << 8 * i;
        }
        machine.features =
                new PagingFeatures(
                        random.nextInt(50, 53),
                        !chance(6),
                        !chance(6),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        machine.kind == Kind.NPT);
    }

    private void chooseSecondLevel() {
        machine.hostEfer = maybe(EFER_NXE, 90);
        machine.hostCr4 |= maybe(CR4_SMEP, 50);
        machine.accessedDirty = random.nextBoolean();
        machine.modeBasedExecute = random.nextBoolean();
        if (machine.accessedDirty && !chance(3)) {
            int[] indices = {511, 200, 5, 3, 1, 0, 0xffff};
            machine.startLog(indices[random.nextInt(indices.length)]);
        }
        if (chance(3)) {
            machine.deliverExceptions();
        }
    }

    /// Sets flags and permissions of many entries at random and flips a few arbitrary bits.
    private void changeEntries(List<Long> slots, int flips) {
        boolean ept = machine.kind == Kind.EPT && !slots.equals(machine.guest.slots());
        long flags = ept ? 0x300 : 0x60;
        long rights = ept ? 0x407 : 0x7 | 1L << 63;
        long attributes = 0xfL << 59 | (machine.kind == Kind.NPT ? 0x18 : 0x118);
        boolean strict = chance(4);
        for (long slot : slots) {
            long entry = machine.memory.read(slot) | (random.nextLong() & flags);
            if (ept) {
                entry |= maybe(0x400, 95);
            }
            if (strict && chance(6)) {
                entry ^= few() & rights;
            }
            if (ept && (entry & 0x30) != 0 && chance(4)) {
                entry ^= random.nextLong() & 0x48;
            }
            if (!ept && chance(3)) {
                entry ^= random.nextLong() & attributes;
            }
            machine.memory.write(slot, entry);
        }
        for (int i = random.nextInt(flips); i > 0; i--) {
            long slot = slots.get(random.nextInt(slots.size()));
            machine.memory.write(slot, machine.memory.read(slot) ^ 1L << random.nextInt(64));
        }
    }
}
