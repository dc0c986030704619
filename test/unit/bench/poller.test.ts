import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Poller } from "../../../hack/bench/poller";

let answering: boolean;
const held: ServerResponse[] = [];
const server = createServer((_, response) => {
  if (answering) response.end("real 1");
  else held.push(response);
});
let client: Poller;

beforeEach(async () => {
  answering = true;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new Poller(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 60_000);
});

afterEach(async () => {
  answering = true;
  held.splice(0).forEach(response => response.end("real 1"));
  await client.stop();
  server.close();
});

it("a client sees that nobody answers before its requests have failed", async () => {
  await vi.waitFor(() => {
    expect(client.latest).toEqual(["real"]);
    expect(client.sawOnly("real", 100)).toBe(true);
  });
  answering = false;
  await vi.waitFor(() => {
    expect(client.latest).toEqual(["real", "none"]);
  });
  expect(client.sawOnly("real", 100)).toBe(false);
  expect(client.samples.filter(({ error }) => error !== undefined)).toEqual([]);
});

it("a client has not seen what was before it came", async () => {
  await vi.waitFor(() => {
    expect(client.latest).toEqual(["real"]);
  });
  expect(client.sawOnly("real", 60_000)).toBe(false);
});
