package org.nestwalk.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;

/// Guests and hosts whose paging the walker does not know are refused, and not walked as if they
/// were in IA-32e mode.
class PagingModesTest {
    private static final String GUEST_32_BIT =
            """
            {"id":"32-bit","mode":"npt","cr0":"80010001","cr4":"10","efer":"0","cr3":"1000",\
            "ncr3":"900000","hcr4":"20","hefer":"d00","mem":[["101000","2027"]],\
            "acc":[{"gva":"123","op":"r","pl":"u","ac":0}],\
            "exp":[{"r":"ok","gpa":"5123","hpa":"105123","gps":12,"nps":12,"ad":[]}]}
            """;

    private static String guest(String cr0, String cr4, String efer, String gva) {
        return """
        {"id":"guest","mode":"none","cr0":"%s","cr4":"%s","efer":"%s","cr3":"1000","mem":[],\
        "acc":[{"gva":"%s","op":"r","pl":"s","ac":0}],\
        "exp":[{"r":"ok","hpa":"%s","mt":6,"ad":[]}]}
        """
                .formatted(cr0, cr4, efer, gva, gva);
    }

    private static String host(String cr4, String efer) {
        return """
        {"id":"host","mode":"npt","cr0":"11","cr4":"0","efer":"0","cr3":"0","ncr3":"1000",\
        "hcr4":"%s","hefer":"%s","mem":[],"acc":[{"gva":"5","op":"r","pl":"s","ac":0}],\
        "exp":[{"r":"npf","ec":"100000004","gpa":"5","ad":[]}]}
        """
                .formatted(cr4, efer);
    }

    private static Conformance check(String line) {
        Conformance conformance = new Conformance(1);
        conformance.check("cases", new StringReader(line));
        return conformance;
    }

    private static void assertRefused(String line, String message) {
        assertThatThrownBy(() -> check(line))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cases:1: ")
                .hasMessageContaining(message);
    }

    @Test
    void guestIn32BitPagingUnderNestedTablesIsRefused() {
        assertRefused(GUEST_32_BIT, "32-bit paging: CR0.PG = 1 with EFER.LMA = 0 and CR4.PAE = 0");
    }

    @ParameterizedTest
    @CsvSource({
        "80000001, 10, 0, '32-bit paging: CR0.PG = 1 with EFER.LMA = 0 and CR4.PAE = 0'",
        "80000001, 20, 800, 'PAE paging: CR0.PG = 1 with EFER.LMA = 0 and CR4.PAE = 1'",
        "80000001, 1020, 0, 'PAE paging: CR0.PG = 1 with EFER.LMA = 0 and CR4.PAE = 1'",
        "80000001, 0, 500, 'EFER.LMA = 1 with CR4.PAE = 0'",
        "80000001, 20, 100, 'EFER.LMA = 0 with EFER.LME = 1 and CR0.PG = 1'",
        "80000001, 20, 400, 'EFER.LMA = 1 with EFER.LME = 0 and CR0.PG = 1'",
        "80000000, 20, 500, 'CR0.PG = 1 with CR0.PE = 0'",
        "1, 20, 500, 'EFER.LMA = 1 with CR0.PG = 0'"
    })
    void guestInAnotherModeIsRefusedByTheBitsThatMakeItSo(
            String cr0, String cr4, String efer, String message) {
        assertRefused(guest(cr0, cr4, efer, "1000"), message);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "0, 0, 0", "1, 20, 100"})
    void guestWithoutPagingIsWalked(String cr0, String cr4, String efer) {
        assertThat(check(guest(cr0, cr4, efer, "fffffff0")).mismatches()).isZero();
    }

    @Test
    void linearAddressOfMoreThan32BitsIsRefusedWithPagingOff() {
        assertRefused(guest("1", "0", "0", "100000000"), "'gva' 100000000 has more than 32 bits");
    }

    @ParameterizedTest
    @CsvSource({
        "20, 800, 'nested tables PAE ones'",
        "0, 0, 'nested tables 32-bit ones'",
        "1020, 0, 'whatever CR4.LA57 says'",
        "0, 500, 'EFER.LMA = 1 with CR4.PAE = 0'"
    })
    void hostOutsideLongModeIsRefused(String cr4, String efer, String message) {
        assertRefused(host(cr4, efer), message);
    }

    @Test
    void hostInLongModeIsWalked() {
        assertThat(check(host("20", "d00")).mismatches()).isZero();
    }
}
