package example;

import org.nestwalk.bits.PageSize;
import org.nestwalk.lab.setup.LargestFitting;
import org.nestwalk.lab.setup.OnDemand;
import org.nestwalk.lab.setup.SetupContext;
import org.nestwalk.memory.FrameLayout;
import org.nestwalk.mmu.Mmu;
import org.nestwalk.paging.PageTable;
import org.nestwalk.paging.TableFormat;
import org.nestwalk.paging.TableFrames;

/// A guest whose memory is one segment of host-physical memory.
final class SegmentSetup extends OnDemand {
    private static final long LIMIT = 1L << 48;
    private static final long OFFSET = 64L << 30;
    private static final long UNMAPPED = -1;

    private final PageSize size;
    private final FrameLayout frames;
    private final PageTable table;
    private final Mmu mmu;

    SegmentSetup(PageSize size, SetupContext context) {
        super(context);
        this.size = size;
        this.frames = context.guestData();
        Segment segment = new Segment(LIMIT, OFFSET);
        FrameLayout tables = context.guestTables();
        TableFrames guestTables =
                new TableFrames() {
                    @Override
                    public long allocate() {
                        return tables.allocate(PageSize.SIZE_4K);
                    }

                    @Override
                    public long hostPhysical(long gpa) {
                        return segment.hostPhysical(gpa);
                    }
                };
        this.table = new PageTable(memory, guestTables, TableFormat.X86, context.guestLevels());
        this.mmu = context.newMmu(memory, table.root(), segment, 0, this);
    }

    @Override
    protected void map(long gva, boolean write) {
        if (table.lookup(gva) == UNMAPPED) {
            long _ = LargestFitting.map(table, gva, frames, size, faultFlags(write));
        }
    }

    @Override
    public Mmu mmu() {
        return mmu;
    }

    @Override
    public long pageTableBytes() {
        return table.tables() * PageSize.SIZE_4K.bytes();
    }
}
