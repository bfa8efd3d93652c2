package org.nestwalk.lab.vm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.kernel.PagePolicy;
import org.nestwalk.hypervisor.HintSettings;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;
import org.nestwalk.machine.TranslationMode;
import org.nestwalk.memory.Fragmentation;

/// [VmOptions] in the making; every field is the component of that name.
public final class VmOptionsBuilder {
    /// See [VmOptions#programs].
    public List<String> programs;

    /// See [VmOptions#memoryBytes].
    public long memoryBytes;

    /// See [VmOptions#hostBytes].
    public long hostBytes;

    /// See [VmOptions#cpus].
    public int cpus;

    /// See [VmOptions#mode].
    public TranslationMode mode;

    /// See [VmOptions#guestPages].
    public PagePolicy guestPages;

    /// See [VmOptions#guestScanFactor].
    public double guestScanFactor;

    /// See [VmOptions#pcids].
    public boolean pcids;

    /// See [VmOptions#backing].
    public BackingChoice backing;

    /// See [VmOptions#hostScanFactor].
    public double hostScanFactor;

    /// See [VmOptions#hint].
    public boolean hint;

    /// See [VmOptions#hints].
    public HintSettings hints;

    /// See [VmOptions#fragmentation].
    public Fragmentation fragmentation;

    /// See [VmOptions#quantum].
    public int quantum;

    /// See [VmOptions#parallel].
    public boolean parallel;

    /// See [VmOptions#contents].
    public boolean contents;

    /// See [VmOptions#limit].
    public long limit;

    /// See [VmOptions#warmup].
    public long warmup;

    /// See [VmOptions#seed].
    public long seed;

    /// See [VmOptions#encryption].
    public @Nullable MemoryEncryption encryption;

    /// See [VmOptions#protection].
    public Protection protection;

    VmOptionsBuilder(VmOptions options) {
        programs = options.programs();
        memoryBytes = options.memoryBytes();
        hostBytes = options.hostBytes();
        cpus = options.cpus();
        mode = options.mode();
        guestPages = options.guestPages();
        guestScanFactor = options.guestScanFactor();
        pcids = options.pcids();
        backing = options.backing();
        hostScanFactor = options.hostScanFactor();
        hint = options.hint();
        hints = options.hints();
        fragmentation = options.fragmentation();
        quantum = options.quantum();
        parallel = options.parallel();
        contents = options.contents();
        limit = options.limit();
        warmup = options.warmup();
        seed = options.seed();
        encryption = options.encryption();
        protection = options.protection();
    }

    VmOptions build() {
        return new VmOptions(
                programs,
                memoryBytes,
                hostBytes,
                cpus,
                mode,
                guestPages,
                guestScanFactor,
                pcids,
                backing,
                hostScanFactor,
                hint,
                hints,
                fragmentation,
                quantum,
                parallel,
                contents,
                limit,
                warmup,
                seed,
                encryption,
                protection);
    }
}
