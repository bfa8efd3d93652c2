package org.nestwalk.lab.conformance;

import java.util.List;
import org.nestwalk.InputException;
import org.nestwalk.bits.ControlRegisters;
import org.nestwalk.lab.conformance.ConformanceCase.Mode;
import org.nestwalk.lab.conformance.ConformanceCase.TestAccess;
import org.nestwalk.paging.GuestRegisters;
import org.nestwalk.paging.PagingFeatures;
import tools.jackson.core.JacksonException;

/// Reads one conformance case from a line of JSON; fields it does not know are passed over.
final class CaseParser {
    private final RequiredFields seen = new RequiredFields();

    private String id = "";
    private Mode mode = Mode.NONE;
    private long cr0;
    private long cr3;
    private long cr4;
    private long efer;
    private long pkru;
    private long pkrs;
    private long pat = GuestRegisters.PAT_AFTER_RESET;
    private int physicalBits = 52;
    private boolean guestOneGiB = true;
    private boolean secondOneGiB = true;
    private boolean executeOnly = true;
    private boolean advanced;
    private boolean amd;
    private long eptp;
    private long controls;
    private long logAddress;
    private int logIndex;
    private long exceptionArea;
    private int eptpIndex;
    private long nestedRoot;
    private long hostCr4;
    private long hostEfer;
    private boolean sequential;
    private Words memory = new Words(new long[0]);
    private List<TestAccess> accesses = List.of();
    private List<Expectation> expected = List.of();

    private CaseParser() {}

    /// Parses the line of `length` characters in `text` from index `from`.
    ///
    /// @throws InputException without a position, if the line is not a case
    static ConformanceCase parse(char[] text, int from, int length) {
        try (LineReader in = new LineReader(text, from, length)) {
            CaseParser parser = new CaseParser();
            in.beginLine();
            while (in.nextField()) {
                parser.seen.add(in.name());
                parser.readField(in);
            }
            in.endLine();
            return parser.toCase();
        } catch (JacksonException e) {
            throw LineReader.notJson(e);
        }
    }

    private void readField(LineReader in) {
        switch (in.name()) {
            case "id" -> id = in.text();
            case "mode" -> mode = toMode(in.text());
            case "maxpa" -> physicalBits = in.number();
            case "cr0" -> cr0 = in.hex();
            case "cr3" -> cr3 = in.hex();
            case "cr4" -> cr4 = in.hex();
            case "efer" -> efer = in.hex();
            case "pkru" -> pkru = in.hex();
            case "pkrs" -> pkrs = in.hex();
            case "pat" -> pat = in.hex();
            case "g1g" -> guestOneGiB = in.flag();
            case "n1g" -> secondOneGiB = in.flag();
            case "xonly" -> executeOnly = in.flag();
            case "adv" -> advanced = in.flag();
            case "amd" -> amd = in.flag();
            case "eptp" -> eptp = in.hex();
            case "ctl2" -> controls = in.hex();
            case "pmla" -> logAddress = in.hex();
            case "pmli" -> logIndex = in.hexBelow(1 << 16);
            case "vea" -> exceptionArea = in.hex();
            case "eptpi" -> eptpIndex = in.hexBelow(1 << 16);
            case "ncr3" -> nestedRoot = in.hex();
            case "hcr4" -> hostCr4 = in.hex();
            case "hefer" -> hostEfer = in.hex();
            case "seq" -> sequential = in.flag();
            case "mem" -> memory = in.words();
            case "acc" -> accesses = AccessParser.accesses(in);
            case "exp" -> expected = AccessParser.expectations(in);
            default -> in.skip();
        }
    }

    private ConformanceCase toCase() {
        seen.require("id", "mode", "cr0", "cr3", "cr4", "efer", "mem", "acc", "exp");
        switch (mode) {
            case NONE -> {}
            case EPT -> checkEpt();
            case NPT -> {
                seen.require("ncr3", "hcr4", "hefer");
                PagingModes.checkHost(hostCr4, hostEfer);
            }
        }
        PagingModes.checkGuest(cr0, cr4, efer);
        if ((cr0 & ControlRegisters.CR0_PG) == 0) {
            accesses.forEach(access -> PagingModes.checkUnpagedAddress(access.gva()));
        }
        if (physicalBits < 32 || physicalBits > 52) {
            throw new InputException("'maxpa' is from 32 to 52, not " + physicalBits);
        }
        if (accesses.size() != expected.size()) {
            throw new InputException(
                    "%d accesses but %d answers".formatted(accesses.size(), expected.size()));
        }
        return new ConformanceCase(
                id,
                mode,
                new GuestRegisters(cr0, cr3, cr4, efer, pkru, pkrs, pat),
                new PagingFeatures(
                        physicalBits, guestOneGiB, secondOneGiB, executeOnly, advanced, amd),
                eptp,
                controls,
                logAddress,
                logIndex,
                exceptionArea,
                eptpIndex,
                nestedRoot,
                hostCr4,
                hostEfer,
                sequential,
                memory,
                accesses,
                expected);
    }

    private void checkEpt() {
        seen.require("eptp", "ctl2");
        long levels = (eptp >>> 3 & 7) + 1;
        if (levels != 4 && levels != 5) {
            throw new InputException(
                    "'eptp' %x asks for %d levels; bits 5:3 are 3 or 4".formatted(eptp, levels));
        }
        if ((controls & ConformanceCase.CONTROL_PML) != 0) {
            seen.require("pmla", "pmli");
        }
        if ((controls & ConformanceCase.CONTROL_VE) != 0) {
            seen.require("vea");
            if ((exceptionArea & 7) != 0) {
                throw new InputException("'vea' is not a multiple of 8");
            }
        }
    }

    private static Mode toMode(String text) {
        return switch (text) {
            case "none" -> Mode.NONE;
            case "ept" -> Mode.EPT;
            case "npt" -> Mode.NPT;
            default -> throw new InputException("mode is none, ept or npt, not '" + text + "'");
        };
    }
}
