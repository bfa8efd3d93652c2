package org.nestwalk.guest.kernel.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.Hypercalls;
import org.nestwalk.machine.KernelCpu;

/// Code that comes and goes: modules, which are copied from their files, and programs that a
/// just-in-time compiler writes (Linux's BPF). It is written while it cannot be executed; then the
/// hypervisor is told, and it becomes executable and not writable (Linux's
/// `module_enable_text_rox`, `bpf_jit_binary_lock_ro`).
public final class LoadedCode {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final KernelImage image;
    private final List<Loaded> loaded = new ArrayList<>();
    private final boolean[] taken;

    /// Code in a slot.
    ///
    /// @param slot its number
    /// @param number of its file
    /// @param gva linear address
    /// @param gpa guest-physical address
    /// @param file what it was made from
    public record Loaded(int slot, long number, long gva, long gpa, CodeFile file) {}

    LoadedCode(KernelImage image) {
        this.image = image;
        this.taken = new boolean[image.layout().slots()];
    }

    /// Loads the files of modules to memory.
    void loadFiles() {
        for (int number = 1; number <= ImageLayout.MODULES; number++) {
            image.load(image.layout().file(number), fileAt(number));
        }
    }

    private long fileAt(int number) {
        return image.filesStart() + (number - 1L) * image.layout().modulePages() * PAGE;
    }

    /// What is loaded now.
    public List<Loaded> all() {
        return List.copyOf(loaded);
    }

    /// Loads module `number`, 1 to [ImageLayout#MODULES]. Returns what was loaded; empty if there
    /// is no slot, or the hypervisor does not want it.
    public Optional<Loaded> load(int number) {
        Optional<Loaded> place = place(number);
        place.ifPresent(code -> image.cpu().copy(fileAt(number), code.gpa, bytes(code)));
        return place.filter(this::enable);
    }

    /// Compiles a program, whose number is [ImageLayout#FIRST_PROGRAM] or more. Returns as [#load].
    public Optional<Loaded> compile(long number) {
        Optional<Loaded> place = place(number);
        place.ifPresent(code -> image.write(code.file, code.gpa));
        return place.filter(this::enable);
    }

    /// As [#load], of a module whose file has one word changed.
    public Optional<Loaded> loadForged(int number, int word, long value) {
        Optional<Loaded> place = place(number);
        place.ifPresent(code -> {
            image.cpu().copy(fileAt(number), code.gpa, bytes(code));
            image.cpu().store(code.gpa + (long) word * Long.BYTES, value);
        });
        return place.filter(this::enable);
    }

    private Optional<Loaded> place(long number) {
        for (int slot = 0; slot < taken.length; slot++) {
            if (!taken[slot]) {
                long offset = (long) slot * image.layout().modulePages() * PAGE;
                return Optional.of(
                        new Loaded(
                                slot,
                                number,
                                KernelImage.MODULES + offset,
                                image.slotsStart() + offset,
                                image.layout().file(number)));
            }
        }
        return Optional.empty();
    }

    private static long bytes(Loaded code) {
        return code.file.pages() * PAGE;
    }

    private boolean enable(Loaded code) {
        if (tell(code, code.number) == 0) {
            return false;
        }
        for (long at = 0; at < bytes(code); at += PAGE) {
            image.tables().map(code.gva + at, code.gpa + at, false, true);
        }
        taken[code.slot] = true;
        return loaded.add(code);
    }

    private long tell(Loaded code, long number) {
        KernelCpu cpu = image.cpu();
        return cpu.hypercall(Hypercalls.EXECUTE_PAGES, code.gpa, bytes(code), number);
    }

    /// Unloads what is in a slot: nobody executes it any more, and then its pages are free.
    public void unload(Loaded code) {
        loaded.remove(code);
        for (long at = 0; at < bytes(code); at += PAGE) {
            image.tables().clear(code.gva + at);
            image.cpu().invlpg(code.gva + at);
        }
        long _ = tell(code, Hypercalls.NO_FILE);
        image.patching().forget(code.gva, code.gva + bytes(code));
        taken[code.slot] = false;
    }
}
