import type { ClusterApi } from "../../../capabilities/cluster";
import { unlessConflict, unlessNotFound } from "../../../capabilities/cluster/api";
import type { RecordedEvent, Regarding } from "../../../capabilities/cluster/events";
import { nameOf, type Manifest, type Stored } from "./objects";
import { Refusal, type ApiServer } from "./api-server";
import type { Requests } from "./requests";

/** Told of what an operator is about to change, just before it happens. */
export interface Witness {
  /** The request is sent. @returns what is to be called when it takes effect */
  readonly sends: () => <T>(subject: Stored | Manifest | undefined, act: () => T) => T;
}

interface Parts {
  readonly server: ApiServer;
  readonly requests: Requests;
  readonly witness: Witness;
  /** Events by object and reason. */
  readonly events: Map<string, RecordedEvent>;
}

/** What the operator asks of the API server, asked of the small one. */
export function simulatedApi(parts: Parts): ClusterApi {
  return {
    ...pods(parts),
    ...slices(parts),
    ...reads(parts),
    ...tellings(parts),
  } as unknown as ClusterApi;
}

function pods({ server, requests, witness }: Parts) {
  return {
    createPod: (pod: Manifest) => {
      const effect = witness.sends();
      return unlessConflict(() =>
        requests.send(`create Pod ${nameOf(pod)}`, () =>
          effect(pod, () => server.create("Pod", pod)),
        ),
      );
    },
    getPod: (namespace: string, name: string) =>
      requests.send(`get Pod ${namespace}/${name}`, () =>
        server.get("Pod", `${namespace}/${name}`),
      ),
    deletePod: (pod: Named) => remove({ server, requests, witness }, "Pod", pod),
  };
}

function slices({ server, requests, witness }: Parts) {
  return {
    createSlice: (slice: Manifest) => {
      const effect = witness.sends();
      return unlessConflict(() =>
        requests.send(`create EndpointSlice ${nameOf(slice)}`, () =>
          effect(slice, () => server.create("EndpointSlice", slice)),
        ),
      );
    },
    getSlice: (namespace: string, name: string) =>
      requests.send(`get EndpointSlice ${namespace}/${name}`, () =>
        server.get("EndpointSlice", `${namespace}/${name}`),
      ),
    applySlice: ({ name, uid }: Named, slice: Manifest) => {
      const effect = witness.sends();
      const path = `${slice.metadata.namespace ?? ""}/${name}`;
      return requests.send(`apply EndpointSlice ${path}`, () => {
        const present = server.get("EndpointSlice", path);
        if (present?.metadata.uid !== uid) {
          throw new Refusal(409);
        }
        const { endpoints, ports } = slice;
        return effect(present, () => server.update("EndpointSlice", path, { endpoints, ports }));
      });
    },
    deleteSlice: (slice: Named) => remove({ server, requests, witness }, "EndpointSlice", slice),
  };
}

type Tellings = Pick<ClusterApi, "createEvent" | "getEvent" | "repeatEvent" | "writeStatus">;

interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

async function remove(
  { server, requests, witness }: Omit<Parts, "events">,
  kind: "Pod" | "EndpointSlice",
  { namespace, name, uid }: Named,
): Promise<void> {
  const effect = witness.sends();
  const path = `${namespace}/${name}`;
  await unlessConflict(() =>
    unlessNotFound(() =>
      requests.send(`delete ${kind} ${path} ${uid}`, () => {
        const present = server.get(kind, path);
        const act = () => {
          server.delete(kind, path, uid);
        };
        if (present?.metadata.uid === uid) {
          effect(present, act);
        } else {
          act();
        }
      }),
    ),
  );
}

function reads({ server, requests }: Parts) {
  return {
    getConfigMapValue: (namespace: string, name: string, key: string) =>
      requests.send(`get ConfigMap ${namespace}/${name}`, () => {
        const found = server.get("ConfigMap", `${namespace}/${name}`);
        return (found?.data as Record<string, string> | undefined)?.[key];
      }),
  };
}

function tellings({ server, requests, events }: Parts): Tellings {
  const keyOf = ({ uid }: Regarding, reason: string) => `${uid}/${reason}`;
  return {
    createEvent: (regarding, { reason }, { at, times }) => {
      const key = keyOf(regarding, reason);
      return unlessConflict(() =>
        requests.send(`create Event ${key}`, () => {
          if (events.has(key)) {
            throw new Refusal(409);
          }
          return record(events, { namespace: "", name: key, count: times, at });
        }),
      );
    },
    getEvent: (regarding, reason) => {
      const key = keyOf(regarding, reason);
      return requests.send(`get Event ${key}`, () => events.get(key));
    },
    repeatEvent: ({ name, count }, _, { at, times }) =>
      requests.send(`repeat Event ${name}`, () =>
        record(events, { namespace: "", name, count: count + times, at }),
      ),
    writeStatus: async (name, status) => {
      await unlessNotFound(() =>
        requests.send(`write status ${name}`, () =>
          server.update("CriticalService", `/${name}`, { status }),
        ),
      );
    },
  };
}

function record(events: Map<string, RecordedEvent>, event: RecordedEvent): RecordedEvent {
  events.set(event.name, event);
  return event;
}
