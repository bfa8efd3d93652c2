package org.nestwalk.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.Quantities;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.lab.machines.MachineFile;
import org.nestwalk.lab.vm.BackingChoice;
import org.nestwalk.lab.vm.VmOptions;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.machine.VmSettings;
import org.nestwalk.memory.Fragmentation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What a virtual machine is made with and how it runs, as options of a command.
final class VmParameters {
    private static final double FASTEST = 1e6;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Guest memory, a multiple of 2MiB (default: ${DEFAULT-VALUE}).")
    private String memory = "4GiB";

    @Option(
            names = "--host-memory",
            paramLabel = "SIZE",
            description = {
                "Host memory, a multiple of 4MiB (default: half as much again as the guest's). Less"
                        + " than the guest's overcommits. Not in native mode."
            })
    private @Nullable String hostMemory;

    @Option(
            names = "--vcpus",
            paramLabel = "N",
            description =
                    "Virtual CPUs, 1 to 256, each with a processor of its own (default:"
                            + " ${DEFAULT-VALUE}).")
    private int vcpus = 1;

    @Mixin private ModeOption mode = new ModeOption();

    @Option(
            names = "--guest-pages",
            paramLabel = "4K|thp",
            description =
                    "What the guest's kernel gives to first touches; thp is 2M where it can"
                            + " (default: ${DEFAULT-VALUE}).")
    private String guestPages = "4K";

    @Option(
            names = "--guest-khugepaged",
            paramLabel = "FACTOR",
            description =
                    "Have the guest's kernel make small pages large, FACTOR times as often as"
                            + " Linux: above 0, up to a million.")
    private @Nullable Double guestKhugepaged;

    @Option(
            names = "--no-pcid",
            description = "With several programs: context switches empty the guest's TLB entries.")
    private boolean noPcid;

    @Option(
            names = "--backing",
            paramLabel = "POLICY",
            description = {
                "How the host backs guest memory: first-touch (4K pages), 2M (at the first touch,"
                        + " where it can), eager, eager-2M (before the guest runs), khugepaged"
                        + " (first-touch, and made large in the background). Not in native mode.",
                "Default: first-touch."
            })
    private @Nullable String backing;

    @Option(
            names = "--khugepaged",
            paramLabel = "FACTOR",
            description =
                    "With --backing khugepaged: work FACTOR times as often as Linux, above 0, up to"
                            + " a million (default: 1).")
    private @Nullable Double khugepaged;

    @Option(
            names = "--fragmentation",
            paramLabel = "D:KIND",
            description = {
                "Fragment free host memory first (in native mode the guest's): none, D:random or"
                        + " D:clustered, so that in a part D of it, 0 to 1, no 2M page fits.",
                "Default: ${DEFAULT-VALUE}."
            })
    private String fragmentation = "none";

    @Option(
            names = "--hint",
            description =
                    "The guest, if it has large pages (--guest-pages thp or --guest-khugepaged),"
                            + " announces them to the host, which makes room.")
    private boolean hint;

    @Option(
            names = "--parallel",
            description = {
                "Run each of several virtual CPUs on a thread of its own; cycles then differ from"
                        + " run to run."
            })
    private boolean parallel;

    @Option(
            names = "--quantum",
            paramLabel = "N",
            description = "Accesses of a CPU's turn, 64 or more (default: 16384).")
    private @Nullable String quantum;

    @Option(
            names = "--no-contents",
            description = "Do not keep programs' data; takes less memory, and verifies nothing.")
    private boolean noContents;

    @Mixin private LimitOption limit = new LimitOption();

    @Mixin private WarmupOption warmup = new WarmupOption();

    @Mixin private SeedOption seed = new SeedOption();

    /// What to run `programs` with.
    ///
    /// @param onKvm whether on KVM, where others check what only the simulated machine has
    /// @throws InputException if something is not valid
    VmOptions options(List<String> programs, boolean onKvm) {
        checkTogether(programs.size(), onKvm);
        long bytes = Quantities.size(memory, "--memory");
        checkGuest("--memory", bytes, 1);
        checkGuest("--vcpus", bytes, vcpus);
        VmOptions defaults = VmOptions.of(programs.getFirst(), bytes);
        return new VmOptions(
                programs,
                defaults.memoryBytes(),
                hostMemory == null
                        ? defaults.hostBytes()
                        : Quantities.size(hostMemory, "--host-memory"),
                vcpus,
                mode(),
                PagePolicy.parse(guestPages.toLowerCase(Locale.ROOT)),
                guestKhugepaged == null ? 0 : factor("--guest-khugepaged", guestKhugepaged),
                !noPcid,
                backing(),
                hostScanFactor(),
                hint,
                HintSettings.DEFAULT,
                Fragmentation.parse(fragmentation),
                quantum == null ? defaults.quantum() : quantum(quantum),
                parallel,
                !noContents,
                limit.accesses(),
                warmup.accesses(),
                seed.seed(),
                defaults.encryption(),
                defaults.protection());
    }

