import { expect, it } from "vitest";
import { PodTemplates } from "../../capabilities/engine/pod-templates";

const containers = [{ name: "page", image: "example.com/page:1" }];
const template = (uid: string) => ({
  metadata: { namespace: "ops", name: "page", uid },
  template: { spec: { containers } },
});

it("holds what a PodTemplate does, until it is gone", () => {
  const templates = new PodTemplates();
  expect(templates.get("ops", "page")).toBeUndefined();
  templates.set(template("1"));
  expect(templates.get("ops", "page")).toEqual({ metadata: {}, spec: { containers } });
  templates.drop(template("1"));
  expect(templates.get("ops", "page")).toBeUndefined();
});

it("keeps one that was made again, though the end of the first is told later", () => {
  const templates = new PodTemplates();
  templates.set(template("1"));
  templates.set(template("2"));
  templates.drop(template("1"));
  expect(templates.get("ops", "page")).toBeDefined();
});
