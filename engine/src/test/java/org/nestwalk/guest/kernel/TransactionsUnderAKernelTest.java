package org.nestwalk.guest.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.bits.PageSize;
import org.nestwalk.guest.program.Program;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.machine.simulated.Transactions;
import org.nestwalk.machine.transactions.AbortCause;
import org.nestwalk.machine.transactions.TransactionCounts;
import org.nestwalk.machine.transactions.TransactionSettings;

/// Programs as transactions in processes of a guest's kernel, which pages on demand.
class TransactionsUnderAKernelTest {
    private static final long MEMORY = 32 << 20;

    @ParameterizedTest
    @CsvSource({"NESTED, 16", "NESTED, 100", "SHADOW, 16", "NATIVE, 16"})
    void endAsOnPlainMemoryAndPageFaultsAbort(TranslationMode mode, int length) {
        SimulatedMachine machine =
                new SimulatedMachine(SimulatedSettings.of(Machines.model(), MEMORY + (32 << 20)));
        VirtualMachine vm = machine.create(new VmSettings("vm", MEMORY, 1, mode));
        if (mode != TranslationMode.NATIVE) {
            var _ = Hypervisor.start(vm, new FirstTouch(PageSize.SIZE_4K));
        }
        Transactions transactions =
                machine.useTransactions(
                        vm, TransactionSettings.of(length, 2).withInterrupts(1e-5, 5));
        GuestKernel kernel = new GuestKernel(vm, Guest.settings(PagePolicy.SMALL));
        Program program = Guest.program("btree:footprint=4MiB,accesses=20k,updates=0.3");
        Task task = Guest.start(kernel, program, 0);
        while (kernel.slice(0, 1_000) instanceof Slice.More) {
            // The next slice.
        }
        Guest.assertPlain(task, program);
        TransactionCounts counts = transactions.cpus().getFirst().counts();
        assertThat(counts.aborts(AbortCause.EXCEPTION)).isPositive();
        kernel.close();
        machine.closeAndVerify();
    }
}
