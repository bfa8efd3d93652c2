package org.nestwalk.lab.conformance;

import java.util.List;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;

/// One conformance case: a virtual CPU's state, memory, and accesses with their expected answers.
///
/// @param id its name
/// @param mode whether there is a second level, and which
/// @param guest guest registers
/// @param features what the processor supports
/// @param eptp EPT pointer
/// @param controls secondary processor-based controls; bits 17, 18 and 22 matter
/// @param logAddress page-modification log
/// @param logIndex its index before the first access
/// @param exceptionArea #VE information area
/// @param eptpIndex index reported in that area
/// @param nestedRoot AMD's nested CR3
/// @param hostCr4 host CR4 (AMD)
/// @param hostEfer host EFER (AMD)
/// @param sequential whether memory and log index carry over from one access to the next
/// @param memory pairs of address and word
/// @param accesses what is done
/// @param expected one answer for each access
record ConformanceCase(
        String id,
        Mode mode,
        GuestRegisters guest,
        PagingFeatures features,
        long eptp,
        long controls,
        long logAddress,
        int logIndex,
        long exceptionArea,
        int eptpIndex,
        long nestedRoot,
        long hostCr4,
        long hostEfer,
        boolean sequential,
        Words memory,
        List<TestAccess> accesses,
        List<Expectation> expected) {

    static final long CONTROL_PML = 1L << 17;
    static final long CONTROL_VE = 1L << 18;
    static final long CONTROL_MODE_BASED_EXECUTE = 1L << 22;

    /// The second level of a case.
    enum Mode {
        /// None: native paging.
        NONE,
        /// Intel EPT.
        EPT,
        /// AMD nested paging.
        NPT
    }

    /// One access.
    ///
    /// @param gva linear address
    /// @param type bits of [org.nestwalk.paging.AccessType]
    record TestAccess(long gva, int type) {
        /// How a case writes it.
        String text() {
            String op =
                    (type & AccessType.READ) != 0
                            ? "r"
                            : (type & AccessType.WRITE) != 0 ? "w" : "x";
            String level =
                    (type & AccessType.USER) != 0
                            ? "u"
                            : (type & AccessType.IMPLICIT) != 0 ? "i" : "s";
            return "{\"gva\":\"%x\",\"op\":\"%s\",\"pl\":\"%s\",\"ac\":%d}"
                    .formatted(gva, op, level, (type & AccessType.ALIGNMENT_CHECK) != 0 ? 1 : 0);
        }
    }

    boolean has(long control) {
        return (controls & control) != 0;
    }
}
