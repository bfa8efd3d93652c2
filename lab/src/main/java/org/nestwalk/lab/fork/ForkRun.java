package org.nestwalk.lab.fork;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.document.Document;
import org.nestwalk.document.Figures;
import org.nestwalk.guest.kernel.GuestKernel;
import org.nestwalk.guest.kernel.GuestState;
import org.nestwalk.guest.kernel.KernelSettings;
import org.nestwalk.guest.kernel.KernelState;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.guest.kernel.Task;
import org.nestwalk.hypervisor.FirstTouch;
import org.nestwalk.hypervisor.Hypervisor;
import org.nestwalk.lab.compare.Workloads;
import org.nestwalk.lab.experiment.EndedEarly;
import org.nestwalk.lab.fork.ForkedGuest.PageUse;
import org.nestwalk.lab.progress.ProgressEvent;
import org.nestwalk.lab.progress.ProgressListener;
import org.nestwalk.lab.vm.GuestProgram;
import org.nestwalk.machine.FrozenMemory;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.GuestMemory;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VirtualMachine;
import org.nestwalk.machine.VmExit;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.machine.state.VmState;
import org.nestwalk.memory.PageSet;

/// Runs a guest, freezes it, makes children of it, runs all of them to their end, and says what
/// that took.
public final class ForkRun {
    private static final int QUANTUM = 1 << 13;
    private static final int DIGITS = 4;
    private static final int QUARTERS = 4;
    private static final int LEVELS = 4;
    private static final String REHEARSED = "gups:footprint=1MiB,accesses=8k";

    private final ForkPlan plan;
    private final ForkMethod method;
    private final ForkHost host;
    private final ProgressListener progress;
    private final GuestProgram program;
    private final CopyTimes copies;
    private final Histogram creating = new Histogram(DIGITS);
    private final Histogram firstAccess = new Histogram(DIGITS);
    private final List<ForkResult.Moment> moments = new ArrayList<>();
    private final List<ForkedGuest> guests = new ArrayList<>();
    private final List<Long> begun = new ArrayList<>();
    private String failure = "";
    private int failed;
    private long sampling;

    private ForkRun(ForkPlan plan, ForkMethod method, ForkHost host, ProgressListener progress) {
        this.plan = plan;
        this.method = method;
        this.host = host;
        this.progress = progress;
        this.copies = new CopyTimes(host.gigahertz());
        this.program = GuestProgram.open(plan.program(), LEVELS, Long.MAX_VALUE, plan.cpus());
    }

    /// Runs all of `plan`.
    ///
    /// @param simulated the machine; null for the host's KVM
    /// @throws InputException if the program ends before it is to be frozen, or the machine cannot
    ///   have guests as asked for
    /// @throws EndedEarly if `progress` says to end it
    public static ForkResult of(
            ForkPlan plan,
            ForkMethod method,
            ForkPlan.@Nullable Simulated simulated,
            ProgressListener progress) {
        if (plan.seeds()) {
            var _ = Workloads.program(plan.program());
        }
        if (simulated == null && !method.isOnKvm()) {
            throw new InputException(
                    "%s is for the simulated machine: on KVM the memory of guests that are forked has 4K pages; use cow or eager"
                            .formatted(method.label()));
        }
        try (ForkHost host = ForkPlan.open(simulated)) {
            if (host.measured()) {
                // Java runs a method slowly for the first times.
                ForkPlan small =
                        new ForkPlan(REHEARSED, plan.memoryBytes(), 1, 4_000, 20, false, 1);
                var _ = new ForkRun(small, method, host, ProgressListener.NONE).run();
            }
            ForkRun run = new ForkRun(plan, method, host, progress);
            ForkResult result = run.runInHeap();
            host.closeAndVerify();
            return result;
        }
    }

    private ForkResult runInHeap() {
        try {
            return run();
        } catch (OutOfMemoryError e) {
            throw Shortage.ofHeap(Math.max(0, guests.size() - 1), plan.children(), e);
        }
    }

    private ForkResult run() {
        ForkedGuest parent = start();
        long frozenPages;
        long before;
        long copyingAll;
        KernelState kernel = parent.vm.exclusively(parent.kernel::save);
        long beginning = host.clock().read(parent.vm);
        GuestState state = new GuestState(VmState.saveCpus(parent.vm), kernel);
        FrozenMemory frozen = parent.vm.freeze();
        long freezing = host.clock().read(parent.vm) - beginning;
        Divergence divergence = new Divergence(program, state, plan.seeds());
        guests.add(parent);
        begun.add(host.clock().read(parent.vm));
        try (frozen) {
            PageSet backed = new PageSet();
            frozen.pages(backed);
            frozenPages = backed.size();
            copyingAll = copyAll(frozen, backed);
            before = host.taken();
            for (int child = 1; child <= plan.children(); child++) {
                add(frozen, backed, divergence, child);
            }
            sample();
            sampling = 0;
            long start = System.nanoTime();
            runAll();
            long wall = System.nanoTime() - start - sampling;
            ForkResult result =
                    result(
                            freezing,
                            copyingAll,
                            frozenPages,
                            children(divergence, wall),
                            host.taken() - before);
            guests.forEach(ForkedGuest::close);
            return result;
        }
    }

