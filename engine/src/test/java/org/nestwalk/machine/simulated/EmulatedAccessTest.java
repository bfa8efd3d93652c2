package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.bits.Access;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.KernelStore;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VmExit;

/// Accesses that the hypervisor makes in the guest's place, and stores of a kernel that it judges.
class EmulatedAccessTest {
    private static final long PAGE = 4096;
    private static final long GVA = SmallGuest.GVA;
    private static final long DATA = 4 << 20;
    private static final long RIP = 0x1234;
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    private static final class Judged extends SmallGuest {
        final List<KernelStore> stores = new ArrayList<>();
        final RightsClaim claim = vm.claim(this::judge);
        Verdict verdict = Verdict.EMULATE;

        Judged(Kind kind) {
            super(kind);
            mapAll();
            run(Access.STORE, GVA + DATA);
            vm.exclusively(() -> claim.allow(DATA, PAGE, READ_ONLY));
            exits.clear();
        }

        Verdict judge(VirtualCpu cpu, VmExit exit) {
            exits.add(exit);
            KernelStore store = cpu.kernel().storing();
            if (store != null) {
                stores.add(store);
            }
            return verdict;
        }

        long steps() {
            return cpu.account().exits(ExitReason.SINGLE_STEP);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachStoreOfAProgramIsMadeAndAskedAbout(SmallGuest.Kind kind) {
        Judged emulated = new Judged(kind);
        Judged stepped = new Judged(kind);
        stepped.verdict = Verdict.PERFORM;
        for (int i = 1; i <= 5; i++) {
            emulated.run(Access.MODIFY, GVA + DATA + 8L * i);
            stepped.run(Access.MODIFY, GVA + DATA + 8L * i);
            assertThat(emulated.exits).hasSize(i);
        }
        assertThat(emulated.cpu.state()).isEqualTo(stepped.cpu.state());
        for (int i = 0; i < 8; i++) {
            assertThat(emulated.vm.memory().read(DATA + 8L * i))
                    .isEqualTo(stepped.vm.memory().read(DATA + 8L * i));
        }
        assertThat(stepped.steps()).isEqualTo(5);
        if (kind != SmallGuest.Kind.SHADOW) {
            assertThat(emulated.steps()).isZero();
            assertThat(emulated.cpu.account().cycles(Cost.EMULATION)).isPositive();
        }
        emulated.machine.closeAndVerify();
        stepped.machine.closeAndVerify();
    }

    @Test
    void aBlockOfAccessesIsMadeOneByOne() {
        Judged guest = new Judged(SmallGuest.Kind.EPT_AD);
        long[] block = new long[20_000];
        for (int i = 0; i < block.length; i++) {
            block[i] = Access.pack(Access.STORE, GVA + DATA + i % 512 * 8L);
        }
        assertThat(guest.cpu.run(block, 0, block.length)).isInstanceOf(VmExit.ProgramEnd.class);
        assertThat(guest.exits).hasSize(block.length);
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void aStoreOfTheKernelSaysWhoStoresWhatAndWhere(SmallGuest.Kind kind) {
        Judged guest = new Judged(kind);
        guest.kernel.storeLinear(RIP, GVA + DATA + 16, 77);
        assertThat(guest.stores).containsOnly(new KernelStore(RIP, GVA + DATA + 16, 77));
        assertThat(guest.kernel.loadLinear(GVA + DATA + 16)).isEqualTo(77);
        assertThat(guest.kernel.fetchLinear(GVA + DATA + 16)).isEqualTo(77);
        guest.stores.clear();
        guest.kernel.store(DATA + 24, 78);
        assertThat(guest.stores).containsOnly(KernelStore.of(78));
        assertThat(guest.kernel.storing()).isNull();
        assertThat(guest.vm.memory().read(DATA + 24)).isEqualTo(78);
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void aStoreThatIsRefusedIsNotMade(SmallGuest.Kind kind) {
        Judged guest = new Judged(kind);
        guest.verdict = Verdict.STOP;
        assertThatThrownBy(() -> guest.kernel.storeLinear(RIP, GVA + DATA + 16, 77))
                .isInstanceOf(UnhandledExit.class);
        assertThatThrownBy(() -> guest.kernel.store(DATA + 16, 77))
                .isInstanceOf(UnhandledExit.class);
        assertThat(guest.vm.memory().read(DATA + 16)).isZero();
        assertThat(guest.kernel.storing()).isNull();
        guest.machine.closeAndVerify();
    }

    @ParameterizedTest
    @EnumSource
    void onePartThatStepsMakesItAStep(SmallGuest.Kind kind) {
        Judged guest = new Judged(kind);
        RightsClaim other = guest.vm.claim((_, _) -> Verdict.PERFORM);
        guest.vm.exclusively(() -> other.allow(DATA, PAGE, READ_ONLY));
        guest.run(Access.STORE, GVA + DATA);
        assertThat(guest.steps()).isEqualTo(1);
        guest.kernel.store(DATA, 5);
        assertThat(guest.steps()).isEqualTo(2);
        guest.machine.closeAndVerify();
    }
}
