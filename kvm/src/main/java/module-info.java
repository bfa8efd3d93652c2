/// Virtual machines on the host's own `/dev/kvm`: the module that `--enable-native-access` names.
///
/// Exported is what other modules of Nestwalk use, and what that names.
module org.nestwalk.kvm {
    requires static transitive org.jspecify;
    requires transitive org.nestwalk.engine;

    exports org.nestwalk.kvm.code;
    exports org.nestwalk.kvm.doctor;
    exports org.nestwalk.kvm.handle;
    exports org.nestwalk.kvm.machine;
    exports org.nestwalk.kvm.measure;
    exports org.nestwalk.kvm.sys;
}
