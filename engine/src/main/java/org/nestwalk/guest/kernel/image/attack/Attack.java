package org.nestwalk.guest.kernel.image.attack;

/// The attacks that there are.
public enum Attack {
    /// [InlineHook].
    INLINE_HOOK("inline hook", new InlineHook(), true),
    /// [SystemCallHook].
    SYSTEM_CALL_TABLE("system-call table", new SystemCallHook(), true),
    /// [WritableText].
    WRITABLE_TEXT("writable text", new WritableText(), true),
    /// [AliasWrite].
    ALIAS("alias", new AliasWrite(), true),
    /// [RemapPage].
    REMAP("remapping", new RemapPage(), false),
    /// [ReturnAddress].
    RETURN_ADDRESS("return address", new ReturnAddress(), false),
    /// [DeviceWrite].
    DEVICE("device", new DeviceWrite(), false);

    private final String label;
    private final KernelAttack deed;
    private final boolean writesCode;

    Attack(String label, KernelAttack deed, boolean writesCode) {
        this.label = label;
        this.deed = deed;
        this.writesCode = writesCode;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }

    /// What is done.
    public KernelAttack deed() {
        return deed;
    }

    /// Whether a processor writes to a frame that holds code or constants.
    public boolean writesCode() {
        return writesCode;
    }
}
