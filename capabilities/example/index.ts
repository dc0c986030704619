import type { Capability } from "pepr";
import type { Hooks } from "../hooks";
import { nodes } from "./nodes";
import { notifier } from "./notification";

/** The capabilities that docs/extending.md walks through. */
export const own = (hooks: Hooks): Capability[] => {
  const url = process.env.NOTIFY_URL;
  if (url) {
    hooks.onTransition(notifier(url));
  }
  return [nodes];
};
