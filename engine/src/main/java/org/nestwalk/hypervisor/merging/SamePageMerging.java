package org.nestwalk.hypervisor.merging;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nestwalk.bits.PageSize;
import org.nestwalk.hypervisor.BackgroundWork;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.VirtualMachine;

/// Merges pages that hold the same in the background, as Linux's KSM does: wakes up, looks at a few
/// pages from where it stopped, and sleeps. A merged page is shared copy-on-write
/// ([org.nestwalk.machine.SecondLevelMap#merge]), so that whoever writes to it has its own again. A
/// page is merged with one that was merged before, or when it has not changed since the last scan
/// and another one of this scan holds the same.
///
/// Who may be merged with whom is said as a *domain*: pages of virtual machines of different ones
/// are never compared. A virtual machine that was not added is left alone.
///
/// Sources: Arcangeli, Eidus and Wright, "Increasing memory density by using KSM", Linux Symposium
/// 2009; Linux, mm/ksm.c and Documentation/admin-guide/mm/ksm.rst.
public final class SamePageMerging implements BackgroundWork {
    private static final long SMALL = PageSize.SIZE_4K.bytes();

    private final MergeSettings settings;
    private final Map<String, MergeDomain> domains = new LinkedHashMap<>();
    private final ScanRounds<Member> rounds;
    private long scanned;

    /// A virtual machine, and its pages that were looked at.
    private static final class Member extends ScanRounds.Turn {
        private final MergeDomain domain;
        private final Map<Long, ScannedPage> pages = new HashMap<>();

        private Member(VirtualMachine vm, MergeDomain domain) {
            super(vm);
            this.domain = domain;
        }
    }

    /// For no virtual machine yet; asleep until `sleepNanos` have passed.
    public SamePageMerging(MergeSettings settings) {
        this.settings = settings;
        this.rounds =
                new ScanRounds<>(
                        settings.pagesToScan(), settings.sleepNanos(), this::scan, this::endScan);
    }

    /// Merges pages of `vm` with each other, and with those of others of `domain` on the same
    /// machine, from now on.
    ///
    /// @throws UnsupportedOperationException if its memory is encrypted
    public void add(VirtualMachine vm, String domain) {
        if (vm.settings().protection() != Protection.NONE) {
            throw new UnsupportedOperationException(
                    "%s: encrypted memory cannot be merged".formatted(vm.settings().name()));
        }
        rounds.add(new Member(vm, domains.computeIfAbsent(domain, _ -> new MergeDomain(settings))));
    }

    /// Leaves `vm` alone from now on, as has to be said before it is closed. What was merged stays
    /// so until it is written.
    public void remove(VirtualMachine vm) {
        vm.exclusively(() ->
                rounds.remove(vm, member -> member.pages.values().forEach(member.domain::forget)));
    }

    @Override
    public void tick(long nanos) {
        rounds.tick(nanos);
    }

    @Override
    public long nextNanos() {
        return rounds.nextNanos();
    }

    /// Looks at all memory once, from where it stopped.
    public void scanAll() {
        rounds.scanAll();
    }

    /// Looks at up to `most` pages of a virtual machine that are mapped. Returns how many.
    private int scan(Member member, int most) {
        int seen = 0;
        long holes = 0;
        long end = member.vm.settings().memoryBytes();
        for (; seen < most && member.cursor < end; member.cursor += SMALL) {
            long gpa = member.cursor;
            if (member.vm.secondLevel().pageSize(gpa) == null) {
                holes++;
                ScannedPage gone = member.pages.remove(gpa);
                if (gone != null) {
                    member.domain.forget(gone);
                }
            } else {
                seen++;
                member.domain.examine(
                        member.pages.computeIfAbsent(gpa, _ -> new ScannedPage(member.vm, gpa)));
            }
        }
        member.vm.scanned(holes, 0);
        scanned += seen;
        return seen;
    }

    private void endScan() {
        for (Member member : rounds.turns()) {
            member.domain.beginScan(member.pages.values());
        }
    }

    /// Gives every merged page memory of its own again, as 2 in `/sys/kernel/mm/ksm/run` does, and
    /// begins anew.
    ///
    /// @return false if the host had no memory for one of them, which stays merged
    public boolean unmergeAll() {
        boolean all = true;
        for (Member member : rounds.turns()) {
            all &= member.vm.exclusively(() -> unmerge(member));
        }
        return all;
    }

    private static boolean unmerge(Member member) {
        boolean all = true;
        for (ScannedPage page : member.pages.values()) {
            if (page.node() != null) {
                member.domain.forget(page);
                all &= member.vm.secondLevel().unshare(page.gpa());
            }
        }
        return all;
    }

    /// What was found so far.
    public MergeCounts counts() {
        MergeCounts sum = new MergeCounts(0, 0, 0, 0, 0, scanned, rounds.full(), 0, 0);
        for (MergeDomain domain : domains.values()) {
            sum = sum.plus(domain.counts());
        }
        return sum;
    }
}
