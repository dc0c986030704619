import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Collection } from "../../capabilities/cluster/collections";
import { Informer } from "../../capabilities/engine/informer";
import { AnsweringServer } from "../support/answering-server";

type Item = [name: string, resourceVersion: string];

interface Request {
  readonly query: Record<string, string>;
  readonly response: ServerResponse;
}

let server: AnsweringServer;
let informer: Informer;
let told: string[];
let lists: Request[];
let watches: Request[];
/** Watches of earlier tests go on, and get no answer. */
let path: string;
let count = 0;

beforeAll(async () => {
  server = await AnsweringServer.start();
  server.answer = receive;
  vi.stubEnv("KUBECONFIG", server.kubeconfig);
});
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
});

beforeEach(() => {
  [told, lists, watches] = [[], [], []];
  const plural = `things-${++count}`;
  path = `/api/v1/${plural}`;
  informer = new Informer(
    {
      kind: "Thing",
      objects: new Collection("Things", { groupVersion: "v1", plural }),
      seen: ({ metadata }) => told.push(`${metadata?.name} ${metadata?.resourceVersion}`),
      gone: ({ metadata }) => told.push(`${metadata?.name} gone`),
    },
    { alive: () => undefined, listed: () => undefined },
  );
});

describe("the list of an informer", () => {
  it("comes in pages, and is taken in as one", async () => {
    const listing = informer.list();
    page(await listed(1), "9", [["a", "1"]], "next");
    page(await listed(2), "9", [["b", "2"]]);
    const takeIn = await listing;
    expect(lists.map(({ query }) => query)).toEqual([
      { limit: "500" },
      { limit: "500", continue: "next" },
    ]);
    expect(told).toEqual([]);
    takeIn();
    expect(told).toEqual(["a 1", "b 2"]);
  });

  it("brings nothing that the watch has told, and what it has missed", async () => {
    informer.seen(thing("a", "5"));
    informer.seen(thing("b", "6"));
    const listing = informer.list();
    page(await listed(1), "9", [["a", "5"]]);
    expect((await listing)()).toMatchObject({ seen: [], gone: [{ metadata: { name: "b" } }] });
    expect(told).toEqual(["a 5", "b 6", "b gone"]);
  });
});

describe("the watch of an informer", () => {
  it("begins where the list was, and goes on where it has ended, without a list", async () => {
    await listAt("9");
    void informer.watch(relist);
    const first = await watched(1);
    expect(first.query).toMatchObject({ resourceVersion: "9", allowWatchBookmarks: "true" });
    tell(first, "ADDED", thing("a", "10"));
    tell(first, "DELETED", thing("a", "11"));
    tell(first, "BOOKMARK", { metadata: { resourceVersion: "20" } });
    first.response.end();
    expect((await watched(2)).query.resourceVersion).toBe("20");
    expect([told, lists.length]).toEqual([["a 10", "a gone"], 1]);
  });

  it("owes nothing of what the list has brought", async () => {
    await listAt("9", [["a", "1"]]);
    void informer.watch(relist);
    await watched(1);
    const listing = informer.list();
    page(await listed(2), "10", [["a", "1"]]);
    expect((await listing)()).toMatchObject({ untold: 0 });
  });

  it.each([
    ["breaks off within an event", ({ response }: Request) => response.write('{"type": "ADDED"')],
    ["tells what is no event", ({ response }: Request) => response.write("<p>no\n")],
  ])("that %s is made anew from the last event on", async (_, spoil) => {
    await listAt("9");
    void informer.watch(relist);
    const first = await watched(1);
    tell(first, "ADDED", thing("a", "10"));
    spoil(first);
    setImmediate(() => first.response.destroy());
    expect((await watched(2)).query.resourceVersion).toBe("10");
    expect([told, lists.length]).toEqual([["a 10"], 1]);
  });

  it.each<[string, (request: Request) => void]>([
    [
      "by an event",
      request => {
        tell(request, "ERROR", { code: 410, message: "too old" });
      },
    ],
    ["as too old", ({ response }) => response.writeHead(410).end('{"message": "too old"}')],
    ["as forbidden", ({ response }) => response.writeHead(403).end('{"message": "not you"}')],
    ["as too new", ({ response }) => response.writeHead(504).end('{"message": "too large"}')],
  ])("lists again if it is refused %s", async (_, refuse) => {
    await listAt("9");
    void informer.watch(relist);
    refuse(await watched(1));
    page(await listed(2), "30", [["a", "25"]]);
    expect((await watched(2)).query.resourceVersion).toBe("30");
    expect(told).toEqual(["a 25"]);
  });

  it("is made anew from the last list on when somebody says so", async () => {
    await listAt("9");
    void informer.watch(relist);
    const { response } = await watched(1);
    const listing = informer.list();
    page(await listed(2), "30", [["a", "25"]]);
    (await listing)();
    informer.renew();
    expect((await watched(2)).query.resourceVersion).toBe("30");
    await until(() => response.destroyed);
  });

  it("is made anew if it is silent for so long that it must be dead", async () => {
    await listAt("9");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      void informer.watch(relist);
      const first = await watched(1);
      tell(first, "ADDED", thing("a", "10"));
      await until(() => told.length === 1);
      vi.advanceTimersByTime(179_000);
      tell(first, "ADDED", thing("b", "11"));
      await until(() => told.length === 2);
      vi.advanceTimersByTime(179_000);
      expect(first.response.destroyed).toBe(false);
      vi.advanceTimersByTime(1000);
      expect((await watched(2)).query.resourceVersion).toBe("11");
    } finally {
      vi.useRealTimers();
    }
  });
});

function receive({ url = "" }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, "http://it");
  const query = Object.fromEntries(searchParams);
  if (pathname !== path) {
    return;
  }
  (query.watch ? watches : lists).push({ query, response });
}

async function relist(): Promise<void> {
  (await informer.list())();
}

async function listAt(version: string, items: Item[] = []): Promise<void> {
  const listing = informer.list();
  page(await listed(1), version, items);
  (await listing)();
}

/** The n-th list that was asked for. */
function listed(count: number): Promise<Request> {
  return nth(lists, count);
}

/** The n-th watch that was asked for. */
function watched(count: number): Promise<Request> {
  return nth(watches, count);
}

async function nth(requests: Request[], count: number): Promise<Request> {
  await until(() => requests.length >= count);
  const request = requests[count - 1];
  if (!request) {
    throw new Error("there is no such request");
  }
  return request;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

function page({ response }: Request, resourceVersion: string, items: Item[], next?: string): void {
  const metadata = { resourceVersion, continue: next };
  response.end(JSON.stringify({ metadata, items: items.map(([name, at]) => thing(name, at)) }));
}

function tell({ response }: Request, type: string, object: object): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function thing(name: string, resourceVersion: string) {
  return { metadata: { namespace: "shop", name, uid: name, resourceVersion } };
}
