package org.nestwalk.lab.guarded;

import java.util.List;
import org.nestwalk.guest.kernel.image.CodeFile;
import org.nestwalk.guest.kernel.image.ImageLayout;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.guest.kernel.image.LoadedCode.Loaded;
import org.nestwalk.guest.kernel.image.PatchKind;
import org.nestwalk.random.Xoshiro256;

/// What a kernel does beside its program, a quantum at a time: calls, stores to its data, and
/// changes of its own code. The same seed makes the same work, whatever it costs.
public final class KernelWork {
    /// What there is to do in a quantum; parts of one are done now and then.
    ///
    /// @param calls of functions, each with a store to the stack
    /// @param stores to data
    /// @param mixed stores to data on mixed pages
    /// @param patches of code: static keys, ftrace and kprobes in equal parts, some in modules
    /// @param modules loaded; when there is no room for one more, the oldest is unloaded
    /// @param programs compiled, as modules are loaded
    public record Rates(
            double calls,
            double stores,
            double mixed,
            double patches,
            double modules,
            double programs) {
        /// So many times as much.
        public Rates times(double factor) {
            return new Rates(
                    calls * factor,
                    stores * factor,
                    mixed * factor,
                    patches * factor,
                    modules * factor,
                    programs * factor);
        }
    }

    private static final List<PatchKind> KINDS =
            List.of(PatchKind.STATIC_KEY, PatchKind.FTRACE, PatchKind.KPROBE);

    private final KernelImage image;
    private final Rates rates;
    private final Xoshiro256 random;
    private final double[] due = new double[6];
    private long patches;
    private long loads;
    private long nextProgram = ImageLayout.FIRST_PROGRAM;

    /// Work in `image`.
    public KernelWork(KernelImage image, Rates rates, long seed) {
        this.image = image;
        this.rates = rates;
        this.random = new Xoshiro256(seed);
    }

    /// Does the work of one quantum.
    public void quantum() {
        repeat(0, rates.calls, () -> image.call(function(), (int) random.nextBelow(64)));
        repeat(
                1,
                rates.stores,
                () -> image.storeData(random.nextBelow(image.dataBytes() / 8), random.nextLong()));
        repeat(2, image.layout().mixed() == 0 ? 0 : rates.mixed, this::storeMixed);
        repeat(3, rates.patches, this::patch);
        repeat(4, rates.modules, () -> load(1 + (int) random.nextBelow(ImageLayout.MODULES)));
        repeat(5, rates.programs, () -> load(nextProgram++));
    }

    private void repeat(int which, double often, Runnable work) {
        due[which] += often;
        for (; due[which] >= 1; due[which]--) {
            work.run();
        }
    }

    private int function() {
        return (int) random.nextBelow(image.file().functions());
    }

    private void storeMixed() {
        image.storeMixed(
                (int) random.nextBelow(image.layout().mixed()),
                (int) random.nextBelow(CodeFile.PAGE_WORDS / 2),
                random.nextLong());
    }

    /// Switches one site.
    public void patch() {
        PatchKind kind = KINDS.get((int) random.nextBelow(KINDS.size()));
        List<Loaded> modules =
                image.loaded().all().stream().filter(code -> code.file().functions() > 0).toList();
        if (modules.isEmpty() || random.nextBelow(4) != 0) {
            image.patching().toggle(function(), kind);
        } else {
            Loaded code = modules.get((int) random.nextBelow(modules.size()));
            int function = (int) random.nextBelow(code.file().functions());
            image.patching().toggle(code.file(), code.gva(), function, kind);
        }
        patches++;
    }

    private void load(long number) {
        if (image.loaded().all().size() == image.layout().slots()) {
            image.loaded().unload(image.loaded().all().getFirst());
        }
        boolean program = number >= ImageLayout.FIRST_PROGRAM;
        if ((program ? image.loaded().compile(number) : image.loaded().load((int) number))
                .isPresent()) {
            loads++;
        }
    }

    /// Sites that have been switched.
    public long patches() {
        return patches;
    }

    /// Modules and programs that have been loaded.
    public long loads() {
        return loads;
    }
}
