package org.nestwalk.kvm.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nestwalk.kvm.handle.Extension;
import org.nestwalk.kvm.sys.Errno;
import org.nestwalk.kvm.sys.FileDescriptor;
import org.nestwalk.kvm.sys.KernelFeatures;

/// Hosts made of files.
class DoctorTest {
    @TempDir private Path root;
    private Path device;
    private long userFaults = 1 | 1 << 16;
    private int cycleCounter;
    private Runtime.Version java = Runtime.Version.parse("25.0.3");

    @BeforeEach
    void anEmptyHost() throws IOException {
        device = root.resolve("dev/kvm");
        Files.createDirectories(root.resolve("bin"));
        write("proc/cpuinfo", "processor : 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Host host() {
        KernelFeatures kernel =
                new KernelFeatures() {
                    @Override
                    public long userFaults(boolean userModeOnly) {
                        return userModeOnly ? 0 : userFaults;
                    }

                    @Override
                    public int cycleCounter() {
                        return cycleCounter;
                    }
                };
        return new Host(
                device,
                root.resolve("sys"),
                root.resolve("proc"),
                List.of(root.resolve("none"), root.resolve("bin")),
                kernel,
                java);
    }

    private Finding finding(String name) {
        List<Finding> found =
                Doctor.examine(host()).stream()
                        .filter(finding -> finding.name().equals(name))
                        .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @Test
    void hostWithoutTheDeviceIsToldWhichModuleToLoad() {
        Finding kvm = finding("KVM");
        assertThat(kvm.present()).isFalse();
        assertThat(kvm.detail()).isEqualTo("this host has no " + device);
        assertThat(kvm.remedy()).isEqualTo("load the module kvm_intel");
    }

    @Test
    void withoutKvmEveryCapabilityIsAbsentForThatReason() {
        List<Finding> capabilities =
                Doctor.examine(host()).stream()
                        .filter(finding -> finding.name().startsWith("KVM: "))
                        .toList();
        assertThat(capabilities)
                .hasSameSizeAs(Extension.values())
                .allSatisfy(finding -> {
                    assertThat(finding.present()).isFalse();
                    assertThat(finding.detail()).isEqualTo("no KVM to ask");
                });
    }

    @Test
    void guestOfAnotherHypervisorIsToldToAskForNestedVirtualisation() throws IOException {
        write("proc/cpuinfo", "flags : fpu hypervisor\n");
        assertThat(finding("KVM").remedy()).contains("nested virtualisation");
    }

    @Test
    void fileThatIsNotKvmIsNotTakenForIt() throws IOException {
        write("dev/kvm", "");
        Finding kvm = finding("KVM");
        assertThat(kvm.present()).isFalse();
        assertThat(kvm.detail()).contains("does not speak KVM's API");
    }

    @Test
    void missingPermissionIsTold() throws IOException {
        // The superuser may open anything but what the kernel itself forbids to write.
        Path forbidden = Path.of("/sys/devices/system/cpu/online");
        assumeTrue(Files.exists(forbidden), "no " + forbidden);
        Files.createDirectories(device.getParent());
        Files.createSymbolicLink(device, forbidden);
        Finding kvm = finding("KVM");
        assertThat(kvm.present()).isFalse();
        assertThat(kvm.detail()).startsWith("no permission");
        assertThat(kvm.remedy()).contains("group");
        Files.delete(device);
    }

    @Test
    void iommuWithItsGroupsIsFound() throws IOException {
        assertThat(finding("IOMMU").remedy()).contains("intel_iommu=on");
        assertThat(finding("IOMMU groups").present()).isFalse();
        write("sys/class/iommu/dmar0/intel-iommu/version", "1:0\n");
        write("sys/kernel/iommu_groups/0/devices/0000:00:02.0/class", "0x030000\n");
        write("sys/kernel/iommu_groups/1/devices/0000:00:1c.0/class", "0x060400\n");
        write("sys/kernel/iommu_groups/1/devices/0000:03:00.0/class", "0x020000\n");
        assertThat(finding("IOMMU").detail()).isEqualTo("dmar0");
        assertThat(finding("IOMMU groups").detail())
                .isEqualTo("2 with 3 devices; 1 is alone in theirs");
    }

    @Test
    void interfacesForDevicesOfVirtualMachinesAreFound() throws IOException {
        assertThat(finding("VFIO").remedy()).contains("vfio_pci");
        assertThat(finding("iommufd").detail()).startsWith("this host has no ");
        write("dev/vfio/vfio", "");
        write("dev/iommu", "");
        assertThat(finding("VFIO").present()).isTrue();
        assertThat(finding("iommufd").present()).isTrue();
    }

    @Test
    void guestWithoutAnIommuIsToldWhomToAsk() throws IOException {
        write("proc/cpuinfo", "flags : fpu hypervisor\n");
        assertThat(finding("IOMMU").remedy()).contains("whoever runs this virtual machine");
    }

    @Test
    void lookingLeavesNoFileOpen() {
        int before = FileDescriptor.open();
        Doctor.examine(Host.running());
        assertThat(FileDescriptor.open()).isEqualTo(before);
    }

    @Test
    void memoryNodesAreCountedWithTheirProcessors() throws IOException {
        assertThat(finding("memory nodes").present()).isFalse();
        write("sys/devices/system/node/online", "0-1\n");
        write("sys/devices/system/node/node0/cpulist", "0-3\n");
        write("sys/devices/system/node/node1/cpulist", "4-5\n");
        assertThat(finding("memory nodes").detail())
                .isEqualTo("2 nodes: node 0 with 4 processors, node 1 with 2 processors");
    }

    @Test
    void kindOfKvmFollowsFromModulesAndTheirParameters() throws IOException {
        assertThat(KvmKind.of(host())).isEqualTo(KvmKind.UNKNOWN);
        write("sys/module/kvm_amd/parameters/npt", "1\n");
        assertThat(KvmKind.of(host())).isEqualTo(KvmKind.NPT);
        write("sys/module/kvm_amd/parameters/npt", "0\n");
        assertThat(KvmKind.of(host())).isEqualTo(KvmKind.SHADOW);
        write("sys/module/kvm_intel/parameters/ept", "Y\n");
        assertThat(KvmKind.of(host())).isEqualTo(KvmKind.EPT);
        write("sys/module/kvm_intel/parameters/ept", "N\n");
        assertThat(KvmKind.of(host()).isShadow()).isTrue();
        write("sys/module/kvm_pvm/parameters/force", "N\n");
        assertThat(KvmKind.of(host())).isEqualTo(KvmKind.PVM);
    }

    @Test
    void transparentLargePagesAreThereUnlessNever() throws IOException {
        String file = "sys/kernel/mm/transparent_hugepage/enabled";
        assertThat(finding("transparent large pages").present()).isFalse();
        write(file, "always [madvise] never\n");
        assertThat(finding("transparent large pages").detail()).isEqualTo("madvise");
        write(file, "always madvise [never]\n");
        Finding never = finding("transparent large pages");
        assertThat(never.present()).isFalse();
        assertThat(never.remedy()).contains("echo madvise > /sys/kernel/mm");
    }

    @Test
    void explicitLargePagesAreThereIfReserved() throws IOException {
        String folder = "sys/kernel/mm/hugepages/hugepages-2048kB/";
        write(folder + "nr_hugepages", "0\n");
        assertThat(finding("explicit large pages, 2M").present()).isFalse();
        write(folder + "nr_hugepages", "8\n");
        write(folder + "free_hugepages", "5\n");
        assertThat(finding("explicit large pages, 2M").detail()).isEqualTo("8 reserved, 5 free");
    }

    @Test
    void featuresOfUserfaultfdAreNamed() {
        assertThat(finding("userfaultfd").detail()).isEqualTo("write-protect, move");
    }

    @Test
    void refusedUserfaultfdIsToldWithItsSetting() throws IOException {
        userFaults = -Errno.EPERM;
        write("proc/sys/vm/unprivileged_userfaultfd", "0\n");
        Finding faults = finding("userfaultfd");
        assertThat(faults.present()).isFalse();
        assertThat(faults.detail()).endsWith("; vm.unprivileged_userfaultfd=0");
        assertThat(faults.remedy()).contains("sysctl");
    }

    @Test
    void countersThatAreForbiddenOrMissingAreToldApart() throws IOException {
        assertThat(finding("performance counters").present()).isTrue();
        write("proc/sys/kernel/perf_event_paranoid", "4\n");
        cycleCounter = -Errno.EACCES;
        assertThat(finding("performance counters").remedy()).contains("perf_event_paranoid");
        cycleCounter = -Errno.ENOENT;
        assertThat(finding("performance counters").remedy()).contains("processor");
    }

    @Test
    void programsAreFoundOnThePathIfExecutable() throws IOException {
        assertThat(finding("valgrind").remedy()).isEqualTo("install the package valgrind");
        write("bin/valgrind", "");
        assertThat(finding("valgrind").present()).isFalse();
        assertThat(root.resolve("bin/valgrind").toFile().setExecutable(true)).isTrue();
        assertThat(finding("valgrind").detail()).endsWith("bin/valgrind");
    }

    @Test
    void olderJdkIsNotEnough() {
        assertThat(finding("JDK").present()).isTrue();
        java = Runtime.Version.parse("21.0.1");
        assertThat(finding("JDK").detail()).isEqualTo("21.0.1, but 25.0.3 is needed");
    }
}
