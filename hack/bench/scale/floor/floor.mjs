// The floor of the scale bench in plain Node.js; see main.go, which does the same.
//
//     node floor.mjs SERVER TOKEN-FILE CA-FILE
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

const [server, tokenFile, caFile] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile), maxSockets: 50 });
const authorization = `Bearer ${readFileSync(tokenFile, "utf8")}`;
const SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
/** Services that a Pod was posted for, until they have a ready endpoint. */
const posted = new Set();

function send(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { authorization, ...(body && { "content-type": "application/json" }) };
    const outgoing = request(new URL(path, server), { method, headers, agent }, resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function textOf(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function see({ metadata: { namespace, labels }, endpoints }) {
  const service = labels?.["kubernetes.io/service-name"];
  const key = `${namespace}/${service}`;
  if (endpoints?.some(({ conditions }) => conditions?.ready !== false)) {
    posted.delete(key);
  } else if (service !== undefined && !posted.has(key)) {
    posted.add(key);
    void post(namespace, service);
  }
}

async function post(namespace, service) {
  const pod = {
    metadata: {
      name: `service-watcher-${service}`,
      labels: { app: service },
      annotations: { "service-watcher": "owned" },
    },
    spec: {
      containers: [
        {
          name: "nginx",
          image: "nginxinc/nginx-unprivileged:1.29-alpine",
          ports: [{ containerPort: 8080 }],
        },
      ],
    },
  };
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const response = await send("POST", path, JSON.stringify(pod));
  const text = await textOf(response);
  if (response.statusCode !== 201 && response.statusCode !== 409) console.error(path, text);
}

const begin = Date.now();
const list = JSON.parse(await textOf(await send("GET", `${SLICES}?resourceVersion=0`)));
console.log(`listed ${list.items.length} EndpointSlices in ${Date.now() - begin} ms`);
list.items.forEach(see);

for (let version = list.metadata.resourceVersion; ; ) {
  const events = await send("GET", `${SLICES}?watch=true&resourceVersion=${version}`);
  let rest = "";
  for await (const chunk of events.setEncoding("utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const { type, object } = JSON.parse(line);
      if (type === "ERROR") throw new Error(JSON.stringify(object));
      version = object.metadata.resourceVersion;
      if (type !== "DELETED") see(object);
    }
  }
}
