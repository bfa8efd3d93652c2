package org.nestwalk.hypervisor.storage;

import java.util.Arrays;
import java.util.List;

/// Which caches are between a guest's program and the disk, by the names of QEMU's `cache=`.
public enum CacheMode {
    /// The guest's and the host's: `cache=writeback`, QEMU's default.
    WRITEBACK("writeback"),
    /// The guest's alone; the host reads past its own, with O_DIRECT.
    NONE("none"),
    /// The host's alone, whose pages the guest maps: DAX, with virtio-pmem or virtiofs.
    DAX("dax"),
    /// The host's alone, of which each read is a request: 9p without a cache of its own.
    SHARED("9p");

    private final String label;

    CacheMode(String label) {
        this.label = label;
    }

    /// What people write.
    public String label() {
        return label;
    }

    /// What people write, in order.
    public static List<String> labels() {
        return Arrays.stream(values()).map(CacheMode::label).toList();
    }

    /// The mode that people call `label`.
    ///
    /// @throws java.util.NoSuchElementException if there is none
    public static CacheMode of(String label) {
        return Arrays.stream(values())
                .filter(mode -> mode.label.equals(label))
                .findFirst()
                .orElseThrow();
    }
}
