package org.nestwalk.kvm.machine;

import java.util.ArrayDeque;
import java.util.Deque;

/// What has been opened so far of something that may yet fail: closed in the opposite order.
final class Closing {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        opened.push(resource);
        return resource;
    }

    void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
