import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.teavm.backend.javascript.JSModuleType;
import org.teavm.tooling.EmptyTeaVMToolLog;
import org.teavm.tooling.TeaVMProblemRenderer;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;
import org.teavm.tooling.TeaVMToolLog;
import org.teavm.vm.TeaVMOptimizationLevel;

/// Compiles the engine that pages have: src/page/java, whose classes stand before those of the same
/// names on the class path, and all that they need, to JavaScript.
///
/// Usage: java -cp CLASSPATH CompileEngine.java OUTPUT; TeaVM and Nestwalk's modules are on the
/// class path.
public final class CompileEngine {
    public static void main(String[] arguments) throws Exception {
        Path output = Path.of(arguments[0]).toAbsolutePath();
        Path classes = output.resolveSibling("page-classes");
        Files.createDirectories(classes);
        String path = System.getProperty("java.class.path");
        List<String> command =
                new ArrayList<>(
                        List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp", path));
        try (Stream<Path> sources = Files.walk(Path.of("src/page/java"))) {
            sources.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().forEach(command::add);
        }
        int failed = ToolProvider.getSystemJavaCompiler().run(null, System.err, System.err, command.toArray(String[]::new));
        if (failed != 0) {
            System.exit(1);
        }

        List<File> all = new ArrayList<>(List.of(classes.toFile()));
        for (String part : path.split(File.pathSeparator)) {
            all.add(new File(part));
        }
        TeaVMToolLog log = new EmptyTeaVMToolLog();
        TeaVMTool tool = new TeaVMTool();
        tool.setClassPath(all);
        tool.setMainClass("org.nestwalk.explorer.page.Page");
        tool.setTargetType(TeaVMTargetType.JAVASCRIPT);
        tool.setJsModuleType(JSModuleType.NONE);
        tool.setOptimizationLevel(TeaVMOptimizationLevel.ADVANCED);
        tool.setObfuscated(!Boolean.getBoolean("plain"));
        tool.setTargetDirectory(output.getParent().toFile());
        tool.setTargetFileName(output.getFileName().toString());
        tool.setLog(log);
        tool.generate();
        if (!tool.getProblemProvider().getSevereProblems().isEmpty()) {
            TeaVMProblemRenderer.describeProblems(
                    tool.getDependencyInfo().getCallGraph(), tool.getProblemProvider(), new org.teavm.tooling.ConsoleTeaVMToolLog(false));
            System.exit(1);
        }
    }
}
