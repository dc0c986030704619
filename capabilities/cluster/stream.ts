import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { ApiError, refusal, TIMEOUT_MS, unanswered } from "./api";
import { TimeLimit } from "./time-limit";
import { headOf, open, type ApiRequest } from "./transport";

/** A watch tells of something once a minute: of a bookmark, if of nothing else. */
const SILENCE_MS = 180_000;

/**
 * Asks the API server for a stream of objects, one in each line, until it ends it.
 *
 * @param what what it does, for the error: "watching the Services"
 * @param tell told of each object
 * @param signal ends it
 * @throws {ApiError} if it is refused, breaks off, is ended by the signal, does not begin within 15 s,
 *   or is silent for 3 min; or if `tell` throws
 */
export async function streamApi(
  what: string,
  request: ApiRequest,
  tell: (object: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const limit = new TimeLimit(TIMEOUT_MS);
  try {
    const response = await open(request, limit, signal);
    if (response.statusCode !== 200) {
      const body = await text(response);
      throw refusal(what, { ...headOf(response), body });
    }
    limit.allow(SILENCE_MS);
    await eachLine(response, line => {
      limit.allow(SILENCE_MS);
      tell(JSON.parse(line));
    });
  } catch (error) {
    throw error instanceof ApiError ? error : unanswered(what, limit.error ?? error);
  } finally {
    limit.end();
  }
}

/**
 * Reads a text line by line, to its end. As an async iterable it would take twice as long until a line
 * is known, and a failover waits for that.
 */
async function eachLine(response: IncomingMessage, tell: (line: string) => void): Promise<void> {
  let rest = "";
  response.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    try {
      lines.forEach(tell);
    } catch (error) {
      response.destroy(error as Error);
    }
  });
  await finished(response);
}
