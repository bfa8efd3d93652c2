package org.nestwalk.guest.kernel.image;

import org.jspecify.annotations.Nullable;
import org.nestwalk.InputException;
import org.nestwalk.random.SplitMix64;

/// Code as its build has made it, and what may become of each word while it runs: what a kernel's
/// file says in its sections `.altinstructions`, `__jump_table` and `__mcount_loc`, so that
/// everyone who has the file can tell a patch from an attack.
///
/// A function has 16 words. Its first is a site of ftrace, its third of kprobes, its sixth of a
/// static key, its tenth of an alternative. A site has two values, and on the way from one to the
/// other, as in Linux's `text_poke_bp`, a breakpoint in the first byte of either.
///
/// Pages that are mixed hold code in their first half and data in the second. Constants, which come
/// last, never change.
public final class CodeFile {
    /// Words of a page.
    public static final int PAGE_WORDS = 512;

    /// Words of a function.
    public static final int FUNCTION_WORDS = 16;

    /// INT3, in the first byte of a word.
    public static final long BREAKPOINT = 0xcc;

    private static final long FIRST_BYTE = 0xff;
    private static final long FIVE_BYTES = 0xff_ffff_ffffL;
    private static final long NO_OP = 0x00_0044_1f0fL; // nopl 0x0(%rax,%rax,1)
    private static final long JUMP = 0xe9;
    private static final long CALL = 0xe8;

    private final long seed;
    private final long[] words;
    private final int mixedFrom;
    private final int constantsFrom;

    /// A file.
    ///
    /// @param pages of code
    /// @param mixed pages after them
    /// @param constants pages after those
    public CodeFile(long seed, int pages, int mixed, int constants) {
        this.seed = seed;
        mixedFrom = pages * PAGE_WORDS;
        constantsFrom = (pages + mixed) * PAGE_WORDS;
        words = new long[(pages + mixed + constants) * PAGE_WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = build(i);
        }
    }

    private long build(int word) {
        if (isData(word)) {
            return 0;
        }
        long code = SplitMix64.hash(seed, word) & ~FIRST_BYTE | 0x48;
        PatchKind kind = word < constantsFrom ? kind(word % FUNCTION_WORDS) : null;
        return kind == PatchKind.FTRACE || kind == PatchKind.STATIC_KEY
                ? code & ~FIVE_BYTES | NO_OP
                : code;
    }

    private static @Nullable PatchKind kind(int inFunction) {
        return switch (inFunction) {
            case 0 -> PatchKind.FTRACE;
            case 2 -> PatchKind.KPROBE;
            case 5 -> PatchKind.STATIC_KEY;
            case 9 -> PatchKind.ALTERNATIVE;
            default -> null;
        };
    }

    /// Pages of all kinds.
    public int pages() {
        return words.length / PAGE_WORDS;
    }

    /// Functions; those of mixed pages come after the others.
    public int functions() {
        return mixedFrom / FUNCTION_WORDS + (constantsFrom - mixedFrom) / 2 / FUNCTION_WORDS;
    }

    /// The first word of a function.
    public int function(int number) {
        int plain = mixedFrom / FUNCTION_WORDS;
        if (number < plain) {
            return number * FUNCTION_WORDS;
        }
        int half = PAGE_WORDS / 2 / FUNCTION_WORDS;
        int page = (number - plain) / half;
        return mixedFrom + page * PAGE_WORDS + (number - plain) % half * FUNCTION_WORDS;
    }

    /// What the build has made of a word.
    public long word(int index) {
        return words[index];
    }

    /// Whether a word is data on a mixed page, which may hold anything.
    public boolean isData(int index) {
        return index >= mixedFrom && index < constantsFrom && index % PAGE_WORDS >= PAGE_WORDS / 2;
    }

    /// Whether a word is a constant.
    public boolean isConstant(int index) {
        return index >= constantsFrom;
    }

    /// Whether a page holds code that is executed: all but those of constants, and a program that
    /// was compiled, of which every word is as the compiler has made it.
    public boolean isExecutable(int page) {
        return page * PAGE_WORDS < constantsFrom || constantsFrom == 0;
    }

    /// The first word of the site of `kind` in the function that begins at word `function`.
    public static int site(int function, PatchKind kind) {
        return function
                + switch (kind) {
                    case FTRACE -> 0;
                    case KPROBE -> 2;
                    case STATIC_KEY -> 5;
                    case ALTERNATIVE -> 9;
                };
    }

    /// The other value of a site.
    ///
    /// @throws InputException if the word is none
    public long patched(int index) {
        PatchKind kind = kindOf(index);
        if (kind == null) {
            throw new InputException("word %d is no site of a patch".formatted(index));
        }
        long word = words[index];
        long target = SplitMix64.hash(seed + 1, index) << 8 & FIVE_BYTES;
        return switch (kind) {
            case FTRACE -> word & ~FIVE_BYTES | target | CALL;
            case STATIC_KEY -> word & ~FIVE_BYTES | target | JUMP;
            case KPROBE -> breakpoint(word);
            case ALTERNATIVE -> SplitMix64.hash(seed + 2, index) & ~FIRST_BYTE | 0x90;
        };
    }

    private @Nullable PatchKind kindOf(int index) {
        return isConstant(index) || isData(index) ? null : kind(index % FUNCTION_WORDS);
    }

    /// `word` with a breakpoint in its first byte.
    public static long breakpoint(long word) {
        return word & ~FIRST_BYTE | BREAKPOINT;
    }

    /// Whether a word may hold `value` while the kernel runs.
    public boolean allows(int index, long value) {
        long word = words[index];
        if (value == word || isData(index)) {
            return true;
        }
        if (kindOf(index) == null) {
            return false;
        }
        long other = patched(index);
        return value == other || value == breakpoint(word) || value == breakpoint(other);
    }
}
