package org.nestwalk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/// What a repository of artifacts asks of every POM, and the bill of materials of all.
class PublishedTest {
    private static final Path ROOT = Path.of(System.getProperty("nestwalk.root", ".."));
    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    private static Document pom(String module) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(ROOT.resolve(module).resolve("pom.xml").toFile());
    }

    private static List<String> texts(Document pom, String path) throws XPathExpressionException {
        NodeList nodes = (NodeList) XPATH.evaluate(path, pom, XPathConstants.NODESET);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> nodes.item(i).getTextContent().strip())
                .toList();
    }

    /// All modules but those that say they are not published.
    static List<String> published() throws Exception {
        List<String> modules = new ArrayList<>();
        for (String module : texts(pom("."), "//modules/module")) {
            if (!texts(pom(module), "/project/properties/maven.deploy.skip").contains("true")) {
                modules.add(module);
            }
        }
        return modules;
    }

    @ParameterizedTest
    @MethodSource("published")
    void pomSaysWhatRepositoriesAsk(String module) throws Exception {
        Document pom = pom(module);
        assertThat(texts(pom, "/project/name")).isNotEmpty();
        assertThat(texts(pom, "/project/description")).isNotEmpty();
        boolean inherits = !texts(pom, "/project/parent").isEmpty();
        Document general = inherits ? pom(".") : pom;
        for (String path :
                List.of(
                        "url",
                        "licenses/license/name",
                        "licenses/license/url",
                        "developers/developer/name",
                        "scm/connection",
                        "scm/developerConnection",
                        "scm/url")) {
            assertThat(texts(general, "/project/" + path)).as(path).isNotEmpty();
        }
    }

    @Test
    void billOfMaterialsNamesEveryPublishedJarInTheVersionOfAll() throws Exception {
        Document bom = pom("bom");
        List<String> jars =
                published().stream()
                        .filter(module -> !module.equals("bom") && !module.startsWith("spark"))
                        .map(module -> "nestwalk-" + module)
                        .toList();
        assertThat(texts(bom, "//dependencyManagement//artifactId"))
                .containsExactlyInAnyOrderElementsOf(jars);
        assertThat(texts(bom, "/project/version"))
                .isEqualTo(texts(pom("."), "/project/version"))
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("published")
    void jarIsAModule(String module) throws Exception {
        Document pom = pom(module);
        if (texts(pom, "/project/packaging").contains("pom")) {
            return;
        }
        String name = "org.nestwalk." + module.replace('/', '.');
        assertThat(texts(pom, "/project/properties/module.name")).containsExactly(name);
        Path descriptor = ROOT.resolve(module).resolve("src/main/java/module-info.java");
        if (Files.exists(descriptor)) {
            assertThat(Files.readString(descriptor)).contains("module " + name + " {");
        }
    }
}
