#!/usr/bin/env node
import { run } from "./program";

// `critsvc lame | head -1` closes the pipe; nobody is left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    throw error;
  }
  process.exit();
});

void run(process.argv).then(code => {
  process.exit(code);
});
