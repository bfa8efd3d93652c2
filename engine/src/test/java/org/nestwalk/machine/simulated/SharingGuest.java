package org.nestwalk.machine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.Access;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Checksum;
import org.nestwalk.machine.CpuState;
import org.nestwalk.machine.DirtyPages;
import org.nestwalk.machine.DirtySource;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;
import org.nestwalk.machine.RightsClaim;
import org.nestwalk.machine.SecondLevelMap;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.Verdict;
import org.nestwalk.machine.VirtualCpu;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.PageSet;

/// A guest that shares memory with others, and beside it what its pages must hold: nothing about
/// frames, tables or who shares what. It maps its memory from [#GVA] on with 2-MiB pages, by tables
/// in the first region, which is not looked at otherwise.
final class SharingGuest implements AutoCloseable {
    static final long REGION = 2 << 20;
    static final long MEMORY = 3 * REGION;
    static final long PAGE = 4096;
    static final long GVA = 0x80_0000_0000L;

    final VirtualMachine vm;
    final SecondLevelMap map;
    final DirtyPages tracker;

    /// A part that lets every access be performed that it refuses.
    final RightsClaim monitor;

    private final Map<Long, Map<Long, Long>> pages = new HashMap<>();
    private final Set<Long> changed = new HashSet<>();

    /// Whose pages are shared as they are touched.
    private final SharingGuest template;

    private boolean closed;

    /// @param template whose pages are shared as they are touched, its tables included, until it is
    ///   closed; null for memory of its own
    SharingGuest(
            SimulatedMachine machine,
            TranslationMode mode,
            DirtySource source,
            @Nullable SharingGuest template) {
        this(machine.create(new VmSettings("guest", MEMORY, 2, mode)), source, template);
    }

    private SharingGuest(VirtualMachine vm, DirtySource source, @Nullable SharingGuest template) {
        this.vm = vm;
        map = vm.secondLevel();
        this.template = template == null ? this : template;
        vm.attach((cpu, exit) ->
                exit instanceof VmExit.Violation violation
                        ? Verdict.resumeIf(back(violation.gpa()))
                        : Verdict.NOT_MINE);
        monitor = vm.claim((cpu, exit) -> Verdict.PERFORM);
        tracker = vm.trackDirty(source);
        if (template == null) {
            KernelCpu kernel = vm.cpus().getFirst().kernel();
            kernel.store(0x1000 + 8 * (GVA >> 39), 0x2007);
            kernel.store(0x2000, 0x3007);
            for (long region = 0; region < MEMORY / REGION; region++) {
                kernel.store(0x3000 + 8 * region, region * REGION | 0x87);
            }
        }
        loadTables();
    }

    /// A guest made of frozen memory.
    private SharingGuest(Frozen frozen, DirtySource source) {
        vm = frozen.memory.fork("fork");
        map = vm.secondLevel();
        template = this;
        vm.attach((cpu, exit) ->
                exit instanceof VmExit.Violation violation
                        ? Verdict.resumeIf(back(violation.gpa()))
                        : Verdict.NOT_MINE);
        monitor = vm.claim((cpu, exit) -> Verdict.PERFORM);
        tracker = vm.trackDirty(source);
        frozen.pages.forEach((page, words) -> pages.put(page, new HashMap<>(words)));
        loadTables();
    }

    /// What a guest held when it was frozen.
    static final class Frozen implements AutoCloseable {
        private final FrozenMemory memory;
        private final Map<Long, Map<Long, Long>> pages = new HashMap<>();

        Frozen(SharingGuest guest) {
            memory = guest.vm.freeze();
            guest.pages.forEach((page, words) -> pages.put(page, new HashMap<>(words)));
        }

        SharingGuest fork(DirtySource source) {
            return new SharingGuest(this, source);
        }

