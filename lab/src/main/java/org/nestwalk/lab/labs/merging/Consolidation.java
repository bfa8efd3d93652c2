package org.nestwalk.lab.labs.merging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.PlainExecution;
import org.nestwalk.guest.program.Program;
import org.nestwalk.hypervisor.merging.MergeCounts;
import org.nestwalk.hypervisor.merging.MergeSettings;
import org.nestwalk.hypervisor.merging.PagePatching;
import org.nestwalk.hypervisor.merging.PatchCounts;
import org.nestwalk.hypervisor.merging.PatchSettings;
import org.nestwalk.hypervisor.merging.SamePageMerging;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.progress.Meter;
import org.nestwalk.machine.Account;
import org.nestwalk.machine.Cost;
import org.nestwalk.machine.ExitReason;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.SoftwareCosts;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.simulated.SimulatedMachine;
import org.nestwalk.machine.simulated.SimulatedSettings;
import org.nestwalk.memory.Longs;
import org.nestwalk.mmu.model.ProcessorModel;
import org.nestwalk.random.SplitMix64;
import org.nestwalk.random.Xoshiro256;

/// Several guests on one host for a while, whose memory is kept in one way. Guests are idle most of
/// the time: what each of their programs does is spread evenly over the first part of it.
final class Consolidation {
    static final int MOMENTS = 60;

    private static final String DOMAIN = "all";
    private static final long PAGE = GuestLayout.PAGE;
    private static final long TICK = MergeSettings.LINUX.sleepNanos();

    private final Scene scene;
    private final Means means;
    private final SimulatedMachine machine;
    private final SoftwareCosts costs;
    private final List<LabGuest> guests = new ArrayList<>();
    private final List<VirtualMachine> others = new ArrayList<>();
    private @Nullable FrozenMemory frozen;
    private final @Nullable SamePageMerging merging;
    private final @Nullable PagePatching patching;

    /// What happens.
    ///
    /// @param model the processor
    /// @param program what each guest runs
    /// @param guests how many
    /// @param layout of each
    /// @param image of each
    /// @param nanoseconds how long
    /// @param busy part of that in which programs run
    /// @param writesPerSecond of each guest to pages of its image
    record Scene(
            ProcessorModel model,
            Program program,
            int guests,
            GuestLayout layout,
            GuestImage image,
            long nanoseconds,
            double busy,
            double writesPerSecond) {}

    /// How memory is kept.
    ///
    /// @param forked whether guests are forked of the first one
    /// @param factor how many times as many pages as Linux's KSM are looked at; 0 for no merging
    /// @param patches whether pages are kept as patches, too
    record Means(boolean forked, double factor, boolean patches) {}

    /// What came of it.
    ///
    /// @param taken bytes of host memory at [#MOMENTS] moments and before the first, patches
    ///   included
    /// @param possible pages beyond the first of those that held the same at the end
    /// @param merges what merging found
    /// @param patches what was patched
    /// @param account of all
    /// @param copying cycles for each copy
    record Outcome(
            Longs taken,
            long possible,
            MergeCounts merges,
            PatchCounts patches,
            Account account,
            int copying) {
        long copies() {
            return account.cycles(Cost.HOST_COPYING) / copying;
        }

        long copyExits() {
            return account.exits(ExitReason.WRITE_TRAP);
        }
    }

    Consolidation(Scene scene, Means means) {
        this.scene = scene;
        this.means = means;
        // Room for what is apart, a store of references, and tables.
        long bytes = (scene.guests + 1) * scene.layout.memoryBytes() * 9 / 8 + (32L << 20);
        machine = new SimulatedMachine(SimulatedSettings.of(scene.model, bytes & -(4L << 20)));
        costs = machine.settings().costs();
        merging =
                means.factor == 0
                        ? null
                        : new SamePageMerging(MergeSettings.LINUX.faster(means.factor));
        patching = means.patches ? newPatching() : null;
    }

    private PagePatching newPatching() {
        VirtualMachine store =
                machine.create(
                        new VmSettings(
                                "references",
                                scene.layout.memoryBytes(),
                                1,
                                TranslationMode.NESTED));
        others.add(store);
        if (merging != null) {
            merging.add(store, DOMAIN);
        }
        return new PagePatching(PatchSettings.HALF_A_PAGE.faster(means.factor), store);
    }

