/// Guests that move while they run: both sides, and what they say to each other (`designs/028`).
///
/// Two processes, or two threads of one, move a guest so:
///
/// ```text
/// source                                          target
/// GuestCpus  what runs in the virtual CPUs        GuestHost  makes the virtual machine and
/// GuestDrive drives them: ThreadDrive                        puts the guest together
/// drive.start()                                   new TargetSide(host, listener,
/// new SourceSide(drive, source, connector,            System::nanoTime, Patience.USUAL).run()
///     System::nanoTime, Patience.USUAL,           RUNNING or SETTLED: guest().awaitEnd()
///     id, name).run(policy, observer)             READY: a human decides, takeOver() or close()
/// KEPT: drive.awaitEnd()                          LOST: reason() says why
/// GONE: close the virtual machine                 WAITING: nobody came
/// IN_DOUBT: again(), or a human: takeBack()
/// SERVING: again()
/// ```
///
/// A [Connector] and a [Listener] make the [Wire]s, and know all about bytes; each is asked again
/// after a connection has broken, and has closed the one before. The listener gives one connection
/// at a time. In virtual time both sides run as they do in real time, but their clock is
/// `link.VirtualTime`, the drives are [VirtualDrive]s, and wires are those of
/// `link.SimulatedNetwork`.
@NullMarked
package org.nestwalk.hypervisor.migration.live;

import org.jspecify.annotations.NullMarked;
