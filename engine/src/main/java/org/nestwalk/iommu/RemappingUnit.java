package org.nestwalk.iommu;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.MemoryType;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.iommu.AddressSpace.Stages;
import org.nestwalk.iommu.queue.InvalidationQueue;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.paging.AccessType;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.SecondStageTables;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// A DMA-remapping unit of Intel's VT-d: translates what devices address, or records a fault.
///
/// Requests come with the device's bus, device and function (`source`, 16 bits), perhaps a PASID,
/// and an address. Legacy and scalable mode, the first and the second stage and both nested are
/// walked by [Walker], as processors' tables are. The unit forgets what it has cached when software
/// says so through the [queue][#queue], and at no other time.
///
/// Source: Intel Virtualization Technology for Directed I/O, architecture specification, chapters
/// 3, 4, 6 and 7; numbers of its sections, here and in this package, are those of revision 5.10,
/// some of which are less by one or two in older ones. What 5.10 has and 4.1 has not, such as host
/// permission tables, is not modelled, nor are interrupt remapping, requests of the supervisor or
/// to execute, and the performance counters. Not thread-safe.
public final class RemappingUnit {
    /// A request without a PASID.
    public static final int NO_PASID = -1;

    private static final long PAGE = -4096;

    // A page that is not present, as caching mode remembers it: no right, but not 0 either.
    private static final int ABSENT_TYPE = 7;

    private final UnitSettings settings;
    private final BoundedMemory memory;
    private final TranslationCaches caches;
    private final ContextLookup contexts;
    private final FaultLog faults;
    private final UnitCounts counts = new UnitCounts();
    private final Map<Integer, DeviceEnd> ends = new LinkedHashMap<>();
    private final InvalidationQueue queue;
    private final PageRequests pageRequests;
    private boolean enabled;

    /// A unit that is off, so that addresses are host-physical ones.
    ///
    /// @param memory as the unit reads it: what processors have not written back is not in it, if
    ///   the unit is not coherent
    public RemappingUnit(UnitSettings settings, PhysicalMemory memory) {
        this.settings = settings;
        this.memory = new BoundedMemory(memory, settings.memoryBytes());
        this.caches = new TranslationCaches(settings);
        this.faults = new FaultLog(settings.faultRegisters());
        AddressSpace.Maker maker =
                new AddressSpace.Maker(settings, this.memory, caches, new Counting(counts));
        this.contexts = new ContextLookup(settings, this.memory, maker);
        this.pageRequests = new PageRequests(this::end);
        this.queue = new InvalidationQueue(memory, new Invalidator(this), settings.patience());
    }

    private record Counting(UnitCounts counts) implements WalkVisitor {
        @Override
        public void reference(int dimension, int level, long hpa, long entry) {
            counts.references++;
        }
    }

    /// What it has.
    public UnitSettings settings() {
        return settings;
    }

    /// Loads the root table's address, with [org.nestwalk.iommu.table.RootEntry#SCALABLE] or
    /// without. Software has the caches invalidated then.
    public void setRoot(long address) {
        contexts.setRoot(address);
    }

    /// Turns translation on or off.
    public void enable(boolean on) {
        enabled = on;
    }

    /// Connects a device.
    public void connect(int source, DeviceEnd end) {
        ends.put(source, end);
    }

    /// The device's end of a link; null if there is no such device.
    public @Nullable DeviceEnd end(int source) {
        return ends.get(source);
    }

    Iterable<DeviceEnd> ends() {
        return ends.values();
    }

    /// What software has it forget.
    public InvalidationQueue queue() {
        return queue;
    }

    /// What devices ask to be made present.
    public PageRequests pageRequests() {
        return pageRequests;
    }

    /// The faults recorded.
    public FaultLog faults() {
        return faults;
    }

    /// What it has done.
    public UnitCounts counts() {
        return counts;
    }

    TranslationCaches caches() {
        return caches;
    }

    ContextLookup contexts() {
        return contexts;
    }

    /// Goes on with what there is to do: one descriptor, and a little of each device.
    public void tick() {
        queue.step();
        ends.values().forEach(DeviceEnd::work);
    }

