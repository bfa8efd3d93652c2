package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.Effort;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.host.FrameOwners;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.paging.AccessType;
import org.nestwalk.random.Xoshiro256;

/// A guest that writes whatever it likes into its tables, and then accesses whatever it likes: it
/// reaches its own frames or nothing.
class HostileGuestTest {
    private static final long SEED = 20_261_122;
    private static final int TRIES = Effort.of(100_000);
    private static final long MEMORY = 8 << 20;
    private static final long TABLES = 1 << 20;

    private final Xoshiro256 random = new Xoshiro256(SEED);
    private long reached;
    private long encryptionBit;

    /// Five times 100,000 tries.
    enum Kind {
        EPT(SecondLevelFormat.EPT, TranslationMode.NESTED),
        EPT_AD(SecondLevelFormat.EPT_AD, TranslationMode.NESTED),
        NPT(SecondLevelFormat.NPT, TranslationMode.NESTED),
        SHADOW(SecondLevelFormat.EPT_AD, TranslationMode.SHADOW),
        NPT_OWNED(SecondLevelFormat.NPT, TranslationMode.NESTED);

        final SecondLevelFormat format;
        final TranslationMode mode;

        Kind(SecondLevelFormat format, TranslationMode mode) {
            this.format = format;
            this.mode = mode;
        }

        Protection protection() {
            return this == NPT_OWNED ? Protection.OWNED : Protection.NONE;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void neverReachesAFrameThatIsNotItsOwn(Kind kind) {
        SimulatedSettings settings =
                SimulatedSettings.of(Processors.of(kind.format), 32L << 20).withContents(false);
        SimulatedMachine machine =
                new SimulatedMachine(
                        kind == Kind.NPT_OWNED ? settings.with(MemoryEncryption.FREE) : settings);
        SimulatedVm victim = newVm(machine, "victim", kind);
        victim.cpus().getFirst().kernel().validate(0, MEMORY);
        for (long gpa = 0; gpa < MEMORY; gpa += PageSize.SIZE_4K.bytes()) {
            victim.cpus().getFirst().kernel().store(gpa, gpa);
        }
        SimulatedVm guest = newVm(machine, "hostile", kind);
        SimulatedCpu cpu = (SimulatedCpu) guest.cpus().getFirst();
        cpu.kernel().validate(0, MEMORY);
        encryptionBit = cpu.kernel().encryptionBit();
        for (long gpa = 0; gpa < TABLES; gpa += Long.BYTES) {
            cpu.kernel().store(gpa, entry());
        }
        for (int i = 0; i < TRIES; i++) {
            if (i % 16 == 0) {
                vandalise(cpu.kernel());
            }
            attempt(machine, guest, cpu);
        }
        assertThat(reached).as("accesses that went somewhere").isGreaterThan(TRIES / 20);
        machine.checkInvariants();
        machine.closeAndVerify();
    }

    private static SimulatedVm newVm(SimulatedMachine machine, String name, Kind kind) {
        VmSettings settings = new VmSettings(name, MEMORY, 1, kind.mode, kind.protection());
        return (SimulatedVm) new SmallGuest(machine, settings).vm;
    }

    /// Tables are in the first megabyte, so that they point to each other often enough.
    private void vandalise(KernelCpu kernel) {
        for (int i = 0; i < 8; i++) {
            kernel.store(random.nextBelow(TABLES / 8) * 8, entry());
        }
        if (random.nextBelow(4) == 0) {
            kernel.loadCr3(random.nextBelow(TABLES / 4096) * 4096, random.nextBelow(2) == 0);
        }
    }

    /// Mostly what leads somewhere: present, writable, within guest memory, small.
    private long entry() {
        long address =
                switch ((int) random.nextBelow(16)) {
                    case 0 -> random.nextLong() & 0x000f_ffff_ffff_f000L;
                    case 1 -> random.nextBelow(32 << 20) & -4096;
                    case 2, 3 -> random.nextBelow(MEMORY) & -4096;
                    default -> random.nextBelow(TABLES) & -4096;
                };
        long large = random.nextBelow(16) == 0 ? 0x80 : 0;
        long noise = random.nextBelow(32) == 0 ? random.nextLong() & 0xfff0_0000_0000_0fffL : 7;
        return address
                | large
                | noise
                | (random.nextBelow(4) == 0 ? 0 : encryptionBit)
                | random.nextLong() & 0xf60;
    }

    private void attempt(SimulatedMachine machine, SimulatedVm guest, SimulatedCpu cpu) {
        long gva = address();
        int type =
                switch ((int) random.nextBelow(3)) {
                    case 0 -> AccessType.READ;
                    case 1 -> AccessType.WRITE;
                    default -> AccessType.FETCH;
                };
        long user = random.nextBelow(2) == 0 ? AccessType.USER : 0;
        long[] hpa = {-1};
        try {
            cpu.alone(() ->
                    hpa[0] = ((SimulatedKernelCpu) cpu.kernel()).reach(gva, type | (int) user));
        } catch (GuestFailure | UnhandledExit refused) {
            return;
        }
        reached++;
        long owner =
                machine.frames()
                        .owners()
                        .of(hpa[0] & ~guest.context().protection().encryptionBit());
        if (FrameOwners.kind(owner) != FrameOwners.PAGE
                || FrameOwners.machine(owner) != guest.context().id()) {
            throw new AssertionError(
                    "seed %d: %x reached %x of %x".formatted(SEED, gva, hpa[0], owner));
        }
    }

    /// Mostly through the entries that vandalism hits.
    private long address() {
        long gva = random.nextLong() >> 16;
        return random.nextBelow(8) == 0 ? random.nextLong() : gva;
    }
}