        void check() {
            PageSet backed = new PageSet();
            memory.pages(backed);
            for (long page = REGION; page < MEMORY; page += PAGE) {
                Map<Long, Long> words = pages.get(page);
                assertThat(backed.contains(page)).as("%x", page).isEqualTo(words != null);
                for (long offset = 0; words != null && offset < 64; offset += 8) {
                    assertThat(memory.read(page + offset))
                            .as("%x", page + offset)
                            .isEqualTo(words.getOrDefault(offset, 0L));
                }
            }
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    private void loadTables() {
        for (VirtualCpu cpu : vm.cpus()) {
            cpu.kernel().loadCr3(0x1000, false);
            for (long table = 0x1000; table <= 0x3000; table += PAGE) {
                cpu.kernel().load(table);
            }
        }
    }

    private boolean back(long gpa) {
        long page = gpa & -PAGE;
        if (template != this && !template.closed && template.isBacked(page)) {
            boolean shared = map.share(page, template.vm, page, PageSize.SIZE_4K);
            if (shared) {
                copyTwin(page, template, page, PAGE);
            }
            return shared;
        }
        boolean backed = map.populate(page, PageSize.SIZE_4K);
        if (backed) {
            pages.put(page, new HashMap<>());
        }
        return backed;
    }

    boolean isBacked(long page) {
        return pages.containsKey(page);
    }

    boolean holdsTheSame(long page, SharingGuest other, long otherPage) {
        return words(page).equals(other.words(otherPage));
    }

    /// What differs from 0, by offset.
    private Map<Long, Long> words(long page) {
        return Objects.requireNonNull(pages.get(page));
    }

    private void copyTwin(long page, SharingGuest from, long fromPage, long bytes) {
        for (long offset = 0; offset < bytes; offset += PAGE) {
            pages.put(page + offset, new HashMap<>(from.words(fromPage + offset)));
            changed.add(page + offset);
        }
    }

    private void writeTwin(long gpa, long value) {
        words(gpa & -PAGE).put(gpa % PAGE, value);
        if (value == 0) {
            words(gpa & -PAGE).remove(gpa % PAGE);
        }
        changed.add(gpa & -PAGE);
    }

    /// One access of a program. Returns false if it was stopped for want of memory.
    boolean access(int index, int kind, long gpa) {
        VirtualCpu cpu = vm.cpus().get(index);
        CpuState before = cpu.state();
        VmExit exit = cpu.run(new long[] {Access.pack(kind, GVA + gpa)}, 0, 1);
        if (!(exit instanceof VmExit.ProgramEnd)) {
            assertThat(isOutOfMemory(exit)).as("%s", exit).isTrue();
            assertThat(cpu.state()).isEqualTo(before);
            return false;
        }
        if (kind == Access.LOAD) {
            long expected = words(gpa & -PAGE).getOrDefault(gpa % PAGE, 0L);
            assertThat(cpu.state().checksum())
                    .as("what is loaded at %x", gpa)
                    .isEqualTo(Checksum.fold(before.checksum(), expected));
        } else {
            writeTwin(gpa, Checksum.value(before.cursor()));
        }
        return true;
    }

    /// The backing policy of these guests stops at a page for which there is no memory.
    private static boolean isOutOfMemory(VmExit exit) {
        return exit instanceof VmExit.Violation
                || (exit instanceof VmExit.Failure failure
                        && failure.cause() == VmExit.Cause.HOST_OUT_OF_MEMORY);
    }

    void kernelStore(int index, long gpa, long value) {
        vm.cpus().get(index).kernel().store(gpa, value);
        writeTwin(gpa, value);
    }

    void kernelCopy(int index, long from, long to) {
        vm.cpus().get(index).kernel().copy(from, to, PAGE);
        copyTwin(to, this, from, PAGE);
    }

    void kernelZero(int index, long page) {
        vm.cpus().get(index).kernel().zero(page, PAGE);
        pages.put(page, new HashMap<>());
        changed.add(page);
    }

    void hypervisorWrite(long gpa, long value) {
        vm.exclusively(() -> vm.memory().write(gpa, value));
        pages.computeIfAbsent(gpa & -PAGE, page -> new HashMap<>());
        writeTwin(gpa, value);
    }

    boolean populate(long gpa, PageSize size) {
        boolean[] done = new boolean[1];
        vm.exclusively(() -> done[0] = map.populate(gpa, size));
        if (done[0]) {
            long first = gpa & ~size.offsetMask();
            for (long page = first; page < first + size.bytes(); page += PAGE) {
                assertThat(pages.put(page, new HashMap<>())).isNull();
            }
        }
        return done[0];
    }

    void unmap(long gpa, long bytes) {
        vm.exclusively(() -> map.unmap(gpa, bytes));
        for (long page = gpa; page < gpa + bytes; page += PAGE) {
            if (pages.remove(page) != null) {
                changed.add(page);
            }
        }
    }

    boolean share(long gpa, SharingGuest from, long fromGpa, PageSize size) {
        boolean[] done = new boolean[1];
        vm.exclusively(() -> done[0] = map.share(gpa, from.vm, fromGpa, size));
        if (done[0]) {
            long page = gpa & ~size.offsetMask();
            assertThat(isBacked(page)).isFalse();
            copyTwin(page, from, fromGpa & ~size.offsetMask(), size.bytes());
        }
        return done[0];
    }

    int collapse(long gpa) {
        int[] copied = new int[1];
        vm.exclusively(() -> copied[0] = map.collapse(gpa, -1));
        if (copied[0] >= 0) {
            long first = gpa & -REGION;
            int backed = 0;
            for (long page = first; page < first + REGION; page += PAGE) {
                backed += isBacked(page) ? 1 : 0;
                pages.putIfAbsent(page, new HashMap<>());
            }
            assertThat(copied[0]).isEqualTo(backed);
        }
        return copied[0];
    }

    /// Every page that has changed since the last time must be found.
    void collect() {
        PageSet found = new PageSet();
        tracker.collect(found);
        changed.removeIf(page -> page < REGION);
        assertThat(changed).allSatisfy(page -> assertThat(found.contains(page)).isTrue());
        changed.clear();
    }

    /// All that the guest holds, and nothing else.
    void check() {
        for (long page = REGION; page < MEMORY; page += PAGE) {
            assertThat(map.pageSize(page) != null || map.isInherited(page))
                    .as("page %x", page)
                    .isEqualTo(isBacked(page));
            if (isBacked(page)) {
                Map<Long, Long> words = words(page);
                for (long offset = 0; offset < 64; offset += 8) {
                    assertThat(vm.memory().read(page + offset))
                            .as("%x", page + offset)
                            .isEqualTo(words.getOrDefault(offset, 0L));
                }
            }
        }
    }

    /// Whether `work` went through; not if the host has no memory for it.
    static boolean succeeds(Runnable work) {
        try {
            work.run();
            return true;
        } catch (GuestFailure failure) {
            assertThat(failure.failure().cause()).isEqualTo(VmExit.Cause.HOST_OUT_OF_MEMORY);
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        vm.close();
    }
}
