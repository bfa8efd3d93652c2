package org.nestwalk.kvm.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a host has to give devices to virtual machines: an IOMMU, groups of devices that it can
/// tell apart, VFIO and iommufd.
final class DeviceFindings {
    private static final String USE =
            "nothing yet (devices of virtual machines; lab devices simulates them)";

    private DeviceFindings() {}

    static List<Finding> of(Host host) {
        return List.of(unit(host), groups(host), vfio(host), iommufd(host));
    }

    private static Finding unit(Host host) {
        List<String> units = names(host.sys().resolve("class/iommu"));
        if (!units.isEmpty()) {
            return Finding.present("IOMMU", String.join(", ", units), USE);
        }
        return Finding.absent(
                "IOMMU",
                "the kernel uses none",
                USE,
                host.isGuest()
                        ? "ask whoever runs this virtual machine for one"
                        : host.hasFlag("vmx")
                                ? "turn VT-d on in the firmware, and boot with intel_iommu=on"
                                : "turn the IOMMU on in the firmware");
    }

    private static Finding groups(Host host) {
        Path folder = host.sys().resolve("kernel/iommu_groups");
        List<String> groups = names(folder);
        if (groups.isEmpty()) {
            return Finding.absent("IOMMU groups", "none", USE, "see IOMMU");
        }
        int devices = 0;
        int alone = 0;
        for (String group : groups) {
            int inside = names(folder.resolve(group).resolve("devices")).size();
            devices += inside;
            alone += inside == 1 ? 1 : 0;
        }
        return Finding.present(
                "IOMMU groups",
                "%d with %d device%s; %d %s alone in theirs"
                        .formatted(
                                groups.size(),
                                devices,
                                devices == 1 ? "" : "s",
                                alone,
                                alone == 1 ? "is" : "are"),
                USE);
    }

    private static Finding vfio(Host host) {
        Path device = host.device().resolveSibling("vfio").resolve("vfio");
        return Files.exists(device)
                ? access("VFIO", device)
                : Finding.absent(
                        "VFIO", "this host has no " + device, USE, "load the module vfio_pci");
    }

    private static Finding iommufd(Host host) {
        Path device = host.device().resolveSibling("iommu");
        return Files.exists(device)
                ? access("iommufd", device)
                : Finding.absent(
                        "iommufd",
                        "this host has no " + device,
                        USE,
                        "Linux 6.2 or later with CONFIG_IOMMUFD; load the module iommufd");
    }

    private static Finding access(String name, Path device) {
        return Files.isReadable(device) && Files.isWritable(device)
                ? Finding.present(name, device.toString(), USE)
                : Finding.absent(
                        name,
                        "no permission for " + device,
                        USE,
                        "become a member of the group of " + device);
    }

    /// The names in a folder, in order; none if it cannot be read.
    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
