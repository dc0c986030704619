export { defaultSources, ensureBinaries, getBinary, type Binaries } from "./binaries";
export { ChildEndedError } from "./child";
export { startControlPlane, type ControlPlane, type ControlPlaneOptions } from "./control-plane";
export { freePort } from "./ports";
