package org.nestwalk.report.walk;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.ExitQualification;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.lab.explain.WalkExplanation;
import org.nestwalk.lab.explain.WalkMode;
import org.nestwalk.paging.WalkResult;

/// How a walk failed, in words; the components are the fields of its JSON form.
///
/// @param meaning what happens, in a sentence
/// @param to who is told, and how
/// @param why a sentence for each entry and rule that refuses
/// @param code error code, exit qualification or EXITINFO1, hexadecimal; null where there is none
/// @param bits a line for each bit of the code that is set
/// @param linear the linear address that is reported: CR2, or the guest linear address; or null
/// @param gpa guest-physical address of a failed second-level translation, hexadecimal, or null
public record Fault(
        String meaning,
        String to,
        List<String> why,
        @Nullable String code,
        List<String> bits,
        @Nullable String linear,
        @Nullable String gpa) {
    private static final String TO_HYPERVISOR =
            "the hypervisor, by a VM exit; the guest does not notice";

    /// Copies the lists.
    public Fault {
        why = List.copyOf(why);
        bits = List.copyOf(bits);
    }

    /// The failure of `walk`, or null if it did not fail.
    static @Nullable Fault of(WalkExplanation walk) {
        WalkResult result = walk.result();
        WalkMode mode = walk.question().mode();
        List<String> why = FaultReasons.of(walk);
        String gpa = Hex.of(result.guestPhysicalAddress());
        String gla = Hex.of(result.linearAddress());
        String code = Hex.of(result.code());
        return switch (result.outcome()) {
            case OK -> null;
            case GENERAL_PROTECTION -> {
                int levels = walk.question().guestLevels();
                String reason =
                        "%s is not canonical: with %d levels, bits 63 to %d must all be equal"
                                .formatted(gla, levels, levels == 5 ? 56 : 47);
                yield new Fault(
                        "#GP(0): " + reason,
                        kernel(mode) + ", by exception 13",
                        List.of(),
                        null,
                        List.of(),
                        null,
                        null);
            }
            case PAGE_FAULT ->
                    new Fault(
                            "#PF: a page fault; the %s tables refuse"
                                    .formatted(
                                            mode.hasSecondLevel()
                                                    ? "guest's own"
                                                    : EntryNames.guest(mode)),
                            pageFaultTo(mode),
                            why,
                            code,
                            pageFault(result.code()),
                            gla,
                            null);
            case EPT_VIOLATION ->
                    new Fault(
                            "EPT violation; EPT has no translation or refuses",
                            TO_HYPERVISOR + " (exit reason 48)",
                            why,
                            mode == WalkMode.FLAT ? null : code,
                            qualification(result.code()),
                            gla,
                            gpa);
            case VIRTUALIZATION_EXCEPTION ->
                    new Fault(
                            "#VE: an EPT violation delivered to the guest",
                            kernel(mode) + ", by exception 20",
                            why,
                            code,
                            qualification(result.code()),
                            gla,
                            gpa);
            case EPT_MISCONFIGURATION ->
                    new Fault(
                            "EPT misconfiguration; an entry is ill-formed",
                            TO_HYPERVISOR + " (exit reason 49, without a qualification)",
                            why,
                            null,
                            List.of(),
                            null,
                            gpa);
            case PML_FULL ->
                    new Fault(
                            "page-modification log full: a VM exit before the access",
                            TO_HYPERVISOR + " (exit reason 62)",
                            why,
                            null,
                            List.of(),
                            null,
                            null);
            case NESTED_PAGE_FAULT ->
                    new Fault(
                            "nested page fault; the nested tables refuse",
                            TO_HYPERVISOR + " (#VMEXIT(NPF), exit code 400h)",
                            why,
                            code,
                            pageFault(result.code()),
                            null,
                            gpa);
            case VMM_COMMUNICATION ->
                    new Fault(
                            "#VC: a page of encrypted memory that is not validated",
                            kernel(mode) + ", by exception 29",
                            why,
                            null,
                            List.of(),
                            null,
                            gpa);
            case DEVICE_REFUSED ->
                    throw new IllegalArgumentException("a device's request, and no processor's");
        };
    }

    private static String kernel(WalkMode mode) {
        return mode == WalkMode.NATIVE ? "the kernel" : "the guest's kernel";
    }

    private static String pageFaultTo(WalkMode mode) {
        return switch (mode) {
            case NATIVE -> "the kernel, by exception 14";
            case SHADOW ->
                    "the hypervisor, which intercepts exception 14: it mends the shadow table, or"
                            + " hands the fault to the guest's kernel if the guest's own table"
                            + " refuses too";
            case EPT, NPT, FLAT ->
                    "the guest's kernel, by exception 14, without a VM exit unless the hypervisor"
                            + " intercepts it";
        };
    }

    /// The bits of an error code or EXITINFO1.
    static List<String> pageFault(long code) {
        List<String> bits = new ArrayList<>();
        bits.add(
                (code & PageFaultCode.PROTECTION) != 0
                        ? "bit 0 (P): the page is present; this is a protection violation"
                        : "bit 0 (P) clear: an entry is not present");
        add(bits, code, PageFaultCode.WRITE, "bit 1 (W): the access was a write");
        add(bits, code, PageFaultCode.USER, "bit 2 (U): it was made in user mode");
        add(bits, code, PageFaultCode.RESERVED, "bit 3 (R): an entry has a reserved bit set");
        add(bits, code, PageFaultCode.FETCH, "bit 4 (I): it was an instruction fetch");
        add(bits, code, PageFaultCode.PROTECTION_KEY, "bit 5 (PK): a protection key forbids it");
        add(bits, code, PageFaultCode.OWNERSHIP, "bit 31 (RMP): the reverse map table refuses");
        add(bits, code, PageFaultCode.NESTED_FINAL, "bit 32: on the final guest-physical address");
        add(bits, code, PageFaultCode.NESTED_TABLE, "bit 33: on a guest table");
        add(bits, code, PageFaultCode.ENCRYPTED, "bit 34 (ENC): to encrypted memory");
        add(
                bits,
                code,
                PageFaultCode.SIZE_MISMATCH,
                "bit 35 (SIZEM): the nested page is too large");
        return bits;
    }

    /// The bits of an exit qualification.
    static List<String> qualification(long code) {
        List<String> bits = new ArrayList<>();
        add(bits, code, ExitQualification.READ, "bit 0: the access was a data read");
        add(bits, code, ExitQualification.WRITE, "bit 1: the access was a data write");
        add(bits, code, ExitQualification.FETCH, "bit 2: the access was an instruction fetch");
        add(bits, code, ExitQualification.READABLE, "bit 3: EPT allows reads there");
        add(bits, code, ExitQualification.WRITABLE, "bit 4: EPT allows writes there");
        add(bits, code, ExitQualification.EXECUTABLE, "bit 5: EPT allows fetches there");
        add(
                bits,
                code,
                ExitQualification.USER_EXECUTABLE,
                "bit 6: EPT allows fetches from user-mode addresses there");
        add(bits, code, ExitQualification.LINEAR_VALID, "bit 7: the linear address is valid");
        if ((code & ExitQualification.LINEAR_VALID) != 0) {
            bits.add(
                    (code & ExitQualification.FINAL) != 0
                            ? "bit 8: on the access itself, after the guest's walk"
                            : "bit 8 clear: on a guest table, during the guest's walk");
        }
        add(bits, code, ExitQualification.USER_PAGE, "bit 9: a user page of the guest");
        add(bits, code, ExitQualification.WRITABLE_PAGE, "bit 10: writable in the guest's tables");
        add(bits, code, ExitQualification.NO_EXECUTE_PAGE, "bit 11: no-execute in them");
        return bits;
    }

    private static void add(List<String> bits, long code, long bit, String meaning) {
        if ((code & bit) != 0) {
            bits.add(meaning);
        }
    }
}
