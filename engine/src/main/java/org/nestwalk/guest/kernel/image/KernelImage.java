package org.nestwalk.guest.kernel.image;

import java.util.Arrays;
import org.nestwalk.bits.PageSize;
import org.nestwalk.machine.GuestFailure;
import org.nestwalk.machine.KernelCpu;

/// A kernel's code and data in the memory of a guest, under page tables of its own, and the one
/// program that it runs: what a hypervisor that guards code has to guard.
///
/// The linear addresses are those of Linux (`Documentation/arch/x86/x86_64/mm.rst`), half a TiB
/// lower, since KVM's machine keeps the highest entry of root tables for itself. Text is executable
/// and not writable, data is writable and not executable; mixed pages are both, as where a kernel
/// does not align its sections.
///
/// What it does is done by the CPU that has [entered][#enter] last, in kernel mode, and may be
/// refused by who guards the memory ([org.nestwalk.machine.UnhandledExit]).
public final class KernelImage {
    /// Linear address of the first word of text.
    public static final long TEXT = 0xffff_ff00_8100_0000L;

    /// Linear address of the first module.
    public static final long MODULES = 0xffff_ff00_a000_0000L;

    /// Where a page is mapped whose code is to be patched.
    public static final long POKE = 0xffff_ff00_c000_0000L;

    /// Linear address of the program's first page.
    public static final long USER = 0x40_0000_0000L;

    /// The function of the kernel's own that patches code (`text_poke`).
    static final int POKE_FUNCTION = 1;

    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final ImageLayout layout;
    private final long start;
    private final CodeFile file;
    private final KernelTables tables;
    private final CodePatching patching;
    private final LoadedCode loaded;
    private KernelCpu cpu;

    /// Writes an image to memory from guest-physical address `start` on, a multiple of 4 KiB, and
    /// enters it.
    ///
    /// @throws GuestFailure if memory cannot be backed
    public KernelImage(KernelCpu cpu, long start, ImageLayout layout) {
        this.cpu = cpu;
        this.layout = layout;
        this.start = start;
        file = layout.file(0);
        tables = new KernelTables(cpu, start, ImageLayout.TABLES);
        patching = new CodePatching(this);
        loaded = new LoadedCode(this);
        load(file, start + layout.codeOffset());
        mapAll();
        loaded.loadFiles();
        enter(cpu);
    }

    /// Writes what a build has made, page by page, as a boot loader does.
    void load(CodeFile code, long gpa) {
        long[] words = new long[CodeFile.PAGE_WORDS];
        for (int page = 0; page < code.pages(); page++) {
            int first = page * CodeFile.PAGE_WORDS;
            Arrays.setAll(words, i -> code.word(first + i));
            cpu.storePage(gpa + page * PAGE, words);
        }
    }

    /// Writes what a build has made, store by store.
    void write(CodeFile code, long gpa) {
        for (int i = 0; i < code.pages() * CodeFile.PAGE_WORDS; i++) {
            cpu.store(gpa + (long) i * Long.BYTES, code.word(i));
        }
    }

    private void mapAll() {
        int pages = layout.imagePages();
        for (int i = 0; i < pages; i++) {
            boolean mixed = file.isData(i * CodeFile.PAGE_WORDS + CodeFile.PAGE_WORDS - 1);
            boolean constant = file.isConstant(i * CodeFile.PAGE_WORDS);
            tables.map(TEXT + i * PAGE, start + layout.codeOffset() + i * PAGE, mixed, !constant);
        }
        for (int i = 0; i < layout.data(); i++) {
            tables.map(dataStart() + i * PAGE, start + layout.dataOffset() + i * PAGE, true, false);
        }
        for (int i = 0; i < layout.user(); i++) {
            tables.mapUser(USER + i * PAGE, start + layout.userOffset() + i * PAGE);
        }
        tables.map(POKE, start + layout.spareOffset(), true, false);
        tables.clear(POKE);
    }

