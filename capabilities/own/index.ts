import type { Capability } from "pepr";
import type { Hooks } from "../hooks";

/** Capabilities of your own, beside ours. This folder is yours: new releases leave it as it is. */
export const own: (hooks: Hooks) => Capability[] = () => [];
