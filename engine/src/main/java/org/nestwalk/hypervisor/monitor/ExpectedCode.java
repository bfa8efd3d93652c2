package org.nestwalk.hypervisor.monitor;

/// What a file says of the code that is made from it: known to the hypervisor without asking the
/// guest, as from the kernel's own image and signed modules.
public interface ExpectedCode {
    /// Its pages of 4 KiB.
    int pages();

    /// Whether a word may hold `value` while the code is used: what the build has made of it, or a
    /// patch that the file describes.
    ///
    /// @param word from the first page's first on
    boolean allows(int word, long value);

    /// Whether a word is data on a page that holds code, too, and may hold anything.
    boolean isData(int word);

    /// Whether a page holds code that is executed, and not only constants.
    boolean isExecutable(int page);
}