    /// Runs all guests for the time.
    ///
    /// @throws EndedEarly if `meter` says so
    Outcome run(Meter meter) {
        start();
        List<LabGuest.Running> programs = new ArrayList<>();
        List<Xoshiro256> writers = new ArrayList<>();
        for (int i = 0; i < scene.guests; i++) {
            programs.add(guests.get(i).new Running(scene.program));
            writers.add(new Xoshiro256(SplitMix64.hash(scene.image.seed(), -2 - i)));
        }
        long accesses = scene.program.accesses();
        meter.begin(accesses * scene.guests);
        long[] taken = new long[MOMENTS + 1];
        taken[0] = taken();
        long ticks = Math.max(1, scene.nanoseconds / TICK);
        long written = 0;
        long told = 0;
        for (long tick = 1; tick <= ticks; tick++) {
            long writes = (long) (scene.writesPerSecond * tick * TICK / 1e9);
            double share = tick / (ticks * scene.busy);
            long due = share >= 1 ? accesses : (long) (accesses * share);
            long made = 0;
            for (int i = 0; i < scene.guests; i++) {
                programs.get(i).runTo(due);
                made += programs.get(i).made();
                for (long write = written; write < writes; write++) {
                    write(guests.get(i), writers.get(i));
                }
            }
            written = writes;
            scan(tick * TICK);
            int moment = (int) (tick * MOMENTS / ticks);
            if (moment > (tick - 1) * MOMENTS / ticks) {
                Arrays.fill(taken, (int) ((tick - 1) * MOMENTS / ticks) + 1, moment + 1, taken());
            }
            if (!meter.add(made - told)) {
                throw new EndedEarly();
            }
            told = made;
        }
        Outcome outcome = outcome(Longs.of(taken));
        end();
        return outcome;
    }

    private void start() {
        long pages = scene.layout.imagePages();
        for (int i = 0; i < scene.guests; i++) {
            LabGuest guest;
            if (i > 0 && means.forked) {
                guest = fork(guests.getFirst(), i);
            } else {
                guest = new LabGuest(machine, "guest " + i, scene.layout);
                scene.image.loadCommon(guest, pages);
            }
            guests.add(guest);
        }
        for (int i = 0; i < scene.guests; i++) {
            scene.image.loadOwn(guests.get(i), i, pages);
            if (merging != null) {
                merging.add(guests.get(i).vm(), DOMAIN);
            }
            if (patching != null) {
                patching.add(guests.get(i).vm());
            }
        }
    }

    private LabGuest fork(LabGuest parent, int number) {
        FrozenMemory memory = frozen == null ? parent.vm().freeze() : frozen;
        frozen = memory;
        return parent.fork(memory, "guest " + number);
    }

    private void write(LabGuest guest, Xoshiro256 random) {
        guest.write(
                random.nextBelow(scene.layout.imagePages()),
                (int) random.nextBelow(GuestMemory.PAGE_WORDS),
                random.nextLong());
    }

    private void scan(long now) {
        if (merging != null) {
            merging.tick(now);
        }
        if (patching != null) {
            patching.tick(now);
        }
    }

    private long taken() {
        long patches = patching == null ? 0 : patching.counts().patchPages() * PAGE;
        return machine.host().bytes() - machine.host().freeBytes() + patches;
    }

    private Outcome outcome(Longs taken) {
        Account account = new Account();
        for (LabGuest guest : guests) {
            account.add(guest.vm().background());
            account.add(guest.vm().cpus().getFirst().account());
        }
        others.forEach(vm -> account.add(vm.background()));
        return new Outcome(
                taken,
                means.forked || merging != null ? 0 : possible(),
                merging == null ? new MergeCounts(0, 0, 0, 0, 0, 0, 0, 0, 0) : merging.counts(),
                patching == null ? new PatchCounts(0, 0, 0, 0, 0) : patching.counts(),
                account,
                costs.copying());
    }

    /// Pages that are mapped, less different contents.
    private long possible() {
        long pages = 0;
        Set<Longs> contents = new HashSet<>();
        long[] words = new long[GuestMemory.PAGE_WORDS];
        for (LabGuest guest : guests) {
            VirtualMachine vm = guest.vm();
            for (long gpa = 0; gpa < scene.layout.memoryBytes(); gpa += PAGE) {
                if (vm.secondLevel().pageSize(gpa) != null) {
                    pages++;
                    vm.memory().readPage(gpa, words);
                    contents.add(Longs.of(words.clone()));
                }
            }
        }
        return pages - contents.size();
    }

    /// Checks what programs have loaded, and that no memory is lost.
    private void end() {
        PlainExecution plain = PlainExecution.of(scene.program.open());
        guests.forEach(guest -> guest.check(plain));
        machine.checkInvariants();
        FrozenMemory memory = frozen;
        if (memory != null) {
            memory.close();
        }
        machine.closeAndVerify();
    }
}
