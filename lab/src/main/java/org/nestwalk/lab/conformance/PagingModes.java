package org.nestwalk.lab.conformance;

import static org.nestwalk.bits.ControlRegisters.CR0_PE;
import static org.nestwalk.bits.ControlRegisters.CR0_PG;
import static org.nestwalk.bits.ControlRegisters.CR4_LA57;
import static org.nestwalk.bits.ControlRegisters.CR4_PAE;
import static org.nestwalk.bits.ControlRegisters.EFER_LMA;
import static org.nestwalk.bits.ControlRegisters.EFER_LME;

import org.nestwalk.InputException;

/// Tells the paging modes that the walker knows, 4- and 5-level paging and none, from those that it
/// does not, and from states that no processor is in.
///
/// Source: Intel SDM volume 3A, sections 4.1.1, 9.8.5 and 26.3.1.1; AMD APM volume 2, sections 14.6
/// and 15.25.3.
final class PagingModes {
    private PagingModes() {}

    /// Throws an [InputException] that names the bits which put the guest into another mode.
    static void checkGuest(long cr0, long cr4, long efer) {
        boolean paging = (cr0 & CR0_PG) != 0;
        boolean pae = (cr4 & CR4_PAE) != 0;
        boolean enabled = (efer & EFER_LME) != 0;
        boolean active = (efer & EFER_LMA) != 0;
        if (!paging) {
            if (active) {
                throw impossible("EFER.LMA = 1 with CR0.PG = 0");
            }
            return;
        }
        if ((cr0 & CR0_PE) == 0) {
            throw impossible("CR0.PG = 1 with CR0.PE = 0");
        }
        if (active != enabled) {
            throw impossible(
                    "EFER.LMA = %d with EFER.LME = %d and CR0.PG = 1"
                            .formatted(active ? 1 : 0, enabled ? 1 : 0));
        }
        if (active && !pae) {
            throw impossible("EFER.LMA = 1 with CR4.PAE = 0");
        }
        if (!active) {
            throw new InputException(
                    ("the guest is in %s paging: CR0.PG = 1 with EFER.LMA = 0 and CR4.PAE = %d."
                         + " Only 4- and 5-level paging (EFER.LMA = 1) and none (CR0.PG = 0) are"
                         + " modelled")
                            .formatted(pae ? "PAE" : "32-bit", pae ? 1 : 0));
        }
    }

    /// Throws an [InputException] if AMD's nested tables would not be those of a host in long mode.
    static void checkHost(long hostCr4, long hostEfer) {
        boolean pae = (hostCr4 & CR4_PAE) != 0;
        boolean active = (hostEfer & EFER_LMA) != 0;
        if (active && !pae) {
            throw new InputException(
                    "'hefer' and 'hcr4': EFER.LMA = 1 with CR4.PAE = 0 is a state that no processor"
                            + " is in");
        }
        if (!active) {
            throw new InputException(
                    ("'hefer': the host is not in long mode (EFER.LMA = 0), which makes its nested"
                         + " tables %s ones%s. Only those of 4 and 5 levels (EFER.LMA = 1 and"
                         + " CR4.PAE = 1) are modelled")
                            .formatted(
                                    pae ? "PAE" : "32-bit",
                                    (hostCr4 & CR4_LA57) != 0 ? ", whatever CR4.LA57 says" : ""));
        }
    }

    /// Throws an [InputException] for a linear address of more than 32 bits with paging off, which
    /// means that the guest is not in 64-bit mode.
    static void checkUnpagedAddress(long gva) {
        if (gva >>> 32 != 0) {
            throw new InputException(
                    "'gva' %x has more than 32 bits, which no linear address has with CR0.PG = 0"
                            .formatted(gva));
        }
    }

    private static InputException impossible(String state) {
        return new InputException(
                "'cr0', 'cr4', 'efer': " + state + ": no processor is in this state");
    }
}
