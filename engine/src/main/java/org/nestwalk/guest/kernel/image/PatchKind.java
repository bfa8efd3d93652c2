package org.nestwalk.guest.kernel.image;

/// How a kernel changes its own code while it runs.
public enum PatchKind {
    /// A sequence that suits the processor better, chosen once when the kernel boots or a module is
    /// loaded (Linux's `apply_alternatives`).
    ALTERNATIVE("alternatives"),
    /// A branch that is a no-op until a key is switched (Linux's static keys, `jump_label`).
    STATIC_KEY("static keys"),
    /// A no-op at the entry of a function that becomes a call of the tracer (Linux's ftrace).
    FTRACE("ftrace"),
    /// A breakpoint on an instruction (Linux's kprobes).
    KPROBE("kprobes");

    private final String label;

    PatchKind(String label) {
        this.label = label;
    }

    /// Its name in reports.
    public String label() {
        return label;
    }
}
