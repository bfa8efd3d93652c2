package org.nestwalk.guest.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nestwalk.InputException;
import org.nestwalk.random.Xoshiro256;

class ProgramSpecTest {
    @Test
    void parametersAreSet() {
        Program program = ProgramSpec.parse("gups:footprint=64GiB,accesses=50M,seed=7,writes=0.5");
        assertThat(program.footprint()).isEqualTo(64L << 30);
        assertThat(program.accesses()).isEqualTo(50_000_000);
        assertThat(program.spec())
                .isEqualTo(
                        "gups:footprint=64GiB,accesses=50M,seed=7,base=0x7f0000000000,writes=0.5");
    }

    @Test
    void defaultsHoldForWhatIsNotNamed() {
        assertThat(ProgramSpec.parse("stream").value("kernel")).isEqualTo("all");
    }

    @Test
    void largeDataMovesToALowerBase() {
        assertThat(ProgramSpec.parse("gups:footprint=1TiB").base()).isEqualTo(0x7f0000000000L);
        assertThat(ProgramSpec.parse("gups:footprint=2TiB").base()).isEqualTo(0x100000000000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "nope | unknown program 'nope'; the programs are gups, sequential,",
                "gups: | '' is not key=value; its parameters are footprint, accesses,",
                "gups:size=3 | gups has no parameter 'size'; its parameters are footprint,",
                "gups:seed=1,seed=2 | parameter 'seed' is given twice",
                "gups:writes=0.9 | gups: writes: '0.9' is not 0 to 0.5",
                "gups:writes=NaN | 'NaN' is not a number, 0 to 0.5",
                "gups:footprint=12 | footprint: '12' is not 4KiB to 64TiB",
                "gups:footprint=12qB | is not a size in bytes such as",
                "gups:accesses=0 | accesses: '0' is not 1 to 1000000G",
                "gups:seed=x | seed: 'x' is not a whole number of 64 bits",
                "stream:kernel=sum | kernel: 'sum' is not one of all, copy, scale, add, triad",
                "sequential:stride=12 | stride: '12' is not 8 to 4KiB, a multiple of 8",
                "gups:base=12 | base: '12' is not an address such as",
                "gups:base=0x7f0000000000,footprint=2TiB | the data would end at 0x810000000000",
            })
    void badSpecsSayWhatIsWrong(String spec, String message) {
        assertThatThrownBy(() -> ProgramSpec.parse(spec))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void damagedSpecsAreBadInputOrPrograms() {
        String alphabet = "gupszifbtre:=,.0159kMGiB-x ";
        Xoshiro256 random = new Xoshiro256(31);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder spec = new StringBuilder("zipf:footprint=2GiB,writes=0.1,value=128");
            for (int edits = 0; edits < 3; edits++) {
                int at = (int) random.nextBelow(spec.length());
                spec.setCharAt(at, alphabet.charAt((int) random.nextBelow(alphabet.length())));
            }
            try {
                assertThat(ProgramSpec.parse(spec.toString()).accesses()).isPositive();
            } catch (InputException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
        }
    }
}