    /// Translates a request of an untranslated address, or records a fault.
    ///
    /// @param pasid or [#NO_PASID]
    /// @return a word of [SecondLevelTranslation], or 0 if the request is refused
    public long translate(int source, int pasid, long address, boolean write) {
        counts.requests++;
        if (!enabled) {
            return identity(address);
        }
        AddressSpace space = contexts.find(source, pasid);
        FaultReason blocked = space.blocked();
        if (blocked != null) {
            return refuse(space, blocked, address, write);
        }
        Stages stages = space.stages();
        if (stages == null) {
            return isBeyondHost(address)
                    ? refuse(space, beyondHost(), address, write)
                    : identity(address);
        }
        long translation = translate(stages, address, write);
        return translation != 0 && isGranted(translation, write)
                ? translation
                : refuse(space, reason(stages, address, write), address, write);
    }

    /// Answers a translation request of a device's TLB. That nothing is mapped, or not enough, is
    /// an answer and no fault.
    ///
    /// @return a word of [SecondLevelTranslation], or 0 if the device is to have none
    public long translationRequest(int source, int pasid, long address, boolean write) {
        counts.requests++;
        counts.translationRequests++;
        AddressSpace space = contexts.find(source, pasid);
        FaultReason blocked = deviceTlbBlocked(space);
        if (blocked != null) {
            return refuse(space, blocked, address, write);
        }
        Stages stages = space.stages();
        if (stages == null) {
            return isBeyondHost(address) ? 0 : identity(address);
        }
        long translation = translate(stages, address, write);
        if (translation == 0 || !isGranted(translation, write)) {
            return 0;
        }
        // What would set a flag later must ask again.
        return (translation & SecondLevelTranslation.DIRTY) != 0
                ? translation
                : translation & ~SecondLevelTranslation.WRITE;
    }

    /// Whether a request with an address that a device's TLB has translated may go on; if not, a
    /// fault is recorded.
    public boolean admitsTranslated(int source, long address, boolean write) {
        AddressSpace space = contexts.find(source, NO_PASID);
        FaultReason blocked = deviceTlbBlocked(space);
        if (blocked != null) {
            refuse(space, blocked, address, write);
        }
        return blocked == null;
    }

    /// Whether the device may ask for pages; if not, a fault is recorded.
    public boolean requestPage(PageRequests.Request request) {
        AddressSpace space = contexts.find(request.source(), request.pasid());
        FaultReason blocked =
                space.blocked() != null || space.pageRequests()
                        ? space.blocked()
                        : FaultReason.PAGE_REQUESTS_BLOCKED;
        if (blocked != null) {
            refuse(space, blocked, request.address(), request.write());
            return false;
        }
        pageRequests.add(request);
        return true;
    }

    /// What the IOTLB has for an address, as a word of [SecondLevelTranslation], or 0; leaves no
    /// trace.
    public long cached(int source, int pasid, long address) {
        Stages stages = contexts.find(source, pasid).stages();
        return stages == null ? 0 : caches.peek(address, stages.context());
    }

    private @Nullable FaultReason deviceTlbBlocked(AddressSpace space) {
        if (space.blocked() != null || space.deviceTlb()) {
            return space.blocked();
        }
        return contexts.isScalable()
                ? FaultReason.SCALABLE_DEVICE_TLB_BLOCKED
                : FaultReason.DEVICE_TLB_BLOCKED;
    }

    /// A translation from the IOTLB or the tables, which may grant too little; 0 after a failed
    /// walk.
    private long translate(Stages stages, long address, boolean write) {
        if (stages.width() < 64 && address >>> stages.width() != 0) {
            return 0;
        }
        long needed =
                write
                        ? SecondLevelTranslation.WRITE | SecondLevelTranslation.DIRTY
                        : SecondLevelTranslation.READ;
        long known = caches.lookup(address, stages.context());
        if ((known & needed) == needed || isAbsent(known)) {
            counts.hits++;
            return known;
        }
        counts.walks++;
        Walker walker = stages.walker();
        int type = (write ? AccessType.WRITE : AccessType.READ) | AccessType.USER;
        if (walker.walk(address, type) != Outcome.OK) {
            if (settings.cachingMode()) {
                caches.fill(
                        address,
                        stages.context(),
                        SecondLevelTranslation.pack(
                                address & PAGE & -1L >>> 12, 0, 1, ABSENT_TYPE));
            }
            return 0;
        }
        long translation = word(stages, walker.result());
        caches.fill(address, stages.context(), translation);
        return translation;
    }

    private static boolean isAbsent(long translation) {
        return SecondLevelTranslation.memoryType(translation) == ABSENT_TYPE;
    }

    private static boolean isGranted(long translation, boolean write) {
        long right = write ? SecondLevelTranslation.WRITE : SecondLevelTranslation.READ;
        return (translation & right) != 0;
    }

