package org.nestwalk.report.host;

import java.util.List;
import org.nestwalk.document.Column;
import org.nestwalk.document.Document;
import org.nestwalk.document.Table;
import org.nestwalk.kvm.doctor.Finding;

/// What a host offers, a line for each thing.
public final class DoctorText {
    private DoctorText() {}

    /// Whether each is there; what it is, what it is needed for, and how to get it.
    public static Document of(List<Finding> findings) {
        Table table = new Table(Column.label(""), Column.label(""), Column.text(""));
        for (Finding finding : findings) {
            table.row(finding.present() ? "yes" : "no", finding.name(), sentence(finding));
        }
        return new Document().table(table);
    }

    private static String sentence(Finding finding) {
        String detail = finding.detail().isEmpty() ? "" : finding.detail() + "; ";
        String remedy = finding.remedy().isEmpty() ? "" : "; to get it: " + finding.remedy();
        return detail + "for " + finding.neededFor() + remedy;
    }
}