    /// Checks that nothing is asked for that only the simulated machine has and that the options
    /// that a run is given do not show.
    ///
    /// @throws InputException which says so
    void checkOnKvm() {
        refuseOnKvm(hostMemory != null, "--host-memory", "the host has what it has");
        refuseOnKvm(noPcid, "--no-pcid", "context switches always drop translations");
        refuseOnKvm(mode.isGiven(), ModeOption.NAME, "the host decides that");
        refuseOnKvm(seed.isGiven(), "--seed", "nothing is drawn at random");
    }

    private static void refuseOnKvm(boolean asked, String option, String why) {
        refuse(
                asked,
                "%s is for the simulated machine: on KVM %s; use --on sim".formatted(option, why));
    }

    /// Checks that on the simulated machine the seed is used for something.
    ///
    /// @param machine which may replace at random
    /// @throws InputException which says so
    void checkSeed(MachineFile machine) {
        boolean replaces =
                machine.parameters().stream()
                        .anyMatch(parameter -> parameter.value().equalsIgnoreCase("random"));
        refuse(
                seed.isGiven() && !replaces && Fragmentation.parse(fragmentation).degree() == 0,
                "--seed changes nothing here: memory is not fragmented (--fragmentation), and no"
                        + " structure of machine "
                        + machine.model().name()
                        + " replaces at random");
    }

    /// Refuses what would be ignored because of another option.
    private void checkTogether(int programs, boolean onKvm) {
        if (!onKvm) {
            checkHypervisor();
        }
        refuse(
                parallel && vcpus == 1,
                "--parallel: one virtual CPU has nothing to run beside; add --vcpus 2 or more");
        refuse(
                noPcid && programs == 1,
                "--no-pcid: there are no context switches with one program; name several");
        refuse(
                limit.isGiven() && warmup.accesses() / programs >= limit.accesses(),
                "--warmup %s leaves nothing to count of --limit %s"
                        .formatted(warmup.text(), limit.text()));
    }

    private void checkHypervisor() {
        boolean isNative = mode() == TranslationMode.NATIVE;
        String why = " has no hypervisor under it: leave out --mode native or this option";
        refuse(isNative && backing != null, "--backing: the guest of --mode native" + why);
        refuse(isNative && hostMemory != null, "--host-memory: the guest of --mode native" + why);
        refuse(isNative && khugepaged != null, "--khugepaged: the guest of --mode native" + why);
        refuse(isNative && hint, "--hint: the guest of --mode native" + why);
        refuse(
                hint && !hasLargePages(),
                "--hint: a guest with small pages only has nothing to announce; add --guest-pages"
                        + " thp or --guest-khugepaged");
    }

    private boolean hasLargePages() {
        return guestKhugepaged != null
                || PagePolicy.parse(guestPages.toLowerCase(Locale.ROOT)) != PagePolicy.SMALL;
    }

    /// Says of `option` what a guest is refused for.
    private void checkGuest(String option, long bytes, int cpus) {
        try {
            var _ = new VmSettings("guest", bytes, cpus, mode());
        } catch (InputException e) {
            throw new InputException(option + ": " + e.getMessage(), e);
        }
    }

    private static void refuse(boolean asked, String why) {
        if (asked) {
            throw new InputException(why);
        }
    }

    private BackingChoice backing() {
        return backing == null ? BackingChoice.FIRST_TOUCH : BackingChoice.parse(backing);
    }

    private TranslationMode mode() {
        return switch (mode.text().toLowerCase(Locale.ROOT)) {
            case ModeOption.NESTED -> TranslationMode.NESTED;
            case "shadow" -> TranslationMode.SHADOW;
            case "native" -> TranslationMode.NATIVE;
            default ->
                    throw new InputException(
                            "unknown mode '" + mode.text() + "'; use nested, shadow or native");
        };
    }

    private double hostScanFactor() {
        if (khugepaged == null) {
            return 1;
        }
        if (backing() != BackingChoice.KHUGEPAGED) {
            throw new InputException(
                    "--khugepaged is for --backing khugepaged, not " + backing().label());
        }
        return factor("--khugepaged", khugepaged);
    }

    private static double factor(String option, double factor) {
        if (!(factor > 0 && factor <= FASTEST)) {
            throw new InputException(
                    option + " is a factor above 0, up to a million, not " + factor);
        }
        return factor;
    }

    private static int quantum(String text) {
        long count = Quantities.count(text, "--quantum");
        if (count > Integer.MAX_VALUE) {
            throw new InputException("--quantum is below 2^31, not " + text);
        }
        return (int) count;
    }
}
