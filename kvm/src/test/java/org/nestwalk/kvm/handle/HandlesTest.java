package org.nestwalk.kvm.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nestwalk.bits.Access;
import org.nestwalk.kvm.sys.Holdings;
import org.nestwalk.kvm.sys.SystemCallException;

class HandlesTest {
    private static final long BYTES = 4L << 20;

    @BeforeAll
    static void needsKvm() {
        UsableKvm.isNeeded();
    }

    @Test
    void aTripleFaultEndsThatGuestAndAnotherGoesOn() {
        try (Kvm kvm = Kvm.open();
                PlainGuest bad = new PlainGuest(kvm, BYTES, 0, 0);
                PlainGuest good = new PlainGuest(kvm, BYTES, 0, 0)) {
            bad.start(Access.pack(Access.LOAD, 1L << 40));
            bad.cpu.enter();
            assertThat(bad.cpu.exit()).isEqualTo(Exit.SHUTDOWN);
            good.start(Access.pack(Access.LOAD, PlainGuest.DATA));
            good.cpu.enter();
            assertThat(good.isDone()).isTrue();
        }
    }

    @Test
    void handlesMayBeClosedInAnyOrderAndTwice() {
        Holdings before = Holdings.now();
        Kvm kvm = Kvm.open();
        PlainGuest guest = new PlainGuest(kvm, BYTES, 0, 0);
        kvm.close();
        guest.vm.close();
        // The kernel keeps what its virtual CPU needs.
        guest.start(Access.pack(Access.LOAD, PlainGuest.DATA));
        guest.cpu.enter();
        assertThat(guest.isDone()).isTrue();
        guest.close();
        guest.close();
        kvm.close();
        before.areNotExceeded();
    }

    @Test
    void aClosedHandleIsRefusedInsteadOfReachingAnotherFile() {
        Kvm kvm = Kvm.open();
        KvmVm vm = kvm.createVm();
        vm.close();
        assertThatThrownBy(() -> vm.createCpu(0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a virtual machine is closed");
        kvm.close();
    }

    @Test
    void aVirtualCpuThatCannotBeMadeLeavesNothing() {
        try (Kvm kvm = Kvm.open();
                KvmVm vm = kvm.createVm()) {
            Holdings before = Holdings.now();
            assertThatThrownBy(() -> vm.createCpu(1 << 20, 0))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageStartingWith("KVM_CREATE_VCPU: ");
            before.areNotExceeded();
        }
    }

    @Test
    void memoryInASlotThatThereIsNotIsRefused() {
        try (Kvm kvm = Kvm.open();
                KvmVm vm = kvm.createVm()) {
            int slots = kvm.extension(Extension.MEMORY_SLOTS);
            assertThatThrownBy(() -> vm.setMemory(slots, 0, 0, 4096, 4096))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageStartingWith("KVM_SET_USER_MEMORY_REGION: ");
        }
    }

    @Test
    void statisticsHaveKnownCountersThatGrow() {
        try (Kvm kvm = Kvm.open()) {
            assumeThat(kvm.has(Extension.BINARY_STATISTICS)).isTrue();
            try (PlainGuest guest = new PlainGuest(kvm, BYTES, 0, 0);
                    Statistics statistics = guest.vm.statistics()) {
                Map<String, Long> before = statistics.values();
                assertThat(before)
                        .containsKeys("remote_tlb_flush", "mmu_shadow_zapped", "pages_4k");
                guest.start(PlainGuest.stores(IntStream.range(0, 1024).toArray()));
                guest.cpu.enter();
                assertThat(guest.isDone()).isTrue();
                // By large pages where the host's kernel gives them.
                assertThat(mapped(statistics.values())).isGreaterThan(mapped(before));
            }
        }
    }

    private static long mapped(Map<String, Long> values) {
        return values.getOrDefault("pages_4k", 0L) + values.getOrDefault("pages_2m", 0L);
    }
}
