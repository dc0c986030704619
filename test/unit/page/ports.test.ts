import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  pagePorts,
  type ServedPort,
  type ServicePort,
} from "../../../capabilities/domain/page/ports";

describe("pagePorts", () => {
  it.each<[string, ServicePort[], ServedPort[]]>([
    ["no targetPort: the port itself", [{ port: 80 }], [{ containerPort: 80 }]],
    ["a number", [{ port: 80, targetPort: 8080 }], [{ containerPort: 8080 }]],
    ["a name", [{ port: 80, targetPort: "http" }], [{ containerPort: 20000, name: "http" }]],
    [
      "the same number twice",
      [{ port: 80, targetPort: 8080 }, { port: 8080 }],
      [{ containerPort: 8080 }],
    ],
    [
      "the same name twice",
      [
        { port: 80, targetPort: "web" },
        { port: 81, targetPort: "web" },
      ],
      [{ containerPort: 20000, name: "web" }],
    ],
    [
      "names beside numbers that are taken",
      [
        { port: 1, targetPort: "b" },
        { port: 2, targetPort: 20001 },
        { port: 3, targetPort: "a" },
        { port: 4, targetPort: 20000 },
      ],
      [
        { containerPort: 20000 },
        { containerPort: 20001 },
        { containerPort: 20002, name: "a" },
        { containerPort: 20003, name: "b" },
      ],
    ],
    ["TCP in words", [{ port: 80, protocol: "TCP" }], [{ containerPort: 80 }]],
    [
      "the same target, once left out",
      [{ port: 443, targetPort: 80, appProtocol: "https" }, { port: 80 }],
      [{ containerPort: 80 }],
    ],
    ["no ports, as a headless Service may have", [], []],
  ])("serves %s", (_, ports, served) => {
    expect(pagePorts(ports).served).toEqual(served);
  });

  it("takes a Service without a list of ports", () => {
    expect(pagePorts(undefined)).toEqual({ served: [], leftOut: [] });
  });

  it.each(["http", "HTTP", "kubernetes.io/ws", "ws", "mycompany.com/grpc-like", "unheard-of", ""])(
    "serves the appProtocol %j",
    appProtocol => {
      expect(pagePorts([{ port: 80, appProtocol }])).toEqual({
        served: [{ containerPort: 80 }],
        leftOut: [],
      });
    },
  );

  it.each<[string, string]>([
    ["https", "TLS"],
    ["HTTPS", "TLS"],
    ["tls", "TLS"],
    ["kubernetes.io/wss", "TLS"],
    ["kubernetes.io/h2c", "HTTP/2"],
    ["grpc", "HTTP/2"],
    ["postgresql", "not HTTP"],
  ])("leaves out the appProtocol %s and says why", (appProtocol, reason) => {
    const { served, leftOut } = pagePorts([{ name: "main", port: 9, appProtocol }]);
    expect(served).toEqual([]);
    expect(leftOut).toEqual([
      { port: "main (9)", reason: expect.stringContaining(reason) as string },
    ]);
    expect(leftOut[0]?.reason).toContain(appProtocol);
  });

  it.each(["UDP", "SCTP"])("leaves out %s and says why", protocol => {
    expect(pagePorts([{ port: 53, protocol }, { port: 53 }])).toEqual({
      served: [{ containerPort: 53 }],
      leftOut: [
        { port: "53", reason: `is ${protocol}, and the fallback page speaks HTTP over TCP` },
      ],
    });
  });

  const target = fc.oneof(
    fc.integer({ min: 1, max: 65535 }),
    fc.integer({ min: 20000, max: 20005 }),
  );
  const servicePort = fc.record(
    {
      port: target,
      targetPort: fc.oneof(target, fc.constantFrom("http", "web", "admin", "constructor")),
      protocol: fc.constantFrom("TCP", "UDP"),
      appProtocol: fc.constantFrom("http", "https", "x", "constructor"),
    },
    { requiredKeys: ["port"] },
  );

  it("serves each target once, on distinct ports, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(servicePort), fc.array(fc.nat()), (ports, order) => {
        const { served, leftOut } = pagePorts(ports);
        const numbers = served.map(({ containerPort }) => containerPort);
        expect(new Set(numbers).size).toBe(numbers.length);
        const targets = ports
          .filter(({ protocol, appProtocol }) => protocol !== "UDP" && appProtocol !== "https")
          .map(({ port, targetPort }) => targetPort ?? port);
        expect(new Set(served.map(({ containerPort, name }) => name ?? containerPort))).toEqual(
          new Set(targets),
        );
        expect(leftOut).toHaveLength(ports.length - targets.length);
        const shuffled = ports
          .map((port, index) => ({ port, at: order[index] ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ port }) => port);
        expect(pagePorts(shuffled).served).toEqual(served);
      }),
    );
  });
});
