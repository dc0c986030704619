import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Decision } from "../../capabilities/domain/decide";
import { isSelected, type FallbackPod } from "../../capabilities/domain/fallback-pod";
import {
  isLame,
  needsFallback,
  standbyOf,
  type Situation,
} from "../../capabilities/domain/situation";
import { isListed, type StandbySlice } from "../../capabilities/domain/standby-slice";
import { aPod, aProtector, aService, aSlice, aStandbyPod } from "./build";

const service = aService();
const standby = aStandbyPod();

const anyPod: fc.Arbitrary<FallbackPod> = fc.record({
  namespace: fc.constant("shop"),
  name: fc.constantFrom("service-watcher-web", "other-web"),
  uid: fc.uuid(),
  labels: fc.constantFrom({ app: "shop" }, {}),
  serviceUid: fc.constantFrom("s1", "s2", undefined),
  content: fc.constantFrom("v1", "v2", undefined),
  ready: fc.boolean(),
  state: fc.constantFrom("live" as const, "terminating" as const, "dead" as const),
  ips: fc.constantFrom(["10.0.0.9"], ["10.0.0.9", "fd00::9"]),
  ports: fc.constant([{ containerPort: 8080 }]),
  nodeName: fc.constant("node-1"),
  zone: fc.constantFrom(undefined, "a"),
});
const anySituation: fc.Arbitrary<Situation> = fc
  .record({
    service: fc.constantFrom(
      undefined,
      service,
      aService({ ipFamilies: ["IPv4", "IPv6"] }),
      aService({ skipped: "no selector" }),
    ),
    endpoints: fc.record({
      known: fc.boolean(),
      ready: fc.nat(2),
      selected: fc.nat(3),
      fallbacks: fc.constant([] as string[]),
    }),
    protectedBy: fc.constantFrom(
      undefined,
      [],
      [aProtector("Cold")],
      [aProtector("Warm")],
      [aProtector("Cold", "a"), aProtector("Warm", "b")],
    ),
    fallbacks: fc.array(anyPod, { maxLength: 3 }),
  })
  .chain(situation => anySlices(situation.fallbacks).map(slices => ({ ...situation, slices })))
  .chain(situation =>
    fc
      .subarray(found(situation))
      .map(pods => ({ ...situation, endpoints: listing(situation, pods) })),
  );

/** The Pods that Kubernetes lists as endpoints of the Service, sooner or later. */
function found({ service, fallbacks }: Situation): FallbackPod[] {
  return fallbacks.filter(
    pod => service && isSelected(pod, service) && pod.ready && pod.state === "live",
  );
}

function listing({ endpoints }: Situation, pods: readonly FallbackPod[]) {
  return { ...endpoints, fallbacks: pods.map(({ uid }) => uid) };
}

/** EndpointSlices of ours that list some of the Pods, or none. */
function anySlices(pods: readonly FallbackPod[]): fc.Arbitrary<StandbySlice[]> {
  return fc
    .uniqueArray(
      fc.record({
        addressType: fc.constantFrom("IPv4", "IPv6"),
        pod: fc.constantFrom(...pods, undefined),
        ready: fc.boolean(),
        serviceUid: fc.constantFrom("s1", "s1", "s2"),
      }),
      { selector: ({ addressType }) => addressType, maxLength: 2 },
    )
    .map(list =>
      list.map(({ pod, ready, ...change }) => {
        const slice = aSlice(pod ?? standby, ready, { uid: change.addressType, ...change });
        return pod ? slice : { ...slice, endpoint: undefined };
      }),
    );
}