    /// Makes `cpu` the one that executes it, under its tables.
    public void enter(KernelCpu cpu) {
        this.cpu = cpu;
        tables.enter(cpu);
        if (cpu.cr3() != tables.root()) {
            cpu.loadCr3(tables.root(), false);
        }
    }

    /// The CPU that executes it.
    public KernelCpu cpu() {
        return cpu;
    }

    /// What it has of what.
    public ImageLayout layout() {
        return layout;
    }

    /// What its build has made.
    public CodeFile file() {
        return file;
    }

    KernelTables tables() {
        return tables;
    }

    /// How it changes its code.
    public CodePatching patching() {
        return patching;
    }

    /// Modules and compiled programs.
    public LoadedCode loaded() {
        return loaded;
    }

    /// Guest-physical address of its root table.
    public long root() {
        return tables.root();
    }

    /// Guest-physical address of the image's first page; all [#codeBytes] follow.
    public long codeStart() {
        return start + layout.codeOffset();
    }

    /// Guest-physical address of the pages that its page tables are made of, up to [#codeStart].
    public long tablesStart() {
        return start;
    }

    /// Bytes of text, mixed pages and constants.
    public long codeBytes() {
        return layout.imagePages() * PAGE;
    }

    /// The linear address of a word of the image.
    public long gva(int word) {
        return TEXT + (long) word * Long.BYTES;
    }

    /// Linear address of the kernel's data.
    public long dataStart() {
        return TEXT + layout.imagePages() * PAGE;
    }

    /// Bytes of the kernel's data, without the stack.
    public long dataBytes() {
        return (layout.data() - 1) * PAGE;
    }

    /// Linear address of the stack's first word; its page is no larger.
    public long stack() {
        return dataStart() + dataBytes();
    }

    /// Bytes of the program's memory, from [#USER] on.
    public long userBytes() {
        return layout.user() * PAGE;
    }

    /// The guest-physical address to which `gva` is mapped, or -1.
    public long lookup(long gva) {
        return tables.lookup(gva);
    }

    /// The guest-physical address of the leaf entry that maps `gva`.
    public long entrySlot(long gva) {
        return tables.slot(gva);
    }

    /// Maps the page at `gpa` at another linear address of the kernel's, too, writable.
    public void mapAlias(long gva, long gpa) {
        tables.map(gva, gpa, true, false);
        cpu.invlpg(gva);
    }

    /// The guest-physical address of a page that nobody uses, for who needs one.
    ///
    /// @param number 0 to 15
    public long sparePage(int number) {
        return start + layout.spareOffset() + number % ImageLayout.SPARE * PAGE;
    }

    /// Guest-physical address of the slots for modules.
    long slotsStart() {
        return start + layout.slotsOffset();
    }

    long filesStart() {
        return start + layout.filesOffset();
    }

    /// The linear address of the instruction by which function `number` stores.
    long storeOf(int number) {
        return gva(file.function(number % file.functions()) + 7);
    }

    /// Calls a function: pushes where to return to, and fetches its first two words.
    ///
    /// @param depth of the stack
    public void call(int function, int depth) {
        long slot = stack() + PAGE - (depth % CodeFile.PAGE_WORDS + 1L) * Long.BYTES;
        cpu.storeLinear(storeOf(function + 1), slot, gva(file.function(function)) + Long.BYTES);
        long entry = gva(file.function(function));
        long _ = cpu.fetchLinear(entry);
        long _ = cpu.fetchLinear(entry + Long.BYTES);
    }

    /// Stores to a word of the kernel's data.
    public void storeData(long word, long value) {
        cpu.storeLinear(
                storeOf((int) (word % file.functions())),
                dataStart() + word * Long.BYTES % dataBytes(),
                value);
    }

    /// Stores to a word of the data on a mixed page.
    ///
    /// @param page among the mixed ones
    /// @param word in its data, 0 to 255
    public void storeMixed(int page, int word, long value) {
        int first = (layout.text() + page) * CodeFile.PAGE_WORDS + CodeFile.PAGE_WORDS / 2;
        cpu.storeLinear(storeOf(page), gva(first + word), value);
    }
}
