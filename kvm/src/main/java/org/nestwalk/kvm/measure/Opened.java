package org.nestwalk.kvm.measure;

import java.util.ArrayList;
import java.util.List;

/// What has been opened for a measurement, to be closed in reverse.
public final class Opened implements AutoCloseable {
    private final List<AutoCloseable> resources = new ArrayList<>();

    /// Nothing yet.
    public Opened() {}

    /// Takes `resource` over, and returns it.
    public <T extends AutoCloseable> T add(T resource) {
        resources.add(resource);
        return resource;
    }

    @Override
    public void close() {
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        resources.clear();
    }
}
