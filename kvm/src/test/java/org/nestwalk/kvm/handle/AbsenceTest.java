package org.nestwalk.kvm.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.InputException;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.FewDescriptors;
import org.nestwalk.kvm.sys.Holdings;

/// What is said where there is no KVM: needs none.
class AbsenceTest {
    @TempDir Path directory;

    @Test
    void aMissingDeviceIsSaidInOneSentence() {
        String missing = directory.resolve("kvm").toString();
        assertThatThrownBy(() -> Kvm.open(missing))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "this host has no %s; load the module kvm_intel or kvm_amd, or use the simulated machine"
                                .formatted(missing));
    }

    @Test
    void anotherDeviceIsSaidToSpeakSomethingElse() {
        Holdings before = Holdings.now();
        assertThatThrownBy(() -> Kvm.open("/dev/null"))
                .isInstanceOf(InputException.class)
                .hasMessage("/dev/null does not speak KVM's API of version 12; is it KVM?");
        before.areNotExceeded();
    }

    @Test
    void aFileIsSaidToSpeakSomethingElse() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> Kvm.open(file.toString()))
                .isInstanceOfSatisfying(
                        KvmAbsent.class,
                        absent -> assertThat(absent.reason()).isEqualTo(KvmAbsent.Reason.NOT_KVM))
                .hasMessageContaining("does not speak KVM's API");
    }

    @Test
    void whatCannotBeOpenedIsSaidWithTheReason() {
        assertThatThrownBy(() -> Kvm.open(directory.toString()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("cannot open %s (open %s: ".formatted(directory, directory))
                .hasMessageEndingWith("); use the simulated machine");
    }

    @Test
    void wantOfPermissionSaysWhatToDo() {
        // Whether it happens depends on who runs the test, what is said does not.
        KvmAbsent absent = KvmAbsent.of("/dev/kvm", Errno.EACCES, "x");
        assertThat(absent.reason()).isEqualTo(KvmAbsent.Reason.NO_PERMISSION);
        assertThat(absent.fact()).isEqualTo("no permission to open /dev/kvm");
        assertThat(absent)
                .hasMessage(
                        "no permission to open /dev/kvm; become a member of its group, or use the"
                                + " simulated machine");
    }

    @Test
    void wantOfDescriptorsSaysWhatToDo() {
        assertThatThrownBy(() -> Kvm.open("/dev/null")).isInstanceOf(InputException.class);
        try (FewDescriptors _ = FewDescriptors.more(0)) {
            assertThatThrownBy(() -> Kvm.open("/dev/null"))
                    .isInstanceOfSatisfying(
                            KvmAbsent.class,
                            absent ->
                                    assertThat(absent.reason())
                                            .isEqualTo(KvmAbsent.Reason.TOO_MANY_FILES))
                    .hasMessage(
                            "too many files are open to open /dev/null; raise the limit with"
                                    + " ulimit -n");
        }
    }
}
