export { down, loadImage, up } from "./node";
export { whyNot } from "./requirements";
export { AUDIT_LOG_FILE, KUBECONFIG } from "./state";
