/** What the proxy does to the requests of an operator. */
export type ProxyFault =
  /** Requests get no answer, and watches fall silent; all connections stay open. */
  | { readonly kind: "silence" }
  /** Watches that are open fall silent for good; new ones work. */
  | { readonly kind: "silent watches" }
  /** Each answer, and each event, is late; those alone to a path that has a word, if it is given. */
  | { readonly kind: "slow"; readonly delayMs: number; readonly word?: string }
  /** Lists are late: they tell of the past, while watches go on. */
  | { readonly kind: "late lists"; readonly delayMs: number }
  /** Answers 429 with `Retry-After: 1`, to a share of the requests. */
  | { readonly kind: "busy"; readonly share: number }
  /** Answers 500, to a share of the requests; of those alone whose path has a word, if it is given. */
  | { readonly kind: "errors"; readonly share: number; readonly word?: string }
  /** Connections are closed in the middle of an answer. */
  | { readonly kind: "cut"; readonly afterMs: number }
  /** Connections are closed before there is an answer. */
  | { readonly kind: "unreachable" };

/** What becomes of one request. */
export interface Treatment {
  /** `forward`: to the API server; `hang`: no answer, ever; `reset`: the connection is closed. */
  readonly fate: "forward" | "hang" | "reset" | 429 | 500;
  /** Milliseconds that each part of the answer is late. */
  readonly delayMs: number;
  /** Milliseconds after which the connection is closed, if it is. */
  readonly cutAfterMs?: number;
}

const FORWARD: Treatment = { fate: "forward", delayMs: 0 };

/** Whether a fault has to do with requests of this path. */
export function concerns(fault: ProxyFault | undefined, path: string): boolean {
  const word = fault && "word" in fault ? fault.word : undefined;
  return word === undefined || path.includes(word);
}

/**
 * What becomes of a request while there is a fault.
 *
 * @param count how many requests came before it; it decides whom a fault hits that hits a share
 */
export function treat(fault: ProxyFault | undefined, count: number, isList: boolean): Treatment {
  return { ...FORWARD, ...(fault && TREATMENTS[fault.kind](fault as never, count, isList)) };
}

type Kind = ProxyFault["kind"];
type Treat<K extends Kind> = (
  fault: Extract<ProxyFault, { kind: K }>,
  count: number,
  isList: boolean,
) => Partial<Treatment>;

const TREATMENTS: { readonly [K in Kind]: Treat<K> } = {
  silence: () => ({ fate: "hang" }),
  "silent watches": () => ({}),
  slow: ({ delayMs }) => ({ delayMs }),
  "late lists": ({ delayMs }, _, isList) => (isList ? { delayMs } : {}),
  busy: ({ share }, count) => (isHit(count, share) ? { fate: 429 } : {}),
  errors: ({ share }, count) => (isHit(count, share) ? { fate: 500 } : {}),
  cut: ({ afterMs }) => ({ cutAfterMs: afterMs }),
  unreachable: () => ({ fate: "reset" }),
};

/** Spreads the hits evenly and without a period: multiples of the golden ratio are equidistributed. */
function isHit(count: number, share: number): boolean {
  return (count * GOLDEN_RATIO) % 1 < share;
}
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
