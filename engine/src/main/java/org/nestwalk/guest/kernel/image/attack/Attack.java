package org.nestwalk.guest.kernel.image.attack;

/// The attacks that there are.
public enum Attack {
    /// [InlineHook].
    INLINE_HOOK("inline hook", true),
    /// [SystemCallHook].
    SYSTEM_CALL_TABLE("system-call table", true),
    /// [WritableText].
    WRITABLE_TEXT("writable text", true),
    /// [AliasWrite].
    ALIAS("alias", true),
    /// [RemapPage].
    REMAP("remapping", false),
    /// [ReturnAddress].
    RETURN_ADDRESS("return address", false),
    /// [DeviceWrite].
    DEVICE("device", false);

    private final String label;
    private final boolean writesCode;

    Attack(String label, boolean writesCode) {
        this.label = label;
        this.writesCode = writesCode;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }

    /// What is done.
    public KernelAttack deed() {
        return switch (this) {
            case INLINE_HOOK -> new InlineHook();
            case SYSTEM_CALL_TABLE -> new SystemCallHook();
            case WRITABLE_TEXT -> new WritableText();
            case ALIAS -> new AliasWrite();
            case REMAP -> new RemapPage();
            case RETURN_ADDRESS -> new ReturnAddress();
            case DEVICE -> new DeviceWrite();
        };
    }

    /// Whether a processor writes to a frame that holds code or constants.
    public boolean writesCode() {
        return writesCode;
    }
}
