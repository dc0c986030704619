import packageJson from "../../package.json";

/** Pepr's controller image has Node.js, and a cluster with the operator has the image. */
const IMAGE = `ghcr.io/defenseunicorns/pepr/controller:v${packageJson.dependencies.pepr}`;

/**
 * A small program that answers "real". /crash ends it, and it takes its time to come back; on
 * /unready and /ready it changes its readiness. It drains on SIGTERM: it goes on serving for
 * `drainMs` milliseconds, which /drain/<ms> changes, or stops accepting at once if that is 0.
 */
const program = (drainMs: number) => `
const { existsSync, writeFileSync } = require("node:fs");
let ready = true;
let drainMs = ${drainMs};
const server = require("node:http").createServer((request, response) => {
  if (request.url === "/crash") { writeFileSync("/state/crashed", ""); process.exit(1); }
  if (request.url === "/unready") ready = false;
  if (request.url === "/ready") ready = true;
  if (request.url.startsWith("/drain/")) drainMs = Number(request.url.slice("/drain/".length));
  response.statusCode = request.url === "/healthz" && !ready ? 503 : 200;
  response.end("real " + process.env.VERSION);
});
process.on("SIGTERM", () => setTimeout(() => process.exit(0), drainMs));
setTimeout(() => server.listen(8080), existsSync("/state/crashed") ? 4000 : 0);
`;

/** The spec of a Pod that answers "real". */
export function realPodSpec({ drainMs = 3000 } = {}) {
  return {
    terminationGracePeriodSeconds: 10,
    volumes: [{ name: "state", emptyDir: {} }],
    containers: [
      {
        name: "app",
        image: IMAGE,
        imagePullPolicy: "IfNotPresent",
        command: ["node", "-e", program(drainMs)],
        env: [{ name: "VERSION", value: "1" }],
        volumeMounts: [{ name: "state", mountPath: "/state" }],
        ports: [
          { name: "web", containerPort: 8080 },
          { name: "admin", containerPort: 8081 },
        ],
        readinessProbe: {
          httpGet: { path: "/healthz", port: 8080 },
          periodSeconds: 1,
          failureThreshold: 1,
        },
      },
    ],
  };
}

/**
 * A PodTemplate whose Pods answer "fallback" with status 503. All of it is in the spec: the
 * original's controller takes no annotations along.
 */
export function fallbackTemplate(namespace: string) {
  const server = `server { listen 8080; location / { default_type text/plain; return 503 "fallback\\n"; } }`;
  const start = `printf '%s' "$SERVER" >/etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'`;
  return {
    apiVersion: "v1",
    kind: "PodTemplate",
    metadata: { namespace, name: "critical-service-pod-template" },
    template: {
      spec: {
        terminationGracePeriodSeconds: 10,
        volumes: [{ name: "conf", emptyDir: {} }],
        containers: [
          {
            name: "nginx",
            image: "nginxinc/nginx-unprivileged:1.29-alpine",
            command: ["/bin/sh", "-c", start],
            env: [{ name: "SERVER", value: server }],
            ports: [
              { name: "web", containerPort: 8080 },
              { name: "admin", containerPort: 8081 },
            ],
            volumeMounts: [{ name: "conf", mountPath: "/etc/nginx/conf.d" }],
            readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
          },
        ],
      },
    },
  };
}
