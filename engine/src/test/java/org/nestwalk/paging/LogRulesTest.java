package org.nestwalk.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nestwalk.bits.EptEntry.DIRTY;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nestwalk.Effort;
import org.nestwalk.bits.Access;
import org.nestwalk.machine.simulated.Processors;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.mmu.TranslationFault;
import org.nestwalk.mmu.model.ProcessorModel.SecondLevelFormat;
import org.nestwalk.mmu.tlb.Invalidations;
import org.nestwalk.mmu.tlb.TranslationContexts;
import org.nestwalk.random.Xoshiro256;

/// Random accesses through an MMU, with TLBs and all, against the rules of page-modification
/// logging (Intel SDM volume 3C, section 28.2.5): the log holds each page whose dirty flag has gone
/// from 0 to 1, guest tables among them, and none twice; an access that would set a flag while the
/// log is full exits, and has not happened; so a log that is emptied when it is full and never else
/// exits floor((n - 1) / 512) times for n pages. Five faults are planted, each of which must show.
class LogRulesTest {
    private static final int PAGES = 700;
    private static final long PAGE = 0x1000;
    private static final int VPID = 1;

    enum Fault {
        NONE,
        /// A page is logged whenever it is written.
        LOG_EVERY_WRITE,
        /// The index goes up.
        INCREMENT,
        /// The flag is set before the exit of a full log.
        LOG_THEN_EXIT,
        /// Reads of guest tables set flags, but are not logged.
        OMIT_TABLES,
        /// The hypervisor clears flags and leaves TLBs as they are.
        NO_INVEPT
    }

    /// A processor and its hypervisor that keep the rules, but for a fault.
    private static final class Replay {
        private final TestMachine machine = TestMachine.ept();
        private final Fault fault;
        private final PageModificationLog log;
        private final Mmu mmu;
        private final long ep4ta;
        private final List<Long> watched = new ArrayList<>();
        private final List<Long> logged = new ArrayList<>();
        private final TreeSet<Long> written = new TreeSet<>();
        private int unread = PageModificationLog.ENTRIES - 1;
        private boolean begun;
        private long entries;
        private long exits;

        Replay(Fault fault) {
            this.fault = fault;
            for (int i = 0; i < PAGES; i++) {
                machine.map(machine.gva + i * PAGE, machine.gpa + i * PAGE);
                watched.add((machine.gpa & -PAGE) + i * PAGE);
            }
            watched.addAll(machine.guest.frames());
            log = machine.startLog(PageModificationLog.ENTRIES - 1);
            ep4ta = TranslationContexts.ep4taOf(machine.eptPointer());
            mmu =
                    new Mmu(
                            Processors.of(SecondLevelFormat.EPT_AD),
                            machine.memory,
                            machine.registers(),
                            machine.features,
                            new FaultyTables((ExtendedPageTables) machine.secondLevel(), this),
                            (gva, type) -> {},
                            null,
                            1);
            mmu.enter(VPID, 0, ep4ta);
            log.enable(false);
            for (int i = 0; i < PAGES; i++) {
                mmu.run(new long[] {Access.pack(Access.STORE, machine.gva + i * PAGE)}, 0, 1);
            }
            clearFlags(true);
            log.enable(true);
            begun = true;
        }

        private long slot(long gpa) {
            return machine.second.slot(gpa, 1);
        }

        boolean isDirty(long gpa) {
            return (machine.memory.read(slot(gpa)) & DIRTY) != 0;
        }

        private void clearFlags(boolean invalidate) {
            for (long gpa : watched) {
                machine.memory.write(slot(gpa), machine.memory.read(slot(gpa)) & ~DIRTY);
            }
            if (invalidate) {
                mmu.invalidate(Invalidations.inveptSingleContext(ep4ta));
            }
        }

