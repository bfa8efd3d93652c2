/// Readers and writers of memory-trace formats, and recording.
///
/// Exported is what other modules of Nestwalk use, and what that names.
module org.nestwalk.traces {
    requires static transitive org.jspecify;
    requires transitive org.nestwalk.engine;
    requires com.github.luben.zstd_jni;
    requires org.tukaani.xz;
    requires org.apache.commons.compress;

    exports org.nestwalk.traces;
    exports org.nestwalk.traces.format;
    exports org.nestwalk.traces.record;
    exports org.nestwalk.traces.stats;
}
