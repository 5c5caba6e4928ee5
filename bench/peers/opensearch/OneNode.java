import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** A cluster of one node, in this process, that speaks HTTP on loopback: OneNode.java FOLDER PORT TRANSPORT-PORT. Ends when its input does. */
public class OneNode {
  private static final String NAME = "one";

  private static class EmbeddedNode extends Node {
    EmbeddedNode(Settings settings, Path config, List<PluginInfo> plugins) {
      super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> NAME), plugins, false);
    }
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    for (String folder : new String[] {"config", "modules", "plugins"}) Files.createDirectories(home.resolve(folder));
    Settings settings = Settings.builder()
      .put("path.home", home.toString())
      .put("cluster.name", NAME)
      .put("node.name", NAME)
      .put("network.host", "127.0.0.1")
      .put("http.port", args[1])
      .put("transport.port", args[2])
      .put("discovery.type", "single-node")
      .build();
    PluginInfo netty = new PluginInfo(
      "transport-netty4", "", Version.CURRENT.toString(), Version.CURRENT, "21", "org.opensearch.transport.Netty4ModulePlugin", null, List.of(), false);
    Node node = new EmbeddedNode(settings, home.resolve("config"), List.of(netty));
    node.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    System.out.println("STARTED");
    // Whoever has started it holds the other end.
    while (System.in.read() >= 0) {}
    System.exit(0);
  }
}
