import { K8s, kind } from "kubernetes-fluent-client";
import { FALLBACK_LABEL } from "../domain/fallback-pod";
import { callApi } from "./api";
import { CriticalService } from "./critical-services";

/** Lists the Services of all namespaces. @throws {ApiError} */
export function listServices() {
  return callApi("listing the Services", () => K8s(kind.Service).Get());
}

/** Lists the EndpointSlices of all namespaces. @throws {ApiError} */
export function listEndpointSlices() {
  return callApi("listing the EndpointSlices", () => K8s(kind.EndpointSlice).Get());
}

/** Lists the fallback Pods of all namespaces. @throws {ApiError} */
export function listFallbackPods() {
  return callApi("listing the fallback Pods", () => K8s(kind.Pod).WithLabel(FALLBACK_LABEL).Get());
}

/** Lists the CriticalServices. @throws {ApiError} if the resource is not served, say */
export function listCriticalServices() {
  return callApi("listing the CriticalServices", () => K8s(CriticalService).Get());
}