    private ForkedGuest start() {
        VirtualMachine vm =
                host.machine()
                        .create(
                                new VmSettings(
                                        "the parent",
                                        plan.memoryBytes(),
                                        plan.cpus(),
                                        TranslationMode.NESTED));
        prepare(vm);
        GuestKernel kernel = new GuestKernel(vm, KernelSettings.of(PagePolicy.SMALL, host.costs()));
        List<Task> _ = program.start(kernel, plan.cpus());
        ForkedGuest parent = new ForkedGuest(vm, kernel);
        while (!parent.hasEnded() && parent.made() < plan.after()) {
            parent.turn(share(plan.after() - parent.made()), plan.after() - parent.made());
            tell(parent.made());
        }
        if (!parent.failure().isEmpty()) {
            throw new InputException(
                    "%s cannot go on before it is frozen: %s"
                            .formatted(program.name(), parent.failure()));
        }
        boolean ended = parent.tasks().stream().anyMatch(task -> task.state() != Task.State.READY);
        if (ended || parent.made() >= accesses().orElse(Long.MAX_VALUE)) {
            throw new InputException(
                    Figures.format(
                            "%s ends after %,d access{es}; freeze it before, after fewer than that",
                            program.name(), parent.made()));
        }
        return parent;
    }

    /// What each CPU makes of `accesses`, at most a quantum.
    private int share(long accesses) {
        return (int) Math.min(QUANTUM, (accesses + plan.cpus() - 1) / plan.cpus());
    }

    /// Accesses that a guest makes on all CPUs, if that is known.
    private OptionalLong accesses() {
        OptionalLong each = program.accesses();
        return each.isPresent() ? OptionalLong.of(plan.cpus() * each.getAsLong()) : each;
    }

    private void prepare(VirtualMachine vm) {
        Hypervisor _ = Hypervisor.start(vm, new FirstTouch(method.backing()));
        if (method.copiesWhole()) {
            vm.exclusively(() -> vm.secondLevel().copyWhole(true));
        }
    }

    /// Makes a child, and has it make an access. What its guest's kernel, which is not in its
    /// memory here, takes to be set up is nobody's time.
    private void add(FrozenMemory frozen, PageSet backed, Divergence divergence, int number) {
        if (host.isShort()) {
            fail(Shortage.ofHost(offspring().size(), plan.children()));
            return;
        }
        GuestState state = divergence.stateOf(number);
        VirtualMachine vm;
        try {
            long beginning = System.nanoTime();
            vm = frozen.fork("child " + number);
            prepare(vm);
            long copying = method.isEager() ? host.clock().time(vm, () -> copy(vm, backed)) : 0;
            state.vm().restoreCpus(vm);
            if (host.measured()) {
                creating.recordValue(System.nanoTime() - beginning);
            } else if (method.isEager()) {
                creating.recordValue(copying);
            }
        } catch (GuestFailure e) {
            fail(e.failure().message());
            return;
        }
        GuestKernel kernel = GuestKernel.restore(vm, state.kernel(), divergence::open);
        copies.watch(vm);
        ForkedGuest child = new ForkedGuest(vm, kernel);
        guests.add(child);
        begun.add(host.clock().read(vm));
        firstAccess.recordValue(host.clock().time(vm, () -> child.turn(1, 1)));
        tell(plan.after());
    }

    private void fail(String why) {
        failed++;
        failure = failure.isEmpty() ? why : failure;
    }

    /// How long copying all of the memory takes, tried with a child that is not kept; -1 if there
    /// is no memory for that.
    private long copyAll(FrozenMemory frozen, PageSet backed) {
        try (VirtualMachine vm = frozen.fork("a copy")) {
            return host.clock().time(vm, () -> copy(vm, backed));
        } catch (GuestFailure e) {
            return -1;
        }
    }

    private void copy(VirtualMachine vm, PageSet backed) {
        long[] words = new long[GuestMemory.PAGE_WORDS];
        vm.exclusively(() ->
                backed.forEach(gpa -> {
                    if (host.measured()) {
                        vm.memory().readPage(gpa, words);
                        vm.memory().writePage(gpa, words);
                    } else if (!vm.secondLevel().unshare(gpa)) {
                        throw new GuestFailure(
                                VmExit.Cause.HOST_OUT_OF_MEMORY,
                                "the host has no memory left to copy a page");
                    }
                }));
    }

