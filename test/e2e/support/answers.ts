import { expect } from "vitest";
import { phases, type Poller, type Sample } from "../../../hack/bench/poller";
import { eventually } from "./stage";

/** Waits until the client gets this answer, and no other any more. */
export async function answers(client: Poller, answer: string): Promise<void> {
  await eventually(() => {
    expect(client.latest).toEqual([answer]);
  });
}

/**
 * Every request was answered, at first by one and in the end by the other. In between both are
 * Ready for a moment, and kube-proxy shares the clients between them.
 */
export function expectHandover(samples: readonly Sample[], from: string, to: string): void {
  expect(failures(samples)).toEqual([]);
  const answers = phases(samples);
  expect([answers[0], answers.at(-1)]).toEqual([from, to]);
  expect(new Set(answers)).toEqual(new Set([from, to]));
}

/** Requests that got no answer. */
export function failures(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ error }) => error !== undefined);
}
