package org.nestwalk.lab.labs.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.guest.kernel.image.LoadedCode.Loaded;
import org.nestwalk.guest.kernel.image.PatchKind;
import org.nestwalk.hypervisor.monitor.Alarm;
import org.nestwalk.hypervisor.monitor.CodeFiles;
import org.nestwalk.hypervisor.monitor.CodeMonitor;
import org.nestwalk.hypervisor.monitor.WriteProtection;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.KernelStore;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.UnhandledExit;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;

/// Faults that a guard of code may have, each of which a check here finds; the guard that has none
/// passes all. (That dirty flags are cleared without a flush, `LogRulesTest` finds.)
class PlantedGuardFaultsTest {
    private static final long HOSTILE = 0x66_0000_00e9L;
    private static final int READ_ONLY = SecondLevelMap.READ | SecondLevelMap.EXECUTE;

    /// Makes a guard.
    private interface Made {
        CodeMonitor of(VirtualMachine vm, CodeFiles files, Alarm.Listener listener);
    }

    /// A guard that may be wrong.
    private abstract static class Faulty extends CodeMonitor {
        final RightsClaim claim;

        Faulty(VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
            super(vm, files, listener);
            claim = vm.claim(this);
        }

        @Override
        protected void guard(long gpa, long bytes) {
            claim.allow(gpa, bytes, READ_ONLY);
        }

        @Override
        protected void release(long gpa, long bytes) {
            claim.allow(gpa, bytes, SecondLevelMap.ALL);
        }

        @Override
        protected void end() {
            claim.close();
        }

        static boolean isHostile(VirtualCpu cpu) {
            KernelStore store = cpu.kernel().storing();
            return store == null || store.value() == HOSTILE;
        }

        @Override
        protected Verdict judge(VirtualCpu cpu, VmExit exit) {
            return isHostile(cpu) ? Verdict.STOP : Verdict.EMULATE;
        }
    }

    private static CodeMonitor right(VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
        return new WriteProtection(vm, files, listener, Verdict.EMULATE);
    }

    private static CodeMonitor opensThePage(
            VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
        return new Faulty(vm, files, listener) {
            @Override
            protected Verdict judge(VirtualCpu cpu, VmExit exit) {
                if (isHostile(cpu) || !(exit instanceof VmExit.WriteTrap trap)) {
                    return Verdict.STOP;
                }
                claim.allow(trap.gpa() & -4096, 4096, SecondLevelMap.ALL);
                return Verdict.RESUME;
            }
        };
    }

    private static CodeMonitor forgetsWhatComesLater(
            VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
        return new Faulty(vm, files, listener) {
            private boolean begun;

            @Override
            protected void guard(long gpa, long bytes) {
                if (!begun) {
                    begun = true;
                    super.guard(gpa, bytes);
                }
            }
        };
    }

    private static CodeMonitor judgesLinearAddresses(
            VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
        return new Faulty(vm, files, listener) {
            @Override
            protected Verdict judge(VirtualCpu cpu, VmExit exit) {
                KernelStore store = cpu.kernel().storing();
                boolean text = store != null && store.gva() < KernelImage.MODULES;
                return text && isHostile(cpu) ? Verdict.STOP : Verdict.EMULATE;
            }
        };
    }

    /// What the faulty guards of one machine claim, oldest first.
    private static final List<RightsClaim> CLAIMS = new ArrayList<>();

    private static CodeMonitor releasesAnothers(
            VirtualMachine vm, CodeFiles files, Alarm.Listener listener) {
        Faulty made =
                new Faulty(vm, files, listener) {
                    @Override
                    protected void end() {
                        CLAIMS.forEach(RightsClaim::close);
                    }
                };
        CLAIMS.add(made.claim);
        return made;
    }

    private static void enter(GuardedGuest guest, int cpu) {
        guest.image().enter(guest.vm().cpus().get(cpu).kernel());
    }

    private static boolean isRefused(Runnable store) {
        try {
            store.run();
            return false;
        } catch (UnhandledExit refused) {
            return true;
        }
    }

    /// What is wrong with a guard.
    private static List<String> check(Made made) {
        List<String> wrong = new ArrayList<>();
        try (SimulatedMachine machine = TrialGuests.machine(SecondLevelFormat.EPT_AD)) {
            GuardedGuest guest = new GuardedGuest(machine, TrialGuests.LAYOUT, 2);
            List<CodeMonitor> guards = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                CodeMonitor guard = made.of(guest.vm(), guest.files(), _ -> {});
                guard.start(guest.image().codeStart(), 0);
                guards.add(guard);
            }
            KernelImage image = guest.image();
            enter(guest, 0);
            image.patching().toggle(3, PatchKind.FTRACE);
            enter(guest, 1);
            if (!isRefused(() -> image.patching().poke(image.gva(3 * 16), HOSTILE))) {
                wrong.add("another CPU writes after an allowed store");
            }
            long alias = KernelImage.MODULES + (300L << 20);
            image.mapAlias(alias, image.codeStart());
            if (!isRefused(() -> image.cpu().storeLinear(1, alias + 32, HOSTILE))) {
                wrong.add("an alias is written");
            }
            Loaded module = image.loaded().load(1).orElseThrow();
            if (!isRefused(() -> image.patching().poke(module.gva() + 8, HOSTILE))) {
                wrong.add("a module is written that came later");
            }
            guards.getLast().close();
            if (!isRefused(() -> image.patching().poke(image.gva(5), HOSTILE))) {
                wrong.add("nobody guards when one of two has ended");
            }
            guards.getFirst().close();
            KernelCpu kernel = image.cpu();
            kernel.store(image.codeStart(), HOSTILE);
            if (kernel.load(image.codeStart()) != HOSTILE) {
                wrong.add("who has ended withholds rights");
            }
        }
        return wrong;
    }

    @Test
    void theGuardHasNoFault() {
        assertThat(check(PlantedGuardFaultsTest::right)).isEmpty();
    }

    @Test
    void aGuardThatOpensThePageWhileOneStoreIsMadeIsFound() {
        assertThat(check(PlantedGuardFaultsTest::opensThePage))
                .contains("another CPU writes after an allowed store");
    }

    @Test
    void aGuardThatForgetsPagesThatComeLaterIsFound() {
        assertThat(check(PlantedGuardFaultsTest::forgetsWhatComesLater))
                .containsExactly("a module is written that came later");
    }

    @Test
    void aGuardThatMissesAnAliasIsFound() {
        assertThat(check(PlantedGuardFaultsTest::judgesLinearAddresses))
                .contains("an alias is written");
    }

    @Test
    void aGuardThatReleasesAnothersRightIsFound() {
        assertThat(check(PlantedGuardFaultsTest::releasesAnothers))
                .contains("nobody guards when one of two has ended");
    }
}
