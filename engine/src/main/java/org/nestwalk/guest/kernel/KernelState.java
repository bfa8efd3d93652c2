package org.nestwalk.guest.kernel;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nestwalk.guest.TaskProgram;
import org.nestwalk.machine.VmExit;
import org.nestwalk.memory.Longs;

/// All that a [GuestKernel] knows beside what is in its memory, as data: there are no references
/// into any kernel or machine, so that it can be kept, sent, or given to several.
///
/// What CPUs have cached is no part of it: a kernel that goes on begins with nothing cached.
///
/// @param settings how it manages memory
/// @param frames which are taken
/// @param processes those that have not ended
/// @param files by ascending number
/// @param cpus what each runs
/// @param own what it does by itself
public record KernelState(
        KernelSettings settings,
        FramesState frames,
        ProcessesState processes,
        List<FileState> files,
        List<CpuTasks> cpus,
        OwnState own) {

    /// Copies the lists.
    public KernelState {
        files = List.copyOf(files);
        cpus = List.copyOf(cpus);
    }

    /// The guest's frames.
    ///
    /// @param blocks allocated ones, two words for each run of blocks of one order that follow one
    ///   another: the first's address in bits 51:12 and in bits 11:0 the order, and how many they
    ///   are
    /// @param shared frames that more than one table maps, two words for each run of frames that
    ///   are mapped equally often: the first's number in bits 63:16 and in bits 14:0 the mappings
    ///   beyond the first, and how many frames they are
    public record FramesState(Longs blocks, Longs shared) {}

    /// Processes.
    ///
    /// @param alive those that have not ended, by ascending number
    /// @param lastId the highest number that was ever given
    /// @param ended what paging did for those that have ended, in the order of [PagingCounts]
    public record ProcessesState(List<ProcessState> alive, int lastId, Longs ended) {
        /// Copies the list.
        public ProcessesState {
            alive = List.copyOf(alive);
        }
    }

    /// A process.
    ///
    /// @param id its number
    /// @param name what people call it
    /// @param space what it sees
    /// @param tasks in the order in which they began
    public record ProcessState(int id, String name, SpaceState space, List<TaskState> tasks) {
        /// Copies the list.
        public ProcessState {
            tasks = List.copyOf(tasks);
        }
    }

    /// An address space, but for its tables, which are in memory.
    ///
    /// @param pcid what cached translations are tagged with
    /// @param root the guest-physical address of the root table
    /// @param mapped how many tables it has, and how many pages of 4 KiB, 2 MiB and 1 GiB
    /// @param areas ascending
    /// @param counts what paging did for it, in the order of [PagingCounts]
    public record SpaceState(int pcid, long root, Longs mapped, List<Vma> areas, Longs counts) {
        /// Copies the list.
        public SpaceState {
            areas = List.copyOf(areas);
        }
    }

    /// A file.
    ///
    /// @param number its number
    /// @param pages for each page that has been written, ascending: its index in the file, and the
    ///   guest-physical address of its frame
    public record FileState(int number, Longs pages) {}

    /// A task.
    ///
    /// @param program what it runs
    /// @param progress how far it is in it
    /// @param ahead packed accesses that it makes next, so that it can go on before its program has
    ///   been opened and passed over; there need not be any
    /// @param state whether it goes on
    /// @param failure why it does not; null unless it failed
    public record TaskState(
            TaskProgram program,
            Progress progress,
            Longs ahead,
            Task.State state,
            VmExit.@Nullable Failure failure) {}

    /// How far a task is in its program.
    ///
    /// @param steps packed words of accesses, and system calls, that it has passed
    /// @param made accesses made, fetches too
    /// @param cursor data accesses made
    /// @param checksum of what has been loaded; see [org.nestwalk.machine.Checksum]
    public record Progress(long steps, long made, long cursor, long checksum) {}

    /// A task's name.
    ///
    /// @param process number of its process
    /// @param index among the process's tasks, from 0
    public record TaskName(int process, int index) {}

    /// The tasks that a CPU runs.
    ///
    /// @param current the task whose turn it is; null if none's is
    /// @param waiting those whose turns come then, in this order
    /// @param inCpu the task whose program is in the CPU's state; null if it is no living one's
    /// @param loaded number of the process whose tables the CPU has loaded; 0 if it is none's
    public record CpuTasks(
            @Nullable TaskName current,
            List<TaskName> waiting,
            @Nullable TaskName inCpu,
            int loaded) {
        /// Copies the list.
        public CpuTasks {
            waiting = List.copyOf(waiting);
        }
    }

    /// What a kernel does by itself.
    ///
    /// @param scanning where khugepaged is
    /// @param random where its random numbers are; they are others wherever it goes on
    public record OwnState(ScanPosition scanning, long random) {}

    /// Where khugepaged is.
    ///
    /// @param wakeUp simulated nanoseconds at which it works next
    /// @param process number of the process that it looks at next
    /// @param address in that process
    public record ScanPosition(long wakeUp, int process, long address) {}
}
