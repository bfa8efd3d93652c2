package org.nestwalk.guest.kernel.image;

import java.util.HashSet;
import java.util.Set;
import org.nestwalk.bits.PageSize;

/// How a kernel changes code that is executed meanwhile, as Linux does: the page is mapped a second
/// time, writable, for as long as that takes (`text_poke`, since Linux 5.2 in an address space of
/// its own), and of more than a byte the first is a breakpoint until the others are there
/// (`text_poke_bp_batch`).
public final class CodePatching {
    private static final long PAGE = PageSize.SIZE_4K.bytes();

    private final KernelImage image;
    private final Set<Long> patched = new HashSet<>();

    CodePatching(KernelImage image) {
        this.image = image;
    }

    /// Switches a site from one of its values to the other.
    ///
    /// @param function of `code`
    /// @param gva where `code` is
    public void toggle(CodeFile code, long gva, int function, PatchKind kind) {
        int word = CodeFile.site(code.function(function), kind);
        long at = gva + (long) word * Long.BYTES;
        long other = code.patched(word);
        boolean on = patched.add(at);
        if (!on) {
            patched.remove(at);
        }
        long from = on ? code.word(word) : other;
        long to = on ? other : code.word(word);
        if (kind == PatchKind.KPROBE) {
            poke(at, to);
            return;
        }
        long page = map(at);
        store(page, CodeFile.breakpoint(from));
        store(page, CodeFile.breakpoint(to));
        store(page, to);
        unmap();
    }

    /// As [#toggle(CodeFile, long, int, PatchKind)] in the kernel's own text.
    public void toggle(int function, PatchKind kind) {
        toggle(image.file(), KernelImage.TEXT, function, kind);
    }

    /// Whether the site at `gva` has its second value.
    boolean isPatched(long gva) {
        return patched.contains(gva);
    }

    /// What was patched between two addresses is gone.
    void forget(long from, long to) {
        patched.removeIf(gva -> gva >= from && gva < to);
    }

    /// Stores one word over the code at `gva`, whoever asks for it and whatever it is: `text_poke`
    /// does not know what is right.
    public void poke(long gva, long value) {
        store(map(gva), value);
        unmap();
    }

    /// Maps the page of `gva` writable. Returns where `gva` is then.
    private long map(long gva) {
        image.tables().map(KernelImage.POKE, image.lookup(gva) & -PAGE, true, false);
        image.cpu().invlpg(KernelImage.POKE);
        return KernelImage.POKE + (gva & PAGE - 1);
    }

    private void store(long at, long value) {
        image.cpu().storeLinear(image.storeOf(KernelImage.POKE_FUNCTION), at, value);
    }

    private void unmap() {
        image.tables().clear(KernelImage.POKE);
        image.cpu().invlpg(KernelImage.POKE);
    }
}
