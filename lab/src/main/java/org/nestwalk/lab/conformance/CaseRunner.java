package org.nestwalk.lab.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nestwalk.lab.conformance.ConformanceCase.Mode;
import org.nestwalk.lab.conformance.ConformanceCase.TestAccess;
import org.nestwalk.memory.SparseMemory;
import org.nestwalk.paging.ExtendedPageTables;
import org.nestwalk.paging.NestedPageTables;
import org.nestwalk.paging.Outcome;
import org.nestwalk.paging.PageModificationLog;
import org.nestwalk.paging.SecondLevel;
import org.nestwalk.paging.VirtualizationExceptionArea;
import org.nestwalk.paging.WalkCaches;
import org.nestwalk.paging.WalkResult;
import org.nestwalk.paging.WalkVisitor;
import org.nestwalk.paging.Walker;

/// Runs a conformance case on the walker and compares answers and the whole of memory.
final class CaseRunner {
    private final SparseMemory memory = new SparseMemory();
    private SparseMemory initial = new SparseMemory();
    private final SparseMemory wanted = new SparseMemory();

    /// Runs all accesses of `test`.
    ///
    /// @return what differs, one entry for each access that does; empty if all agree
    List<Mismatch> run(ConformanceCase test) {
        List<Mismatch> mismatches = new ArrayList<>();
        initial = new SparseMemory();
        test.memory().storeTo(initial);
        memory.copyFrom(initial);
        PageModificationLog log =
                test.has(ConformanceCase.CONTROL_PML)
                        ? new PageModificationLog(memory, test.logAddress(), test.logIndex())
                        : null;
        Walker walker =
                new Walker(
                        memory,
                        test.guest(),
                        test.features(),
                        secondLevel(test, log),
                        WalkVisitor.NONE,
                        WalkCaches.NONE);
        for (int i = 0; i < test.accesses().size(); i++) {
            Mismatch mismatch = check(test, i, walker, log);
            if (mismatch != null) {
                mismatches.add(mismatch);
            }
        }
        return mismatches;
    }

    private @Nullable Mismatch check(
            ConformanceCase test, int index, Walker walker, @Nullable PageModificationLog log) {
        TestAccess access = test.accesses().get(index);
        Expectation expected = test.expected().get(index);
        if (!test.sequential()) {
            memory.copyFrom(initial);
            if (log != null) {
                log.setIndex(test.logIndex());
            }
        }
        wanted.copyFrom(memory);
        expected.flags().storeTo(wanted);
        expected.log().storeTo(wanted);
        expected.area().storeTo(wanted);

        walker.walk(access.gva(), access.type());
        Map<String, String> got = answer(walker.result(), test);
        String difference = null;
        if (!got.equals(expected.answer())) {
            if (expected.alternatives().contains(got)) {
                resume(test, expected, log);
                return null;
            }
            difference = "answer";
        } else if (log != null && expected.logIndex() != -1 && log.index() != expected.logIndex()) {
            difference = "log index %x, expected %x".formatted(log.index(), expected.logIndex());
        } else {
            long at = memory.firstDifference(wanted, expected.optional()::at);
            if (at != -1) {
                difference =
                        "memory at %x: %x, expected %x"
                                .formatted(at, memory.read(at), wanted.read(at));
            }
        }
        resume(test, expected, log);
        return difference == null
                ? null
                : new Mismatch(test.id(), index, access.text(), expected.answer(), got, difference);
    }

    /// A sequence goes on from the expected state, so that one mismatch does not cause others.
    private void resume(
            ConformanceCase test, Expectation expected, @Nullable PageModificationLog log) {
        if (test.sequential()) {
            memory.copyFrom(wanted);
            if (log != null && expected.logIndex() != -1) {
                log.setIndex(expected.logIndex());
            }
        }
    }

    private SecondLevel secondLevel(ConformanceCase test, @Nullable PageModificationLog log) {
        return switch (test.mode()) {
            case NONE -> SecondLevel.NONE;
            case NPT ->
                    new NestedPageTables(
                            test.nestedRoot(), test.hostCr4(), test.hostEfer(), test.features());
            case EPT ->
                    new ExtendedPageTables(
                            test.eptp(),
                            test.has(ConformanceCase.CONTROL_MODE_BASED_EXECUTE),
                            test.features(),
                            log,
                            test.has(ConformanceCase.CONTROL_VE)
                                    ? new VirtualizationExceptionArea(
                                            memory, test.exceptionArea(), test.eptpIndex())
                                    : null);
        };
    }

    /// The answer of a walk in the names and notation of the case files.
    private static Map<String, String> answer(WalkResult result, ConformanceCase test) {
        Mode mode = test.mode();
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("r", name(result.outcome()));
        switch (result.outcome()) {
            case OK -> {
                if (mode != Mode.NONE) {
                    answer.put("gpa", hex(result.guestPhysicalAddress()));
                }
                answer.put("hpa", hex(result.hostPhysicalAddress()));
                if (test.guest().isPagingEnabled()) {
                    answer.put("gps", Integer.toString(result.guestPageSize().shift()));
                }
                if (mode != Mode.NONE) {
                    answer.put("nps", Integer.toString(result.secondPageSize().shift()));
                }
                if (mode != Mode.NPT) {
                    answer.put("mt", Integer.toString(result.memoryType()));
                }
            }
            case PAGE_FAULT -> {
                answer.put("ec", hex(result.code()));
                answer.put("cr2", hex(result.linearAddress()));
            }
            case EPT_VIOLATION, VIRTUALIZATION_EXCEPTION -> {
                answer.put("q", hex(result.code()));
                answer.put("gla", hex(result.linearAddress()));
                answer.put("gpa", hex(result.guestPhysicalAddress()));
            }
            case EPT_MISCONFIGURATION -> answer.put("gpa", hex(result.guestPhysicalAddress()));
            case NESTED_PAGE_FAULT -> {
                answer.put("ec", hex(result.code()));
                answer.put("gpa", hex(result.guestPhysicalAddress()));
            }
            case GENERAL_PROTECTION, PML_FULL, VMM_COMMUNICATION, DEVICE_REFUSED -> {}
        }
        return answer;
    }

    private static String name(Outcome outcome) {
        return switch (outcome) {
            case OK -> "ok";
            case GENERAL_PROTECTION -> "gp";
            case PAGE_FAULT -> "pf";
            case EPT_VIOLATION -> "ept_viol";
            case EPT_MISCONFIGURATION -> "ept_misc";
            case PML_FULL -> "pml_full";
            case VIRTUALIZATION_EXCEPTION -> "ve";
            case NESTED_PAGE_FAULT -> "npf";
            case VMM_COMMUNICATION -> "vc";
            case DEVICE_REFUSED -> "dma";
        };
    }

    private static String hex(long value) {
        return Long.toHexString(value);
    }
}
