package org.nestwalk.paging;

import org.jspecify.annotations.Nullable;
import org.nestwalk.bits.PageFaultCode;
import org.nestwalk.bits.SecondLevelTranslation;
import org.nestwalk.memory.PhysicalMemory;
import org.nestwalk.memory.encryption.ReverseMap;

/// AMD's nested page tables for guests of a processor with memory encryption: takes the encryption
/// bit (C-bit) off the addresses in the guest's entries, and puts it on the host-physical address
/// of what is private, where memory and caches tell by it what is encrypted. The reverse map table,
/// if there is one, judges each translation at its end.
///
/// ```text
///              51        B+1  B  B-1                        12 11           0
///             +--------------+---+----------------------------+--------------+
/// guest entry | reserved (0) | C | address of table or page   |    flags     |
///             +--------------+---+----------------------------+--------------+
/// ```
///
/// C: the page is private, that is, encrypted with the guest's key. Guest tables are private
/// whatever it says. With paging off the address has the bit if the access is private.
///
/// Source: AMD APM volume 2, sections 15.34.5, 15.36.10 and 15.36.11.
public final class PrivateSecondLevel extends SecondLevel {
    private static final long PAGE = -4096;

    private final NestedPageTables tables;
    private final long encryptionBit;
    private final @Nullable ReverseMap owners;
    private final int asid;

    /// @param encryptionBit of an encrypted guest; 0 for others, which have none
    /// @param owners judges translations; null for nobody
    /// @param asid by which the guest owns frames; [ReverseMap#HYPERVISOR] if it owns none
    public PrivateSecondLevel(
            NestedPageTables tables, long encryptionBit, @Nullable ReverseMap owners, int asid) {
        this.tables = tables;
        this.encryptionBit = encryptionBit;
        this.owners = owners;
        this.asid = asid;
    }

    @Override
    protected long likelyLeaf(long gpa, PhysicalMemory memory) {
        return tables.likelyLeaf(gpa & ~encryptionBit, memory);
    }

    @Override
    protected long translate(long gpa, int use, Walker walker) {
        long address = gpa & ~encryptionBit;
        long mark = (use & TABLE) != 0 ? encryptionBit : gpa & encryptionBit;
        long translation = tables.translate(address, use, walker);
        if (translation != 0 && owners != null) {
            translation = judge(owners, translation, address, mark != 0, use, walker);
        }
        return translation == 0 ? 0 : translation | mark;
    }

    private long judge(
            ReverseMap owners,
            long translation,
            long gpa,
            boolean encrypted,
            int use,
            Walker walker) {
        long hpa = SecondLevelTranslation.address(translation, gpa) & PAGE;
        int level = SecondLevelTranslation.level(translation);
        if (asid == ReverseMap.HYPERVISOR) {
            return judgeOthers(owners, translation, hpa, gpa, use, walker);
        }
        long refused = owners.judge(hpa, gpa & PAGE, asid, encrypted, tables.isWrite(use), level);
        if (refused == ReverseMap.NOT_VALIDATED) {
            return walker.fail(Outcome.VMM_COMMUNICATION, gpa, 0);
        }
        return refused == 0 ? translation : refuse(gpa, use, refused, walker);
    }

    /// Of what somebody owns, others get translations for reading only, so that a cached one does
    /// not let them write.
    private long judgeOthers(
            ReverseMap owners, long translation, long hpa, long gpa, int use, Walker walker) {
        long forWrites = owners.judge(hpa, gpa & PAGE, asid, false, true, 1);
        if (forWrites == 0) {
            return translation;
        }
        return tables.isWrite(use)
                ? refuse(gpa, use, forWrites, walker)
                : translation & ~(SecondLevelTranslation.WRITE | SecondLevelTranslation.DIRTY);
    }

    private long refuse(long gpa, int use, long refused, Walker walker) {
        return tables.fault(gpa, use, refused | PageFaultCode.PROTECTION, walker);
    }
}
