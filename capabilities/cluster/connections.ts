import { subscribe } from "node:diagnostics_channel";

/** A request of undici, which the client sends its requests with. */
interface UndiciRequest {
  addHeader(name: string, value: string): void;
}

/**
 * Has each connection to the API server end with its request.
 *
 * kubernetes-fluent-client 3.11.6 makes a connection for each request, never uses it again, and keeps
 * it until the API server closes it after 90 s. In an outage of a thousand Services these would be
 * some thousand connections, of 130 KiB each: more than the Deployment's limit of memory.
 *
 * @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
export function closeConnectionsAfterUse(): void {
  subscribe("undici:request:create", message => {
    (message as { request: UndiciRequest }).request.addHeader("connection", "close");
  });
}