    /// @param done accesses by all so far
    private void tell(long done) {
        if (!guests.isEmpty() && progress.wantsCharts()) {
            long beginning = System.nanoTime();
            progress.see(picture());
            // Guests on threads of their own run on meanwhile.
            sampling += plan.threads() > 1 ? 0 : System.nanoTime() - beginning;
        }
        if (!progress.update(ProgressEvent.run(done, total()))) {
            throw new EndedEarly();
        }
    }

    /// Accesses that all will make together, if that is known.
    private OptionalLong total() {
        if (accesses().isEmpty()) {
            return OptionalLong.empty();
        }
        long each = accesses().getAsLong();
        long before = plan.seeds() ? 0 : plan.after();
        return OptionalLong.of(each + plan.children() * (each - before));
    }

    /// Runs all guests to their end, in turns or on threads.
    private void runAll() {
        long already = made() - plan.after();
        if (plan.threads() > 1) {
            new SideBySide(guests, host, plan.threads()).run(() -> tell(made() - already));
        } else {
            runInTurns(already);
        }
        sample();
    }

    private void runInTurns(long already) {
        long first = made();
        long toCome = total().isPresent() ? total().getAsLong() + already - first : 0;
        int quarter = 1;
        boolean more = true;
        while (more) {
            more = false;
            for (ForkedGuest guest : guests) {
                guest.turn(QUANTUM, host);
                more |= !guest.hasEnded();
            }
            tell(made() - already);
            if (more && quarter < QUARTERS && made() - first >= toCome * quarter / QUARTERS) {
                sample();
                quarter++;
            }
        }
    }

    /// The family as it is now.
    private Document picture() {
        long before = plan.after() * (plan.seeds() ? 1 : guests.size());
        String what = "%s, %s".formatted(program.name(), method.label());
        return new Document()
                .paragraph(Figures.format("%s, %,d access{es} later", what, made() - before))
                .bars(FamilyChart.of(method.label(), family(), guests.size()));
    }

    private List<ForkResult.Relative> family() {
        return Kinship.family(guests, plan.seeds() ? 0 : plan.after(), host.measured());
    }

    private long made() {
        return guests.stream().mapToLong(ForkedGuest::made).sum();
    }

    private List<ForkedGuest> offspring() {
        return guests.subList(1, guests.size());
    }

    /// Counts pages, which takes nobody's time.
    private void sample() {
        long beginning = System.nanoTime();
        PageUse sum = PageUse.NONE;
        for (ForkedGuest child : offspring()) {
            sum = sum.plus(child.use(new PageSet(), host.measured()));
        }
        long made = offspring().stream().mapToLong(ForkedGuest::made).sum();
        long before = plan.seeds() ? 0 : plan.after() * offspring().size();
        moments.add(
                new ForkResult.Moment(
                        made - before,
                        sum.own(),
                        sum.shared(),
                        host.measured() ? null : (Long) sum.untouched()));
        sampling += System.nanoTime() - beginning;
    }

    private ForkResult.Children children(Divergence divergence, long wall) {
        int verified = 0;
        int wrong = 0;
        long time = 0;
        for (int i = 0; i < guests.size(); i++) {
            ForkedGuest guest = guests.get(i);
            if (!guest.failure().isEmpty()) {
                fail(guest.failure());
            } else if (guest.checksums().equals(divergence.expected(i))) {
                verified++;
            } else {
                wrong++;
            }
            time += i == 0 ? 0 : host.clock().read(guest.vm) - begun.get(i);
        }
        return new ForkResult.Children(
                offspring().size(),
                verified,
                wrong,
                failed,
                failure.isEmpty() ? null : failure,
                Kinship.single(guests),
                moments.getLast().accesses(),
                host.measured() ? wall : time,
                Kinship.overlap(offspring(), host.measured()));
    }

    private ForkResult result(
            long freezing,
            long copyingAll,
            long frozenPages,
            ForkResult.Children children,
            long hostPages) {
        boolean simulated = !host.measured();
        return new ForkResult(
                method,
                freezing,
                copyingAll < 0 ? null : (Long) copyingAll,
                creating.getTotalCount() == 0 ? null : Spread.of(creating),
                Spread.of(firstAccess),
                simulated && copies.spread().count() > 0 ? copies.spread() : null,
                frozenPages,
                children,
                moments,
                family(),
                simulated ? (Long) hostPages : null);
    }
}
