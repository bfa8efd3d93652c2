package org.nestwalk.lab.vm;

import org.jspecify.annotations.Nullable;
import org.nestwalk.machine.MemoryEncryption;
import org.nestwalk.machine.Protection;

/// Whether memory is encrypted.
///
/// @param memory of the host, or null for none
/// @param protection of the guest's memory; needs encryption of the host's
public record EncryptionOptions(@Nullable MemoryEncryption memory, Protection protection) {
    /// None.
    public static final EncryptionOptions NONE = new EncryptionOptions(null, Protection.NONE);
}
