import type { Phase, Transition, TransitionListener } from "../hooks";

/** Milliseconds that the receiver may take. */
const PATIENCE_MS = 5000;

/** Sends a line of text for each failover and each return, in the form that chat services take. */
export function notifier(url: string): TransitionListener {
  return async function notify(transition) {
    const text = notificationOf(transition);
    if (text === undefined) {
      return;
    }
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) {
      throw new Error(`The notification was refused with status ${response.status}`);
    }
  };
}

/** What people are told; undefined if a transition is not worth telling. */
export function notificationOf({ service, from, to, message }: Transition): string | undefined {
  const name = `${service.namespace}/${service.name}`;
  if (to === "Active" && from !== "Releasing") {
    return `${name} is on its fallback: it ${message}`;
  }
  if (to === "Blocked") {
    return `${name} is down, without a fallback: it ${message}`;
  }
  return from !== undefined && isBad(from) && to === "Healthy"
    ? `${name} is well again: it ${message}`
    : undefined;
}

function isBad(phase: Phase): boolean {
  return ["Active", "Releasing", "Blocked"].includes(phase);
}
