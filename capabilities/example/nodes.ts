import { a, Capability, Log } from "pepr";

/** Says which Nodes take no more Pods, fallback Pods among them. */
export const nodes = new Capability({ name: "nodes", description: "Tells of cordoned Nodes" });

nodes
  .When(a.Node)
  .IsCreatedOrUpdated()
  .Watch(node => {
    if (node.spec?.unschedulable) {
      Log.warn({ node: node.metadata?.name }, "The Node takes no more Pods");
    }
  });
