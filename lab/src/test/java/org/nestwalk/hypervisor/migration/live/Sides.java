package org.nestwalk.hypervisor.migration.live;

import org.nestwalk.hypervisor.migration.live.link.VirtualTime;
import org.nestwalk.machine.DirtySource;

/// The sides of a migration, or those with a fault.
interface Sides {
    default SourceSide source(
            GuestDrive drive, DirtySource tracking, Connector connector, VirtualTime time) {
        return new SourceSide(
                drive, tracking, connector, time::now, Migrant.PATIENCE, 0x1234, "simulated");
    }

    default TargetSide target(GuestHost host, Listener listener, VirtualTime time) {
        return new TargetSide(host, listener, time::now, Migrant.PATIENCE);
    }

    /// What arrives at the target instead of a message.
    default Message received(Message message) {
        return message;
    }

    /// The state of a guest on its way.
    default byte[] told(byte[] state) {
        return state;
    }
}