describe("decide, whatever the situation", () => {
  it("starts a fallback only for a critical Service that needs one and has none like it", () => {
    check((situation, decision, content) => {
      if (decision.action === "start") {
        expect(needsFallback(situation)).toBe(true);
        expect(situation.fallbacks.filter(pod => isAsAsked(pod, situation, content))).toEqual([]);
      }
    });
  });

  it("never takes from clients of a lame critical Service the last fallback that they reach", () => {
    check((situation, decision, content) => {
      const isNeeded = needsFallback(situation) && isLame(situation) === true;
      if (isNeeded && reached(situation).length > 0) {
        expect(reached(after(situation, decision, content, false))).not.toEqual([]);
      }
    });
  });

  it("comes to rest, with one fallback that is reached if one is needed, and else with nothing", () => {
    check((situation, _, content) => {
      let now = situation;
      for (let turn = 0; turn < 12; turn++) {
        now = after(now, decide(now, content), content, true);
      }
      expect(["keep", "nothing"]).toContain(decide(now, content).action);
      if (needsFallback(now)) {
        expect(now.fallbacks).toHaveLength(1);
        expect(now.fallbacks.every(pod => isAsAsked(pod, now, content))).toBe(true);
        expectEndpoints(now);
      }
    });
  });
});

/** A warm standby is listed for each family, ready if it is to answer; a cold one is not listed. */
function expectEndpoints(now: Situation): void {
  const [pod] = now.fallbacks;
  const isWarm = standbyOf(now) === "Warm";
  const families = (now.service?.ipFamilies ?? []).filter(
    family => family === "IPv4" || (pod?.ips.length ?? 0) > 1,
  );
  const listed = now.slices.filter(({ endpoint }) => endpoint !== undefined);
  expect(listed.map(({ addressType }) => addressType).sort()).toEqual(isWarm ? families : []);
  for (const { endpoint } of listed) {
    expect(endpoint).toMatchObject({ podUid: pod?.uid, ready: isLame(now) });
  }
}

/** Whether a fallback Pod is what is asked for: live, of this Service, reached in the right way. */
function isAsAsked(pod: FallbackPod, situation: Situation, content: string | undefined): boolean {
  const found = situation.service !== undefined && isSelected(pod, situation.service);
  return (
    pod.state === "live" &&
    pod.serviceUid === "s1" &&
    found === (standbyOf(situation) === "Cold") &&
    (content === undefined || pod.content === content)
  );
}

/** The Ready fallback Pods that clients get to: found by labels, or through an EndpointSlice. */
function reached({ fallbacks, slices, endpoints }: Situation): FallbackPod[] {
  const valid = slices.filter(({ serviceUid, addressType }) => {
    return serviceUid === "s1" && addressType === "IPv4";
  });
  return fallbacks.filter(
    pod =>
      pod.ready &&
      pod.state === "live" &&
      pod.serviceUid === "s1" &&
      (endpoints.fallbacks.includes(pod.uid) || isListed(pod, valid)),
  );
}

/** The situation once the decision was carried out; `later`: what started is Ready, what ends is gone. */
function after(
  situation: Situation,
  decision: Decision,
  content = "v1",
  later: boolean,
): Situation {
  const fallbacks = situation.fallbacks
    .filter(({ state }) => !later || state !== "terminating")
    .filter(pod => !("pods" in decision && decision.pods.includes(pod)))
    .map(pod => (later ? { ...pod, ready: true } : pod));
  if (decision.action === "start") {
    const labels = decision.standby === "Cold" ? { app: "shop" } : {};
    fallbacks.push(aPod({ uid: `new-${fallbacks.length}`, content, labels, ready: later }));
  }
  const now = { ...situation, fallbacks, slices: slicesAfter(situation.slices, decision) };
  const known = situation.endpoints.fallbacks;
  const listed = found(now).filter(({ uid }) => later || known.includes(uid));
  return { ...now, endpoints: listing(now, listed) };
}

function slicesAfter(slices: readonly StandbySlice[], decision: Decision): StandbySlice[] {
  if (decision.action === "withdraw") {
    return slices.filter(slice => !decision.slices.includes(slice));
  }
  if (decision.action !== "publish") {
    return [...slices];
  }
  const left = slices.filter(slice => !decision.changes.some(({ present }) => present === slice));
  const written = decision.changes.map(({ content }) => ({
    ...aSlice(standby, false, { uid: content.addressType }),
    ...content,
  }));
  return [...left, ...written];
}

function check(
  assertion: (situation: Situation, decision: Decision, content: string | undefined) => void,
): void {
  fc.assert(
    fc.property(anySituation, fc.constantFrom("v1", "v2", undefined), (situation, content) => {
      assertion(situation, decide(situation, content), content);
    }),
    { numRuns: 5000 },
  );
}
