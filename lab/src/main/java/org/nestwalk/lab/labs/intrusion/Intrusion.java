package org.nestwalk.lab.labs.intrusion;

import org.nestwalk.bits.Access;
import org.nestwalk.guest.kernel.image.KernelImage;
import org.nestwalk.guest.kernel.image.attack.Attack;
import org.nestwalk.guest.kernel.image.attack.Intruder;
import org.nestwalk.lab.guarded.GuardedGuest;
import org.nestwalk.random.Xoshiro256;

/// What an intruder does in a quantum after the first of an attack, and which pages that writes.
enum Intrusion {
    /// A jump over a function of the kernel's, through a second mapping: one page of code.
    HOOK("hook", true),
    /// Text made writable by its entry, and written: a page of code.
    WRITABLE_TEXT("writable text", true),
    /// A program of the intruder's in pages that nobody used.
    IMPLANT("implant", true),
    /// Files encrypted in place, eight pages a quantum.
    ENCRYPTION("encryption", true),
    /// The same at the pace of one page in four quanta.
    SLOW_ENCRYPTION("slow encryption", true),
    /// Return addresses and data of the kernel's overwritten, on pages that it writes all the time.
    DATA_ONLY("data only", false);

    private static final long PAGE = 4096;
    private static final int FAST = 8;
    private static final int SLOW = 4;

    private final String label;
    private final boolean fresh;

    Intrusion(String label, boolean fresh) {
        this.label = label;
        this.fresh = fresh;
    }

    /// Its name in reports.
    String label() {
        return label;
    }

    /// Whether it writes pages that the guest does not.
    boolean writesFresh() {
        return fresh;
    }

    /// An attack under way.
    static final class Deed {
        private final Intrusion kind;
        private final GuardedGuest guest;
        private final Xoshiro256 random;
        private final Intruder intruder;
        private final long firstFile;
        private final long files;
        private final long[] block = new long[32];
        private long next;
        private int quantum;

        /// @param fileStart offset in the program's memory of files that the guest reads only
        Deed(Intrusion kind, GuardedGuest guest, long fileStart, Xoshiro256 random) {
            this.kind = kind;
            this.guest = guest;
            this.random = random;
            this.intruder = new Intruder(guest.image(), random, (gpa, value) -> {});
            this.firstFile = fileStart / PAGE;
            this.files = guest.image().userBytes() / PAGE - firstFile;
            this.next = random.nextBelow(files);
        }

        /// After which quantum of a period it begins.
        int beginning() {
            return (int) random.nextBelow(WatchedGuest.QUANTA);
        }

        /// Does what there is to do in one quantum.
        void quantum() {
            switch (kind) {
                case HOOK -> once(Attack.ALIAS);
                case WRITABLE_TEXT -> once(Attack.WRITABLE_TEXT);
                case IMPLANT -> implant();
                case ENCRYPTION -> encrypt(FAST);
                case SLOW_ENCRYPTION -> encrypt(quantum % SLOW == 0 ? 1 : 0);
                case DATA_ONLY -> data();
            }
            quantum++;
        }

        private void once(Attack attack) {
            if (quantum == 0) {
                attack.deed().run(intruder);
            }
        }

        private void implant() {
            if (quantum < 4) {
                long gpa = guest.image().sparePage(1 + quantum);
                for (int i = 0; i < 8; i++) {
                    guest.image().cpu().store(gpa + i * 64L, random.nextLong());
                }
            }
        }

        private void encrypt(int pages) {
            for (int i = 0; i < pages; i++) {
                long page = firstFile + next % files;
                next++;
                for (int j = 0; j < block.length; j++) {
                    long at = KernelImage.USER + page * PAGE + j * 128L;
                    block[j] = Access.pack(Access.MODIFY, at);
                }
                guest.run(block, block.length);
            }
        }

        private void data() {
            guest.image().call(0, (int) random.nextBelow(64));
            guest.image().storeData(random.nextBelow(1 << 20), random.nextLong());
        }

        /// Undoes what can be.
        void undo() {
            if (kind == HOOK || kind == WRITABLE_TEXT) {
                intruder.undo(guest.vm().memory());
            }
        }
    }
}