        void run(int accesses, long seed) {
            Xoshiro256 random = new Xoshiro256(seed);
            for (int i = 0; i < accesses; i++) {
                long page = random.nextBelow(PAGES);
                boolean store = random.nextBelow(3) == 0;
                access(
                        Access.pack(
                                store ? Access.STORE : Access.LOAD,
                                machine.gva + page * PAGE + 8 * random.nextBelow(2)));
                if (store) {
                    written.add((machine.gpa & -PAGE) + page * PAGE);
                }
                if (random.nextBelow(1500) == 0) {
                    collect();
                }
            }
            collect();
            assertThat(exits).as("exits of full logs").isEqualTo(Math.max(0, entries - 1) / 512);
        }

        private void access(long access) {
            try {
                mmu.run(new long[] {access}, 0, 1);
            } catch (TranslationFault full) {
                assertThat(full.outcome()).isEqualTo(Outcome.PML_FULL);
                assertThat(isDirty(full.guestPhysicalAddress())).as("happened already").isFalse();
                assertThat(log.index()).isEqualTo(0xffff);
                exits++;
                readEntries();
                log.setIndex(PageModificationLog.ENTRIES - 1);
                unread = PageModificationLog.ENTRIES - 1;
                mmu.run(new long[] {access}, 0, 1);
            }
        }

        /// Reads what is new, and leaves the log as it is.
        private void readEntries() {
            for (; unread != (short) log.index(); unread--) {
                assertThat(unread).as("index").isNotNegative();
                logged.add(log.entry(unread));
            }
        }

        private void collect() {
            readEntries();
            List<Long> flagged = watched.stream().filter(this::isDirty).sorted().toList();
            assertThat(logged.stream().sorted().toList()).isEqualTo(flagged);
            assertThat(logged).containsAll(written);
            TreeSet<Long> data = new TreeSet<>(logged);
            data.removeAll(machine.guest.frames());
            assertThat(data).isEqualTo(written);
            entries += logged.size();
            logged.clear();
            written.clear();
            clearFlags(fault != Fault.NO_INVEPT);
        }
    }

    /// Extended page tables as a faulty processor reads them.
    private static final class FaultyTables extends SecondLevel {
        private final ExtendedPageTables real;
        private final Replay replay;

        FaultyTables(ExtendedPageTables real, Replay replay) {
            this.real = real;
            this.replay = replay;
        }

        @Override
        protected long translate(long gpa, int use, Walker walker) {
            PageModificationLog log = replay.log;
            boolean writes = real.isWrite(use);
            boolean dirty = replay.isDirty(gpa);
            boolean isFull = log.isFull();
            int index = log.index();
            boolean silent =
                    switch (replay.fault) {
                        case OMIT_TABLES -> replay.begun && (use & TABLE) != 0;
                        case LOG_THEN_EXIT -> isFull;
                        default -> false;
                    };
            if (silent) {
                log.enable(false);
            }
            long translation = real.translate(gpa, use, walker);
            if (silent) {
                log.enable(true);
            }
            switch (replay.fault) {
                case LOG_EVERY_WRITE -> {
                    if (writes && dirty && translation != 0 && !log.isFull()) {
                        log.append(gpa);
                    }
                }
                case INCREMENT -> {
                    if (log.index() != index) {
                        log.setIndex(index + 1);
                    }
                }
                case LOG_THEN_EXIT -> {
                    if (isFull && writes && !dirty) {
                        return walker.fail(Outcome.PML_FULL, gpa, 0);
                    }
                }
                default -> {}
            }
            return translation;
        }
    }

    @Test
    void randomAccessesKeepTheRules() {
        Replay replay = new Replay(Fault.NONE);
        replay.run(Effort.of(200_000, 1_000_000), 4);
        assertThat(replay.exits).isPositive();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void plantedFaultShows(Fault fault) {
        assertThatThrownBy(() -> new Replay(fault).run(20_000, 4))
                .isInstanceOf(AssertionError.class);
    }

    /// So short a replay has something to see.
    @Test
    void withoutAFaultTheSameReplayShowsNothing() {
        Replay replay = new Replay(Fault.NONE);
        replay.run(20_000, 4);
        assertThat(replay.exits).isPositive();
    }
}
