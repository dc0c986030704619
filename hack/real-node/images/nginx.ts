import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import type { Recipe } from "./recipe";
import {
  addBusybox,
  addFile,
  addProgram,
  addUsers,
  addWritableFolder,
  commandPath,
  fileHash,
} from "./root-fs";

const MIME_TYPES = "/etc/nginx/mime.types";

interface Variant {
  readonly name: string;
  /** What it runs as; root by default. */
  readonly user?: string;
  readonly port: number;
}

/** nginx as an unprivileged user on port 8080. */
export const NGINX_UNPRIVILEGED = nginx({
  name: "docker.io/nginxinc/nginx-unprivileged:1.29-alpine",
  user: "101",
  port: 8080,
});

/** nginx as root on port 80. */
export const NGINX = nginx({ name: "docker.io/library/nginx:latest", port: 80 });

/**
 * The nginx of this machine in place of the published image, with the same paths and the same way
 * to be started and stopped. All that it writes is in /tmp.
 */
function nginx({ name, user, port }: Variant): Recipe {
  return {
    name,
    config: {
      Entrypoint: ["/docker-entrypoint.sh"],
      Cmd: ["nginx", "-g", "daemon off;"],
      ExposedPorts: { [`${port}/tcp`]: {} },
      StopSignal: "SIGQUIT",
      ...(user === undefined ? {} : { User: user }),
    },
    ingredients: async () => [
      await fileHash(await commandPath("nginx")),
      await fileHash(await commandPath("busybox")),
      await fileHash(MIME_TYPES),
    ],
    fill: root => fill(root, user === undefined ? "user nginx;\n" : "", port),
  };
}

async function fill(root: string, userDirective: string, port: number): Promise<void> {
  await addUsers(root, { nginx: 101 });
  await addBusybox(root);
  await addProgram(root, await commandPath("nginx"), "/usr/sbin/nginx");
  await addFile(root, MIME_TYPES, await readFile(MIME_TYPES, "utf8"));
  await addFile(root, "/etc/nginx/nginx.conf", userDirective + NGINX_CONF);
  await addFile(root, "/etc/nginx/conf.d/default.conf", defaultServer(port));
  await addFile(root, "/usr/share/nginx/html/index.html", PAGE);
  await addFile(root, "/docker-entrypoint.sh", '#!/bin/sh\nexec "$@"\n', 0o755);
  await addWritableFolder(root, "/tmp");
  // Debian's nginx has these compiled in, and wants them even if the configuration has others.
  for (const folder of ["/var/cache/nginx", "/var/lib/nginx", "/run"]) {
    await addWritableFolder(root, folder);
  }
  await mkdir(join(root, "/var/log/nginx"), { recursive: true });
  await symlink("/dev/stdout", join(root, "/var/log/nginx/access.log"));
  await symlink("/dev/stderr", join(root, "/var/log/nginx/error.log"));
}

const NGINX_CONF = `worker_processes auto;
error_log stderr notice;
pid /tmp/nginx.pid;

events {
    worker_connections 1024;
}

http {
    include mime.types;
    default_type application/octet-stream;
    access_log /dev/stdout;
    sendfile on;
    keepalive_timeout 65;

    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    include /etc/nginx/conf.d/*.conf;
}
`;

function defaultServer(port: number): string {
  return `server {
    listen ${port};
    server_name localhost;

    location / {
        root /usr/share/nginx/html;
        index index.html;
    }
}
`;
}

const PAGE = `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body><h1>Welcome to nginx!</h1></body>
</html>
`;
