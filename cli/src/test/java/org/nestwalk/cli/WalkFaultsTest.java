package org.nestwalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.nestwalk.cli.Nestwalk.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.cli.Nestwalk.Result;
import tools.jackson.databind.JsonNode;

/// `walk --entry ... --set ...`: walks that fault, with who is told and why.
class WalkFaultsTest {
    private static final String GVA = "0x7f1234567123";

    private static Result walk(String options) {
        List<String> line = new ArrayList<>(List.of("walk", GVA));
        Stream.of(options.split(" ", -1)).filter(word -> !word.isEmpty()).forEach(line::add);
        return run(line.toArray(String[]::new));
    }

    private static JsonNode json(String options) {
        return walk(options + " --json -").json();
    }

    /// Codes by Intel SDM volume 3A, section 4.7.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--entry guest.2.P=0 --access write | 0x6 | 15 | guest PDE .* has P = 0",
                "--entry guest.4=0 | 0x4 | 5 | guest PML4E .* has P = 0",
                "--entry guest.1.P=0 --access fetch | 0x14 | 20 | guest PTE .* has P = 0",
                "--entry guest.1.P=0 --guest-levels 5 | 0x4 | 25 | guest PTE .* has P = 0",
                "--entry guest.2.P=0 --guest 2M --host 2M | 0x4 | 12 | guest PDE .* has P = 0",
                "--entry guest.3.W=0 --access write | 0x7 | 20 | guest PDPTE .* has W = 0",
                "--entry guest.3.W=0 --access write --supervisor | 0x3 | 20 | W = 0.*CR0.WP = 1",
                "--entry guest.1.U=0 | 0x5 | 20 | guest PTE .* has U = 0",
                "--entry guest.2.NX=1 --access fetch | 0x15 | 20 | guest PDE .* has NX = 1",
                "--entry guest.1.RSVD=1 --set maxpa=51 | 0xd | 20 | bit 51 set",
                "--entry guest.1.bit49=1 --set maxpa=49 --access write | 0xf | 20 | bit 49 set",
                "--entry guest.4.PS=1 | 0xd | 5 | bit 7 set.* in a PML4E",
                "--entry guest.2.RSVD=1 --guest 2M | 0xd | 15 | bit 13 set.* large page",
                "--entry guest.1.NX=1 --set efer.NXE=0 | 0xd | 20 | bit 63 set.* EFER.NXE = 0",
                "--supervisor --set cr4.SMAP=1 | 0x1 | 20 | CR4.SMAP = 1",
                "--implicit --set cr4.SMAP=1 --set eflags.AC=1 | 0x1 | 20 | CR4.SMAP = 1 .*"
                        + " implicit",
                "--supervisor --set cr4.SMEP=1 --access fetch | 0x11 | 20 | CR4.SMEP = 1",
                "--entry guest.1.PK=5 --set cr4.PKE=1 --set pkru=0x800 --access write | 0x27 | 20 |"
                        + " WD5 = 1",
                "--entry guest.1.PK=5 --set cr4.PKE=1 --set pkru=0x400 | 0x25 | 20 | PKRU has AD5 ="
                        + " 1",
                "--entry guest.1.PK=1 --entry guest.1.U=0 --set cr4.PKS=1 --set pkrs=4 --supervisor"
                        + " | 0x21 | 20 | IA32_PKRS has AD1 = 1",
                "--mode npt --entry guest.2.P=0 --access write | 0x6 | 15 | guest PDE .* has P = 0",
                "--mode npt --entry guest.4.G=1 | 0xd | 5 | bit 8 set.* PML4E of AMD's",
            })
    void guestsTablesRefuseByAPageFault(String options, String code, int references, String why) {
        JsonNode walk = json(options);
        JsonNode fault = walk.get("fault");
        assertThat(walk.get("outcome").asString()).isEqualTo("PAGE_FAULT");
        assertThat(walk.get("totalReferences").intValue()).isEqualTo(references);
        assertThat(fault.get("code").asString()).isEqualTo(code);
        assertThat(fault.get("linear").asString()).isEqualTo(GVA);
        assertThat(fault.get("to").asString()).startsWith("the guest's kernel, by exception 14");
        assertThat(fault.get("why").get(0).asString()).containsPattern(why);
        assertThat(fault.has("gpa")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--entry guest.3.W=0 --access write --supervisor --set cr0.WP=0",
                "--supervisor --set cr4.SMAP=1 --set eflags.AC=1",
                "--entry guest.1.PK=5 --set cr4.PKE=1 --set pkru=0x800",
                "--entry guest.1.PK=5 --set pkru=0xc00 --access write",
                "--entry guest.1.PK=2 --entry guest.1.U=0 --set cr4.PKS=1 --set pkrs=0x20 --set"
                        + " cr0.WP=0 --supervisor --access write",
                "--entry second.guest2.1.W=0 --set ept.AD=0 --entry guest.2.A=1",
                "--entry second.1.R=0 --entry second.1.W=0 --access fetch",
                "--set ept.MBE=1 --access fetch",
                "--mode npt --entry second.1.NX=1",
            })
    void walkThatNothingRefusesSucceeds(String options) {
        assertThat(json(options).get("outcome").asString()).isEqualTo("OK");
    }

    /// Qualifications by Intel SDM volume 3C, table 27-7.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--entry second.data.1=0 --access write | 0x182 | 0x123 | EPT PTE for the data page"
                        + " .* R = W = X = 0",
                "--entry second.1.W=0 --access write | 0x1aa | 0x123 | EPT PTE for the data page .*"
                        + " W = 0",
                "--entry second.1.X=0 --access fetch | 0x19c | 0x123 | EPT PTE for the data page .*"
                        + " X = 0",
                "--entry second.1.R=0 --entry second.1.W=0 | 0x1a1 | 0x123 | EPT PTE for the data"
                        + " page .* R = 0",
                "--entry second.2.XU=0 --set ept.MBE=1 --access fetch | 0x1bc | 0x123 | EPT PDE .*"
                        + " XU = 0",
                "--entry second.guest3.1=0 | 0x83 | 0x400000001240 | EPT PTE for the guest PDPTE .*"
                        + " not present",
                "--entry second.guest3.1=0 --set ept.AD=0 | 0x81 | 0x400000001240 | for the guest"
                        + " PDPTE",
                "--entry second.guest1.1.W=0 | 0xab | 0x400000003b38 | W = 0, and with EPT's"
                        + " accessed",
                "--entry guest.2.A=0 --entry second.guest2.1.W=0 --set ept.AD=0 | 0xab |"
                        + " 0x400000002d10 | flags in the guest PDE",
                "--entry second.1.W=0 --access write --set ept.ADV=1 | 0x7aa | 0x123 | W = 0",
                "--entry guest.1.ADDR=0x1000000000000 | 0x181 | 0x1000000000123 | bits above 47",
            })
    void eptRefusesByAViolation(String options, String code, String gpa, String why) {
        JsonNode walk = json(options);
        JsonNode fault = walk.get("fault");
        assertThat(walk.get("outcome").asString()).isEqualTo("EPT_VIOLATION");
        assertThat(fault.get("code").asString()).isEqualTo(code);
        assertThat(fault.get("gpa").asString()).isEqualTo(gpa);
        assertThat(fault.get("to").asString()).startsWith("the hypervisor, by a VM exit");
        assertThat(fault.get("why").get(0).asString()).containsPattern(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--entry second.1.R=0 | 0x123 | W = 1 with R = 0",
                "--entry second.1.MT=3 | 0x123 | MT = 3",
                "--entry second.1.RSVD=1 --set maxpa=51 | 0x123 | bit 51 set",
                "--entry second.guest2.2.MT=WC | 0x4000000007f0 | bit 3 set.* maps no page",
                "--entry second.1.R=0 --entry second.1.W=0 --set ept.XONLY=0 | 0x123 |"
                        + " execute-only",
            })
    void illFormedEntryIsAMisconfiguration(String options, String gpa, String why) {
        JsonNode walk = json(options);
        JsonNode fault = walk.get("fault");
        assertThat(walk.get("outcome").asString()).isEqualTo("EPT_MISCONFIGURATION");
        assertThat(fault.get("gpa").asString()).isEqualTo(gpa);
        assertThat(fault.get("to").asString()).contains("exit reason 49");
        assertThat(fault.get("why").get(0).asString()).containsPattern(why);
    }

    /// EXITINFO1 by AMD APM volume 2, section 15.25.6.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--entry second.1.P=0 | 0x100000004 | 0x123 | P = 0",
                "--entry second.1.W=0 --access write | 0x100000007 | 0x123 | W = 0",
                "--entry second.1.U=0 --supervisor | 0x100000005 | 0x123 | U = 0, and nested"
                        + " accesses",
                "--entry second.1.NX=1 --access fetch | 0x100000015 | 0x123 | NX = 1",
                "--entry second.guest3.1.W=0 | 0x200000007 | 0x400000001240 | every step",
                "--entry second.1.RSVD=1 --set maxpa=50 | 0x10000000d | 0x123 | bit 50 set",
                "--entry second.1.NX=1 --set host.efer.NXE=0 | 0x10000000d | 0x123 | bit 63 set",
                "--entry guest.1.ADDR=0x8000000000000 | 0x100000004 | 0x8000000000123 | bits above"
                        + " 47",
            })
    void nestedTablesRefuseByANestedPageFault(String options, String code, String gpa, String why) {
        JsonNode walk = json("--mode npt " + options);
        JsonNode fault = walk.get("fault");
        assertThat(walk.get("outcome").asString()).isEqualTo("NESTED_PAGE_FAULT");
        assertThat(fault.get("code").asString()).isEqualTo(code);
        assertThat(fault.get("gpa").asString()).isEqualTo(gpa);
        assertThat(fault.get("why").get(0).asString()).containsPattern(why);
    }

    @Test
    void textSpellsTheFaultOutWithinEightyColumns() {
        String text = walk("--entry guest.2.P=0 --access write").out();
        assertThat(text)
                .contains(
                        "changed: guest.2.P=0: guest PDE at 0x401000002d10",
                        "(15) fault",
                        "outcome     #PF: a page fault; the guest's own tables refuse",
                        "told        the guest's kernel, by exception 14",
                        "because     guest PDE at 0x401000002d10 has P = 0",
                        "CR2         0x7f1234567123",
                        "error code  0x6",
                        "bit 0 (P) clear: an entry is not present",
                        "references  15: 3 to the guest's table, 12 to the second level");
        assertThat(text.substring(text.indexOf("outcome")).lines())
                .allMatch(line -> line.length() <= 80);
    }

    @Test
    void everyReferenceIsListedOnce() {
        JsonNode walk = json("--entry guest.2.P=0");
        for (int i = 0; i < walk.get("references").size(); i++) {
            assertThat(walk.get("references").get(i).get("number").intValue()).isEqualTo(i + 1);
        }
        assertThat(walk.get("references").get(14).get("name").asString()).isEqualTo("PDE");
        assertThat(walk.get("changed").get(0).get("before").asString()).endsWith("7");
        assertThat(walk.get("changed").get(0).get("entry").asString()).endsWith("6");
    }

    @Test
    void warmWalkThatFaultsIsListedFromTheRoot() {
        assertThat(json("--entry guest.1.P=0 --warm").get("totalReferences").intValue())
                .isEqualTo(20);
    }

    @Test
    void shadowTablesFaultTellsTheHypervisor() {
        JsonNode fault = json("--mode shadow --entry guest.1.W=0 --access write").get("fault");
        assertThat(fault.get("code").asString()).isEqualTo("0x7");
        assertThat(fault.get("to").asString()).startsWith("the hypervisor, which intercepts");
    }

    @Test
    void tableInMemoryThatHoldsNoTablesReadsAsZero() {
        JsonNode walk = json("--mode native --guest 2M --entry guest.2.PS=0");
        assertThat(walk.get("fault").get("why").get(0).asString()).startsWith("native PTE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--entry guest.5.P=0 | this walk reads no entry guest.5; it reads guest.4",
                "--entry second.guest5.1.R=0 | it reads second.guest4.4",
                "--entry guest.1.Q=0 | has no field 'Q'; its fields are P, W",
                "--entry second.1.P=0 | an entry of EPT has no field 'P'; its fields are R, W",
                "--entry guest.1.P=2 | 2 is not from 0 to 1",
                "--entry guest.1.ADDR=0x123 | a multiple of 0x1000",
                "--entry guest.1.PK=x | 'x' is not a number",
                "--entry guest.1.bit64=1 | has no field 'bit64'",
                "--entry guest.1.RSVD=1 | no reserved bit with 52 physical-address bits",
                "--entry guest.6.P=0 | is not a change of an entry",
                "--entry guest.1.P | is not a change of an entry",
                "--mode native --entry second.1.R=0 | mode native has no second-level tree",
                "--mode flat --entry second.1.R=0 | mode flat has no second-level tree",
                "--set cr0.PG=0 | 'cr0.PG' cannot be set; use one of cr0.WP",
                "--set cr0.WP | has no value",
                "--set cr0.WP=2 | from 0 to 1",
                "--set pkru=0x100000000 | from 0x0 to 0xffffffff",
                "--set maxpa=47 | from 48 to 52",
                "--set ept.AD=1 --mode npt | means nothing in mode npt",
                "--set host.efer.NXE=0 | means nothing in mode ept",
                "--user --supervisor | --user and --supervisor exclude each other",
                "--guest-levels six | --guest-levels: 'six' is not one of 4, 5",
                "--layout scattered --seed 1.5 | --seed: '1.5' is not a whole number",
            })
    void badInputIsNamed(String options, String message) {
        Result result = walk(options);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains(message)
                .doesNotContain("\tat ", "not a long", "not an int", "java");
    }

    @Test
    void changedEntryOfANonCanonicalAddressIsBadInput() {
        Result result = run("walk", "0x800000000000", "--entry", "guest.1.P=0");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("not canonical");
    }
}
