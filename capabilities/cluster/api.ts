import type { fetch } from "kubernetes-fluent-client";
import { oneLine } from "../domain/message";

/** Characters of the API server's reason that are passed on: a webhook may answer anything. */
const MAX_REASON = 1000;
/** A call that hangs must not keep a Service waiting for good. */
const TIMEOUT_MS = 15_000;

/** An outage is not to last longer for what a proxy in between may ask for. */
const MAX_RETRY_AFTER_MS = 60_000;

/** What the client throws when the API server refuses a request or can't be reached. */
type Refusal = Partial<Awaited<ReturnType<typeof fetch<{ message?: string; reason?: string }>>>>;

/** A request to the API server failed; the message holds the API server's own reason. */
export class ApiError extends Error {
  override name = "ApiError";

  /**
   * @param status the HTTP status; undefined if there was no answer
   * @param retryAfterMs milliseconds that the API server asks to wait before the next try
   */
  constructor(
    message: string,
    readonly status: number | undefined,
    options?: ErrorOptions,
    readonly retryAfterMs = 0,
  ) {
    super(message, options);
  }

  /** The request itself is at fault: the same one would be refused again. */
  get isRefusal(): boolean {
    return this.status !== undefined && this.status >= 400 && this.status < 500 && !this.isBusy;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  get isConflict(): boolean {
    return this.status === 409;
  }

  get isInvalid(): boolean {
    return this.status === 422;
  }

  private get isBusy(): boolean {
    return this.status === 408 || this.status === 429;
  }
}

/**
 * Runs one request to the API server.
 *
 * @param what what it does, for the error: "creating Pod shop/service-watcher-frontend"
 * @throws {ApiError} if it is refused, gets no answer, or takes longer than 15 s
 */
export async function callApi<T>(what: string, request: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ApiError(`${what}: no answer within ${TIMEOUT_MS / 1000} s`, undefined));
    }, TIMEOUT_MS);
  });
  try {
    return await Promise.race([request(), timeout]);
  } catch (error) {
    throw error instanceof ApiError ? error : describe(what, error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Milliseconds that the API server asks to wait before what failed is tried again; 0 if it does not.
 * The client passes this on: it waits by itself only where it watches.
 */
export function retryAfterMs(error: unknown): number {
  return error instanceof ApiError ? error.retryAfterMs : 0;
}

/** What the request returns; undefined if what it asks for is not there. */
export function unlessNotFound<T>(request: () => Promise<T>): Promise<T | undefined> {
  return unless(({ isNotFound }) => isNotFound, request);
}

/** What the request returns; undefined if it is at odds with what is there. */
export function unlessConflict<T>(request: () => Promise<T>): Promise<T | undefined> {
  return unless(({ isConflict }) => isConflict, request);
}

/** What the request returns; undefined if what it says does not fit, as when a patch's test fails. */
export function unlessInvalid<T>(request: () => Promise<T>): Promise<T | undefined> {
  return unless(({ isInvalid }) => isInvalid, request);
}

async function unless<T>(
  harmless: (error: ApiError) => boolean,
  request: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ApiError && harmless(error)) {
      return undefined;
    }
    throw error;
  }
}

function describe(what: string, error: unknown): ApiError {
  const { data, status, statusText, headers, e } = (error ?? {}) as Refusal;
  if (e !== undefined || status === undefined) {
    // The client reports a request without an answer as status 400 with the error beside it.
    const cause = e ?? error;
    return new ApiError(`${what}: ${innermost(cause)}`, undefined, { cause });
  }
  const reason = data?.message ?? statusText ?? "refused without a reason";
  return new ApiError(
    `${what}: ${oneLine(reason, MAX_REASON)}`,
    status,
    {},
    waitFor(headers?.get("retry-after")),
  );
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after: kube-apiserver sends seconds */
function waitFor(retryAfter: string | null | undefined): number {
  const ms = Number(retryAfter ?? 0) * 1000;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : 0;
}

function innermost(error: unknown): string {
  if (error instanceof Error) {
    return error.cause instanceof Error ? innermost(error.cause) : error.message;
  }
  return String(error);
}
