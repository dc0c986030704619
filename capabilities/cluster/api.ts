import { oneLine } from "../domain/message";
import { send, type ApiRequest, type ApiResponse } from "./transport";

/** Characters of the API server's reason that are passed on: a webhook may answer anything. */
const MAX_REASON = 1000;
/** A call that hangs must not keep a Service waiting for good. */
export const TIMEOUT_MS = 15_000;

/** An outage is not to last longer for what a proxy in between may ask for. */
const MAX_RETRY_AFTER_MS = 60_000;

interface ApiErrorOptions extends ErrorOptions {
  /** Milliseconds that the API server asks to wait before the next try. */
  readonly retryAfterMs?: number;
}

/** A request to the API server failed; the message holds the API server's own reason. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly retryAfterMs: number;

  /** @param status the HTTP status; undefined if there was no answer */
  constructor(
    message: string,
    readonly status: number | undefined,
    { retryAfterMs = 0, ...options }: ApiErrorOptions = {},
  ) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
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
 * Asks the API server for something.
 *
 * @param what what it does, for the error: "creating Pod shop/service-watcher-frontend"
 * @returns the object in the answer
 * @throws {ApiError} if it is refused, gets no answer, or takes longer than 15 s
 */
export async function callApi<T>(what: string, request: ApiRequest): Promise<T> {
  let response: ApiResponse;
  try {
    response = await send(request, TIMEOUT_MS);
  } catch (error) {
    throw unanswered(what, error);
  }
  const { status, body } = response;
  const data = parse(body);
  if (status < 200 || status > 299 || data === undefined) {
    throw refusal(what, response, data);
  }
  return data as T;
}

/** Options of a deletion that is meant for this very object, and for none that took its name since. */
export function onlyThis(uid: string): object {
  return { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
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

/** Milliseconds that the API server asks to wait before what failed is tried again; 0 if it does not. */
export function retryAfterMs(error: unknown): number {
  return error instanceof ApiError ? error.retryAfterMs : 0;
}

/** The error of a request that got no answer, or not in time. */
export function unanswered(what: string, cause: unknown): ApiError {
  return new ApiError(`${what}: ${innermost(cause)}`, undefined, { cause });
}

/** The error of a request that was answered, and not as it should have been. */
export function refusal(
  what: string,
  { status, headers, body }: ApiResponse,
  data = parse(body),
): ApiError {
  const { message } = (data ?? {}) as { message?: unknown };
  const reason = typeof message === "string" ? message : body || "refused without a reason";
  const retryAfterMs = waitFor(headers["retry-after"]);
  return new ApiError(`${what}: ${oneLine(reason, MAX_REASON)}`, status, { retryAfterMs });
}

/** undefined if it is no JSON, as when something between answers in the API server's place. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after: kube-apiserver sends seconds */
function waitFor(retryAfter: string | undefined): number {
  const ms = Number(retryAfter ?? 0) * 1000;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : 0;
}

function innermost(error: unknown): string {
  if (error instanceof Error) {
    return error.cause instanceof Error ? innermost(error.cause) : error.message;
  }
  return String(error);
}