    /// The translation through all stages: the smaller page, and what all of them grant.
    private static long word(Stages stages, WalkResult result) {
        if (!stages.hasFirst()) {
            return result.secondLevel();
        }
        int level = result.effectiveLevel();
        long second = result.secondLevel();
        long rights = second & SecondLevelTranslation.ALL;
        if (!result.guestWritable()) {
            rights &= ~SecondLevelTranslation.WRITE;
        }
        long offset = (1L << 3 + 9 * level) - 1;
        return SecondLevelTranslation.pack(
                result.hostPhysicalAddress() & ~offset,
                rights
                        | (result.dirty() ? SecondLevelTranslation.DIRTY : 0)
                        | second & SecondLevelTranslation.IGNORE_PAT,
                level,
                0);
    }

    private static long identity(long address) {
        return SecondLevelTranslation.pack(
                address & PAGE,
                SecondLevelTranslation.ALL | SecondLevelTranslation.DIRTY,
                1,
                MemoryType.UC);
    }

    private boolean isBeyondHost(long address) {
        return address >>> settings.hostBits() != 0;
    }

    private FaultReason beyondHost() {
        return contexts.isScalable() ? FaultReason.HOST_WIDTH : FaultReason.ADDRESS_TOO_WIDE;
    }

    private long refuse(AddressSpace space, FaultReason reason, long address, boolean write) {
        if (!space.quiet()) {
            faults.record(
                    new FaultLog.Fault(
                            reason, space.source(), space.pasid(), address & PAGE, write));
        }
        return 0;
    }

    /// Why a request was not translated, by the walk that failed; of one that the IOTLB refused, as
    /// the tables would have it.
    private FaultReason reason(Stages stages, long address, boolean write) {
        boolean scalable = contexts.isScalable();
        if (stages.width() < 64 && address >>> stages.width() != 0) {
            return scalable ? FaultReason.SECOND_TOO_WIDE : FaultReason.ADDRESS_TOO_WIDE;
        }
        boolean unreadable = memory.hasFailed();
        WalkResult result = stages.walker().result();
        return switch (result.outcome()) {
            case DEVICE_REFUSED ->
                    scalable
                            ? secondStage(result.code(), write, unreadable)
                            : legacy(result.code(), write, unreadable);
            case PAGE_FAULT -> firstStage(result, write, unreadable);
            case GENERAL_PROTECTION -> FaultReason.NOT_CANONICAL;
            default -> refusal(scalable, write);
        };
    }

    private static FaultReason refusal(boolean scalable, boolean write) {
        if (scalable) {
            return write ? FaultReason.SCALABLE_WRITE : FaultReason.SCALABLE_READ;
        }
        return write ? FaultReason.WRITE : FaultReason.READ;
    }

    private static FaultReason legacy(long code, boolean write, boolean unreadable) {
        if (unreadable) {
            return FaultReason.TABLE_UNREADABLE;
        }
        return (code & SecondStageTables.RESERVED) != 0
                ? FaultReason.ENTRY_RESERVED
                : refusal(false, write);
    }

    private static FaultReason secondStage(long code, boolean write, boolean unreadable) {
        if (unreadable) {
            return FaultReason.SECOND_UNREADABLE;
        }
        if ((code & SecondStageTables.OUT_OF_RANGE) != 0) {
            return FaultReason.SECOND_TOO_WIDE;
        }
        if ((code & SecondStageTables.RESERVED) != 0) {
            return FaultReason.SECOND_RESERVED;
        }
        if ((code & SecondStageTables.NOT_PRESENT) != 0) {
            return FaultReason.SECOND_NOT_PRESENT;
        }
        if ((code & SecondStageTables.FOR_TABLE) != 0) {
            return (code & SecondStageTables.FOR_WRITE) != 0
                    ? FaultReason.FIRST_WRITE_REFUSED
                    : FaultReason.FIRST_READ_REFUSED;
        }
        return refusal(true, write);
    }

    private static FaultReason firstStage(WalkResult result, boolean write, boolean unreadable) {
        if (unreadable) {
            return FaultReason.FIRST_UNREADABLE;
        }
        if ((result.code() & PageFaultCode.RESERVED) != 0) {
            return FaultReason.FIRST_RESERVED;
        }
        if ((result.code() & PageFaultCode.PROTECTION) == 0) {
            return FaultReason.FIRST_NOT_PRESENT;
        }
        return result.guestUser() ? refusal(true, write) : FaultReason.SUPERVISOR_PAGE;
    }
}
